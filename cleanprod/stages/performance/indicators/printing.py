"""Results as JSON and as lines of a table."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanprod.stages.performance.indicators.numbers import (
    nearest,
    plain,
    printed,
    rounded_down,
)
from cleanprod.stages.performance.indicators.scoring import (
    Gain,
    ItemResult,
    Mark,
    Obstacles,
    Result,
    State,
    Value,
)

Row = tuple[str, ...]
ITEM_COLUMNS = ("编号", "一级指标", "指标", "填报值", "达到等级", "折合权重", "状态")


def as_json(result: Result) -> dict[str, Any]:
    """Return everything about a result; indices are cut, never rounded up, after 6 places."""
    system = result.system
    return {
        "system": {
            "code": system.code,
            "name": system.name,
            "confirmed": not system.unconfirmed,
            "unconfirmed": [*system.unconfirmed],
        },
        "indices": {f"Y_{one.grade}": _cut(one.total) for one in result.indices},
        "level": result.rule.level if result.rule else None,
        "level_name": result.rule.name if result.rule else level_said(result),
        "complete": result.complete,
        "items": [_item(result, one) for one in result.items],
        "missing": [_named(one) | {"why": one.why} for one in result.missing],
        "missing_inputs": [*result.missing_inputs],
        "bonus": {f"Y_{one.grade}": _cut(one.bonus) for one in result.indices},
        "next": _next(result.next) if result.next else None,
        "warnings": [*result.warnings],
    }


def level_said(result: Result) -> str:
    """Return the name of the level that was reached, or that none was."""
    if result.rule:
        return result.rule.name
    return f"未达到{result.system.rules[-1].name}"


def value_said(value: Value | None) -> str:
    """Return a value as people read it."""
    if value is None:
        return ""
    if isinstance(value, Mark):
        return value.value
    return printed(value) if isinstance(value, Decimal) else value


def index_said(index: Fraction) -> str:
    """Return an index cut after two places."""
    return printed(rounded_down(index, 2))


def grade_said(result: Result, one: ItemResult) -> str:
    """Return the best grade that an item meets, in words."""
    if one.state is not State.SCORED:
        return ""
    return f"{result.system.grades[one.best]}级" if one.best is not None else "未达到"


def item_rows(result: Result) -> list[Row]:
    """Return one line for each item, for `ITEM_COLUMNS`."""
    return [
        (
            one.item.id,
            one.group.name,
            f"{'*' if one.item.limiting else ''}{one.item.name}",
            " ".join(part for part in (value_said(one.value), _unit(one)) if part),
            grade_said(result, one),
            printed(nearest(one.weight.in_all, 4)) if one.weight and one.counts else "",
            f"{one.state.label}{'' if one.item.confirmed else '（基准待核实）'}",
        )
        for one in result.items
    ]


def obstacle_lines(result: Result) -> list[str]:
    """Return in words what stands in the way of the next level."""
    if result.next is None:
        return []
    found, lines = result.next, []
    for short in found.short:
        lines.append(
            f"Y_{short.grade} 为 {index_said(short.have)}，要求不低于 {printed(short.least)}，"
            f"还差 {printed(nearest(short.lacks, 2))}"
        )
    for label, failing, grade in (
        ("限定性指标", found.limiting, found.rule.limiting),
        ("非限定性指标", found.others, found.rule.others),
    ):
        for one in failing:
            lines.append(
                f"{label}“{one.item.name}”未达到{grade}级：{failed_why(result, one, grade)}"
            )
    return lines


def failed_why(result: Result, one: ItemResult, grade: str) -> str:
    """Return why an item does not meet a grade: no value, or what is asked for."""
    asked = one.item.demand(result.system.grades.index(grade))
    if one.state is State.MISSING:
        return f"{one.why or '未填'}，要求{asked}"
    return f"填报{value_said(one.value)}，要求{asked}"


def gain_lines(result: Result) -> list[str]:
    """Return in words which items would add points, the most first."""
    return [gain_said(result, gain) for gain in result.next.gains] if result.next else []


def gain_said(result: Result, gain: Gain) -> str:
    """Return one gain in words."""
    why = failed_why(result, gain.one, gain.grade)
    return f"{points_said(gain)}　{gain.one.item.name}：{why}"


def points_said(gain: Gain) -> str:
    """Return the points that an item would add."""
    return "权重待定" if gain.points is None else f"+{printed(nearest(gain.points, 2))}"


def _unit(one: ItemResult) -> str:
    return one.item.unit if isinstance(one.value, Decimal) else ""


def _cut(number: Fraction) -> int | float | str:
    return plain(rounded_down(number))


def _near(number: Fraction) -> int | float | str:
    return plain(nearest(number))


def _named(one: ItemResult) -> dict[str, Any]:
    return {"id": one.item.id, "name": one.item.name, "limiting": one.item.limiting}


def _item(result: Result, one: ItemResult) -> dict[str, Any]:
    item, grades = one.item, result.system.grades
    weighs = one.counts and one.weight is not None
    return {
        "id": item.id,
        "name": item.name,
        "group": one.group.name,
        "bonus": one.group.bonus,
        "kind": item.kind.value,
        "limiting": item.limiting,
        "unit": item.unit,
        "value": plain(one.value) if isinstance(one.value, Decimal) else value_said(one.value),
        "formula": item.formula.text if item.formula else None,
        "state": one.state.value,
        "why": one.why,
        "level": grades[one.best] if one.best is not None else None,
        "weight": _near(one.weight.in_group) if weighs and one.weight else None,
        "points": _near(100 * one.weight.in_all) if weighs and one.weight else None,
        "membership": {
            f"Y_{grade}": 100 if one.meets(place) else 0 for place, grade in enumerate(grades)
        }
        if weighs
        else None,
        "confirmed": item.confirmed and one.group.confirmed,
    }


def _next(found: Obstacles) -> dict[str, Any]:
    return {
        "level": found.rule.level,
        "level_name": found.rule.name,
        "indices": [
            {
                "index": f"Y_{short.grade}",
                "least": plain(short.least),
                "have": _cut(short.have),
                "short": _near(short.lacks),
            }
            for short in found.short
        ],
        "limiting_failed": _failed(found.limiting),
        "others_failed": _failed(found.others),
        "gains": [
            _named(gain.one)
            | {
                "index": f"Y_{gain.grade}",
                "points": None if gain.points is None else _near(gain.points),
                "missing": gain.one.state is State.MISSING,
            }
            for gain in found.gains
        ],
    }


def _failed(failing: Sequence[ItemResult]) -> list[dict[str, Any]]:
    return [_named(one) | {"missing": one.state is State.MISSING} for one in failing]
