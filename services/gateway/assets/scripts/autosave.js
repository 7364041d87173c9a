// Saves a page of a draft two seconds after a change, and says so beside the button. Without it the button saves.
import { inTurn } from "./turn.js";

const DELAY = 2000;
const AGAIN = 10000;

function begin(form) {
  const said = document.getElementById("saved");
  let timer = null;
  let dirty = false;
  let sending = false;
  let sent = Promise.resolve(); // the saving that goes on
  let unanswered = null; // what was sent and may have arrived: it is sent again as it was, before anything newer

  const say = (text, good) => {
    said.textContent = text;
    said.classList.toggle("zh-saved--not", !good);
  };
  const later = (delay) => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (!sending) sent = save(); }, delay); // else what goes on begins it anew
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
  const leaving = inTurn(form, {
    goingOn: () => (sending ? sent : null),
    pause: () => clearTimeout(timer),
    leave: () => {
      dirty = false;
      unanswered = null;
    },
  });
  window.addEventListener("online", () => later(0));
  window.addEventListener("beforeunload", (event) => {
    if (!leaving() && (dirty || sending || unanswered !== null)) event.preventDefault();
  });
}

for (const form of document.querySelectorAll("form[data-autosave]")) begin(form);
