// Saves a page of a draft two seconds after a change, and says so beside the button. Without it the button saves.
const DELAY = 2000;
const AGAIN = 10000;
const PATIENCE = 5000; // for which a button waits until what is being saved is answered

function begin(form) {
  const said = document.getElementById("saved");
  let timer = null;
  let dirty = false;
  let sending = false;
  let sent = Promise.resolve(); // the saving that goes on
  let pressed = false;
  let leaving = false;
  let unanswered = null; // what was sent and may have arrived: it is sent again as it was, before anything newer

  const say = (text, good) => {
    said.textContent = text;
    said.classList.toggle("zh-saved--not", !good);
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => { sent = save(); }, delay);
  };
  const changed = () => {
    dirty = true;
    later(DELAY);
  };

  async function save() {
    if (sending || (!dirty && unanswered === null)) return;
    sending = true;
    const body = unanswered ?? new URLSearchParams(new FormData(form));
    if (unanswered === null) dirty = false;
    say(form.dataset.saving, true);
    try {
      const response = await fetch(form.action, {
        method: "POST",
        body,
        headers: { [form.dataset.autosave]: "1" },
        redirect: "error",
      });
      unanswered = null;
      if (response.ok) {
        const told = await response.json();
        form.elements.revision.value = told.revision;
        say(told.said, true);
      } else {
        dirty = true;
        say(await why(response), false);
        return;
      }
    } catch {
      unanswered = body;
      say(form.dataset.lost, false);
      later(AGAIN);
      return;
    } finally {
      sending = false;
    }
    if (dirty) later(DELAY);
  }

  async function why(response) {
    if (response.status === 401 || response.status === 403) return form.dataset.over;
    if (response.status === 409) return form.dataset.changed;
    try {
      return (await response.json()).said;
    } catch {
      return form.dataset.lost;
    }
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  // The button waits for its turn: two savings at once of one revision would contradict each other.
  const press = (button) => {
    const enough = new Promise((done) => { setTimeout(done, PATIENCE); });
    Promise.race([sent, enough]).then(() => {
      leaving = true;
      form.requestSubmit(button);
      pressed = false;
    });
  };
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (sending && !leaving) {
      event.preventDefault();
      if (!pressed) press(event.submitter);
      pressed = true;
      return;
    }
    leaving = true;
    dirty = false;
    unanswered = null;
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (dirty || sending || unanswered !== null)) event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) begin(form);
