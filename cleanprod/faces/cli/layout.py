"""Tables on a terminal, where a Chinese character takes two places."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # some commands lay tables out without a database
    from cleanprod.insight.statistics.tabled import Tabled


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table whose columns stand under each other."""
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(_pad(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def of_tabled(tabled: "Tabled") -> list[str]:
    """Return the lines of an official table: its headings, rows and total."""
    heads = [column.label for column in tabled.columns]
    body = [tabled.printed(row) for row in tabled.rows]
    if tabled.total:
        total = zip(tabled.columns, tabled.printed(tabled.total), strict=True)
        body.append(["" if column.key in ("no", "rank") else cell for column, cell in total])
    return table([heads, *body])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _pad(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
