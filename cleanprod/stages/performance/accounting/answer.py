"""The computation as an answer for programs; numbers are exact JSON numbers."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from cleanprod.stages.performance.accounting.computation import Computation, Line, Sums
from cleanprod.stages.performance.accounting.factors import Factor, FactorSet, Kind, Status
from cleanprod.stages.performance.accounting.rates import plain
from cleanprod.stages.performance.accounting.results import PLACES, source_of

_SIGN = "\0"
_NUMBER = re.compile(r'"\\u0000(-?[0-9]+(?:\.[0-9]+)?)\\u0000"')

ROUNDING = f"每项结果四舍五入到小数点后 {PLACES} 位一次，合计为各行之和，不再取舍"


def as_json(computed: Computation) -> dict[str, Any]:
    """Return rows, total and what they were computed with."""
    return {
        "rows": [_row(line) for line in computed.lines],
        "total": _total(computed),
        "measures": [
            {"measure": measure, **_sums(sums)} for measure, sums in computed.measures.items()
        ],
        "factors_used": [one.as_json() for one in _used(computed)],
        "factor_set": about(computed.factors),
        "options": {
            "count_media": computed.options.count_media,
            "usual_values": computed.options.usual_values,
        },
        "rounding": ROUNDING,
    }


def _used(computed: Computation) -> Iterable[Factor]:
    """Return each published factor that was used, once; stated values stand in their rows."""
    keys = dict.fromkeys(
        factor.key
        for line in computed.lines
        for result in line.results
        for factor in result.factors
    )
    return [computed.factors.factors[key] for key in keys]


def _row(line: Line) -> dict[str, Any]:
    row = line.row
    used = list(dict.fromkeys(factor for result in line.results for factor in result.factors))
    return {
        "row": line.number, "measure": row.measure, "carrier": row.written or row.carrier.key,
        "carrier_key": row.carrier.key, "carrier_name": row.carrier.name,
        "kind": row.counts_as.value, "kind_written": row.kind,
        "amount": row.given.amount, "unit": row.given.unit.value,
        "tce": line.calorific.value if line.calorific else None,
        "tce_equal_value": line.equal.value if line.equal else None,
        "co2_t": line.carbon.value if line.carbon else None,
        "tce_media": line.medium.value if line.medium else None,
        "factor": "；".join(dict.fromkeys(factor.text for factor in used)),
        "source": "；".join(dict.fromkeys(source_of(factor) for factor in used)),
        "year": max((factor.year for factor in used if factor.year), default=None),
        "status": _status(used), "warnings": list(line.warnings),
        "results": [result.as_json() for result in line.results],
    }  # fmt: skip


def _status(used: Iterable[Factor]) -> str:
    given = {factor.status for factor in used}
    for status in (Status.UNCONFIRMED, Status.STATED):
        if status in given:
            return status.value
    return Status.CONFIRMED.value


def _sums(sums: Sums) -> dict[str, Any]:
    return {
        "tce": sums.tce, "tce_equal_value": sums.tce_equal_value, "co2_t": sums.co2_t,
        "tce_media": sums.tce_media,
    }  # fmt: skip


def _total(computed: Computation) -> dict[str, Any]:
    return {
        **_sums(computed.total),
        "amounts": {
            key: {"name": name, "amount": quantity.amount, "unit": quantity.unit.value}
            for key, (name, quantity) in computed.amounts.items()
        },
        "rows": len(computed.lines),
        "rows_left_out": {name: rows for name, rows in computed.missing.items() if rows},
        "warnings": list(notes(computed)),
    }


def notes(computed: Computation) -> Iterable[str]:
    """Yield what a reader of the totals must know."""
    missing = computed.missing
    for name, label in (("tce", "折标准煤合计"), ("co2_t", "二氧化碳合计")):
        if missing[name]:
            yield f"{label}不含第{'、'.join(map(str, missing[name]))}行"
    if missing["tce_equal_value"]:
        yield "有能源行没有等价值，等价值不作合计（当量值与等价值不混加）"
    if any(line.row.carrier.kind is Kind.REPORTED for line in computed.lines):
        yield "填报的节能量和二氧化碳减排量只列出，不计入合计"
    if any(line.medium for line in computed.lines):
        yield "新水等耗能工质的折标准煤单独列出，不计入合计，以免与能源重复计算"
    if any(
        result.status is Status.UNCONFIRMED for line in computed.lines for result in line.summed
    ):
        yield "合计中有未确认的因子，见各行提示"


def about(factors: FactorSet) -> dict[str, Any]:
    """Return what a set is, when it was the newest one, and its grid factor."""
    grid = factors.factor("grid")
    return {
        "id": factors.name, "name": factors.title, "year": factors.year, "region": factors.region,
        "valid_from": factors.valid_from.isoformat(),
        "valid_to": factors.valid_to.isoformat() if factors.valid_to else None,
        "grid_factor": grid.value, "grid_unit": grid.unit, "source": grid.source,
        "status": grid.status.value, "unconfirmed_factors": len(factors.unconfirmed),
    }  # fmt: skip


def dumps(document: Any) -> str:
    """Write JSON, each row of a list in a line of its own.

    A Decimal becomes a number with all its digits, which a float would lose.
    """
    if isinstance(document, dict):
        parts = [f"{_compact(key)}: {_listed(value)}" for key, value in document.items()]
        return "{\n" + ",\n".join(parts) + "\n}"
    return _listed(document)


def _listed(value: Any) -> str:
    if isinstance(value, list) and value:
        return "[\n  " + ",\n  ".join(map(_compact, value)) + "\n]"
    return _compact(value)


def _compact(value: Any) -> str:
    return _NUMBER.sub(r"\1", json.dumps(value, ensure_ascii=False, default=_marked))


def _marked(value: Decimal) -> str:
    """Return a number between signs that no cell can hold, for the writer knows only floats."""
    return f"{_SIGN}{plain(value)}{_SIGN}"
