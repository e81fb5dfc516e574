"""An evaluation indicator system 清洁生产评价指标体系: groups, items, benchmarks, level rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanprod.kernel.term import Term
from cleanprod.stages.performance.indicators.expression import Expression
from cleanprod.stages.performance.indicators.numbers import printed

FORMAT = "cleanprod-indicators/1"


class Kind(Term):
    """How an item is judged."""

    QUANTITATIVE = "quantitative", "定量"
    QUALITATIVE = "qualitative", "定性"
    REPORT = "report", "仅报告"


class Direction(Term):
    """Which values of a quantitative item meet its benchmark."""

    LOWER = "lower", "≤"
    BELOW = "below", "＜"
    HIGHER = "higher", "≥"
    ABOVE = "above", "＞"
    RANGE = "range", "在范围内"
    EQUAL = "equal", "＝"


class Sharing(Term):
    """How items share one weight."""

    EQUAL = "equal", "适用的均分"
    OUTPUT = "output", "按产量"


@dataclass(frozen=True, slots=True)
class Span:
    """A range with both ends."""

    low: Decimal
    high: Decimal


Benchmark = Decimal | Span | str


@dataclass(frozen=True, slots=True)
class Input:
    """A number that is asked for because items are computed, or weights shared, by it."""

    id: str
    name: str
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One second-level indicator.

    `benchmarks` has a place for each grade, the best first; None means "as the grade before",
    which is how merged cells of a printed table are kept. The weight is None where a pool of
    the group gives it, and for items that are only reported.
    """

    id: str
    name: str
    kind: Kind
    unit: str = ""
    weight: Decimal | None = None
    pool: str = ""
    output: str = ""
    limiting: bool = False
    direction: Direction | None = None
    benchmarks: tuple[Benchmark | None, ...] = ()
    formula: Expression | None = None
    confirmed: bool = True
    note: str = ""

    @property
    def demands(self) -> tuple[Benchmark, ...]:
        """Return what each grade asks for, merged cells filled."""
        filled: list[Benchmark] = []
        for benchmark in self.benchmarks:
            filled.append(filled[-1] if benchmark is None else benchmark)
        return tuple(filled)

    @property
    def never_negative(self) -> bool:
        """Tell whether a value below zero is a slip, as it is where nothing below zero is asked."""
        lows = (asked.low if isinstance(asked, Span) else asked for asked in self.demands)
        return all(low >= 0 for low in lows if isinstance(low, Decimal))

    def demand(self, place: int) -> str:
        """Return in words what the grade at this place asks for."""
        asked = self.demands[place]
        if isinstance(asked, str):
            return asked
        if isinstance(asked, Span):
            return f"{printed(asked.low)}～{printed(asked.high)}{self._unit}"
        sign = self.direction.label if self.direction else ""
        return f"{sign}{printed(asked)}{self._unit}"

    @property
    def _unit(self) -> str:
        return f" {self.unit}" if self.unit else ""

    def same_as(self, place: int) -> int:
        """Return the best grade whose demand is the same as that of this grade."""
        demands = self.demands
        while place and demands[place] == demands[place - 1]:
            place -= 1
        return place


@dataclass(frozen=True, slots=True)
class Pool:
    """A weight that several items of a group share."""

    id: str
    weight: Decimal
    by: Sharing
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """One first-level indicator; a bonus group stands outside the sum of weights."""

    id: str
    name: str
    weight: Decimal
    items: tuple[Item, ...]
    pools: tuple[Pool, ...] = ()
    bonus: bool = False
    confirmed: bool = True
    note: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a level asks for: least indices by grade, and the grade of limiting and other items.

    An empty grade asks nothing of those items.
    """

    level: str
    name: str
    least: tuple[tuple[str, Decimal], ...]
    limiting: str = ""
    others: str = ""
    confirmed: bool = True


@dataclass(frozen=True, slots=True)
class System:
    """A whole indicator system; grades and rules stand from the best to the least."""

    code: str
    name: str
    grades: tuple[str, ...]
    rules: tuple[Rule, ...]
    groups: tuple[Group, ...]
    inputs: tuple[Input, ...] = ()
    issuer: str = ""
    trades: tuple[str, ...] = ()
    effective_from: date | None = None
    source: str = ""
    confirmed: bool = True
    note: str = ""

    def items(self) -> Iterator[tuple[Group, Item]]:
        """Yield every item with its group, in the order of the system."""
        for group in self.groups:
            for item in group.items:
                yield group, item

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Return in words what nobody has checked against the official text."""
        found = [] if self.confirmed else ["体系整体"]
        found += [f"评定等级“{rule.name}”" for rule in self.rules if not rule.confirmed]
        found += [f"一级指标“{group.name}”的权重" for group in self.groups if not group.confirmed]
        found += [f"{item.id} {item.name}" for _, item in self.items() if not item.confirmed]
        return tuple(found)
