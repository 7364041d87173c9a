// 评分表: saves while one writes, shows the server's total, asks before something unsaved is left. The page works without it.
const form = document.querySelector("form[data-sheet]");
const PATIENCE = 5000; // milliseconds for which a button waits until what is being saved is answered
const english = document.documentElement.lang === "en";
const say = (zh, en) => (english ? en : zh);

if (form) {
  const status = document.getElementById("saved");
  const total = document.getElementById("total-figure");
  let dirty = false;
  let timer = 0;
  let saving = Promise.resolve();
  let waiting = 0; // savings that are not answered yet
  let pressed = false;
  let leaving = false;

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

  // The button waits for its turn: two savings at once of one revision would contradict each other.
  function press(button) {
    const enough = new Promise((done) => { setTimeout(done, PATIENCE); });
    Promise.race([saving, enough]).then(() => {
      leaving = true;
      form.requestSubmit(button);
      pressed = false;
    });
  }

  form.addEventListener("input", () => {
    dirty = true;
    status.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, 2000);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (waiting && !leaving) {
      event.preventDefault();
      if (!pressed) press(event.submitter);
      pressed = true;
      return;
    }
    leaving = true;
    dirty = false;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (dirty || waiting)) event.preventDefault();
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
