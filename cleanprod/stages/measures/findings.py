"""What the checks of a performance sheet read, and what they say of it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cleanprod.kernel.quantity import Quantity
from cleanprod.kernel.term import Term
from cleanprod.stages.measures.rules import Field, Totals, Typed, ValueSet, plain
from cleanprod.stages.measures.workings import Backed
from cleanprod.stages.performance.accounting.computation import Computation


class Weight(Term):
    """What a finding asks for."""

    BLOCK = "block", "须改正"
    ASK = "ask", "须说明"
    INFORM = "inform", "提示"


@dataclass(frozen=True, slots=True)
class Found:
    """One finding; `place` is the code of a measure or empty for the sheet as a whole."""

    check: str
    weight: Weight
    rule: str
    advice: str
    place: str = ""
    column: str = ""
    value: str = ""

    @property
    def key(self) -> str:
        """Return what a reason given for the finding belongs to; a changed value is another key."""
        return "|".join((self.check, self.place, self.column, self.value))[:300]


@dataclass(frozen=True, slots=True)
class YearFigure:
    """One figure of a year; without an amount nothing was reported, which is not zero.

    `item` is the key of a carrier or field (`electricity`, `fresh_water`, `wastewater`, ...), or
    `output` for what the enterprise made.
    """

    year: int
    item: str
    name: str
    amount: Quantity | None


@dataclass(frozen=True, slots=True)
class Peers:
    """How the trade fills one column: so many values, middle and spread of their logarithms."""

    count: int
    middle: float
    spread: float


@dataclass(frozen=True, slots=True)
class Twin:
    """A measure that says the same as one of another enterprise."""

    code: str
    enterprise: str
    what: str


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on a number is asked about; amounts of the rulebook `measures.checks`."""

    slip_powers: tuple[Decimal, ...]
    slip_tolerance: Decimal
    payback_years: Decimal
    payback_least_years: Decimal
    jump: Decimal
    overshoot: Decimal
    peers_least: int
    outlier_spreads: float
    outlier_decades: float
    balance_share: Decimal


@dataclass(frozen=True, slots=True)
class Subject:
    """All that the checks of one value set read."""

    measures: Sequence[Typed]
    which: ValueSet
    account: Computation
    totals: Totals
    border: Decimal
    limits: Limits
    years: Sequence[YearFigure] = ()
    earlier: Sequence[YearFigure] = ()
    peers: Mapping[Field, Peers] = field(default_factory=dict)
    twins: Sequence[Twin] = ()
    system: str = ""
    level_known: bool = False
    workings: Sequence[Backed] = ()
    share: Decimal = Decimal(0)

    def by_item(self) -> dict[str, dict[int, YearFigure]]:
        """Return the figures of the years by item."""
        found: dict[str, dict[int, YearFigure]] = defaultdict(dict)
        for one in self.years:
            found[one.item][one.year] = one
        return found


Finder = Callable[[Subject], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its key, what it is called, how much it weighs, and its function."""

    key: str
    title: str
    weight: Weight
    find: Finder

    def run(self, subject: Subject) -> Iterator[Found]:
        """Yield what the check finds."""
        yield from self.find(subject)


def said(
    check: str, weight: Weight, rule: str, advice: str, place: str = "", column: str = "",
    value: Decimal | str = "",
) -> Found:  # fmt: skip
    """Return a finding; a number is written plainly."""
    text = value if isinstance(value, str) else plain(value)
    return Found(check, weight, rule, advice, place, column, text)
