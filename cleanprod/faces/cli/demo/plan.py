"""The plan of the demo province, drawn from one seed; pure, so that its sums can be tested.

Accepted and completed firms of 2022 and the targets of 2023 are the notice's own annexes
(粤工信节能函〔2023〕4号); everything else is invented.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib import resources
from random import Random

from cleanprod.faces.cli.demo.words import CONSULTANCIES, FIRST, SECOND, TRADES, Trade
from cleanprod.foundation.organisations.rules import Line
from cleanprod.kernel.credit_code import check_character
from cleanprod.stages.review.rules import Conclusion

SEED = "cleanprod-demo-1"
TODAY = date(2023, 9, 28)
AS_OF = date(2023, 2, 22)
NONE_ACCEPTED = "441500"  # 汕尾 has firms in progress and none accepted
HOLIDAYS = frozenset(date(y, 10, d) for y in (2021, 2022, 2023) for d in range(1, 8))
TWO_BATCHES_FROM = 60
# 佛山 has firms whose five years are over: accepted in 2018, not listed since.
LONG_AGO = "440600"
_LONG_AGO_DAYS = ((5, 18), (8, 24), (10, 19), (11, 16), (12, 14), (12, 21))
_LONG_AGO_NAMES = 975  # past the names that the other lists use


@dataclass(slots=True)
class Firm:
    """One invented firm and what becomes of it."""

    name: str
    code: str
    county: str
    address: str
    trade: Trade
    mandatory: bool
    reasons: str
    vocs: str
    consultancy: str
    result: Conclusion | None = None
    on: date | None = None
    score: int = 0
    completed_on: date | None = None
    migrated: bool = False
    registered_on: date | None = None
    planned_on: date | None = None


@dataclass(slots=True)
class ListPlan:
    """One list of one city and lead."""

    year: int
    number: int
    city: str
    lead: Line
    published_on: date
    firms: list[Firm] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CityNumbers:
    """What the notice says of one city."""

    code: str
    name: str
    accepted: Mapping[Line, int]
    completed: int
    target: int


def notice() -> list[CityNumbers]:
    """Return the two annexes of the notice, city by city in its order."""
    text = resources.files(__package__).joinpath("data/annexes_2023.csv").read_text("utf-8")
    return [
        CityNumbers(
            row["code"],
            row["zh"].removesuffix("市"),
            {Line.INDUSTRY: int(row["y2022_miit_led"]), Line.ECOLOGY: int(row["y2022_eco_led"])},
            int(row["y2022_platform_completed"]),
            int(row["target_2023"]),
        )
        for row in csv.DictReader(text.splitlines())
        if row["order"]
    ]


def working_day(random: Random, first: date, last: date) -> date:
    """Return a day from Monday to Friday between two days, not a National Day holiday."""
    while True:
        day = first + timedelta(random.randrange((last - first).days + 1))
        if day.weekday() < 5 and day not in HOLIDAYS:
            return day


def acceptance_day(random: Random, year: int) -> date:
    """Return a day of acceptance: most fall into October to December."""
    months = random.choices((6, 7, 8, 9, 10, 11, 12), (2, 2, 4, 14, 20, 30, 28))[0]
    last = date(year, 12, 30) if months == 12 else date(year, months + 1, 1) - timedelta(1)
    return working_day(random, date(year, months, 1), last)


class Maker:
    """Makes firms of one city, each with a name and a credit code of its own."""

    def __init__(self, random: Random, city: CityNumbers, counties: Sequence[str]) -> None:
        """Prepare the city's names in a random order."""
        self.random, self.city, self.counties = random, city, counties
        self.names = [
            (first + second, trade)
            for trade in TRADES[city.code]
            for first in FIRST
            for second in SECOND
            if first != second
        ]
        random.shuffle(self.names)
        self.made = 0

    def firm(self, lead: Line) -> Firm:
        """Make the next firm, of a kind that this department usually leads."""
        word, trade = self.names[self.made]
        self.made += 1
        first = f"91{self.city.code}MAYX{self.made:05d}"
        mandatory, reasons = self._kind(lead)
        vocs = self.random.choices(("", "市级", "省级"), (80, 14, 6))[0]
        return Firm(
            name=f"{self.city.name}{word}{trade.word}示例有限公司",
            code=first + check_character(first),
            county=self.random.choice(self.counties),
            address=f"示例工业园{self.random.randrange(1, 90)}号",
            trade=trade,
            mandatory=mandatory,
            reasons=reasons,
            vocs=vocs,
            consultancy=self.random.choice(CONSULTANCIES),
        )

    def _kind(self, lead: Line) -> tuple[bool, str]:
        if lead is Line.ECOLOGY:
            return True, self.random.choices(("双有", "双超", "双超、双有"), (85, 10, 5))[0]
        energy = self.random.random() < 0.2
        return energy, "高耗能" if energy else ""


def with_mistakes(firms: Sequence[Firm]) -> list[Firm]:
    """Return the firms with mistakes that offices make: twice, no name, wrong code, wrong place."""
    first, second, third, *rest = firms
    wrong = second.code[:-1] + ("0" if second.code[-1] != "0" else "1")
    return [
        first, replace(second, code=wrong), replace(third, county="不在本市的县"), *rest,
        replace(first), replace(rest[-1], name=""),
    ]  # fmt: skip


@dataclass(slots=True)
class CityPlan:
    """All lists of one city."""

    city: CityNumbers
    lists: list[ListPlan] = field(default_factory=list)

    def firms(self) -> Iterator[Firm]:
        """Return every firm of every list; one listed again stands twice."""
        for one in self.lists:
            yield from one.firms


def make(counties: Mapping[str, Sequence[str]], seed: str = SEED) -> list[CityPlan]:
    """Return the plan of all cities; `counties` names the places below each city."""
    return [_city(Random(f"{seed}:{city.code}"), city, counties[city.code]) for city in notice()]  # noqa: S311


def _city(random: Random, city: CityNumbers, counties: Sequence[str]) -> CityPlan:
    plan = CityPlan(city)
    maker = Maker(random, city, counties)
    accepted: list[Firm] = []
    again: dict[Line, list[Firm]] = {}
    for lead in Line:
        old, carried = _lists_2021(random, maker, city, lead)
        plan.lists += old
        year = _year_2022(random, maker, city.accepted[lead] - len(carried), lead)
        batches = _batches(random, city, lead, 2022, year)
        plan.lists += batches
        for batch in batches:
            _enterprise_steps(random, batch, 0.9, 0.8)
        accepted += [*carried, *(f for f in year if f.result is Conclusion.PASSED)]
        again[lead] = [f for f in year if f.result in (Conclusion.DEFERRED, Conclusion.FAILED)]
    _complete_2022(random, accepted, city.completed)
    whole = round(city.target * random.uniform(1.2, 1.5))
    share = _share(city)
    for lead in Line:
        number = round(whole * share) if lead is Line.INDUSTRY else whole - round(whole * share)
        firms = [*_listed_again(again[lead]), *(maker.firm(lead) for _ in range(number))]
        batches = _batches(random, city, lead, 2023, firms)
        plan.lists += batches
        for batch in batches:
            _progress_2023(random, city, batch)
            _enterprise_steps(random, batch, 0.78, 0.6)
    if city.code == LONG_AGO:
        plan.lists.append(_list_2018(city, counties))
    return plan


def _list_2018(city: CityNumbers, counties: Sequence[str]) -> ListPlan:
    """Return a list whose firms, all of them 双有, were accepted and completed in its year."""
    random = Random(f"{SEED}:2018")  # noqa: S311 - apart, so that the other lists stay as they are
    maker = Maker(random, city, counties)
    maker.made = _LONG_AGO_NAMES
    firms = [maker.firm(Line.ECOLOGY) for _ in _LONG_AGO_DAYS]
    for firm, (month, day) in zip(firms, _LONG_AGO_DAYS, strict=True):
        firm.reasons = "双有"
        _pass(random, firm, date(2018, month, day))
        firm.completed_on, firm.migrated = date(2018, month, day) + timedelta(10), True
    return ListPlan(2018, 1, city.code, Line.ECOLOGY, date(2018, 3, 8), firms)


def _share(city: CityNumbers) -> float:
    both = sum(city.accepted.values())
    return min(max(city.accepted[Line.INDUSTRY] / both, 0.1), 0.9) if both else 0.5


def _lists_2021(
    random: Random, maker: Maker, city: CityNumbers, lead: Line
) -> tuple[list[ListPlan], list[Firm]]:
    """Return the lists of 2021, and of their firms those that were accepted only in 2022."""
    number = city.accepted[lead]
    carried = [maker.firm(lead) for _ in range(number // 8)]
    for firm in carried:
        _pass(random, firm, acceptance_day(random, 2022))
    early = [maker.firm(lead) for _ in range(number // 4)]
    for firm in early:
        day = acceptance_day(random, 2021)
        _pass(random, firm, day)
        firm.completed_on = day + timedelta(random.randrange(10, 60))
        firm.migrated = True
    firms = [*early, *carried]
    random.shuffle(firms)
    return (_batches(random, city, lead, 2021, firms) if firms else []), carried


def _year_2022(random: Random, maker: Maker, passed: int, lead: Line) -> list[Firm]:
    """Return the firms of the lists of 2022: accepted, failed, deferred, cancelled, open."""
    firms = [maker.firm(lead) for _ in range(passed)]
    for firm in firms:
        _pass(random, firm, acceptance_day(random, 2022))
    ends = (
        (Conclusion.FAILED, 0.03),
        (Conclusion.DEFERRED, 0.05),
        (Conclusion.CANCELLED, 0.04),
    )
    for conclusion, share in ends:
        for _ in range(round(passed * share)):
            firm = maker.firm(lead)
            firm.result = conclusion
            failed = conclusion is Conclusion.FAILED
            firm.on = (
                acceptance_day(random, 2022)
                if failed
                else working_day(random, date(2022, 7, 1), date(2022, 9, 20))
            )
            firm.score = random.randrange(45, 60) if failed else 0
            firms.append(firm)
    firms += [maker.firm(lead) for _ in range(max(3, round(passed * 0.08)))]
    random.shuffle(firms)
    return firms


def _pass(random: Random, firm: Firm, on: date) -> None:
    firm.result, firm.on, firm.score = Conclusion.PASSED, on, random.randrange(66, 96)


def _complete_2022(random: Random, accepted: list[Firm], completed: int) -> None:
    """Give exactly so many firms a day of completion up to the as-of day, some a later one."""
    order = random.sample(accepted, len(accepted))
    for firm in order[:completed]:
        firm.completed_on = _between(random, firm, AS_OF)
        firm.migrated = True
    for firm in order[completed:]:
        if random.random() < 0.45:
            start = AS_OF + timedelta(1)
            firm.completed_on = start + timedelta(random.randrange(180))
            firm.migrated = True


def _between(random: Random, firm: Firm, last: date) -> date:
    assert firm.on is not None  # noqa: S101 - accepted firms have a day
    return firm.on + timedelta(random.randrange(5, max(6, min(90, (last - firm.on).days) + 1)))


def _batches(
    random: Random, city: CityNumbers, lead: Line, year: int, firms: list[Firm]
) -> list[ListPlan]:
    """Put firms on one list in March, or on two where a city has many, the second in June."""
    march = working_day(random, date(year, 3, 1), date(year, 3, 10))
    first = ListPlan(year, 1, city.code, lead, march, firms)
    if len(firms) < TWO_BATCHES_FROM:
        return [first]
    cut = round(len(firms) * 0.8)
    june = working_day(random, date(year, 6, 1), date(year, 6, 10))
    late = [firm for firm in firms[cut:] if firm.on is None or firm.on > june]
    early = [firm for firm in firms if firm not in late]
    first.firms = early
    return [first, ListPlan(year, 2, city.code, lead, june, late)] if late else [first]


def _listed_again(firms: Sequence[Firm]) -> list[Firm]:
    """Return the deferred and failed firms of last year as they stand on the new list."""
    return [
        Firm(
            firm.name, firm.code, firm.county, firm.address, firm.trade, firm.mandatory,
            firm.reasons, firm.vocs, firm.consultancy,
        )
        for firm in firms
    ]  # fmt: skip


def _progress_2023(random: Random, city: CityNumbers, batch: ListPlan) -> None:
    """Let a few firms of a list of 2023 be accepted in summer, and some of these completed."""
    for firm in batch.firms:
        if city.code == NONE_ACCEPTED or batch.number > 1 or random.random() >= 0.11:
            continue
        _pass(random, firm, working_day(random, date(2023, 6, 20), date(2023, 9, 15)))
        if random.random() < 0.6 and firm.on:
            firm.completed_on = min(TODAY, firm.on + timedelta(random.randrange(5, 40)))


def _enterprise_steps(random: Random, batch: ListPlan, registered: float, planned: float) -> None:
    """Let these shares of the firms of a list register, and file their plan some days later."""
    for firm in batch.firms:
        if random.random() >= registered and firm.result is not Conclusion.PASSED:
            continue
        day = batch.published_on + timedelta(random.randrange(3, 32))
        if day < (firm.on or TODAY):
            firm.registered_on = day
        if random.random() >= planned and firm.result is not Conclusion.PASSED:
            continue
        day += timedelta(random.randrange(1, 30))
        if firm.registered_on and day < (firm.on or TODAY):
            firm.planned_on = day
