// <input type="file" data-upload="/files/uploads/">: sends the file in pieces as soon as it is
// chosen, shows how far it is, and goes on after a broken connection. The form then carries
// <name>_upload instead of the file. Without this script the form uploads the file as any form does.
(function () {
  "use strict";

  const WAITS = [1, 2, 4, 8, 15, 30]; // seconds between tries; a person can try again at any time
  const pause = (seconds) => new Promise((done) => {
    const timer = setTimeout(done, seconds * 1000);
    window.addEventListener("online", () => { clearTimeout(timer); done(); }, { once: true });
  });

  class Refused extends Error {}

  const digestOf = async (piece) => {
    if (!window.crypto || !crypto.subtle) return ""; // only there over https or on this machine
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await piece.arrayBuffer()));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  };

  const answered = async (response) => {
    const isJson = (response.headers.get("Content-Type") || "").includes("json");
    const said = isJson ? await response.json() : {};
    if (response.ok || response.status === 409) return said;
    if (response.status >= 500) throw new TypeError("the server is not there");
    if (response.status === 404) throw new Refused("上传已失效，请重新选择文件");
    throw new Refused(said.message || "登录已失效或没有权限，请刷新页面后重新选择文件");
  };

  const keyOf = (file) => ["upload", file.name, file.size, file.lastModified].join("|");
  const remembered = (file) => { try { return sessionStorage.getItem(keyOf(file)); } catch { return null; } };
  const remember = (file, address) => { try { sessionStorage.setItem(keyOf(file), address); } catch { /* goes without */ } };
  const forget = (file) => { try { sessionStorage.removeItem(keyOf(file)); } catch { /* goes without */ } };

  const start = (input) => {
    const form = input.form;
    const box = input.closest(".field");
    const bar = box.querySelector("[data-upload-bar]");
    const said = box.querySelector("[data-upload-said]");
    const again = box.querySelector("[data-upload-again]");
    const token = box.querySelector("[data-upload-token]");
    const must = input.required;
    const name = input.name;
    const csrf = () => form.querySelector("[name=csrfmiddlewaretoken]").value;
    let turn = 0; // a later choice ends an earlier upload

    const ask = async (address, options) => {
      const headers = { "X-CSRFToken": csrf(), ...(options.headers || {}) };
      return answered(await fetch(address, { credentials: "same-origin", redirect: "error", ...options, headers }));
    };
    const show = (text, done, whole) => {
      said.textContent = text;
      bar.hidden = whole === undefined;
      if (whole !== undefined) { bar.max = whole; bar.value = done; }
    };
    const megabytes = (bytes) => (bytes / 1048576).toFixed(1);

    const opened = async (file) => {
      const known = remembered(file);
      if (known) {
        try {
          const state = await ask(known, { method: "GET" });
          if (state.size === file.size) return state;
        } catch (error) { if (!(error instanceof Refused)) throw error; }
        forget(file);
      }
      const body = new URLSearchParams({ name: file.name, size: file.size, type: file.type });
      const state = await ask(input.dataset.upload, { method: "POST", body });
      remember(file, state.address);
      return state;
    };

    const send = async (file, mine) => {
      let state = await opened(file);
      while (mine === turn && !state.finished && state.offset < file.size) {
        show(`已上传 ${megabytes(state.offset)} / ${megabytes(file.size)} MB`, state.offset, file.size);
        const piece = file.slice(state.offset, state.offset + (state.piece || 4194304));
        const headers = { "Upload-Offset": String(state.offset), "Upload-Digest": await digestOf(piece),
          "Content-Type": "application/octet-stream" };
        const next = await ask(state.address, { method: "PATCH", body: piece, headers });
        state = { ...state, ...next };
      }
      if (mine !== turn) return;
      show("正在核对", file.size, file.size);
      state = await ask(`${state.address}finish/`, { method: "POST", body: new URLSearchParams() });
      if (state.offset !== undefined && !state.finished) throw new TypeError("not all is there");
      if (mine !== turn) return;
      token.value = state.upload;
      input.removeAttribute("name");
      input.required = false;
      show(`已上传：${file.name}（${state.scan}）`, file.size, file.size);
    };

    const upload = async (file) => {
      const mine = ++turn;
      again.hidden = true;
      for (let tries = 0; mine === turn; tries += 1) {
        try {
          await send(file, mine);
          return;
        } catch (error) {
          if (mine !== turn) return;
          if (error instanceof Refused || tries >= WAITS.length) {
            const refused = error instanceof Refused;
            if (refused) forget(file);
            show(refused ? error.message : "连接中断，已上传的部分已保留");
            again.hidden = false;
            return;
          }
          said.textContent = "连接中断，正在重试，已上传的部分已保留";
          await pause(WAITS[tries]);
        }
      }
    };

    const begin = () => {
      if (!input.files.length) return;
      box.dataset.busy = "1";
      upload(input.files[0]).finally(() => { delete box.dataset.busy; });
    };

    input.addEventListener("change", () => {
      turn += 1;
      token.value = "";
      input.name = name;
      input.required = must;
      again.hidden = true;
      show("");
      begin();
    });
    again.addEventListener("click", begin);
    // Before the page's own script marks the form as sent.
    form.addEventListener("submit", (event) => {
      if (!box.dataset.busy) return;
      event.preventDefault();
      said.textContent = "文件还在上传，传完后再提交";
      input.focus();
    });
    begin(); // whoever was quicker than this script has chosen already
  };

  const all = () => document.querySelectorAll("input[type=file][data-upload]:not([data-upload-on])").forEach((input) => {
    if (!input.dataset.upload || !input.form) return;
    input.dataset.uploadOn = "1";
    start(input);
  });
  all();
  document.addEventListener("htmx:afterSettle", all);
})();
