"""Workbooks out: the marked copy of what was handed in, and the blank official template."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.conf import settings
from xlsxwriter import Workbook
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cleanprod.foundation.intake.containers import Grid, grids
from cleanprod.foundation.intake.rules import Cell, Column, Template, Unreadable, letter, place_of
from cleanprod.kernel.finding import Finding, Level

LIST = "问题清单"
_GUIDE = "填写说明"
_FONT = "宋体"
_COLOURS = {Level.BLOCK: "#F8CBAD", Level.DECIDE: "#FFE699", Level.INFORM: "#DDEBF7"}
_MOST_LINKS = 20_000
_MOST_NOTES = 2_000  # office programs slow down with many notes; the list carries them all
_NARROWEST, _WIDEST = 8, 48
_MEASURED = 200
_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_BAD_NAME = re.compile(r"[\[\]:*?/\\]")
_CREATED = datetime(2020, 1, 1)  # the same template gives the same file
_FILLED_DOWN = 20_000
_LONGEST_LIST = 255

Marks = Mapping[tuple[int, int], Sequence[Finding]]


def marked_copy(
    original: bytes,
    findings: Iterable[Finding],
    *,
    name: str = "",
    max_rows: int | None = None,
    max_bytes: int | None = None,
) -> bytes:
    """Return a workbook with the list of findings first and each named cell coloured and noted.

    Values are written anew, text stays text. Of an original that cannot be read only the list
    is given.
    """
    findings = list(findings)
    buffer = BytesIO()
    with _workbook(buffer) as book:
        formats = _Formats(book)
        front = book.add_worksheet(LIST)
        names: dict[str, str] = {}
        rows = max_rows or settings.INTAKE_MAX_ROWS
        size = max_bytes or settings.INTAKE_MAX_BYTES
        for grid in _readable(original, name, rows, size):
            if grid.name != LIST:
                sheet = book.add_worksheet(_sheet_name(grid.name))
                names[grid.name] = sheet.name
                _copy(sheet, grid, _marks(findings, grid.name), formats)
        _list(front, findings, names, formats)
    return buffer.getvalue()


def _workbook(buffer: BytesIO) -> Workbook:
    book = Workbook(
        buffer,
        {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False},
    )
    book.set_properties({"created": _CREATED})
    return book


class _Formats:
    """The few looks of cells, made once a workbook."""

    def __init__(self, book: Workbook) -> None:
        """Remember the workbook that owns the formats."""
        self.book = book
        self.made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def get(self, **looks: Any) -> Format:
        """Return the format with these looks."""
        key = tuple(sorted(looks.items()))
        if key not in self.made:
            self.made[key] = self.book.add_format({"font_name": _FONT, "valign": "top", **looks})
        return self.made[key]

    def heading(self) -> Format:
        """Return the look of a header."""
        return self.get(
            bold=True,
            text_wrap=True,
            bg_color="#E2EFDA",
            border=1,
            valign="vcenter",
            align="center",
        )


def _readable(original: bytes, name: str, max_rows: int, max_bytes: int) -> Iterator[Grid]:
    try:
        yield from grids(original, name=name, max_rows=max_rows, max_bytes=max_bytes)
    except Unreadable:
        return


def _sheet_name(name: str) -> str:
    return _BAD_NAME.sub(" ", name).strip("'")[:31] or "Sheet"


def _marks(findings: Iterable[Finding], sheet: str) -> Marks:
    marks: dict[tuple[int, int], list[Finding]] = {}
    for finding in findings:
        found = _CELL.fullmatch(finding.cell)
        if found and finding.sheet in (sheet, ""):
            place = (int(found[2]) - 1, place_of(found[1]))
            marks.setdefault(place, []).append(finding)
    return marks


def _copy(sheet: Worksheet, grid: Grid, marks: Marks, formats: _Formats) -> None:
    widths: dict[int, int] = {}
    for (row, column), (last_row, last_column) in grid.merges:
        try:
            sheet.merge_range(row, column, last_row, last_column, "", formats.get())
        except OverlappingRange:
            continue
    for number, cells in enumerate(grid.rows()):
        for place, cell in enumerate(cells):
            if cell != "":
                _write(sheet, number, place, cell, marks.get((number, place), ()), formats)
                if number < _MEASURED:
                    widths[place] = max(widths.get(place, 0), _width(cell))
    _note(sheet, marks, formats)
    for place, width in widths.items():
        sheet.set_column(place, place, min(max(width + 2, _NARROWEST), _WIDEST))


def _colour(findings: Sequence[Finding]) -> dict[str, str]:
    for level in (Level.BLOCK, Level.DECIDE, Level.INFORM):
        if any(finding.level is level for finding in findings):
            return {"bg_color": _COLOURS[level]}
    return {}


def _write(
    sheet: Worksheet,
    row: int,
    place: int,
    cell: Cell,
    findings: Sequence[Finding],
    formats: _Formats,
) -> None:
    colour = _colour(findings)
    if isinstance(cell, bool):
        sheet.write_boolean(row, place, cell, formats.get(**colour))
    elif isinstance(cell, (int, float)):
        sheet.write_number(row, place, cell, formats.get(**colour))
    elif isinstance(cell, (date, time, timedelta)):
        looks = {"num_format": _day_format(cell), **colour}
        sheet.write_datetime(row, place, cell, formats.get(**looks))
    else:
        sheet.write_string(row, place, cell[:32_767], formats.get(num_format="@", **colour))


def _day_format(cell: date | time | timedelta) -> str:
    if isinstance(cell, datetime):
        return "yyyy-mm-dd hh:mm"
    return "yyyy-mm-dd" if isinstance(cell, date) else "[hh]:mm"


def _note(sheet: Worksheet, marks: Marks, formats: _Formats) -> None:
    """Colour blank cells that should not be blank, and hang a note on each marked cell."""
    for count, ((row, place), findings) in enumerate(sorted(marks.items())):
        if any(not finding.value for finding in findings):
            sheet.write_blank(row, place, None, formats.get(**_colour(findings)))
        if count < _MOST_NOTES:
            lines = [f"【{f.level.label}】{f.rule}\n{f.advice}" for f in findings]
            sheet.write_comment(
                row, place, "\n".join(lines)[:2000], {"x_scale": 2.2, "y_scale": 1.4}
            )


def _width(cell: Cell) -> int:
    lines = str(cell).split("\n")
    return max(sum(2 if ord(sign) > 255 else 1 for sign in line[:_WIDEST]) for line in lines)


def _list(
    sheet: Worksheet, findings: Sequence[Finding], names: Mapping[str, str], formats: _Formats
) -> None:
    columns = (
        ("序号", 6), ("工作表", 14), ("单元格", 9), ("填写内容", 28), ("级别", 10),
        ("规则", 40), ("修改建议", 56),
    )  # fmt: skip
    for place, (title, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, formats.heading())
    sheet.freeze_panes(1, 0)
    wrapped, linked = formats.get(text_wrap=True), formats.get(font_color="#0563C1", underline=1)
    for row, finding in enumerate(findings, 1):
        sheet.write_number(row, 0, row, wrapped)
        look = formats.get(text_wrap=True, **_colour([finding]))
        texts = (finding.value, finding.level.label, finding.rule, finding.advice)
        sheet.write_string(row, 1, finding.sheet, wrapped)
        _link(sheet, row, finding, names, linked)
        for place, text in enumerate(texts, 3):
            sheet.write_string(row, place, text[:32_767], look if place == 4 else wrapped)
    sheet.autofilter(0, 0, max(len(findings), 1), len(columns) - 1)


def _link(
    sheet: Worksheet, row: int, finding: Finding, names: Mapping[str, str], look: Format
) -> None:
    target = names.get(finding.sheet)
    if target and _CELL.fullmatch(finding.cell) and row <= _MOST_LINKS:
        quoted = target.replace("'", "''")
        sheet.write_url(row, 2, f"internal:'{quoted}'!{finding.cell}", look, finding.cell)
    else:
        sheet.write_string(row, 2, finding.cell)


def blank_template(template: Template) -> bytes:
    """Return the blank official workbook of a template.

    Headers carry an example and advice as notes, words are chosen from lists, and columns of long
    numbers are text, so that no digits are lost.
    """
    buffer = BytesIO()
    with _workbook(buffer) as book:
        formats = _Formats(book)
        sheet, guide = book.add_worksheet(template.title[:31]), book.add_worksheet(_GUIDE)
        for place, column in enumerate(template.columns):
            _header(sheet, place, column, formats)
            _choices(sheet, guide, place, column)
        sheet.set_row(0, 32)
        sheet.freeze_panes(1, 0)
        _guide(guide, template, formats)
    return buffer.getvalue()


def _header(sheet: Worksheet, place: int, column: Column, formats: _Formats) -> None:
    body = formats.get(
        num_format="@" if column.parse.as_text else column.parse.number_format or "General"
    )
    width = max(_width(column.title), _width(column.example)) + 4
    sheet.set_column(place, place, min(max(width, 10), 40), body)
    looks = {"font_color": "#C00000"} if column.required else {}
    head = formats.get(
        bold=True,
        text_wrap=True,
        bg_color="#E2EFDA",
        border=1,
        valign="vcenter",
        align="center",
        **looks,
    )
    sheet.write_string(0, place, column.title, head)
    sheet.write_comment(0, place, "\n".join(_guidance(column)), {"x_scale": 1.6})


def _guidance(column: Column) -> list[str]:
    lines = ["必填" if column.required else "选填"]
    if column.parse.choices:
        lines.append(f"可填：{'、'.join(column.parse.choices)}")
    if column.advice:
        lines.append(column.advice)
    if column.example:
        lines.append(f"例：{column.example}")
    return lines


def _choices(sheet: Worksheet, guide: Worksheet, place: int, column: Column) -> None:
    choices = list(column.parse.choices)
    if not choices:
        return
    source: list[str] | str = choices
    if len(",".join(choices)) > _LONGEST_LIST:
        # Long lists lie on the second sheet, right of the guide.
        for row, choice in enumerate(choices):
            guide.write_string(row, 6 + place, choice)
        name = letter(6 + place)
        source = f"='{_GUIDE}'!${name}$1:${name}${len(choices)}"
        guide.set_column(6 + place, 6 + place, None, None, {"hidden": True})
    sheet.data_validation(
        1, place, _FILLED_DOWN, place,
        {
            "validate": "list", "source": source, "ignore_blank": True,
            "error_title": "请从列表中选择", "error_message": "填写的内容不在列表中",
        },
    )  # fmt: skip


def _guide(sheet: Worksheet, template: Template, formats: _Formats) -> None:
    titles = (("列名", 22), ("是否必填", 10), ("填写要求", 60), ("示例", 30))
    for place, (title, width) in enumerate(titles):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, formats.heading())
    body = formats.get(text_wrap=True)
    for row, column in enumerate(template.columns, 1):
        asked = [line for line in _guidance(column)[1:] if not line.startswith("例：")]
        texts = (
            column.title, "必填" if column.required else "选填", "；".join(asked), column.example,
        )  # fmt: skip
        for place, text in enumerate(texts):
            sheet.write_string(row, place, text, body)
