// 评分表: saves while one writes, shows the server's total, asks before something unsaved is left. The page works without it.
import { inTurn } from "./turn.js";

const form = document.querySelector("form[data-sheet]");
const english = document.documentElement.lang === "en";
const say = (zh, en) => (english ? en : zh);

if (form) {
  const status = document.getElementById("saved");
  const total = document.getElementById("total-figure");
  let dirty = false;
  let timer = 0;
  let saving = Promise.resolve();
  let waiting = 0; // savings that are not answered yet

  const time = () => new Date().toLocaleTimeString(english ? "en-GB" : "zh-CN", { hour: "2-digit", minute: "2-digit" });

  async function save() {
    dirty = false;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        headers: { Accept: "application/json", "X-Partial": "sheet" },
        redirect: "manual",
      });
      const told = await answer.json();
      if (told.key) form.elements._key.value = told.key; // also after a refusal: what is mended is another request
      if (!answer.ok) throw new Error(String(answer.status));
      form.elements.revision.value = told.revision;
      total.textContent = told.total;
      status.textContent = say(`已保存 ${time()}`, `Saved ${time()}`);
    } catch {
      dirty = true;
      status.textContent = say("未保存：请点“保存并到下一条”", "Not saved: use the button below");
    }
  }

  function keep() {
    waiting += 1;
    saving = saving.then(save).finally(() => { waiting -= 1; });
  }

  form.addEventListener("input", () => {
    dirty = true;
    status.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, 2000);
  });
  const leaving = inTurn(form, {
    goingOn: () => (waiting ? saving : null),
    pause: () => clearTimeout(timer),
    leave: () => { dirty = false; },
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving() && (dirty || waiting)) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.code === "KeyS") {
      event.preventDefault();
      keep();
    } else if (event.code === "KeyN") {
      event.preventDefault();
      form.requestSubmit();
    }
  });
}
