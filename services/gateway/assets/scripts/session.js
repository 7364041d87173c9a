// 会话即将结束: says so in time, and goes on at a click. What was typed is kept by the server whether or not this runs.
const warning = document.querySelector(".zh-session");

if (warning) {
  const idle = Number(warning.dataset.idle) * 1000;
  const before = Number(warning.dataset.warned) * 1000;
  const form = warning.querySelector("form");
  let timer = 0;

  const wait = () => {
    clearTimeout(timer);
    warning.hidden = true;
    timer = setTimeout(() => { warning.hidden = false; }, idle - before);
  };

  // Too late, and something may be typed: a page that was loaded anew would not have it, one that is sent is given it back.
  const over = () => {
    form.querySelector("p").textContent = warning.dataset.over;
    form.querySelector("button").remove();
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    } catch {
      return; // the line is down: the button stays
    }
    if (answer.ok) wait();
    else if (document.querySelector("main form[method=post]")) over();
    else location.reload();
  });
  wait();
}

// Another language or size in the middle of a form: what was typed comes along, as it does where a session ended meanwhile.
// Forms that save themselves have no need of it; of a form that is secret nothing is kept.
let typed = null;

const carried = (form) =>
  form.method === "post" && form.elements._csrf && form.elements._secret?.value !== "*" && !("autosave" in form.dataset) && !("sheet" in form.dataset);

if (warning && document.querySelector(".govuk-error-summary")) typed = [...document.querySelectorAll("main form")].find(carried) ?? null;
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (warning && form && carried(form)) typed = form;
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-reading]");
  if (!link || !typed || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const secret = (typed.elements._secret?.value ?? "").split(" ");
  const on = document.createElement("form");
  on.method = "post";
  on.action = `/login/kept?${new URLSearchParams({ next: link.getAttribute("href") })}`;
  for (const [name, value] of new FormData(typed)) {
    if (name.startsWith("_") || secret.includes(name) || typeof value !== "string") continue;
    const field = document.createElement("input");
    Object.assign(field, { type: "hidden", name: `kept:${name}`, value });
    on.append(field);
  }
  document.body.append(on);
  on.submit();
});
