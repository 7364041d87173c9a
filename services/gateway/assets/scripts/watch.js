// 周期概览: looks again every 15 seconds for what changed, and stops half an hour after anybody touched the page.
const EVERY = 15_000;
const IDLE = 30 * 60_000;
const place = document.querySelector("[data-watch]");

if (place) {
  let tag = "";
  let touched = Date.now();
  for (const what of ["pointerdown", "keydown", "scroll"]) addEventListener(what, () => { touched = Date.now(); }, { passive: true });

  const look = async () => {
    if (Date.now() - touched > IDLE) return;
    if (!document.hidden && !place.contains(document.activeElement)) {
      try {
        const headers = { "X-Partial": "standing", ...(tag && { "If-None-Match": tag }) };
        const answer = await fetch(place.dataset.watch, { headers, redirect: "manual" });
        if (answer.status === 200) {
          place.innerHTML = await answer.text();
          tag = answer.headers.get("ETag") ?? "";
        } else if (answer.status !== 304) {
          return; // signed out, or not to be seen any more: the page stays as it is
        }
      } catch {
        // The line is down; the next look may find it up again.
      }
    }
    setTimeout(look, EVERY);
  };
  setTimeout(look, EVERY);
}
