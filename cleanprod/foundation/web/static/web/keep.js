// A form with `ui.keep(request)`: what is typed is kept on the server within two seconds and is
// there again after a closed browser, a lapsed session or a restart. Nothing is kept of files and
// passwords. Without this script the form works as any form does.
(function () {
  "use strict";

  const QUIET = 1500; // milliseconds without a key before what is typed is sent
  const LONGEST = 8000; // and in all, for those who type without a pause
  const AGAIN = 5000; // and before a failed try is repeated
  const OURS = new Set(["csrfmiddlewaretoken", "kept_page"]);

  const start = (box) => {
    if (box.dataset.started) return;
    box.dataset.started = "1";
    const form = box.closest("form");
    const { keep: address, page } = box.dataset;
    const [said, restore, drop] = ["said", "restore", "drop"].map((name) => box.querySelector(`[data-keep-${name}]`));
    let timer = 0;
    let stopped = false; // the form is on its way
    let cut = false; // the last try to save reached nobody who knows this person
    let going = new AbortController(); // of a save that is on its way

    const is = (control, ...types) => types.includes(control.type);
    const controls = () => Array.from(form.elements).filter(
      (one) => one.name && !is(one, "hidden", "file", "password", "submit", "button", "fieldset"),
    );
    const ticks = (control) => is(control, "checkbox", "radio");
    const typed = () => controls().flatMap((one) => {
      if (ticks(one)) return [[one.name, one.checked ? one.value : null]];
      if (is(one, "select-multiple")) return Array.from(one.selectedOptions, (option) => [one.name, option.value]);
      return [[one.name, one.value]];
    });
    // What the form was opened with, such as the version that was read.
    const marks = Array.from(form.elements)
      .filter((one) => is(one, "hidden") && one.name && !OURS.has(one.name) && !one.hasAttribute("data-upload-token"))
      .map((one) => [one.name, one.value]);
    const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
    const begun = typed();

    const show = (text, offers = []) => {
      said.textContent = text;
      restore.hidden = !offers.includes(restore);
      drop.hidden = !offers.includes(drop);
    };

    const token = () => form.querySelector("[name=csrfmiddlewaretoken]");
    const ask = async (options, question = "") => {
      const response = await fetch(address + question, { credentials: "same-origin", redirect: "manual", ...options });
      if (response.type === "opaqueredirect") return { out: true };
      if (response.status === 403 && options.method) return { stale: true };
      if (response.status === 422) return response.json();
      if (!response.ok) throw new TypeError("the server is not there");
      const answer = await response.json();
      token().value = answer.token; // signing in again in another window has changed it
      return answer;
    };
    const send = (fields, more = {}) => ask({
      method: "POST",
      body: new URLSearchParams({ page, ...fields }),
      headers: { "X-CSRFToken": token().value },
      ...more,
    });

    let since = 0; // when the first key came that is not sent yet
    const later = (wait) => {
      since = since || Date.now();
      clearTimeout(timer);
      timer = setTimeout(save, Math.min(wait, Math.max(0, since + LONGEST - Date.now())));
    };
    const save = async (more = {}) => {
      clearTimeout(timer);
      timer = since = 0;
      if (stopped) return;
      going.abort();
      going = new AbortController();
      const { signal } = going;
      try {
        let answer = await send({ fields: JSON.stringify(typed()), marks: JSON.stringify(marks) }, { signal, ...more });
        if (answer.stale) {
          answer = await ask({}, `?page=${encodeURIComponent(page)}`);
          if (!answer.out) return later(0);
        }
        cut = Boolean(answer.out);
        if (cut) {
          show("登录已过期，填写的内容仍在本页。请在新窗口重新登录，本页会自动继续保存。");
          return later(AGAIN);
        }
        show(answer.message || `草稿已自动保存 ${answer.at.slice(11)}`, answer.message ? [] : [drop]);
      } catch {
        if (signal.aborted) return;
        cut = true;
        show("网络连接中断，填写的内容仍在本页，恢复后自动保存。");
        later(AGAIN);
      }
    };

    const bring = (fields) => {
      const kept = new Map();
      fields.forEach(([name, value]) => kept.set(name, [...(kept.get(name) || []), value]));
      controls().forEach((one) => {
        const values = kept.get(one.name);
        if (!values) return;
        if (ticks(one)) one.checked = values.includes(one.value);
        else if (is(one, "select-multiple")) Array.from(one.options).forEach((option) => { option.selected = values.includes(option.value); });
        else if (values.length) one.value = values.shift();
        const folded = one.closest("details");
        if (folded && (ticks(one) ? one.checked : one.value)) folded.open = true;
      });
    };

    const begin = async () => {
      let found;
      try {
        found = await ask({}, `?page=${encodeURIComponent(page)}`);
      } catch {
        return;
      }
      if (!found.fields || same(found.fields, typed())) return;
      const at = found.at.slice(0, 16);
      restore.addEventListener("click", () => {
        bring(found.fields);
        show(`已恢复 ${at} 自动保存的草稿。${form.querySelector("[type=file]") ? "文件需要重新选择。" : ""}`, [drop]);
      });
      if (!same(found.marks, marks)) {
        show(`您有 ${at} 自动保存的草稿；此后本页内容已有更新，下面是现在的内容。`, [restore, drop]);
      } else if (same(typed(), begun)) {
        restore.click();
      }
    };

    form.addEventListener("input", () => later(QUIET));
    form.addEventListener("change", () => later(QUIET));
    drop.addEventListener("click", async () => {
      clearTimeout(timer);
      stopped = true;
      try {
        await send({ drop: "1" });
        window.location.assign(page.split("#")[0]);
      } catch {
        stopped = false;
        show("网络连接中断，草稿还没有放弃，请稍后再试。", [drop]);
      }
    });
    form.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      if (cut || !navigator.onLine) { // leaving the page now would lose what is not saved
        event.preventDefault();
        save().then(() => {
          if (cut) said.textContent = `尚未提交。${said.textContent}`;
          else form.requestSubmit(event.submitter);
        });
        return;
      }
      clearTimeout(timer);
      stopped = true;
      going.abort();
    });
    window.addEventListener("pageshow", (event) => { if (event.persisted) stopped = false; });
    window.addEventListener("pagehide", () => { if (timer) save({ keepalive: true }); });
    if (!box.hasAttribute("data-typed")) begin();
    else later(QUIET); // a form that was sent back holds more than was kept
  };

  document.querySelectorAll("[data-keep]").forEach(start);
})();
