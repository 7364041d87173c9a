// Uploads a file in parts (tus 1.0.0), with progress, cancelling and going on. Without it the form sends the file whole.
const PART = 4 * 1024 * 1024;
const PATIENCE = [0, 1000, 3000]; // milliseconds before a part is sent again by itself

const encoded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

function begin(form) {
  const input = form.elements.file;
  const text = form.dataset;
  const box = document.createElement("div");
  const status = document.createElement("p");
  const bar = document.createElement("progress");
  const cancel = document.createElement("button");
  const resume = document.createElement("button");
  status.setAttribute("role", "status");
  status.className = "govuk-body";
  bar.max = 100;
  bar.setAttribute("aria-label", text.sending);
  for (const [button, words] of [[cancel, text.cancel], [resume, text.resume]]) {
    button.type = "button";
    button.className = "govuk-button govuk-button--secondary";
    button.textContent = words;
  }
  // What is not offered now is not in the page: a style would show it in spite of `hidden`.
  const offer = (...parts) => box.replaceChildren(status, ...parts);
  offer();
  form.append(box);
  let current = null; // the request that is under way
  let stopped = false;
  let address = "";
  let file = null;

  const say = (words, wrong = false) => {
    status.textContent = words;
    status.classList.toggle("govuk-error-message", wrong);
  };

  function request(method, target, headers, body, progress) {
    return new Promise((resolve, reject) => {
      const xhr = new XMLHttpRequest();
      current = xhr;
      xhr.open(method, target);
      xhr.setRequestHeader("Tus-Resumable", text.tus);
      xhr.setRequestHeader(text.csrfHeader, form.elements._csrf.value);
      for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
      if (progress) xhr.upload.addEventListener("progress", (event) => progress(event.loaded));
      xhr.addEventListener("load", () => resolve(xhr));
      xhr.addEventListener("error", () => reject(new Error("broken")));
      xhr.addEventListener("abort", () => reject(new Error("aborted")));
      xhr.send(body ?? null);
    });
  }

  function refusal(xhr) {
    if (xhr.status === 401 || xhr.responseURL.includes("/login")) return text.over;
    try {
      const told = JSON.parse(xhr.responseText);
      const zh = document.documentElement.lang !== "en";
      if (told.errors.length) return told.errors.map((each) => (zh ? each.reason_zh : each.reason_en)).join(" ");
      return told.detail;
    } catch {
      return text.broken;
    }
  }

  function show(sent) {
    const percent = file.size ? Math.min(100, Math.floor((sent / file.size) * 100)) : 0;
    bar.value = percent;
    say(`${text.sending} ${percent} %`);
  }

  async function offset() {
    const told = await request("HEAD", address, {});
    return told.status === 200 ? Number(told.getResponseHeader("Upload-Offset")) : -1;
  }

  async function send(from) {
    let at = from;
    let failures = 0;
    while (at < file.size) {
      const part = file.slice(at, at + PART);
      const start = at;
      try {
        const headers = { "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" };
        const done = await request("PATCH", address, headers, part, (loaded) => show(start + loaded));
        if (done.status === 204) {
          at = Number(done.getResponseHeader("Upload-Offset"));
          failures = 0;
          show(at);
          continue;
        }
        if (done.status < 500 && done.status !== 409 && done.status !== 423) return stop(refusal(done), false);
        if (done.status === 409 && JSON.parse(done.responseText).code !== "wrong_offset") return stop(refusal(done), false);
      } catch (error) {
        if (stopped || error.message === "aborted") return;
      }
      failures += 1;
      if (failures >= PATIENCE.length) return stop(text.broken, true);
      await new Promise((resolve) => setTimeout(resolve, PATIENCE[failures]));
      const have = await offset().catch(() => -1);
      if (have >= 0) at = have;
    }
    say(text.checking);
    window.location.assign(form.action);
  }

  function stop(words, again) {
    offer(...(again ? [resume] : []));
    say(words, true);
  }

  function refused() {
    const ending = file.name.includes(".") ? file.name.split(".").pop().toLowerCase() : "";
    if (!text.kinds.split(" ").includes(ending)) return text.wrongKind;
    if (file.size > Number(text.largest)) return text.tooLarge;
    return file.size ? "" : text.empty;
  }

  async function start() {
    stopped = false;
    const why = refused();
    if (why) return stop(why, false);
    offer(bar, cancel);
    show(0);
    const metadata = `filename ${encoded(file.name)},material ${encoded(text.material)}`;
    const body = new URLSearchParams({ _csrf: form.elements._csrf.value });
    const headers = { "Upload-Length": String(file.size), "Upload-Metadata": metadata };
    try {
      const begun = await request("POST", text.upload, headers, body);
      if (begun.status !== 201) return stop(refusal(begun), false);
      address = begun.getResponseHeader("Location");
    } catch {
      return stopped ? undefined : stop(text.broken, false);
    }
    return send(0);
  }

  form.addEventListener("submit", (event) => {
    if (!input.files.length) return; // the server says so
    event.preventDefault();
    file = input.files[0];
    start();
  });
  cancel.addEventListener("click", () => {
    stopped = true;
    current?.abort();
    if (address) request("DELETE", address, {}).catch(() => undefined);
    address = "";
    stop(text.cancelled, false);
  });
  resume.addEventListener("click", async () => {
    stopped = false;
    const have = await offset().catch(() => -1);
    if (have < 0) return start();
    offer(bar, cancel);
    return send(have);
  });
}

for (const form of document.querySelectorAll("form[data-upload]")) begin(form);
