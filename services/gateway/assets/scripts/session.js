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

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
    if (answer.ok) wait();
    else location.reload();
  });
  wait();
}
