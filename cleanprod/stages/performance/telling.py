"""A result of an indicator system in the words of a page."""

from typing import Any

from cleanprod.stages.performance.indicators import printing
from cleanprod.stages.performance.indicators.scoring import Result


def told(result: Result) -> dict[str, Any]:
    """Return a result in the words of the page."""
    return {
        "indices": [(one.grade, printing.index_said(one.total)) for one in result.indices],
        "level": printing.level_said(result),
        "reached": result.rule is not None,
        "complete": result.complete,
        "missing": sum(one.counts for one in result.missing),
        "next": result.next.rule if result.next else None,
        "obstacles": printing.obstacle_lines(result),
        "gains": [
            (
                gain.one,
                printing.points_said(gain),
                printing.failed_why(result, gain.one, gain.grade),
            )
            for gain in (result.next.gains if result.next else ())
        ],
        "columns": printing.ITEM_COLUMNS,
        "rows": printing.item_rows(result),
        "warnings": result.warnings,
        "unconfirmed": result.system.unconfirmed,
    }
