"""A table of figures ready to be shown or printed: columns, rows, total, note."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any

from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import (
    OVER_YEARS,
    Dimension,
    Marked,
    Report,
    as_json,
    printed_share,
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: key in JSON, heading, heading above it, and the figure its cells open.

    An `amount` is an exact Decimal, printed with two digits.
    """

    key: str
    label: str
    group: str = ""
    figure: str = ""
    share: bool = False
    amount: bool = False


@dataclass(frozen=True, slots=True)
class Tabled:
    """One official table or breakdown, ready to be shown or printed; values are exact.

    A row may carry under `link` what its figures' records are narrowed by; `asks` is what their
    address asks besides.
    """

    report: Report | Dimension | Marked
    moment: AsOf
    title: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any]
    note: str
    annex: str = ""
    unit: str = ""
    landscape: bool = False
    asks: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Return the table as commands and the API print it."""
        return {
            "report": self.report.value,
            "year": self.moment.year,
            "as_of": self.moment.as_of.isoformat(),
            "rows": [self._record(row) for row in self.rows],
            "total": self._record(self.total),
        }

    def _record(self, row: Mapping[str, Any]) -> dict[str, Any]:
        keys = [*NAMES, "code", *(c.key for c in self.columns if c.key not in NAMES)]
        return {key: as_json(row.get(key)) for key in keys if key in row}

    @property
    def name(self) -> str:
        """Return the column that names a row."""
        return "city" if isinstance(self.report, Report) else "name"

    def year_of(self, row: Mapping[str, Any]) -> int:
        """Return the year that a row is about: its own where the rows are years."""
        own = isinstance(self.report, Dimension) and self.report in OVER_YEARS
        return int(row["code"]) if own else self.moment.year

    def groups(self) -> list[tuple[str, int]]:
        """Return the headings above the headings with their spans; empty where there are none."""
        runs = [(name, len(list(run))) for name, run in groupby(c.group for c in self.columns)]
        return runs if len(runs) > 1 else []

    def only(self, code: str) -> "Tabled":
        """Return the table with the row of one city alone and without the sum of all."""
        return replace(self, rows=[row for row in self.rows if row["code"] == code], total={})

    def cell(self, row: Mapping[str, Any], column: Column) -> str:
        """Return one cell as it is printed."""
        return shown(row.get(column.key), column)

    def printed(self, row: Mapping[str, Any]) -> list[str]:
        """Return the cells of a row as they are printed."""
        return [self.cell(row, column) for column in self.columns]


NAMES = ("no", "city", "name")  # the columns that say whose row it is


def shown(value: Any, column: Column) -> str:
    """Return one value as printed: zero is 0, nothing is a dash, shares have two digits."""
    if column.share:
        return printed_share(value)
    if column.amount and value is not None:
        return printed_amount(value)
    return "—" if value is None else str(value)


def printed_amount(value: Decimal) -> str:
    """Return an exact amount with two digits, half up; what is less than that is not nought."""
    kept = value.quantize(_CENT, ROUND_HALF_UP)
    return f"{value:f}".rstrip("0") if value and not kept else f"{kept:f}"


_CENT = Decimal("0.01")


def content_of(tabled: Tabled) -> dict[str, Any]:
    """Return the printed cells of a table, as they are kept once it is public."""
    return {
        "columns": [
            {"key": one.key, "label": one.label, "group": one.group} for one in tabled.columns
        ],
        "groups": [list(group) for group in tabled.groups()],
        "rows": [tabled.printed(row) for row in tabled.rows],
        "total": ["", *tabled.printed(tabled.total)[1:]] if tabled.total else [],
        "unit": tabled.unit,
        "note": tabled.note,
    }


def day(moment: AsOf) -> str:
    """Return the as-of day as papers write it."""
    one = moment.as_of
    return f"{one.year}年{one.month}月{one.day}日"
