"""The official tables as files: xlsx, docx, PDF, CSV and JSON say what the screen says."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from cleanprod.foundation.documents import blocks, docx, pdf
from cleanprod.foundation.web import downloads
from cleanprod.insight.statistics.models import Disclosure
from cleanprod.insight.statistics.tabled import Column, Tabled

FORMATS: Mapping[str, str] = {
    "xlsx": "Excel",
    "docx": "Word",
    "pdf": "PDF",
    "csv": "CSV",
    "json": "JSON",
}
_WIDEST = 15  # columns that a page holds
_NARROW = {"no": 0.5, "city": 0.8}
_DIGITS = 7.5  # of an amount go into a column of weight 1 beside nine others
PUBLIC_FORMATS: Mapping[str, str] = {"xlsx": "Excel", "csv": "CSV"}
CONTENT_TYPES: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}


def name(tabled: Tabled, file_format: str) -> str:
    """Return the file name: title, as-of day, ending."""
    return f"{tabled.title}（截至{tabled.moment.as_of.isoformat()}）.{file_format}"


def render(tabled: Tabled, file_format: str) -> bytes:
    """Return the table as the bytes of one file format."""
    return _WRITERS[file_format](tabled)


def paper(tabled: Tabled) -> blocks.Paper:
    """Return the table as a paper: annex label, title, table, note (GB/T 9704 type sizes).

    A table that is too wide for a page goes on below with its names repeated.
    """
    parts = fitted(tabled.columns)
    printed = [
        _printed(tabled, part, note=tabled.note if part is parts[-1] else "") for part in parts
    ]
    properties = blocks.Properties(created=tabled.moment.as_of, subject=tabled.title)
    return blocks.table_paper(tabled.title, *printed, properties=properties, label=tabled.annex)


def fitted(columns: Sequence[Column]) -> list[Sequence[Column]]:
    """Return the columns as they fit on a page, those of one heading together."""
    if len(columns) <= _WIDEST:
        return [columns]
    found: list[list[Column]] = [[]]
    for _, group in groupby(columns[2:], lambda column: column.group):
        together = list(group)
        if found[-1] and len(found[-1]) + len(together) > _WIDEST - 2:
            found.append([])
        found[-1] += together
    return [[*columns[:2], *part] for part in found]


def _printed(tabled: Tabled, part: Sequence[Column], *, note: str) -> blocks.Table:
    rows = tuple(tuple(tabled.cell(row, column) for column in part) for row in tabled.rows)
    total = None
    if tabled.total:
        cells = (_blank(tabled.cell(tabled.total, column)) for column in part[2:])
        total = blocks.Total("合计", 2, tuple(cells))
    return blocks.Table(
        columns=tuple(
            blocks.Column(column.label, _weight(tabled, column, rows, at), group=column.group)
            for at, column in enumerate(part)
        ),
        rows=rows,
        total=total,
        unit=tabled.unit,
        note=note,
        landscape=tabled.landscape,
    )


def _weight(tabled: Tabled, column: Column, rows: Sequence[Sequence[str]], at: int) -> float:
    """Return how wide a column is: long amounts need more than the counts beside them."""
    if column.key in _NARROW:
        return _NARROW[column.key]
    longest = max((len(row[at]) for row in rows), default=0)
    longest = max(longest, len(tabled.cell(tabled.total, column)) if tabled.total else 0)
    return max(1.0, longest / _DIGITS) if column.amount else 1.0


def _blank(cell: str) -> str:
    return "" if cell == "—" else cell


def _values(tabled: Tabled, row: Mapping[str, Any]) -> list[Any]:
    """Return a row for spreadsheets: numbers stay numbers, shares are per cent to two digits."""
    values: list[Any] = []
    for column in tabled.columns:
        value = row.get(column.key)
        if column.share and value is not None:
            value = float(tabled.cell(row, column))
        elif column.amount and value is not None:
            value = Decimal(tabled.cell(row, column))
        values.append("—" if value is None and column.share else value)
    return values


def _rows(tabled: Tabled) -> list[list[Any]]:
    rows = [_values(tabled, row) for row in tabled.rows]
    return [*rows, _values(tabled, tabled.total)] if tabled.total else rows


def _headings(tabled: Tabled) -> list[str]:
    return [f"{c.group}（{c.label}）" if c.group else c.label for c in tabled.columns]


def _xlsx(tabled: Tabled) -> bytes:
    unit = f"单位：{tabled.unit}" if tabled.unit else ""
    sheet = downloads.Sheet(
        name=tabled.report.value,
        columns=[column.label for column in tabled.columns],
        rows=_rows(tabled),
        lead=[part for part in (tabled.annex, tabled.title, unit) if part],
        groups=tabled.groups(),
        notes=[tabled.note],
        total=bool(tabled.total),
    )
    return downloads.xlsx([sheet])


def _csv(tabled: Tabled) -> bytes:
    return b"".join(downloads.csv(_headings(tabled), _rows(tabled)))


def _json(tabled: Tabled) -> bytes:
    return json.dumps(tabled.as_json(), ensure_ascii=False, indent=2).encode()


def public_name(told: Disclosure, file_format: str) -> str:
    """Return the file name of a public table."""
    return f"{told.title}（截至{told.as_of.isoformat()}）.{file_format}"


def public(told: Disclosure, file_format: str) -> bytes:
    """Return a public table as a file, with the cells that were made public."""
    content = told.content
    rows = [*content["rows"], *([content["total"]] if content["total"] else [])]
    cells = [[_number(cell) for cell in row] for row in rows]
    columns = content["columns"]
    if file_format == "csv":
        heads = [f"{c['group']}（{c['label']}）" if c["group"] else c["label"] for c in columns]
        return b"".join(downloads.csv(heads, cells))
    sheet = downloads.Sheet(
        name="统计公开",
        columns=[column["label"] for column in columns],
        rows=cells,
        lead=[told.title, *([f"单位：{content['unit']}"] if content["unit"] else [])],
        groups=[tuple(group) for group in content["groups"]],
        notes=[content["note"]],
        total=bool(content["total"]),
    )
    return downloads.xlsx([sheet])


def _number(cell: str) -> Any:
    """Return a printed cell as the number it shows, anything else as it is."""
    plain = cell.replace(".", "", 1)
    if not (plain.isascii() and plain.isdigit()):
        return cell
    return Decimal(cell) if "." in cell else int(cell)


_WRITERS: Mapping[str, Callable[[Tabled], bytes]] = {
    "xlsx": _xlsx,
    "docx": lambda tabled: docx.render(paper(tabled)),
    "pdf": lambda tabled: pdf.render(paper(tabled)),
    "csv": _csv,
    "json": _json,
}
