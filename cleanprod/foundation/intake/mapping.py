"""Show which column of a workbook is read as which, and take what an official chose instead."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cleanprod.foundation.intake.headers import SEARCHED
from cleanprod.foundation.intake.rules import How, Picked, State, Table

_PREFIX = "column_"
_LETTER = re.compile(r"[A-Z]{0,3}", re.ASCII)
_EXAMPLE = 40
HEADER_ROWS = tuple((str(row), f"第{row}行") for row in range(1, SEARCHED + 1))


class Line(NamedTuple):
    """One column of the template and where it is read from; `letter` is empty for nowhere."""

    name: str
    title: str
    required: bool
    letter: str
    example: str
    how: How | None


class Choices(NamedTuple):
    """What a preview shows of the reading, to look at and to change."""

    table: Table
    ticket: str
    lines: Sequence[Line]
    columns: Sequence[tuple[str, str]]
    rows: Sequence[tuple[str, str]]
    sheets: Sequence[tuple[str, str]]

    @property
    def summary(self) -> str:
        """Return in one line how the columns were found."""
        if not self.lines:
            return "选择工作表"
        parts = [f"识别出{sum(bool(line.letter) for line in self.lines)}列"]
        learned = sum(line.how is How.LEARNED for line in self.lines)
        if learned:
            parts.append(f"其中{learned}列按本单位上次的对应")
        if self.table.unknown:
            parts.append(f"{len(self.table.unknown)}个表头未识别")
        return f"列的对应：{'，'.join(parts)}"

    @property
    def noteworthy(self) -> bool:
        """Tell whether an official should look at it unasked."""
        unusual = any(line.how not in (None, How.WORDS) for line in self.lines)
        return bool(self.table.lacks or self.table.unknown or unusual)


def choices(table: Table, ticket: str) -> Choices:
    """Return what a preview shows of the reading of a table."""
    sheets = [(name, name) for name in table.sheets]
    return Choices(table, ticket, lines(table), options(table), HEADER_ROWS, sheets)


def lines(table: Table) -> list[Line]:
    """Return one line for each column of the template, none while the sheet is not chosen."""
    if table.lacks is State.TO_DECIDE:
        return []
    made = []
    for column in table.template.columns:
        name = table.columns.get(column.key, "")
        example = table.examples.get(name, "")[:_EXAMPLE]
        how = table.how.get(column.key) if name else None
        made.append(Line(_PREFIX + column.key, column.title, column.required, name, example, how))
    return made


def options(table: Table) -> list[tuple[str, str]]:
    """Return the columns of the sheet to choose from, with what stands over them."""
    names = sorted({*table.headers, *table.examples}, key=lambda name: (len(name), name))
    return [
        (name, f"{name}列 {table.headers.get(name, '（无表头）')[:_EXAMPLE]}") for name in names
    ]


def reading(table: Table) -> dict[str, Any]:
    """Return the facts of a ticket by which the workbook is read in this very way again."""
    picked = table.picked
    return {"sheet": picked.sheet, "columns": dict(picked.columns), "header": picked.header}


def picked(facts: Mapping[str, Any]) -> Picked:
    """Return how a workbook is to be read by the facts of its ticket."""
    kept = facts.get("reading", {})
    header = kept.get("header")
    return Picked(
        kept.get("sheet", ""), kept.get("columns", {}), (header[0], header[1]) if header else None
    )


def chosen(post: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reading that an official chose on a preview.

    Another sheet or another row of the header is read by its own words first.
    """
    sheet = str(post.get("sheet", before.get("sheet", "")))
    if sheet != before.get("sheet", ""):
        return {"sheet": sheet}
    row, header = str(post.get("header", "")), before.get("header")
    if row in dict(HEADER_ROWS) and (header is None or int(row) != header[0]):
        return {"sheet": sheet, "header": (int(row), 1)}
    columns = {
        name.removeprefix(_PREFIX): str(value)
        for name, value in post.items()
        if name.startswith(_PREFIX) and _LETTER.fullmatch(str(value))
    }
    return {"sheet": sheet, "header": header, "columns": columns}
