"""Compute rows with a set of factors: each row with its results, the total as their exact sum."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanprod.kernel.quantity import Quantity
from cleanprod.stages.performance.accounting import carbon, energy
from cleanprod.stages.performance.accounting.factors import Factor, FactorSet, Kind, Status
from cleanprod.stages.performance.accounting.plausibility import slips, too_large
from cleanprod.stages.performance.accounting.rates import Rate, plain
from cleanprod.stages.performance.accounting.results import Result, added
from cleanprod.stages.performance.accounting.rows import Row

_MEDIA = (Kind.MEDIUM, Kind.WATER)


@dataclass(frozen=True, slots=True)
class Options:
    """What an office may choose, both off by default and named in the answer.

    `count_media` adds water and other energy-carrying media 耗能工质 to the standard coal;
    `usual_values` takes the usual value where a range is published and none was stated.
    """

    count_media: bool = False
    usual_values: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One row with its results; a result that is not known is None, and a warning says why."""

    row: Row
    number: int
    own: Quantity
    amount: Result | None
    calorific: Result | None
    equal: Result | None
    carbon: Result | None
    warnings: tuple[str, ...]
    medium: Result | None = None

    @property
    def results(self) -> tuple[Result, ...]:
        """Return the results that are known."""
        given = (self.amount, self.calorific, self.equal, self.carbon, self.medium)
        return tuple(one for one in given if one)

    @property
    def summed(self) -> tuple[Result, ...]:
        """Return the results that totals take in; what stands apart is not among them."""
        return tuple(one for one in (self.calorific, self.equal, self.carbon) if one)

    @property
    def burns(self) -> bool:
        """Tell whether the row is energy, of which standard coal and carbon are expected."""
        return self.row.counts_as is Kind.ENERGY


@dataclass(frozen=True, slots=True)
class Sums:
    """Exact sums of lines; equal values are summed only when no row lacks its own.

    `tce_media` is the coal of energy-carrying media, told apart and never part of `tce`.
    """

    tce: Decimal
    tce_equal_value: Decimal | None
    co2_t: Decimal
    tce_media: Decimal


@dataclass(frozen=True, slots=True)
class Computation:
    """All lines of a file or round, computed with one set of factors."""

    factors: FactorSet
    options: Options
    lines: tuple[Line, ...]

    @property
    def total(self) -> Sums:
        """Return the sum of all lines."""
        return summed(self.lines)

    @property
    def measures(self) -> dict[str, Sums]:
        """Return the sums of each measure, in the order of their first row."""
        parts: dict[str, list[Line]] = defaultdict(list)
        for line in self.lines:
            parts[line.row.measure].append(line)
        return {measure: summed(lines) for measure, lines in parts.items()}

    @property
    def amounts(self) -> dict[str, tuple[str, Quantity]]:
        """Return name and exact sum of each carrier and indicator in its own unit."""
        sums: dict[str, tuple[str, Quantity]] = {}
        for line in self.lines:
            key, name = _bucket(line.row)
            before = sums.get(key)
            sums[key] = (name, before[1] + line.own if before else line.own)
        return sums

    @property
    def missing(self) -> dict[str, list[int]]:
        """Return the numbers of the rows that a total leaves out, by the name of the total."""
        return {
            "tce": [line.number for line in self.lines if line.burns and not line.calorific],
            "tce_equal_value": [
                line.number for line in self.lines if line.burns and not line.equal
            ],
            "co2_t": [line.number for line in self.lines if line.burns and not line.carbon],
        }


def compute(rows: Iterable[Row], factors: FactorSet, options: Options | None = None) -> Computation:
    """Compute every row with the factors of one set."""
    chosen = options or Options()
    given = list(rows)
    own = [energy.in_own_unit(row.given, row.carrier, factors) for row in given]
    doubted = slips(given, own, factors)
    again = _repeated(given)
    lines = []
    for place, (row, quantity) in enumerate(zip(given, own, strict=True)):
        doubt = doubted.get(place) or too_large(row, quantity, factors)
        about = [text for text in (doubt, again.get(place)) if text]
        lines.append(_line(row, row.number or place + 1, quantity, factors, chosen, about))
    return Computation(factors, chosen, tuple(lines))


def summed(lines: Sequence[Line]) -> Sums:
    """Return the exact sums of lines."""
    gaps = any(line.burns and line.equal is None for line in lines)
    equal = None if gaps else added(line.equal.value for line in lines if line.equal)
    return Sums(
        added(line.calorific.value for line in lines if line.calorific),
        equal,
        added(line.carbon.value for line in lines if line.carbon),
        added(line.medium.value for line in lines if line.medium),
    )


def _bucket(row: Row) -> tuple[str, str]:
    if row.counts_as is row.carrier.kind:
        return row.carrier.key, row.carrier.name
    return f"{row.carrier.key}_{row.counts_as.value}", f"{row.carrier.name}（用作原料）"


def _repeated(rows: Sequence[Row]) -> dict[int, str]:
    first: dict[tuple[str, str, Quantity, Kind], int] = {}
    found = {}
    for place, row in enumerate(rows):
        key = (row.measure, row.carrier.key, row.given, row.counts_as)
        if key in first:
            found[place] = f"与第{first[key]}行完全相同，请确认没有重复填报"
        else:
            first[key] = row.number or place + 1
    return found


def _line(
    row: Row, number: int, own: Quantity, factors: FactorSet, options: Options, about: list[str]
) -> Line:
    counted = row.counts_as is Kind.ENERGY or (options.count_media and row.counts_as in _MEDIA)
    if row.counts_as in _MEDIA and row.carrier.tce and not counted:
        return _apart(row, number, own, factors, options, about)
    if not counted or not row.carrier.tce:
        unused = [f"本行不折算，所填系数 {plain(row.stated.value)} 未采用"] if row.stated else []
        amount = energy.converted(row.given, own, row.carrier, factors)
        return Line(row, number, own, amount, None, None, None, (*row.warnings, *about, *unused))
    account = _Account(row, own, factors, options)
    calorific = account.calorific()
    equal, gas = account.equal(calorific), account.carbon()
    warnings = [*row.warnings, *about, *account.warnings]
    if calorific and abs(calorific.value) > factors.limits["largest_tce"]:
        limit = plain(factors.limits["largest_tce"])
        warnings.append(f"单位存疑：本行折标准煤 {calorific.text}，超过 {limit} tce，请核对")
    warnings += _unconfirmed(calorific, equal, gas)
    return Line(row, number, own, None, calorific, equal, gas, tuple(warnings))


def _apart(
    row: Row, number: int, own: Quantity, factors: FactorSet, options: Options, about: list[str]
) -> Line:
    """Return a medium with its coal apart: it was made with energy that is counted already."""
    account = _Account(row, own, factors, options)
    amount = energy.converted(row.given, own, row.carrier, factors)
    medium = account.medium()
    warnings = [*row.warnings, *about, *account.warnings]
    if medium and row.counts_as is Kind.MEDIUM:
        warnings.append(
            f"{row.carrier.name}是耗能工质，折标准煤 {medium.text} 单独列出，不计入折标准煤合计"
        )
        warnings += _unconfirmed(medium)
    return Line(row, number, own, amount, None, None, None, tuple(warnings), medium)


class _Account:
    """Accounts for one row of energy."""

    def __init__(self, row: Row, own: Quantity, factors: FactorSet, options: Options) -> None:
        """Take the row, its amount in the carrier's unit, and what it is computed with."""
        self.row, self.own, self.factors, self.options = row, own, factors, options
        self.carrier = row.carrier
        self.published = factors.factor(self.carrier.tce)
        self.warnings: list[str] = []

    def calorific(self) -> Result | None:
        """Return the calorific value; a range needs a stated value."""
        factor = self._calorific_factor()
        if factor is None:
            return None
        density = energy.weighed_by(self.row.given, self.carrier, self.factors)
        return energy.calorific(self.row.given, self.own, factor, density)

    def medium(self) -> Result | None:
        """Return the coal of a medium, which is told apart from that of energy."""
        factor = self._calorific_factor()
        if factor is None:
            return None
        density = energy.weighed_by(self.row.given, self.carrier, self.factors)
        return energy.set_apart(self.row.given, self.own, factor, density)

    def _calorific_factor(self) -> Factor | None:
        published = self.published
        if self.carrier.fixed:
            return published
        stated = self._stated(published)
        if stated is None and published.status is Status.STATED:
            stated = published  # stated once for all rows
        if stated is not None:
            self._doubt(stated, published)
            return stated
        if published.value is None or (published.ranged and not self.options.usual_values):
            where = f"公布区间 {published.range_text}" if published.ranged else "没有公布值"
            self.warnings.append(
                f"{published.name}{where}，须在“采用系数”列填写采用值；本行未折标准煤，不计入合计"
            )
            return None
        if published.ranged:
            self.warnings.append(
                f"没有填写采用值：{published.name}按常用值 {published.text} 计算"
                f"（公布区间 {published.range_text}）"
            )
        return published

    def equal(self, calorific: Result | None) -> Result | None:
        """Return the equal value: of fuels the same, of power and heat by a stated factor."""
        if not self.carrier.equal:
            return None
        if not self.carrier.fixed:
            return energy.as_equal_value(calorific) if calorific else None
        return self._stated_equal()

    def _stated_equal(self) -> Result | None:
        published = self.factors.factor(self.carrier.equal)
        stated = self._stated(published)
        if stated is not None and stated.value == self.published.value:
            stated = None
        factor = stated or published
        if factor.value is None:
            if self.row.as_equal:
                self.warnings.append(f"没有填写{published.name}，本行没有等价值；tce 为当量值")
            return None
        self._doubt(factor, published)
        if stated is not None and not self.row.as_equal:
            self.warnings.append(
                f"{self.carrier.name}的当量值为定值 {self.published.text}；"
                f"所填系数 {stated.text} 只用于等价值"
            )
        return energy.equal_value(self.row.given, self.own, factor)

    def carbon(self) -> Result | None:
        """Return the carbon dioxide, or say that the set has no factor."""
        if self.row.counts_as is not Kind.ENERGY:
            return None
        found = carbon.emission(self.row.given, self.own, self.carrier, self.factors)
        if found is None:
            self.warnings.append(
                f"因子集没有{self.carrier.name}的二氧化碳因子；本行未算二氧化碳，不计入合计"
            )
        return found

    def _stated(self, published: Factor) -> Factor | None:
        stated = self.row.stated
        if stated is None:
            return None
        target: Rate = published.ratio
        value = stated.rate.convert(stated.value, target) if stated.rate else stated.value
        return published.state(value)

    def _doubt(self, factor: Factor, published: Factor) -> None:
        doubt = energy.doubts(factor, published)
        if doubt:
            self.warnings.append(doubt)


def _unconfirmed(*results: Result | None) -> Iterator[str]:
    """Yield one warning that names every factor of the results that nobody has confirmed."""
    names = dict.fromkeys(
        factor.name
        for result in results
        if result
        for factor in result.factors
        if factor.status is Status.UNCONFIRMED
    )
    if names:
        yield f"因子未确认：{'、'.join(names)}"
