"""Write a system in the format that `loading` reads; loading what was written gives it again."""

from decimal import Decimal
from typing import Any

from cleanprod.stages.performance.indicators.numbers import plain
from cleanprod.stages.performance.indicators.system import (
    FORMAT,
    Benchmark,
    Group,
    Item,
    Rule,
    Span,
    System,
)


def dumped(system: System) -> dict[str, Any]:
    """Return the system as JSON data; fields that say nothing are left out."""
    return _spare(
        {
            "format": FORMAT,
            "code": system.code,
            "name": system.name,
            "issuer": system.issuer,
            "trades": [*system.trades],
            "effective_from": system.effective_from.isoformat() if system.effective_from else "",
            "source": system.source,
            "confirmed": system.confirmed,
            "note": system.note,
            "grades": [*system.grades],
            "rules": [_rule(one) for one in system.rules],
            "inputs": [
                _spare({"id": one.id, "name": one.name, "unit": one.unit, "note": one.note})
                for one in system.inputs
            ],
            "groups": [_group(system, one) for one in system.groups],
        }
    )


def _spare(data: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something; a thing is confirmed unless it says otherwise."""
    return {
        key: value
        for key, value in data.items()
        if value not in (None, "", []) and not (key == "confirmed" and value is True)
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return _spare(
        {
            "level": rule.level,
            "name": rule.name,
            "least": {grade: plain(least) for grade, least in rule.least},
            "limiting": rule.limiting,
            "others": rule.others,
            "confirmed": rule.confirmed,
        }
    )


def _group(system: System, group: Group) -> dict[str, Any]:
    return _spare(
        {
            "id": group.id,
            "name": group.name,
            "weight": plain(group.weight),
            "bonus": group.bonus or None,
            "confirmed": group.confirmed,
            "note": group.note,
            "pools": [
                _spare(
                    {
                        "id": one.id,
                        "name": one.name,
                        "weight": plain(one.weight),
                        "by": one.by.value,
                    }
                )
                for one in group.pools
            ],
            "items": [_item(system, one) for one in group.items],
        }
    )


def _item(system: System, item: Item) -> dict[str, Any]:
    return _spare(
        {
            "id": item.id,
            "name": item.name,
            "unit": item.unit,
            "kind": item.kind.value,
            "limiting": item.limiting or None,
            "weight": None if item.weight is None else plain(item.weight),
            "pool": item.pool,
            "output": item.output,
            "direction": item.direction.value if item.direction else None,
            "benchmarks": {
                grade: _benchmark(one)
                for grade, one in zip(system.grades, item.benchmarks, strict=True)
                if one is not None
            }
            if item.benchmarks
            else None,
            "formula": item.formula.text if item.formula else None,
            "confirmed": item.confirmed,
            "note": item.note,
        }
    )


def _benchmark(value: Benchmark) -> Any:
    if isinstance(value, Span):
        return [plain(value.low), plain(value.high)]
    return plain(value) if isinstance(value, Decimal) else value
