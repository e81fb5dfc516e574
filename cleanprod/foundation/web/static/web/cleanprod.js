// The little behaviour that pages need; everything works, plainer, without it.
(function () {
  "use strict";

  const root = document.documentElement;
  const say = (text) => {
    const live = document.getElementById("live");
    if (live) live.textContent = text;
  };

  // --- large type: kept in a cookie so that the server draws the next page right at once
  const largeType = (button) => {
    const on = root.classList.toggle("large-type");
    button.setAttribute("aria-pressed", String(on));
    document.cookie = "large_type=" + (on ? "1" : "0") + ";path=/;max-age=31536000;samesite=lax";
    say(on ? "已切换为大字版" : "已恢复标准字号");
  };

  // --- side navigation on small screens
  const toggleNav = (button) => {
    const open = document.body.classList.toggle("nav-open");
    button.setAttribute("aria-expanded", String(open));
  };

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest(selector);
    let button = at("[data-large-type]");
    if (button) return largeType(button);
    button = at("[data-nav-toggle]");
    if (button) return toggleNav(button);
    button = at("[data-opens]");
    if (button) return document.getElementById(button.dataset.opens).showModal();
    button = at("[data-back]");
    if (button) return window.history.back();
    button = at("[data-print]");
    if (button) return window.print();
    document.querySelectorAll("details.who[open], details.confirm[open]").forEach((open) => {
      if (!open.contains(event.target)) open.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.who[open], details.confirm[open]").forEach((open) => {
      open.open = false;
      open.querySelector("summary").focus();
    });
    const toggle = document.querySelector("[data-nav-toggle][aria-expanded=true]");
    if (toggle) {
      toggleNav(toggle);
      toggle.focus();
    }
  });

  // --- ticks of a list: how many there are, and all of the page at once
  const countTicks = (form) => {
    const count = form.querySelector("[data-tick-count]");
    const ticks = form.querySelectorAll("input[type=checkbox][name]:checked").length;
    count.textContent = String(Number(count.dataset.tickCount) + ticks);
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-ticks]");
    if (!form) return;
    if (event.target.matches("[data-tick-all]")) {
      form.querySelectorAll("input[type=checkbox][name]").forEach((box) => { box.checked = event.target.checked; });
    }
    countTicks(form);
  });

  // --- a form is sent once; the button tells that it is at work
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) {
      button.classList.add("is-working");
      button.setAttribute("aria-disabled", "true");
    }
    say("正在提交，请稍候");
    // What is answered with a file leaves the page as it is: it may be sent again after a double click.
    if (form.hasAttribute("data-again")) setTimeout(() => freeForm(form), 3000);
  });
  const freeForm = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll(".is-working").forEach((button) => {
      button.classList.remove("is-working");
      button.removeAttribute("aria-disabled");
    });
  };
  // A page taken back from the browser's memory must be usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("form[data-sent]").forEach(freeForm);
  });

  // --- rows as cards on a phone: each cell learns the heading of its column
  const label = (table) => {
    if (table.dataset.labelled) return;
    table.dataset.labelled = "1";
    table.setAttribute("role", "table");
    const heads = Array.from(table.querySelectorAll("thead tr:last-child th"), (th) => th.textContent.trim());
    table.querySelectorAll("thead, tbody, tfoot").forEach((part) => part.setAttribute("role", "rowgroup"));
    table.querySelectorAll("thead th").forEach((th) => th.setAttribute("role", "columnheader"));
    table.querySelectorAll("tr").forEach((row) => row.setAttribute("role", "row"));
    table.querySelectorAll("tbody tr, tfoot tr").forEach((row) => {
      let at = 0;
      Array.from(row.cells).forEach((cell) => {
        cell.setAttribute("role", cell.tagName === "TH" ? "rowheader" : "cell");
        if (heads[at] && cell.colSpan === 1) cell.dataset.label = heads[at];
        at += cell.colSpan;
      });
    });
  };

  // --- a table that fits keeps its head in sight; one that does not is a region to scroll by keys
  const fit = (box) => {
    const table = box.querySelector("table");
    if (!table) return;
    const fits = table.scrollWidth <= box.clientWidth + 1;
    box.classList.toggle("is-fitting", fits);
    if (fits) {
      box.removeAttribute("tabindex");
      box.removeAttribute("role");
      box.removeAttribute("aria-label");
    } else {
      box.setAttribute("tabindex", "0");
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", table.caption ? table.caption.textContent : "数据表");
    }
  };
  const watcher = new ResizeObserver((seen) => seen.forEach((one) => fit(one.target)));
  const prepareTables = () => {
    document.querySelectorAll("table[data-stack]").forEach(label);
    document.querySelectorAll(".table-box").forEach((box) => watcher.observe(box));
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-ticks] .tick-all").forEach((label) => { label.hidden = false; });
    prepareTables();
    const wrong = document.querySelector("[data-focus]");
    if (wrong) wrong.focus();
  });

  // --- htmx: refusals come as a notice, a lost connection is said plainly
  const notice = (text) => {
    const place = document.getElementById("notices");
    if (!place) return;
    const box = document.createElement("div");
    box.className = "note note-error";
    box.setAttribute("role", "alert");
    box.textContent = text;
    place.replaceChildren(box);
    place.scrollIntoView({ block: "nearest" });
    return box;
  };
  document.addEventListener("htmx:afterSwap", prepareTables);
  // What keeps itself tries again by itself and never leaves the page; anything else that was asked
  // for a person repeats. Signing in again in another window changes the token of the forms.
  const AGAIN = 5000;
  let lost = null; // the notice that something was not kept
  const keeping = (event) => event.detail.elt.closest("[hx-post][hx-trigger*=change]");
  const again = (kept, text) => {
    lost = notice(text);
    setTimeout(() => window.htmx.trigger(kept, "change"), AGAIN);
  };
  const renew = async () => {
    const page = await fetch(window.location.href, { credentials: "same-origin" });
    const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[name=csrfmiddlewaretoken]");
    if (fresh && !page.redirected) document.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((one) => { one.value = fresh.value; });
  };
  const OUT = "登录已过期，填写的内容仍在本页。请在新窗口重新登录，本页会自动继续保存。";
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    const kept = keeping(event);
    if (!kept || !event.detail.xhr.getResponseHeader("HX-Redirect")) return;
    event.preventDefault();
    again(kept, OUT);
  });
  document.addEventListener("htmx:afterOnLoad", (event) => {
    if (!lost || event.detail.failed) return;
    lost.remove();
    lost = null;
  });
  document.addEventListener("htmx:sendError", (event) => {
    const kept = keeping(event);
    if (kept) again(kept, "网络连接中断，填写的内容仍在本页，恢复后自动保存。");
    else notice("网络连接中断，内容尚未提交，请稍后再试。");
  });
  document.addEventListener("htmx:responseError", (event) => {
    const kept = keeping(event);
    const { status } = event.detail.xhr;
    if (kept && status === 403) renew().catch(() => {}).finally(() => again(kept, OUT));
    else if (kept && status >= 500) again(kept, "服务器暂时没有保存，填写的内容仍在本页，稍后自动再试。");
    else if (status >= 500) notice("服务器暂时没有完成这次操作，请稍后再试。");
    else if (status === 403) notice("登录可能已过期，请刷新页面后重新登录。");
  });
})();
