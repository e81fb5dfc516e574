"""Factors with their sources, carriers, and the dated sets that hold them."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Dimension, Unit
from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy
from cleanprod.stages.performance.accounting.rates import Rate, plain

_OFFERED = 8  # names that are offered in place of one that is not known


class Status(Term):
    """How far a number can be relied on."""

    CONFIRMED = "confirmed", "已核实"
    UNCONFIRMED = "unconfirmed", "未确认"
    STATED = "stated", "填报值"


class Kind(Term):
    """What a row counts as."""

    ENERGY = "energy", "能源"
    MEDIUM = "medium", "耗能工质"
    WATER = "water", "水"
    MATERIAL = "material", "原辅料"
    POLLUTANT = "pollutant", "污染物"
    WASTE = "waste", "废物"
    MONEY = "money", "资金"
    REPORTED = "reported", "填报值"


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """One published number: value and range, unit, where it comes from, whether it is confirmed.

    A factor without a value has to be stated by those who report. Sets hand out the same objects
    again and again, so that they are told apart by identity.
    """

    key: str
    name: str
    value: Decimal | None
    unit: str
    low: Decimal | None
    high: Decimal | None
    basis: str
    source: str
    year: int | None
    region: str
    status: Status
    rate: Rate | None

    @property
    def ranged(self) -> bool:
        """Tell whether the number is published as a range."""
        return self.low is not None

    @property
    def text(self) -> str:
        """Return value and unit as they are printed."""
        sign = "" if self.unit == "1" else f" {self.unit}"
        return f"{plain(self.value)}{sign}" if self.value is not None else ""

    @property
    def range_text(self) -> str:
        """Return the published range as it is printed, or nothing."""
        if self.low is None or self.high is None:
            return ""
        return f"{plain(self.low)}–{plain(self.high)} {self.unit}"

    @property
    def known(self) -> Decimal:
        """Return the value, or refuse where it has to be stated."""
        if self.value is None:
            raise Refused(f"{self.name}没有公布的单一数值，须填写采用值")
        return self.value

    @property
    def ratio(self) -> Rate:
        """Return the unit as a rate, or refuse a factor that has none."""
        if self.rate is None:
            raise Refused(f"{self.name}没有可换算的单位")
        return self.rate

    def state(self, value: Decimal) -> "Factor":
        """Return this factor with a stated value in its own unit."""
        return replace(self, value=value, status=Status.STATED)

    def as_json(self) -> dict[str, Any]:
        """Return the factor as the command prints it."""
        return {
            "key": self.key, "name": self.name, "value": self.value, "unit": self.unit,
            "low": self.low, "high": self.high, "basis": self.basis, "source": self.source,
            "year": self.year, "region": self.region, "status": self.status.value,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Carrier:
    """What can stand in a row: a carrier of energy or an indicator, and which factors it takes.

    `fixed` carriers have one calorific value by definition, so that a stated factor is their equal
    value; `co2` names one factor, the grid of the set, or a fuel with its three parameters.
    """

    key: str
    name: str
    kind: Kind
    unit: Unit
    tce: str = ""
    fixed: bool = False
    equal: str = ""
    co2: str = ""
    density: str = ""
    generation: str = ""
    aliases: tuple[str, ...] = ()
    as_equal: tuple[str, ...] = ()

    def takes(self, unit: Unit) -> bool:
        """Tell whether amounts of this carrier may be written in a unit."""
        if unit.dimension is self.unit.dimension:
            return True
        return bool(self.density) and unit.dimension is Dimension.VOLUME

    @property
    def words(self) -> Iterator[str]:
        """Yield every name of the carrier."""
        yield from (self.key, self.name, *self.aliases, *self.as_equal)


@dataclass(frozen=True, slots=True, eq=False)
class FactorSet:
    """A dated set of factors; a record keeps the name of the set that it was computed with."""

    name: str
    title: str
    year: int
    region: str
    valid_from: date
    valid_to: date | None
    grid: str
    factors: Mapping[str, Factor]
    carriers: Mapping[str, Carrier]
    limits: Mapping[str, Decimal]
    words: Mapping[str, Carrier]
    equal_words: frozenset[str]

    def factor(self, key: str) -> Factor:
        """Return a factor by its key; `grid` is the one of the set's region and year."""
        try:
            return self.factors[self.grid if key == "grid" else key]
        except KeyError:
            raise Refused(f"因子集“{self.name}”没有因子 {key}") from None

    def carrier(self, text: str) -> Carrier | None:
        """Return the carrier or indicator that a person wrote, or None."""
        return self.words.get(folded(text))

    def says_equal_value(self, text: str) -> bool:
        """Tell whether a name of a carrier asks for its equal value."""
        return folded(text) in self.equal_words

    @lru_cache(maxsize=4096)  # noqa: B019 - sets live as long as the process
    def similar(self, text: str) -> list[str]:
        """Return the names that somebody may have meant."""
        sign = folded(text)
        bare = sign.removeprefix("节约").removeprefix("节").removesuffix("_saving") or sign
        near = [self.words[word].name for word in difflib.get_close_matches(sign, self.words, 3)]
        inside = [
            carrier.name
            for carrier in self.carriers.values()
            if bare in folded(carrier.name) or bare in carrier.key or folded(carrier.name) in bare
        ]
        return list(dict.fromkeys([*near, *inside]))[:_OFFERED]

    def in_force(self, on: date) -> bool:
        """Tell whether the set was the newest published one on a day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    @property
    def unconfirmed(self) -> list[Factor]:
        """Return the factors of the set that nobody has confirmed."""
        return [one for one in self.factors.values() if one.status is Status.UNCONFIRMED]


def folded(text: str) -> str:
    """Return a name in the form in which names are compared."""
    return tidy(text).casefold()
