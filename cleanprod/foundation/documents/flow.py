"""From a paper to printable items in reading order; both back ends print these and nothing else."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from cleanprod.foundation.documents import codes
from cleanprod.foundation.documents.blocks import (
    Annex,
    Block,
    Code,
    Column,
    Heading,
    PageBreak,
    Paragraph,
    Signature,
    Table,
)
from cleanprod.foundation.documents.standard import GB_T_9704_2012, POINT

M = GB_T_9704_2012
_CELL_SIZE, _CELL_INSET = 12.0, 3.5  # pt
TITLE_LIMIT = 20.3  # characters of 2号 in a line of the type area
_DIGITS = "零一二三四五六七八九"
# What neither XML nor a PDF may carry: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class Role(StrEnum):
    """What a line is; each back end has one style per role."""

    NUMBER = "number"
    TITLE = "title"
    DRAFT = "draft"
    ADDRESSEE = "addressee"
    HEADING_1 = "heading-1"
    HEADING_2 = "heading-2"
    HEADING_3 = "heading-3"
    BODY = "body"
    ATTACHMENT = "attachment"
    CONTACT = "contact"
    ANNEX_LABEL = "annex-label"
    ANNEX_TITLE = "annex-title"
    CAPTION = "caption"
    UNIT = "unit"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph; `lead` opens it in its own type (heading, 附件：1.); `keep` holds the next."""

    role: Role
    text: str
    lead: str = ""
    keep: bool = False
    kind: str = "line"


@dataclass(frozen=True, slots=True)
class Blank:
    """Empty lines of the grid."""

    lines: int
    keep: bool = False
    kind: str = "blank"


@dataclass(frozen=True, slots=True)
class Break:
    """A new page."""

    kind: str = "break"


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code as rows of dark and light modules, `side` mm wide, its caption below."""

    rows: tuple[str, ...]
    caption: str
    side: float = 30.0
    kind: str = "picture"


@dataclass(frozen=True, slots=True)
class Head:
    """The red letterhead with its double line; `size` in pt fits the longest name."""

    issuers: tuple[str, ...]
    size: float
    kind: str = "head"


@dataclass(frozen=True, slots=True)
class Signed:
    """Rows of issuers (two in a row, the last at the right) and the day below the last."""

    rows: tuple[tuple[str, str], ...]
    day: str
    keep: bool = False
    kind: str = "signed"


@dataclass(frozen=True, slots=True)
class Record:
    """The lines at the foot of the last page."""

    lines: tuple[str, ...]
    kind: str = "record"


@dataclass(frozen=True, slots=True)
class HeadCell:
    """A cell of a table's head: where it starts and how far it reaches."""

    text: str
    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """A table ready to print: weights sum to one, row height in pt."""

    weights: tuple[float, ...]
    aligns: tuple[str, ...]
    head: tuple[HeadCell, ...]
    head_rows: int
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...]
    total_span: int
    row_height: float
    kind: str = "grid"


Item = Line | Blank | Break | Picture | Head | Signed | Record | Grid


@dataclass(slots=True)
class Sheet:
    """A run of pages of one orientation."""

    landscape: bool
    items: list[Item] = field(default_factory=list)


def clean(text: str) -> str:
    """Return the text without characters that cannot be printed; tabs become blanks."""
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip("\n")


def chinese(number: int) -> str:
    """Return 1 to 99 in Chinese: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else ("十" if tens == 1 else _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def mark(level: int, number: int) -> str:
    """Return the number of a heading: 一、 or （一） or 1. (GB/T 9704, 7.3.3)."""
    if level == 1:
        return f"{chinese(number)}、"
    return f"（{chinese(number)}）" if level == 2 else f"{number}."


class _Counter:
    """Numbers headings; a heading starts the levels below it anew."""

    def __init__(self) -> None:
        self.counts = [0, 0, 0]

    def next(self, level: int) -> str:
        self.counts[level - 1] += 1
        self.counts[level:] = [0] * (3 - level)
        return mark(level, self.counts[level - 1])


def sheets(blocks: Iterable[Block], *, landscape: bool = False) -> list[Sheet]:
    """Lay blocks out; a landscape table opens its own sheet unless all of them are landscape."""
    counter = _Counter()
    result = [Sheet(landscape)]
    for block in blocks:
        turned = landscape or (isinstance(block, Table) and block.landscape)
        if turned != result[-1].landscape:
            result.append(Sheet(turned))
        result[-1].items.extend(_items(block, counter, turned))
    return result


def annex_sheets(annex: Annex) -> list[Sheet]:
    """Lay an annex out on its own pages, all of them landscape if a table asks for it."""
    landscape = any(isinstance(block, Table) and block.landscape for block in annex.blocks)
    result = sheets(annex.blocks, landscape=landscape)
    top: list[Item] = []
    if annex.label:
        top.append(Line(Role.ANNEX_LABEL, clean(annex.label)))
    if annex.title:
        limit = 28 if landscape else TITLE_LIMIT
        lines = balanced(clean(annex.title), limit)
        top.append(Line(Role.ANNEX_TITLE, "\n".join(lines)))
    result[0].items[:0] = top
    return result


def _items(block: Block, counter: _Counter, landscape: bool) -> Iterator[Item]:
    match block:
        case Heading():
            lead = counter.next(block.level) if block.numbered else ""
            role = (Role.HEADING_1, Role.HEADING_2, Role.HEADING_3)[block.level - 1]
            yield Line(role, clean(block.body), lead + clean(block.text))
        case Paragraph():
            yield Line(Role.BODY, clean(block.text))
        case PageBreak():
            yield Break()
        case Code():
            yield Picture(codes.modules(block.text), clean(block.caption))
        case Signature():
            yield Blank(1, keep=True)
            yield signed(block)
        case Table():
            yield from _table(block, landscape)


def signed(signature: Signature, year: int | None = None) -> Signed:
    """Return the issuers two in a row, a lone one at the right over the day."""
    names = [clean(name) for name in signature.issuers]
    if len(names) % 2:
        names.insert(len(names) - 1, "")
    rows = tuple((names[i], names[i + 1]) for i in range(0, len(names), 2))
    return Signed(rows, day_in_figures(signature.day, year))


def day_in_figures(day: date | None, year: int | None) -> str:
    """Return 2023年3月2日, or a blank to be filled in while there is no day."""
    return f"{day.year}年{day.month}月{day.day}日" if day else f"{year or '　　'}年　月　日"


def _table(table: Table, landscape: bool) -> Iterator[Item]:
    if table.title:
        yield Line(Role.CAPTION, clean(table.title))
    if table.unit:
        yield Line(Role.UNIT, f"单位：{clean(table.unit)}")
    yield grid(table, landscape=landscape)
    if table.note:
        yield Line(Role.NOTE, clean(table.note).removeprefix("注："), "注：")


def grid(table: Table, *, landscape: bool = False) -> Grid:
    """Return the table with its head laid out and its rows as high as one page allows."""
    whole = sum(column.weight for column in table.columns)
    total = (clean(table.total.label), *map(clean, table.total.cells)) if table.total else ()
    weights = tuple(round(column.weight / whole, 6) for column in table.columns)
    head, head_rows = head_cells(table.columns)
    width = M.type_height if landscape else M.type_width
    return Grid(
        weights=weights,
        aligns=tuple(str(column.align) for column in table.columns),
        head=tuple(_broken(cell, weights, width / POINT) for cell in head),
        head_rows=head_rows,
        rows=tuple(tuple(map(clean, row)) for row in table.rows),
        total=total,
        total_span=table.total.span if table.total else 0,
        row_height=row_height(len(table.rows) + bool(total), landscape=landscape),
    )


def _broken(cell: HeadCell, weights: Sequence[float], width: float) -> HeadCell:
    """Return a head cell with its lines broken between words; `width` of the table in pt."""
    share = sum(weights[cell.column : cell.column + cell.columns])
    limit = (share * width - 2 * _CELL_INSET) / _CELL_SIZE
    return replace(cell, text="\n".join(balanced(cell.text, limit)) if cell.text else "")


def head_cells(columns: Sequence[Column]) -> tuple[tuple[HeadCell, ...], int]:
    """Return the cells of the head and its number of rows; a group spans its columns."""
    if not any(column.group for column in columns):
        return tuple(HeadCell(clean(c.title), 0, i, 1, 1) for i, c in enumerate(columns)), 1
    cells: list[HeadCell] = []
    index = 0
    while index < len(columns):
        column = columns[index]
        if not column.group:
            cells.append(HeadCell(clean(column.title), 0, index, 2, 1))
            index += 1
            continue
        end = index
        while end < len(columns) and columns[end].group == column.group:
            cells.append(HeadCell(clean(columns[end].title), 1, end, 1, 1))
            end += 1
        cells.append(HeadCell(clean(column.group), 0, index, 1, end - index))
        index = end
    return tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))), 2


def row_height(rows: int, *, landscape: bool) -> float:
    """Return a row height in pt that lets a short table fill, and a middling one fit, one page."""
    room = 290.0 if landscape else 440.0  # pt left by label, title, head and a two-line note
    return round(min(26.0, max(room / max(rows, 1), 19.0 if rows <= 26 else 21.0)), 2)


_NO_BREAK_BEFORE = "，。、；：！？”’）》〉】〕％%,.;:!?)"
_NO_BREAK_AFTER = "“‘（《〈【〔("
_GOOD_AFTER = "”）》、，的 　"
_GOOD_BEFORE = "“（《"
_WHOLE = re.compile(
    "清洁生产审核|清洁生产|审核|评估|验收|企业|情况|名单|结果|目标|完成|通过|公布|使用|平台|信息化"
    "|信息|公共|服务|统计|数量|流程|进度|牵头|计划|占比|工业|生态|环境|预期|推行|工作|强制性|自愿性"
    "|绩效|方案|通知|通报|市|年度|第.{1,3}批"
)


_LATIN = re.compile("[\x21-\x7e]+")


def width(text: str) -> float:
    """Return the width in characters; Latin ones count half, with a quarter of air at each side."""
    narrow = sum(0.5 for char in text if ord(char) < 0x250)
    wide = sum(1.0 for char in text if ord(char) >= 0x250)
    joints = sum((m.start() > 0) + (m.end() < len(text)) for m in _LATIN.finditer(text))
    return narrow + wide + 0.25 * joints


def balanced(text: str, limit: float) -> list[str]:
    """Break a title into lines of much the same width, never inside digits, words or quotes' edges.

    Explicit line breaks are kept. GB/T 9704, 7.3.1: whole words, symmetric, apt length.
    """
    if "\n" in text:
        return [part for line in text.split("\n") for part in balanced(line, limit)]
    if width(text) <= limit:
        return [text.strip()]
    count = int(-(-width(text) // limit))
    return _best(text, limit, width(text) / count)


def _best(text: str, limit: float, ideal: float) -> list[str]:
    size = len(text)
    best: list[tuple[float, int]] = [(0.0, 0)] + [(float("inf"), 0)] * size
    for end in range(1, size + 1):
        for start in range(end - 1, -1, -1):
            wide = width(text[start:end].strip())
            if wide > limit and end - start > 1:
                break
            cost = best[start][0] + (wide - ideal) ** 2 + _break_cost(text, end)
            if cost < best[end][0]:
                best[end] = (cost, start)
    lines: list[str] = []
    end = size
    while end > 0:
        start = best[end][1]
        lines.insert(0, text[start:end].strip())
        end = start
    return lines


def _break_cost(text: str, at: int) -> float:
    if at == len(text):
        return 0.0
    before, after = text[at - 1], text[at]
    if after in _NO_BREAK_BEFORE or before in _NO_BREAK_AFTER:
        return 1e6
    if _glued(before, after):
        return 1e5
    if any(match.start() < at < match.end() for match in _WHOLE.finditer(text)):
        return 200.0
    return 0.0 if before in _GOOD_AFTER or after in _GOOD_BEFORE else 30.0


def _glued(before: str, after: str) -> bool:
    if before.isdigit() and after in "年月日家项批号":
        return True
    return before.isascii() and after.isascii() and before.isalnum() and after.isalnum()
