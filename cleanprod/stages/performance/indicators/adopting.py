"""Turn the form in which indicator systems were collected into the format of this product.

That form names grades `level_I` to `level_III`, writes "same" for merged cells, marks each row as
verified or not, and gives the shared weight of metals as "0.8/n". Nothing is added or left out
silently: what it does not mark as verified stays unconfirmed, and so does its level rule, whose
limits nobody has seen in the official text. What cannot be turned is handed on as it is, so that
the check of the format says what is wrong with it.
"""

import re
from collections.abc import Mapping
from typing import Any

from cleanprod.stages.performance.indicators.system import FORMAT

GRADES = ("I", "II", "III")
_SHARED = re.compile(r"\s*([\d.]+)\s*/\s*n\s*")
_SAME = re.compile(r"same(?: as I{1,2})?", re.IGNORECASE)
_DIRECTIONS = {"lower_is_better": "lower", "higher_is_better": "higher"}


def is_research_form(data: Any) -> bool:
    """Tell whether this is the form in which systems were collected."""
    return isinstance(data, Mapping) and "format" not in data and "level_rule" in data


def adopted(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the same system in the format of this product."""
    groups = data.get("groups")
    return {
        "format": FORMAT,
        "code": data.get("id"),
        "name": data.get("name_zh"),
        "issuer": data.get("issuer"),
        "trades": data.get("applies_to_gbt4754"),
        "source": data.get("source"),
        "grades": [*GRADES],
        "rules": [_rule(one) for one in _list(data.get("level_rule"))],
        "groups": [_group(one, n) for n, one in enumerate(_list(groups), 1)],
        # The collected systems are excerpts, never the whole official text.
        "confirmed": False,
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _rule(one: Any) -> Any:
    if not isinstance(one, Mapping):
        return one
    least = one.get("min_index")
    return {
        "level": one.get("level"),
        "name": one.get("zh"),
        "least": {str(key).removeprefix("Y_"): value for key, value in least.items()}
        if isinstance(least, Mapping)
        else least,
        "limiting": one.get("level"),
        "confirmed": False,
    }


def _group(one: Any, number: int) -> Any:
    if not isinstance(one, Mapping):
        return one
    rows = _list(one.get("indicators"))
    shared = {
        found[1]
        for row in rows
        if isinstance(row, Mapping) and (found := _SHARED.fullmatch(str(row.get("weight"))))
    }
    return {
        "id": f"G{number}",
        "name": one.get("name_zh"),
        "weight": one.get("weight"),
        "pools": [{"id": f"share-{one}", "weight": one, "by": "equal"} for one in sorted(shared)],
        "items": [_item(row) for row in rows],
        "confirmed": _is_confirmed(rows),
        "note": one.get("note"),
    }


def _is_confirmed(rows: list[Any]) -> bool:
    """Tell whether any row was verified; a group of none has no verified weight either."""
    return any(isinstance(row, Mapping) and row.get("verification") == "verified" for row in rows)


def _item(row: Any) -> Any:
    if not isinstance(row, Mapping):
        return row
    weight = row.get("weight")
    found = _SHARED.fullmatch(str(weight))
    item: dict[str, Any] = {
        "id": row.get("no"),
        "name": row.get("name_zh"),
        "unit": row.get("unit"),
        "kind": row.get("kind"),
        "limiting": row.get("limiting"),
        "benchmarks": {grade: _benchmark(row.get(f"level_{grade}")) for grade in GRADES},
        "confirmed": row.get("verification") == "verified",
        "note": row.get("note"),
    }
    item |= {"pool": f"share-{found[1]}"} if found else {"weight": weight}
    if row.get("direction"):
        direction = str(row["direction"])
        item["direction"] = _DIRECTIONS.get(direction, direction)
    return item


def _benchmark(value: Any) -> Any:
    return None if isinstance(value, str) and _SAME.fullmatch(value.strip()) else value
