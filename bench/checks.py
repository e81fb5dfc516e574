"""Hit and false-alarm rates of the checks on slips that a generator puts into clean sheets.

Run: .venv/bin/python -m bench.checks [--sheets 400]
Every sheet is made from a fixed seed with measures as enterprises type them and three years of use.
Half of the sheets stay clean; each of the others gets one slip of a known kind. A hit is a finding
of the check that the slip is for; a false alarm is a finding that blocks or asks on a clean sheet.
Goal: each check finds 95 of 100 slips of its kind (outliers and slips that the sheet itself cannot
show are measured, not promised), less than 5 of 100 clean sheets are asked about anything, and
accounting and checks of one round take less than 200 ms. Clean sheets are cleaner than real ones:
the rates say what the checks can see, not how enterprises err.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from bench.ground import median, save
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.measures.checks import run
from cleanprod.stages.measures.findings import (
    Limits,
    Peers,
    Subject,
    Twin,
    Weight,
    YearFigure,
)
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet, computed, totals
from cleanprod.stages.measures.workings import Backed
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.factors import FactorSet

FACTORS = library.load("2022-广东")
LIMITS = Limits(
    (Decimal(1000), Decimal(10000)), Decimal("0.2"), Decimal(20), Decimal("0.02"), Decimal(3),
    Decimal(3), 20, 5.0, 1.5, Decimal("0.05"),
)  # fmt: skip
VERIFIED, EXPECTED = ValueSet.VERIFIED, ValueSet.EXPECTED
Numbers = dict[Field, Decimal]


@dataclass(slots=True)
class Case:
    """One sheet with its years, peers and twins, as the checks read them."""

    measures: list[Typed]
    years: list[YearFigure]
    peers: dict[Field, Peers]
    twins: list[Twin]
    earlier: list[YearFigure] = field(default_factory=list)
    workings: list[Backed] = field(default_factory=list)
    level_known: bool = True
    factors: FactorSet = FACTORS

    def subject(self) -> Subject:
        """Return what the checks read."""
        return Subject(
            measures=self.measures, which=VERIFIED,
            account=computed(self.measures, VERIFIED, self.factors),
            totals=totals(self.measures, VERIFIED, self.factors, share=Decimal("0.05")),
            border=Decimal(100_000), limits=LIMITS, years=self.years, peers=self.peers,
            twins=self.twins, earlier=self.earlier, workings=self.workings, system="本行业",
            level_known=self.level_known, share=Decimal("0.05"),
        )  # fmt: skip


def _amount(chance: random.Random, middle: float, spread: float) -> Decimal:
    return Decimal(f"{middle * 10 ** chance.gauss(0, spread):.4f}")


def clean(chance: random.Random) -> Case:
    """Return a believable sheet: 8 to 20 cheap and 2 to 5 dear measures, savings of 1 to 5 %."""
    power = _amount(chance, 400, 0.3)
    water = _amount(chance, 60_000, 0.3)
    shares = [chance.uniform(0.01, 0.05) for _ in range(2)]
    low, high = chance.randint(8, 20), chance.randint(2, 5)
    weights = [chance.lognormvariate(0, 0.5) for _ in range(low)]
    weights += [chance.lognormvariate(1.5, 0.5) for _ in range(high)]
    measures = []
    for place, weight in enumerate(weights):
        part = weight / sum(weights)
        cost = Cost.LOW if place < low else Cost.HIGH
        values: Numbers = {
            Field.ELECTRICITY: Decimal(f"{float(power) * shares[0] * part:.4f}"),
            Field.WATER: Decimal(f"{float(water) * shares[1] * part:.1f}"),
        }
        benefit = float(values[Field.ELECTRICITY]) * 0.65 + 0.0004 * float(values[Field.WATER])
        years = chance.uniform(0.3, 1.5) if cost is Cost.LOW else chance.uniform(2, 6)
        values[Field.BENEFIT] = Decimal(f"{benefit:.3f}")
        values[Field.INVESTMENT] = Decimal(f"{benefit * years:.3f}")
        expected = {
            name: amount * Decimal(f"{chance.uniform(0.8, 1.4):.2f}")
            for name, amount in values.items()
        }
        code = f"{'WD' if cost is Cost.LOW else 'ZG'}{place + 1}"
        measures.append(
            Typed(f"方案{place}", cost, code=code, values={VERIFIED: values, EXPECTED: expected})
        )
    years = _years(chance, power, water, shares)
    worked = measures[0]
    backed = Backed(worked.code, Field.WATER, worked.of(VERIFIED)[Field.WATER])
    return Case(measures, years, _peers(), [], years[:4], [backed])


def _years(
    chance: random.Random, power: Decimal, water: Decimal, shares: list[float]
) -> list[YearFigure]:
    figures = []
    for place, year in enumerate((2020, 2021, 2022)):
        output = Decimal(f"{1000 * chance.uniform(0.9, 1.1):.1f}")
        after = Decimal(f"{1 - shares[0] * place / 2:.6f}")
        figures += [
            YearFigure(year, "output", "产量", Quantity(output, Unit.T)),
            YearFigure(
                year, "electricity", "电力",
                Quantity((power * output / 1000 * after).quantize(Decimal("0.01")), Unit.WAN_KWH),
            ),
            YearFigure(
                year, "fresh_water", "新水",
                Quantity((water * output / 1000 * after).quantize(Decimal("0.1")), Unit.T),
            ),
            YearFigure(
                year, "wastewater", "废水",
                Quantity((water * output / 1000 * after * Decimal("0.8")).quantize(Decimal("0.1")),
                         Unit.T),
            ),
        ]  # fmt: skip
    return figures


def _peers() -> dict[Field, Peers]:
    return {Field.ELECTRICITY: Peers(3000, -0.05, 0.4), Field.WATER: Peers(3000, 2.1, 0.4)}


def _changed(case: Case, place: int, which: ValueSet, **values: Decimal) -> None:
    one = case.measures[place]
    kept = {name: dict(one.of(name)) for name in ValueSet if one.of(name)}
    kept[which] |= {Field(name): amount for name, amount in values.items()}
    case.measures[place] = replace(one, values=kept)


def _slip(chance: random.Random, case: Case) -> None:
    place = chance.randrange(len(case.measures))
    power = case.measures[place].of(EXPECTED)[Field.ELECTRICITY]
    times = chance.choice([Decimal(1000), Decimal(10_000), Decimal("0.001"), Decimal("0.0001")])
    wrong = power * times * Decimal(f"{chance.uniform(0.85, 1.15):.2f}")
    _changed(case, place, VERIFIED, electricity=wrong)


def _slip_in_all(chance: random.Random, case: Case) -> None:
    place = chance.randrange(len(case.measures))
    for which in (VERIFIED, EXPECTED):
        amount = case.measures[place].of(which)[Field.ELECTRICITY]
        _changed(case, place, which, electricity=amount * 10_000)


def _totals(chance: random.Random, case: Case) -> None:
    whole = computed(case.measures, VERIFIED, FACTORS).total.tce
    wrong = whole * Decimal(f"{chance.uniform(1.2, 3):.2f}")
    _changed(case, 0, VERIFIED, reported_tce=wrong)


def _above_use(chance: random.Random, case: Case) -> None:
    used = next(one for one in case.years if one.item == "electricity" and one.year == 2022)
    assert used.amount is not None  # noqa: S101 - made above
    _changed(case, 0, VERIFIED, electricity=used.amount.amount * Decimal("1.2"))


def _payback(chance: random.Random, case: Case) -> None:
    place = len(case.measures) - 1
    benefit = case.measures[place].of(VERIFIED)[Field.BENEFIT]
    _changed(case, place, VERIFIED, investment=benefit * chance.choice([30, 100, 1000]))


def _no_investment(chance: random.Random, case: Case) -> None:
    _changed(case, len(case.measures) - 1, VERIFIED, investment=Decimal(0))


def _jump(chance: random.Random, case: Case) -> None:
    place = next(n for n, one in enumerate(case.years) if one.item == "fresh_water")
    one = case.years[place]
    assert one.amount is not None  # noqa: S101 - made above
    wrong = Quantity(one.amount.amount * chance.choice([10, 100, 10_000]), one.amount.unit)
    case.years[place] = replace(one, amount=wrong)


def _balance(chance: random.Random, case: Case) -> None:
    place = next(n for n, one in enumerate(case.years) if one.item == "wastewater")
    one = case.years[place]
    assert one.amount is not None  # noqa: S101 - made above
    wrong = Quantity(one.amount.amount * Decimal("1.5"), one.amount.unit)
    case.years[place] = replace(one, amount=wrong)


def _copied(chance: random.Random, case: Case) -> None:
    case.twins.append(Twin(case.measures[0].code, "另一企业", "全部数值"))


def _overshoot(chance: random.Random, case: Case) -> None:
    place = chance.randrange(len(case.measures))
    times = Decimal(f"{chance.uniform(4, 40):.1f}")
    expected = case.measures[place].of(EXPECTED)[Field.WATER]
    _changed(case, place, VERIFIED, fresh_water=expected * times)


def _no_fall(chance: random.Random, case: Case) -> None:
    _year(case, "electricity", 2022, Decimal(f"{chance.uniform(1.3, 2):.2f}"))


def _out_of_step(chance: random.Random, case: Case) -> None:
    """Halve what was made and double what was used; neither alone looks strange."""
    _year(case, "output", 2022, Decimal("0.5"))
    _year(case, "fresh_water", 2022, Decimal(f"{chance.uniform(2.1, 2.6):.2f}"))
    _year(case, "wastewater", 2022, Decimal(2))


def _year(case: Case, item: str, year: int, times: Decimal) -> None:
    place = next(n for n, one in enumerate(case.years) if (one.item, one.year) == (item, year))
    one = case.years[place]
    assert one.amount is not None  # noqa: S101 - made above
    case.years[place] = replace(one, amount=Quantity(one.amount.amount * times, one.amount.unit))


def _other_story(chance: random.Random, case: Case) -> None:
    """Let the earlier round have told more of the first year than this one does."""
    times = Decimal(f"{chance.uniform(1.2, 2):.2f}")
    case.earlier = [
        replace(one, amount=Quantity(one.amount.amount * times, one.amount.unit))
        for one in case.earlier
        if one.amount is not None
    ]


def _no_level(chance: random.Random, case: Case) -> None:
    case.level_known = False


def _factor(chance: random.Random, case: Case) -> None:
    stated = f"{chance.choice([chance.uniform(0.2, 1.0), chance.uniform(1.4, 12)]):.3f}"
    case.factors = library.stated(FACTORS.name, (("tce:natural_gas", stated),))
    _changed(case, 0, VERIFIED, natural_gas=Decimal(2))


def _working(chance: random.Random, case: Case) -> None:
    (one,) = case.workings
    case.workings = [replace(one, amount=one.amount * Decimal(f"{chance.uniform(0.3, 0.9):.2f}"))]


def _negative(chance: random.Random, case: Case) -> None:
    place = chance.randrange(len(case.measures))
    amount = case.measures[place].of(VERIFIED)[Field.ELECTRICITY]
    _changed(case, place, VERIFIED, electricity=-max(amount, Decimal("0.01")))


SLIPS: dict[str, tuple[str, Callable[[random.Random, Case], None]]] = {
    "unit slip against the expected value": ("slip", _slip),
    "unit slip in all value sets": ("outlier", _slip_in_all),
    "typed total of coal": ("totals", _totals),
    "saving above the year's use": ("above_use", _above_use),
    "payback out of range": ("payback", _payback),
    "dear measure without investment": ("no_investment", _no_investment),
    "year's figure of another magnitude": ("years_jump", _jump),
    "more waste water than water": ("balance", _balance),
    "copied from another enterprise": ("copied", _copied),
    "effect far above the expected one": ("overshoot", _overshoot),
    "use per output that did not fall": ("against_output", _no_fall),
    "output and use out of step": ("intensity", _out_of_step),
    "another amount than the earlier round's": ("years_differ", _other_story),
    "limiting indicators left out": ("level", _no_level),
    "factor outside the published range": ("factor", _factor),
    "sheet other than its working": ("workings", _working),
    "effect below zero": ("negative", _negative),
}
NOT_PROMISED = frozenset({"outlier"})


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--sheets", type=int, default=400)
    count = reader.parse_args().sheets
    chance = random.Random(20260301)
    alarms: Counter[str] = Counter()
    asked = 0
    for _ in range(count):
        found = [one for one in run(clean(chance).subject()) if one.weight is not Weight.INFORM]
        alarms.update({one.check for one in found})
        asked += bool(found)
    rates: dict[str, Any] = {}
    for title, (key, slip) in SLIPS.items():
        hits = 0
        for _ in range(count):
            case = clean(chance)
            slip(chance, case)
            hits += any(
                one.check == key and one.weight is not Weight.INFORM for one in run(case.subject())
            )
        rates[title] = {"check": key, "hits_per_100": round(100 * hits / count, 1)}
    case = clean(chance)
    seconds = median(lambda: run(case.subject()), 20)
    promised = [rate for rate in rates.values() if rate["check"] not in NOT_PROMISED]
    result = {
        "sheets": count,
        "clean_sheets_asked_per_100": round(100 * asked / count, 1),
        "false_alarms_by_check_per_100": {
            key: round(100 * number / count, 1) for key, number in sorted(alarms.items())
        },
        "slips": rates,
        "seconds_a_round": round(seconds, 5),
    }
    result["within_goal"] = (
        all(rate["hits_per_100"] >= 95 for rate in promised)
        and asked < count / 20
        and seconds < 0.2
    )
    save("checks", result)


if __name__ == "__main__":
    main()
