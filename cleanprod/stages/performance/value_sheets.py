"""The sheet of an enterprise's values, as CSV and as a workbook: blank ones out, filled ones in."""

from cleanprod.foundation.intake.containers import grids
from cleanprod.foundation.intake.rules import Unreadable, shown
from cleanprod.foundation.web import downloads
from cleanprod.stages.performance.indicators.scoring import Value
from cleanprod.stages.performance.indicators.system import System
from cleanprod.stages.performance.indicators.values import (
    COLUMNS,
    BadValues,
    blank_rows,
    from_csv,
    from_rows,
)
from cleanprod.stages.performance.system_sheets import MAX_BYTES, MAX_ROWS

SHEET = "填报值"


def blank_csv(system: System) -> bytes:
    """Return the blank sheet as CSV."""
    return b"".join(downloads.csv(COLUMNS, blank_rows(system)))


def blank_workbook(system: System) -> bytes:
    """Return the blank sheet as a workbook."""
    sheet = downloads.Sheet(SHEET, COLUMNS, blank_rows(system), widths=[4, 16, 8, 5, 6, 30, 30])
    return downloads.xlsx([sheet])


def read(system: System, data: bytes, name: str) -> dict[str, Value]:
    """Return the values of a file, CSV or workbook, or raise BadValues with every finding."""
    if not data.startswith((b"PK", b"\xd0\xcf\x11\xe0")):
        return from_csv(system, data)
    try:
        sheets = [
            (grid.name, [[shown(cell) for cell in row] for row in grid.rows()])
            for grid in grids(data, name=name, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
        ]
    except Unreadable as refusal:
        raise BadValues([refusal.finding]) from None
    named = [one for one in sheets if one[0].strip() == SHEET] or sheets
    title, rows = named[0] if named else ("", [])
    return from_rows(system, rows, sheet=title)
