"""A score sheet as a workbook, there and back; a finding names the sheet and the cell."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleanprod.foundation.intake.containers import MIB, grids
from cleanprod.foundation.intake.rules import Cell, Unreadable, letter, shown
from cleanprod.foundation.web import downloads
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.text import tidy
from cleanprod.stages.scoring import rules
from cleanprod.stages.scoring.rules import BadSheet, Focus, Purpose, Sheet

MAX_BYTES = 2 * MIB
MAX_ROWS = 500
FACTS, VETOES, ITEMS, BONUS, BANDS = "评分表", "否决项", "评分项目", "加分项", "结论分档"
_FACTS = {
    "代码": "key", "类别": "purpose", "名称": "name", "版次": "version",
    "施行日期": "effective_from", "出处": "source", "已核实": "confirmed",
    "合格分数": "pass_mark", "须说明的分差": "gap", "可计半分": "half_points",
    "0分须说明理由": "reason_for_zero", "满分须说明理由": "reason_for_full",
}  # fmt: skip
_FLAGS = ("confirmed", "half_points", "reason_for_zero", "reason_for_full")
_HEADS: Mapping[str, Mapping[str, str]] = {
    VETOES: {"序号": "number", "项目": "text"},
    ITEMS: {
        "部分": "title", "序号": "number", "项目": "text", "满分": "maximum", "关注重点": "focus",
    },
    BONUS: {"序号": "number", "项目": "text", "满分": "maximum"},
    BANDS: {"起始分": "start", "高于": "above", "结论": "meaning", "通过": "passes"},
}  # fmt: skip
_MAY = ("above", "passes", "focus")
_MUST = (FACTS, ITEMS, BANDS)
_YES = {"是": True, "否": False, "": False}
_PURPOSES = {one.label: one.value for one in Purpose} | {one.value: one.value for one in Purpose}
_FOCUSES = {one.label: one.value for one in Focus} | {"": ""}
_BOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_ADVICE = "可下载现有评分表，按其格式修改"


class BadBook(BadSheet):
    """A file holds no usable score sheet; `findings` tells every mistake and its place."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        """Keep all findings and say them in one text."""
        super().__init__([finding.rule for finding in findings])
        self.findings = tuple(findings)


def workbook(sheet: Sheet | None) -> bytes:
    """Return a score sheet as a workbook; without one the workbook to be filled in."""
    return downloads.xlsx(_sheets(sheet))


def _sheets(sheet: Sheet | None) -> Iterator[downloads.Sheet]:
    facts: list[Any] = [""] * len(_FACTS)
    rows: dict[str, list[list[Any]]] = {name: [] for name in _HEADS}
    if sheet is not None:
        facts = [
            sheet.key, sheet.purpose.label, sheet.name, sheet.version, sheet.effective_from,
            sheet.source, _word(not sheet.unconfirmed), sheet.pass_mark, sheet.gap,
            _word(sheet.half_points), _word(sheet.reason_for_zero), _word(sheet.reason_for_full),
        ]  # fmt: skip
        rows[VETOES] = [[one.number, one.text] for one in sheet.vetoes]
        rows[ITEMS] = [
            [
                section.title, one.number, one.text, one.maximum,
                one.focus.label if one.focus else "",
            ]
            for section in sheet.sections
            for one in section.items
        ]  # fmt: skip
        rows[BONUS] = [[one.number, one.text, one.maximum] for one in sheet.bonus]
        rows[BANDS] = [
            [one.start, _word(one.above), one.meaning, _word(one.passes)] for one in sheet.bands
        ]
    yield downloads.Sheet(FACTS, ["项目", "内容"], list(zip(_FACTS, facts, strict=True)))
    for name, heads in _HEADS.items():
        yield downloads.Sheet(name, list(heads), rows[name])


def _word(flag: bool) -> str:
    return "是" if flag else "否"


def read(data: bytes, name: str) -> dict[str, Any]:
    """Return the body of a score sheet in a file, JSON or workbook, or raise BadBook."""
    if len(data) > MAX_BYTES:
        raise BadBook([Finding(Level.BLOCK, "文件超过2 MB", "评分表只有几十行，请核对文件")])
    if data.startswith(_BOOKS) or name.lower().endswith((".xlsx", ".xls", ".xlsm")):
        return _read_book(data, name)
    return _read_json(data)


def _read_json(data: bytes) -> dict[str, Any]:
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        raise BadBook([Finding(Level.BLOCK, "不是 Excel 或 JSON 文件", _ADVICE)]) from None
    if not isinstance(body, dict):
        raise BadBook([Finding(Level.BLOCK, "JSON 文件的内容不是评分表", _ADVICE)])
    return _checked(body, ())


def _checked(body: dict[str, Any], found: Sequence[Finding]) -> dict[str, Any]:
    try:
        rules.sheet_of(body)
    except BadSheet as bad:
        raise BadBook([*found, *(Finding(Level.BLOCK, text, "") for text in bad.errors)]) from None
    if found:
        raise BadBook(found)
    return body


def _read_book(data: bytes, name: str) -> dict[str, Any]:
    try:
        book = {
            grid.name.strip(): list(grid.rows())
            for grid in grids(data, name=name, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
        }
    except Unreadable as refusal:
        raise BadBook([refusal.finding]) from None
    reader = _Reader(book)
    body = reader.body()
    if reader.findings and not reader.whole:
        raise BadBook(reader.findings)
    return _checked(body, reader.findings)


@dataclass(slots=True)
class _Reader:
    """Turns the sheets of a workbook into a body and remembers what was wrong where."""

    book: Mapping[str, Sequence[Sequence[Cell]]]
    findings: list[Finding] = field(default_factory=list)
    whole: bool = True

    def body(self) -> dict[str, Any]:
        """Return the body as far as it could be read."""
        for sheet in _MUST:
            if sheet not in self.book:
                self._note(sheet, "", "", f"缺少工作表“{sheet}”")
        body = self._facts()
        body["vetoes"] = self._rows(VETOES)
        body["bonus"] = self._rows(BONUS)
        body["bands"] = [
            row | {"above": self._flag(row, "above"), "passes": self._flag(row, "passes")}
            for row in self._rows(BANDS)
        ]
        sections: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows(ITEMS):
            row["focus"] = _FOCUSES.get(row["focus"], "")
            sections.setdefault(row.pop("title"), []).append(row)
        body["sections"] = [{"title": title, "items": rows} for title, rows in sections.items()]
        return body

    def _note(self, sheet: str, cell: str, value: str, rule: str) -> None:
        self.whole = False
        self.findings.append(Finding(Level.BLOCK, rule, _ADVICE, sheet, cell, value[:100]))

    def _facts(self) -> dict[str, Any]:
        said: dict[str, tuple[str, int]] = {}
        for number, row in enumerate(self.book.get(FACTS, ()), 1):
            cells = [*map(_text, row), "", ""]
            if tidy(cells[0]) in _FACTS:
                said[_FACTS[tidy(cells[0])]] = (cells[1], number)
        found: dict[str, Any] = {}
        for label, key in _FACTS.items():
            text, number = said.get(key, ("", 0))
            place = f"B{number}" if number else ""
            if key in _FLAGS:
                if text not in _YES:
                    self._note(FACTS, place, text, f"“{label}”应填写是或否")
                found[key] = _YES.get(text, False)
            elif not text:
                self._note(FACTS, place, text, f"缺少“{label}”")
            else:
                found[key] = text
        if found.get("purpose") is not None:
            found["purpose"] = _PURPOSES.get(found["purpose"], found["purpose"])
        if isinstance(found.get("effective_from"), str):
            found["effective_from"] = found["effective_from"][:10]
        found["unconfirmed"] = not found.pop("confirmed")
        return found

    def _rows(self, sheet: str) -> list[dict[str, Any]]:
        rows = list(self.book.get(sheet, ()))
        heads = _HEADS[sheet]
        at = next((n for n, row in enumerate(rows) if _is_head(row, heads)), None)
        if at is None:
            if sheet in _MUST and sheet in self.book:
                self._note(sheet, "A1", "", f"没有找到表头：{'、'.join(heads)}")
            return []
        columns = {tidy(shown(cell)): n for n, cell in enumerate(rows[at])}
        heads = {label: key for label, key in heads.items() if label in columns}
        found = []
        for number, row in enumerate(rows[at + 1 :], at + 2):
            cells = {
                key: _text(row[columns[label]]) if columns[label] < len(row) else ""
                for label, key in heads.items()
            }
            if not any(cells.values()):
                continue
            for label, key in heads.items():
                place = f"{letter(columns[label])}{number}"
                if not cells[key] and key not in _MAY:
                    self._note(sheet, place, "", f"缺少“{label}”")
                if key == "focus" and cells[key] not in _FOCUSES:
                    known = "、".join(filter(None, _FOCUSES))
                    self._note(sheet, place, cells[key], f"“{label}”应为{known}，或留空")
            found.append(dict.fromkeys(_HEADS[sheet].values(), "") | cells)
        return found

    def _flag(self, row: Mapping[str, Any], key: str) -> bool:
        text = row[key]
        if text not in _YES:
            self._note(BANDS, "", text, "“高于”“通过”应填写是或否")
        return _YES.get(text, False)


def _text(cell: Cell) -> str:
    """Return all that a cell says: texts as typed, numbers and days as one reads them."""
    return cell.strip() if isinstance(cell, str) else shown(cell).strip()


def _is_head(row: Sequence[Cell], heads: Mapping[str, str]) -> bool:
    asked = {label for label, key in heads.items() if key != "focus"}
    return asked <= {tidy(shown(cell)) for cell in row}
