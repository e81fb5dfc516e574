// A grid for typing: paste a block of cells, move with the arrows, add rows. Plainer without it.
(function () {
  "use strict";

  const table = document.querySelector("[data-grid]");
  const adder = document.querySelector("[data-add-row]");
  if (!table || !adder) return;
  const body = table.tBodies[0];

  const cells = (row) => Array.from(row.querySelectorAll(".grid-cell"));

  const renamed = (row, place) => {
    row.querySelectorAll("[name]").forEach((field) => {
      field.name = field.name.replace(/^r\d+-/, "r" + place + "-");
    });
    row.querySelectorAll("[aria-label]").forEach((field) => {
      const label = field.getAttribute("aria-label").replace(/^第\d+行/, "第" + (place + 1) + "行");
      field.setAttribute("aria-label", label);
    });
  };

  const addRow = () => {
    const rows = Array.from(body.rows);
    const places = rows.map((row) => Number(cells(row)[0].name.match(/^r(\d+)-/)[1]));
    const row = rows[rows.length - 1].cloneNode(true);
    renamed(row, Math.max(...places) + 1);
    row.querySelectorAll("input").forEach((field) => {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
      field.removeAttribute("aria-invalid");
      field.removeAttribute("title");
    });
    row.querySelectorAll(".cell-wrong").forEach((cell) => cell.classList.remove("cell-wrong"));
    body.append(row);
    return row;
  };

  const put = (field, text) => {
    if (field.tagName !== "SELECT") {
      field.value = text.trim();
      return;
    }
    const plain = (words) => words.replace(/[/／\s]/g, "");
    const option = Array.from(field.options).find((one) =>
      [one.text, ...(one.dataset.names || "").split("|")].some((name) => plain(name) === plain(text)));
    if (option) field.value = option.value;
  };

  // Quoted cells may hold line breaks and tabs, as spreadsheets copy them.
  const blockOf = (text) => {
    const rows = [[""]];
    let quoted = false;
    const clean = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (let i = 0; i < clean.length; i += 1) {
      const sign = clean[i];
      const row = rows[rows.length - 1];
      const last = row.length - 1;
      if (quoted) {
        if (sign === '"' && clean[i + 1] === '"') { row[last] += '"'; i += 1; }
        else if (sign === '"') quoted = false;
        else row[last] += sign === "\n" ? " " : sign;
      } else if (sign === '"' && row[last] === "") quoted = true;
      else if (sign === "\t") row.push("");
      else if (sign === "\n") rows.push([""]);
      else row[last] += sign;
    }
    return rows;
  };

  // A block that begins with titles goes under the columns of these names, in whatever order; a
  // title with another unit than the column's is none of its names.
  const bare = (words) => words.replace(/[（(].*?[）)]|[\s/／]/g, "").toLowerCase();
  const unit = (words) => ((words.match(/[（(]([^（()）]*)[）)]\s*$/) || ["", ""])[1])
    .replace(/[\/／](年|a|yr)$/i, "").replace(/^.*[，,]/, "").replace(/\s/g, "").replace(/³/g, "3").toLowerCase();
  const names = Array.from(table.tHead.rows[0].cells, (head) => {
    const own = (head.dataset.names || head.textContent).split("|");
    return { words: own.map(bare), units: own.map(unit).filter(Boolean) };
  });
  const answers = (own, title) => own.words.includes(bare(title)) &&
    (!unit(title) || !own.units.length || own.units.includes(unit(title)));
  const columnsOf = (words) => {
    const found = words.map((word) => names.findIndex((own) => word.trim() && answers(own, word)));
    return found.filter((place) => place >= 0).length > 1 ? found : null;
  };

  const note = document.createElement("p");
  note.className = "grid-note";
  note.setAttribute("role", "status");
  (table.closest(".grid-scroll") || table).after(note);
  const tell = (titles, columns) => {
    const left = columns ? titles.filter((title, at) =>
      columns[at] < 0 && !["", "序号"].includes(title.trim())) : [];
    note.textContent = left.length ? "没有粘贴（列名或单位与本表不同）：" + left.join("、") : "";
  };

  // Some sheets print the code WD1, ZG1 as the first column; it tells the class as well.
  const coded = (row, words, columns, titles) => {
    const code = row.querySelector('[name$="-code"]');
    const kind = row.querySelector('[name$="-cost"]');
    if (!code || !kind) return;
    const at = titles.findIndex((title) => title.trim() === "序号");
    const printed = at >= 0 ? (words[at] || "").trim() : "";
    if (!code.value && /^(WD|ZG)[-\s]?\d+$/i.test(printed)) code.value = printed;
    if (!columns.includes(kind.closest("td").cellIndex)) put(kind, code.value.slice(0, 2).toUpperCase());
  };

  const fill = (cell, word) => {
    const field = cell && cell.querySelector(".grid-cell");
    if (field) put(field, word);
    else if (cell) cell.querySelectorAll("label").forEach((label) => {
      label.control.checked = word.includes(label.textContent.trim());
    });
  };

  table.addEventListener("paste", (event) => {
    const text = event.clipboardData.getData("text/plain");
    if (!/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const start = event.target.closest("tr");
    const first = Array.from(body.rows).indexOf(start);
    const block = blockOf(text);
    const columns = columnsOf(block[0]);
    const column = event.target.closest("td").cellIndex;
    tell(block[0], columns);
    const total = (words) => columns && words.some((word) => /^[合总]\s*计$/.test(word.trim()));
    block.slice(columns ? 1 : 0).filter((words) => !total(words)).forEach((words, down) => {
      const row = body.rows[first + down] || addRow();
      words.forEach((word, across) => {
        const place = columns ? columns[across] : column + across;
        if (place >= 0) fill(row.cells[place], word);
      });
      if (columns) coded(row, words, columns, block[0]);
    });
  });

  table.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1, Enter: 1 }[event.key];
    if (!step || event.target.tagName !== "INPUT") return;
    const row = event.target.closest("tr");
    const next = body.rows[Array.from(body.rows).indexOf(row) + step];
    if (event.key === "Enter") event.preventDefault();
    if (next) cells(next)[cells(row).indexOf(event.target)].focus();
  });

  adder.hidden = false;
  adder.addEventListener("click", () => cells(addRow())[1].focus());
})();
