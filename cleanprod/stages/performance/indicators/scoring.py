"""Score values against a system: indices, the level reached, what stands in the way of the next.

Membership is cumulative: a value that meets grade I also meets II and III. What is missing earns
nothing and is said; it is never guessed. All sums are exact fractions, so that items which meet
everything give 100 and not 99.999.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.term import Term
from cleanprod.stages.performance.indicators.numbers import nearest, printed
from cleanprod.stages.performance.indicators.system import (
    Benchmark,
    Direction,
    Group,
    Item,
    Kind,
    Rule,
    Sharing,
    Span,
    System,
)
from cleanprod.stages.performance.indicators.weighing import Weight, weights


class Mark(Enum):
    """What may stand in the place of a value."""

    NOT_APPLICABLE = "不适用"
    UNMET = "达不到"


Value = Decimal | str | Mark


class State(Term):
    """How an item stands after scoring."""

    SCORED = "scored", "已评"
    MISSING = "missing", "未填"
    NOT_APPLICABLE = "not_applicable", "不适用"
    REPORTED = "reported", "仅报告"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item: its value, the best grade it meets (a place, None for none) and its weight."""

    group: Group
    item: Item
    state: State
    value: Value | None = None
    best: int | None = None
    why: str = ""
    weight: Weight | None = None

    def meets(self, place: int) -> bool:
        """Tell whether the value meets the grade at this place."""
        return self.best is not None and self.best <= place

    @property
    def counts(self) -> bool:
        """Tell whether the item takes part in the evaluation."""
        return self.state in (State.SCORED, State.MISSING) and self.item.kind is not Kind.REPORT


@dataclass(frozen=True, slots=True)
class Index:
    """The index of one grade; the bonus is added to the base, and the whole ends at 100."""

    grade: str
    base: Fraction
    bonus: Fraction

    @property
    def total(self) -> Fraction:
        """Return the index itself."""
        return min(self.base + self.bonus, Fraction(100))


@dataclass(frozen=True, slots=True)
class Gain:
    """What an item would add to an index; None where its weight is not known yet."""

    one: ItemResult
    grade: str
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Short:
    """An index below what the rule asks for."""

    grade: str
    least: Decimal
    have: Fraction

    @property
    def lacks(self) -> Fraction:
        """Return the points that are missing."""
        return Fraction(self.least) - self.have


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What stands between the values and one level."""

    rule: Rule
    short: tuple[Short, ...]
    limiting: tuple[ItemResult, ...]
    others: tuple[ItemResult, ...]
    gains: tuple[Gain, ...]

    @property
    def none(self) -> bool:
        """Tell whether the level is reached."""
        return not (self.short or self.limiting or self.others)


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome: `rule` is that of the level reached, `next` what the next better one lacks."""

    system: System
    items: tuple[ItemResult, ...]
    indices: tuple[Index, ...]
    rule: Rule | None
    next: Obstacles | None
    missing_inputs: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def missing(self) -> tuple[ItemResult, ...]:
        """Return the items without a value."""
        return tuple(one for one in self.items if one.state is State.MISSING)

    @property
    def complete(self) -> bool:
        """Tell whether every item that counts has a value."""
        return not any(one.counts for one in self.missing)


def score(system: System, values: Mapping[str, Value | None]) -> Result:
    """Score values, keyed by the ids of items and inputs; an absent key or None is missing."""
    _refuse_impossible(system, values)
    inputs = {
        one.id: Fraction(number)
        for one in system.inputs
        if isinstance(number := values.get(one.id), Decimal)
    }
    judged = [
        _judged(system, group, item, values.get(item.id), inputs)
        for group, item in system.items()
    ]  # fmt: skip
    gone = [one.item.id for one in judged if one.state is State.NOT_APPLICABLE]
    found = weights(system, gone, inputs)
    items = tuple(_weighed(one, found) for one in judged)
    indices = tuple(_index(system, items, place) for place in range(len(system.grades)))
    reached, lacking = _level(system, items, indices)
    return Result(
        system=system,
        items=items,
        indices=indices,
        rule=reached,
        next=lacking,
        missing_inputs=tuple(one.id for one in system.inputs if one.id not in inputs),
        warnings=_warnings(system, items),
    )


def _refuse_impossible(system: System, values: Mapping[str, Value | None]) -> None:
    known = {item.id for _, item in system.items()} | {one.id for one in system.inputs}
    strangers = [key for key in values if key not in known]
    if strangers:
        raise Refused(f"体系中没有编号为“{'”“'.join(strangers[:5])}”的指标")
    outputs = {item.output for _, item in system.items()} - {""}
    for key, value in values.items():
        if isinstance(value, Decimal) and (not value.is_finite() or (key in outputs and value < 0)):
            raise Refused(f"编号“{key}”的数值不能用：{value}")


def _judged(
    system: System, group: Group, item: Item, value: Value | None, inputs: Mapping[str, Fraction]
) -> ItemResult:
    if value is Mark.NOT_APPLICABLE:
        return ItemResult(group, item, State.NOT_APPLICABLE, value)
    if _by_output(group, item) and inputs.get(item.output) == 0:
        return ItemResult(group, item, State.NOT_APPLICABLE, value, why="产量为0")
    why = ""
    exact: Fraction | None = Fraction(value) if isinstance(value, Decimal) else None
    if item.formula is not None:
        exact, why = _computed(system, item, inputs)
        value = None if exact is None else nearest(exact, 10)
    if value is None:
        return ItemResult(group, item, State.MISSING, why=why)
    if item.kind is Kind.REPORT:
        return ItemResult(group, item, State.REPORTED, value)
    return ItemResult(group, item, State.SCORED, value, _best(system, item, value, exact))


def _by_output(group: Group, item: Item) -> bool:
    return any(pool.id == item.pool and pool.by is Sharing.OUTPUT for pool in group.pools)


def _computed(
    system: System, item: Item, inputs: Mapping[str, Fraction]
) -> tuple[Fraction | None, str]:
    """Return the value of a computed item, or why there is none."""
    if item.formula is None:
        return None, ""
    names = {one.id: one.name for one in system.inputs}
    lacking = [names[key] for key in item.formula.names if key not in inputs]
    if lacking:
        return None, f"缺少原始数据：{'、'.join(lacking)}"
    try:
        return item.formula.value(inputs), ""
    except ZeroDivisionError:
        return None, f"按公式 {item.formula.text} 计算时除数为0"


def _best(system: System, item: Item, value: Value, exact: Fraction | None) -> int | None:
    """Return the place of the best grade that the value meets."""
    if value is Mark.UNMET:
        return None
    if item.kind is Kind.QUALITATIVE:
        if value not in system.grades:
            raise Refused(f"定性指标“{item.name}”应填写达到的等级：{'、'.join(system.grades)}")
        return item.same_as(system.grades.index(str(value)))
    if exact is None or item.direction is None:
        raise Refused(f"定量指标“{item.name}”应填写数字")
    for place, demand in enumerate(item.demands):
        if _meets(exact, demand, item.direction):
            return place
    return None


def _meets(value: Fraction, demand: Benchmark, direction: Direction) -> bool:
    if isinstance(demand, Span):
        return Fraction(demand.low) <= value <= Fraction(demand.high)
    if isinstance(demand, str):
        return False
    asked = Fraction(demand)
    return {
        Direction.LOWER: value <= asked,
        Direction.BELOW: value < asked,
        Direction.HIGHER: value >= asked,
        Direction.ABOVE: value > asked,
    }.get(direction, value == asked)


def _weighed(one: ItemResult, found: Mapping[str, Weight | None]) -> ItemResult:
    """Return the item with its weight; a share that is not known makes it missing."""
    if one.item.id not in found:
        return one
    weight = found[one.item.id]
    if weight is None:
        return ItemResult(
            one.group, one.item, State.MISSING, one.value, why="缺少产量，不能确定权重"
        )
    return ItemResult(one.group, one.item, one.state, one.value, one.best, one.why, weight)


def _index(system: System, items: tuple[ItemResult, ...], place: int) -> Index:
    met = [one for one in items if one.counts and one.weight and one.meets(place)]
    base, bonus = (
        sum(
            (100 * one.weight.in_all for one in met if one.weight and one.group.bonus is extra),
            Fraction(0),
        )
        for extra in (False, True)
    )
    return Index(system.grades[place], base, bonus)


def _level(
    system: System, items: tuple[ItemResult, ...], indices: tuple[Index, ...]
) -> tuple[Rule | None, Obstacles | None]:
    """Test the rules from the best on; return the first that holds and what the one above lacks.

    Where nothing applies there is nothing to evaluate, so that no level is reached.
    """
    lacking: Obstacles | None = None
    counted = any(one.counts and not one.group.bonus for one in items)
    for rule in system.rules:
        found = _obstacles(system, rule, items, indices)
        if found.none and counted:
            return rule, lacking
        lacking = found
    return None, lacking


def _obstacles(
    system: System, rule: Rule, items: tuple[ItemResult, ...], indices: tuple[Index, ...]
) -> Obstacles:
    index = {one.grade: one.total for one in indices}
    short = tuple(
        Short(grade, least, index[grade]) for grade, least in rule.least if index[grade] < least
    )
    return Obstacles(
        rule=rule,
        short=short,
        limiting=_failing(system, rule.limiting, items, limiting=True),
        others=_failing(system, rule.others, items, limiting=False),
        gains=_gains(system, short, items),
    )


def _failing(
    system: System, grade: str, items: tuple[ItemResult, ...], *, limiting: bool
) -> tuple[ItemResult, ...]:
    if not grade:
        return ()
    place = system.grades.index(grade)
    return tuple(
        one
        for one in items
        if one.counts
        and one.item.limiting is limiting
        and (limiting or not one.group.bonus)
        and not one.meets(place)
    )


def _gains(
    system: System, short: tuple[Short, ...], items: tuple[ItemResult, ...]
) -> tuple[Gain, ...]:
    """Return what would add points to the indices that are short, the most first."""
    found = [
        Gain(one, lack.grade, 100 * one.weight.in_all if one.weight else None)
        for lack in short
        for one in items
        if one.counts and not one.meets(system.grades.index(lack.grade))
        if one.weight is None or one.weight.in_all
    ]
    return tuple(sorted(found, key=lambda gain: -(gain.points or Fraction(0))))


def _warnings(system: System, items: tuple[ItemResult, ...]) -> tuple[str, ...]:
    said = []
    for group in system.groups:
        own = [one for one in items if one.group is group and one.item.kind is not Kind.REPORT]
        if own and not group.bonus and not any(one.counts for one in own):
            said.append(f"一级指标“{group.name}”全部不适用，其权重按比例分给其他一级指标")
    for one in items:
        if one.item.limiting and one.state is State.NOT_APPLICABLE:
            said.append(f"限定性指标“{one.item.name}”按不适用处理，请核实")
        elif isinstance(one.value, Decimal) and one.value < 0 and one.item.never_negative:
            said.append(f"“{one.item.name}”为负数 {printed(one.value)}，请核对原始数据")
        elif doubt := _doubted_share(one):
            said.append(doubt)
    return tuple(said)


def _doubted_share(one: ItemResult) -> str:
    """Ask about a value in per cent that looks like a fraction, or lies above the whole."""
    value, asked = one.value, one.item.demands
    if one.state is not State.SCORED or one.item.unit != "%" or not isinstance(value, Decimal):
        return ""
    told = f"“{one.item.name}”的单位是 %，填的是 {printed(value)}"
    if 0 < value <= 1 and all(isinstance(each, Decimal) and each > 1 for each in asked):
        return f"{told}，请核对是否应乘以100"
    if value > 100 and all(isinstance(each, Decimal) and each <= 100 for each in asked):
        return f"{told}，超过100 %，请核对"
    return ""
