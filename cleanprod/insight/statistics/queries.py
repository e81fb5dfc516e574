"""As-of figures of a year by city, and the records behind each of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, Min, Q, QuerySet, Value

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Part
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.statistics.rules import NONE, CityCounts, Cut
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import LIFECYCLE, Milestone, Stage
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Target

_ACCEPTED = """
    SELECT city_id, lead, count(*),
           count(*) FILTER (WHERE completed_on BETWEEN accepted_on AND %(as_of)s)
      FROM audits_round
     WHERE accepted_on BETWEEN %(first)s AND %(last)s
     GROUP BY city_id, lead
"""
_LISTED = """
    SELECT city_id, count(*),
           count(*) FILTER (WHERE registered_on <= %(as_of)s),
           count(*) FILTER (WHERE planned_on <= %(as_of)s)
      FROM audits_round
     WHERE list_year = %(year)s AND listed_on <= %(as_of)s
     GROUP BY city_id
"""


@dataclass(frozen=True, slots=True)
class AsOf:
    """A year and the day up to which things that happened are counted."""

    year: int
    as_of: date

    @property
    def first(self) -> date:
        """Return the first day of the year."""
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        """Return the last day that counts: year's end or the as-of day, the earlier."""
        return min(date(self.year, 12, 31), self.as_of)


def accepted(moment: AsOf) -> dict[tuple[str, str], tuple[int, int]]:
    """Return (accepted, of these completed) by (city, lead) for the acceptance year.

    Acceptances count by the calendar year of the day of acceptance, completions by the day
    they happened up to the as-of day (notice 2023, annex 1 and its note).
    """
    bounds = {"first": moment.first, "last": moment.last, "as_of": moment.as_of}
    with connection.cursor() as cursor:
        cursor.execute(_ACCEPTED, bounds)
        return {(city, lead): (n, done) for city, lead, n, done in cursor.fetchall()}


def listed(moment: AsOf) -> dict[str, tuple[int, int, int]]:
    """Return (listed, registered, plan filled) by city for the list year."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTED, {"year": moment.year, "as_of": moment.as_of})
        return {city: (n, registered, planned) for city, n, registered, planned in cursor}


def counts(moment: AsOf, *, with_lists: bool = True, with_targets: bool = True) -> list[CityCounts]:
    """Return one row a city of the province, in the notice's order."""
    done = accepted(moment)
    lists = listed(moment) if with_lists else {}
    goals = (
        {t.city_id: t.number for t in programme.targets(moment.year, as_of=moment.as_of)}
        if with_targets
        else {}
    )
    return [
        _row(number, city.code, city.short_name, done, lists, goals)
        for number, city in enumerate(territory.cities(settings.PROVINCE_CODE), start=1)
    ]


def targets_by_year(as_of: date) -> dict[int, dict[str, int]]:
    """Return the targets of each year by city as they stood on a day, in one read."""
    found: dict[int, dict[str, int]] = {}
    rows = Target.objects.filter(fixed_on__lte=as_of).order_by("year", "version")
    newest = 0, 0
    for year, version, city, number in rows.values_list("year", "version", "city_id", "number"):
        if (year, version) != newest:
            newest = year, version
            found[year] = {}
        found[year][city] = number
    return found


def _row(
    number: int,
    code: str,
    name: str,
    done: Mapping[tuple[str, str], tuple[int, int]],
    lists: Mapping[str, tuple[int, int, int]],
    goals: Mapping[str, int],
) -> CityCounts:
    industry = done.get((code, Line.INDUSTRY.value), (0, 0))
    ecology = done.get((code, Line.ECOLOGY.value), (0, 0))
    listed_, registered, planned = lists.get(code, (0, 0, 0))
    return CityCounts(
        no=number,
        city=name,
        code=code,
        listed=listed_,
        registered=registered,
        planned=planned,
        industry=industry[0],
        ecology=ecology[0],
        industry_completed=industry[1],
        ecology_completed=ecology[1],
        target=goals.get(code),
    )


def behind(
    figure: str,
    moment: AsOf,
    city: str = "",
    *,
    cut: Cut | None = None,
    among: QuerySet[Round] | None = None,
) -> QuerySet[Round]:
    """Return exactly the rounds that a figure counts, of one city, within a cut, among some.

    `figure` is one of the keys of `FIGURES`; an unknown one raises KeyError.
    """
    rounds = Round.objects.all() if among is None else among
    rounds = rounds.filter(FIGURES[figure].rounds(moment))
    if city:
        rounds = rounds.filter(city=city)
    return rounds.filter(chosen(cut)) if cut else rounds


def chosen(cut: Cut) -> Q:
    """Return the condition that a round lies within a cut."""
    condition = Q()
    for name in ("city", "lead", "kind", "list_year"):
        if value := getattr(cut, name):
            condition &= Q(**{name: value})
    if cut.county:
        condition &= Q(county=None if cut.county == NONE else cut.county)
    if cut.trade == NONE:
        condition &= ~Q(industry__regex=DIVISION)
    elif cut.trade:
        condition &= Q(industry__startswith=cut.trade)
    return condition & in_sector(cut.sector) if cut.sector else condition


@dataclass(frozen=True, slots=True)
class Sector:
    """A trade that the notice names for low-VOC substitution, by beginnings of industry codes."""

    key: str
    name: str
    codes: tuple[str, ...]

    @property
    def rounds(self) -> Q:
        """Return the condition that a round belongs to it."""
        return reduce(or_, (Q(industry__startswith=code) for code in self.codes))


def sectors() -> list[Sector]:
    """Return the trades of low-VOC substitution, by the rulebook of today."""
    kept = rulebook.value("statistics.low_voc_sectors", on=clock.today()).value
    return [Sector(one["key"], one["name"], tuple(one["codes"])) for one in kept["sectors"]]


def in_sector(key: str) -> Q:
    """Return the condition that a round belongs to a sector, or to none of them."""
    known = sectors()
    if key == NONE:
        return ~reduce(or_, (one.rounds for one in known))
    return next(one.rounds for one in known if one.key == key)


DIVISION = r"^\d\d"  # an industry code that GB/T 4754 knows begins with its division


def _accepted(moment: AsOf) -> Q:
    return Q(accepted_on__range=(moment.first, moment.last))


def completed_by(day: date) -> Q:
    """Return the condition that an accepted round was completed, and not before its acceptance."""
    return Q(completed_on__lte=day, completed_on__gte=F("accepted_on"))


def open_on(day: date) -> Q:
    """Return the condition that an accepted round was not rightly completed on a day."""
    before = Q(completed_on__lt=F("accepted_on"))
    return Q(completed_on=None) | Q(completed_on__gt=day) | before


def _completed(moment: AsOf) -> Q:
    return _accepted(moment) & completed_by(moment.as_of)


def _not_completed(moment: AsOf) -> Q:
    return _accepted(moment) & open_on(moment.as_of)


def _listed(moment: AsOf) -> Q:
    return Q(list_year=moment.year, listed_on__lte=moment.as_of)


def _of_the_list(moment: AsOf) -> Q:
    return _listed(moment) & Q(accepted_on__lte=moment.as_of)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a figure is called, which rounds it counts, and the fact that makes them count."""

    label: str
    fact: Milestone
    rounds: Callable[[AsOf], Q]


_ACCEPTANCE = Milestone.ACCEPTED
FIGURES: Mapping[str, Figure] = {
    "listed": Figure("名单企业", Milestone.LISTED, _listed),
    "registered": Figure(
        "已注册", Milestone.REGISTERED, lambda m: _listed(m) & Q(registered_on__lte=m.as_of)
    ),
    "planned": Figure(
        "已填报审核计划", Milestone.PLANNED, lambda m: _listed(m) & Q(planned_on__lte=m.as_of)
    ),
    "industry": Figure(
        "通过验收（工业和信息化牵头）", _ACCEPTANCE, lambda m: _accepted(m) & Q(lead=Line.INDUSTRY)
    ),
    "ecology": Figure(
        "通过验收（生态环境牵头）", _ACCEPTANCE, lambda m: _accepted(m) & Q(lead=Line.ECOLOGY)
    ),
    "total": Figure("通过验收", _ACCEPTANCE, _accepted),
    "platform_completed": Figure("“平台”完成验收流程", Milestone.COMPLETED, _completed),
    "not_completed": Figure("已通过验收、未完成“平台”流程", _ACCEPTANCE, _not_completed),
    "list_industry": Figure(
        "名单企业中通过验收（工业和信息化牵头）", _ACCEPTANCE,
        lambda m: _of_the_list(m) & Q(lead=Line.INDUSTRY),
    ),
    "list_ecology": Figure(
        "名单企业中通过验收（生态环境牵头）", _ACCEPTANCE,
        lambda m: _of_the_list(m) & Q(lead=Line.ECOLOGY),
    ),
    "list_total": Figure("名单企业中通过验收", _ACCEPTANCE, _of_the_list),
    "list_completed": Figure(
        "名单企业中“平台”完成验收流程", Milestone.COMPLETED,
        lambda m: _of_the_list(m) & completed_by(m.as_of),
    ),
    "list_not_completed": Figure(
        "名单企业中已通过验收、未完成“平台”流程", _ACCEPTANCE,
        lambda m: _of_the_list(m) & open_on(m.as_of),
    ),
}  # fmt: skip
FIGURE_LABELS: Mapping[str, str] = {key: figure.label for key, figure in FIGURES.items()}


def discrepancies() -> QuerySet[Round]:
    """Return completions without a recorded acceptance, or recorded before it."""
    return Round.objects.filter(completed_on__isnull=False).filter(
        Q(accepted_on=None) | Q(completed_on__lt=F("accepted_on"))
    )


def unfinished(rounds: QuerySet[Round]) -> QuerySet[Round]:
    """Return, of these, the rounds that passed the acceptance and are not completed today."""
    return rounds.filter(accepted_on__isnull=False, completed_on=None)


@dataclass(frozen=True, slots=True)
class Turn:
    """Who owes the next step of a round, which step, and since when."""

    office: str
    act: str
    since: date


def turns(rounds: Sequence[Round]) -> dict[int, Turn]:
    """Return whose turn it is in accepted rounds, as the table of moves says, in one read."""
    rows = Organisation.objects.filter(
        kind=Kind.AUTHORITY, county=None, city__in={audit.city_id for audit in rounds}
    ).order_by("-pk")
    offices = {
        (city, line): name for city, line, name in rows.values_list("city_id", "line", "name")
    }
    stages = {Stage(audit.stage) for audit in rounds}
    moves = {stage: next(iter(LIFECYCLE.open_to(stage, (Part.LEAD,))), None) for stage in stages}
    found = {}
    for audit in rounds:
        move = moves[Stage(audit.stage)]
        if move is not None and audit.accepted_on is not None:
            office = offices.get((audit.city_id, audit.lead)) or _unnamed(audit)
            found[audit.pk] = Turn(office, move.act.label, audit.accepted_on)
    return found


def _unnamed(audit: Round) -> str:
    place = territory.region(audit.city_id)
    return f"{place.name if place else ''}{Line(audit.lead).label}主管部门"


def late_after() -> int | None:
    """Return after how many days a fact counts as entered late 补录.

    None in a demo home that is being loaded: its days are fixed, so that no real time of recording
    says anything there.
    """
    if settings.HOME.business_date and settings.HOME.entered_since is None:
        return None
    return int(rulebook.value("statistics.late_entry.days", on=clock.today()).value)


def late(kind: Milestone, days: int | None) -> QuerySet[Fact]:
    """Return the effective facts of a kind recorded more than so many days afterwards."""
    facts = Fact.objects.filter(kind=kind, withdrawal=None)
    if days is None:
        return facts.none()
    return facts.filter(entered_late("happened_on", days))


def entered_late(column: str, days: int) -> Q:
    """Return the condition that something was recorded more than so many days after its day.

    In a demo home what was recorded since it was loaded is recorded on its fixed day.
    """
    if since := settings.HOME.entered_since:
        before = clock.today() - timedelta(days=days)
        return Q(recorded_at__gte=since, **{f"{column}__lt": before})
    return Q(recorded_at__date__gt=F(column) + Value(timedelta(days=days)))


def entered_on(moment: datetime) -> date:
    """Return the business day on which something was recorded late."""
    if settings.HOME.business_date:
        return clock.today()
    return moment.astimezone(clock.CHINA).date()


def late_among(rounds: QuerySet[Round], kind: Milestone, days: int | None) -> int:
    """Return how many of these rounds have this fact entered late."""
    return late(kind, days).filter(round__in=rounds.order_by().values("pk")).count()


def years() -> Sequence[int]:
    """Return the years from the first list or acceptance to the last, newest first."""
    ends = Round.objects.aggregate(
        first=Min("list_year"), last=Max("list_year"), accepted=Min("accepted_on"),
        accepted_last=Max("accepted_on"),
    )  # fmt: skip
    days = [ends["accepted"], ends["accepted_last"]]
    known = [ends["first"], ends["last"], *(day.year for day in days if day)]
    found = [year for year in known if year]
    return range(max(found), min(found) - 1, -1) if found else ()
