// A button waits for its turn: two savings at once of one revision would contradict each other.
const PATIENCE = 5000; // milliseconds, for what is being saved to be answered

// For a form that saves itself. `goingOn` gives the promise of what is being saved, null where nothing is; `pause` is done at
// every press, `leave` when the form is sent. Gives whether the page is being left by its button.
export function inTurn(form, { goingOn, pause, leave }) {
  let pressed = false;
  let leaving = false;

  const press = (button, saving) => {
    const enough = new Promise((done) => { setTimeout(done, PATIENCE); });
    Promise.race([saving, enough]).then(() => {
      leaving = true;
      form.requestSubmit(button);
      pressed = false;
    });
  };
  form.addEventListener("submit", (event) => {
    pause();
    const saving = leaving ? null : goingOn();
    if (saving) {
      event.preventDefault();
      if (!pressed) press(event.submitter, saving);
      pressed = true;
      return;
    }
    leaving = true;
    leave();
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  return () => leaving;
}
