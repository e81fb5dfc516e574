"""Check what only shows when parts are looked at together: sums of weights, ids, the rules."""

from collections.abc import Iterable
from decimal import Decimal

from cleanprod.stages.performance.indicators.fields import Fields, Notes
from cleanprod.stages.performance.indicators.numbers import printed
from cleanprod.stages.performance.indicators.system import Group, Kind, System

MOST_ITEMS = 500


def broken(fields: Fields) -> set[str]:
    """Return the fields of this object that already have a finding."""
    before = f"{fields.place}."
    return {
        one.cell.removeprefix(before)
        for one in fields.notes.findings
        if one.cell.startswith(before)
    }


def weights_of(group: Group, fields: Fields) -> None:
    """Note weights of a group that do not add up to 1."""
    counted = [item for item in group.items if item.kind is not Kind.REPORT]
    for number, pool in enumerate(group.pools):
        if not any(item.pool == pool.id for item in counted):
            fields.wrong(f"pools[{number}]", f"的共享权重“{pool.id}”没有指标", "请删去，或归入指标")
    if not counted:
        if group.weight:
            fields.wrong("weight", "只有仅报告的指标，权重应为0", "请改为 0")
        return
    if not group.weight and "weight" not in broken(fields):
        fields.wrong("weight", "的权重应大于0", "请填写权重")
    if any(key.endswith("weight") for key in broken(fields)):
        return
    weights = [item.weight or Decimal(0) for item in counted if not item.pool]
    total = sum(weights, Decimal(0)) + sum((pool.weight for pool in group.pools), Decimal(0))
    if total != 1:
        fields.wrong("items", f"内二级指标权重之和为{printed(total)}，应为1", "请核对各项权重")


def whole(system: System, notes: Notes) -> None:
    """Note what is wrong with a system as a whole."""
    _check_ids(system, notes)
    _check_rules(system, notes)
    items = list(system.items())
    if len(items) > MOST_ITEMS:
        notes.wrong("groups", len(items), f"指标超过{MOST_ITEMS}个", "请拆成几个体系")
    counted = [group for group in system.groups if not group.bonus]
    broken = any(one.cell.startswith("groups[") and one.cell.count(".") == 1
                 and one.cell.endswith(".weight") for one in notes.findings)  # fmt: skip
    total = sum((group.weight for group in counted), Decimal(0))
    if system.groups and not broken and total != 1:
        rule = f"一级指标权重之和为{printed(total)}，应为1（加分的除外）"
        notes.wrong("groups", printed(total), rule, "请核对各一级指标的权重")


def _check_ids(system: System, notes: Notes) -> None:
    groups = [(f"groups[{n}].id", one.id) for n, one in enumerate(system.groups)]
    asked = [(f"inputs[{n}].id", one.id) for n, one in enumerate(system.inputs)] + [
        (f"groups[{g}].items[{n}].id", item.id)
        for g, group in enumerate(system.groups)
        for n, item in enumerate(group.items)
    ]
    levels = [(f"rules[{n}].level", rule.level) for n, rule in enumerate(system.rules)]
    for label, named in (("一级指标", groups), ("指标或原始数据", asked), ("评定等级", levels)):
        _once(named, label, notes)
    for g, group in enumerate(system.groups):
        pools = [(f"groups[{g}].pools[{n}].id", one.id) for n, one in enumerate(group.pools)]
        _once(pools, "共享权重", notes)


def _once(named: Iterable[tuple[str, str]], label: str, notes: Notes) -> None:
    seen: dict[str, str] = {}
    for place, sign in named:
        if sign and sign in seen:
            rule = f"{label}的编号“{sign}”重复，已用于 {seen[sign]}"
            notes.wrong(place, sign, rule, "每个编号只能用一次")
        seen.setdefault(sign, place)


def _check_rules(system: System, notes: Notes) -> None:
    """Note rules of which a lesser one asks for more than a better one of the same index."""
    asked: dict[str, Decimal] = {}
    used = {grade for rule in system.rules for grade, _ in rule.least}
    sound = system.rules and not any(one.cell.endswith(".least") for one in notes.findings)
    for grade in system.grades if sound else ():
        if grade not in used:
            rule_text = f"基准等级“{grade}”没有评定规则"
            notes.wrong("rules", grade, rule_text, "请补上该级的评定规则，或删去这一等级")
    for number, rule in enumerate(system.rules):
        for grade, least in rule.least:
            if grade in asked and least > asked[grade]:
                notes.wrong(
                    f"rules[{number}].least", printed(least),
                    f"评定等级“{rule.level}”对 Y_{grade} 的要求高于更优的等级", "请从优到低排列",
                )  # fmt: skip
            asked[grade] = least
