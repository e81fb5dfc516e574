"""As-of figures of a year by city, and the records behind each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, QuerySet

from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.statistics.rules import CityCounts
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme import actions as programme

_ACCEPTED = """
    SELECT city_id, lead, count(*), count(*) FILTER (WHERE completed_on <= %(as_of)s)
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


def behind(figure: str, moment: AsOf, city: str = "") -> QuerySet[Round]:
    """Return exactly the rounds that a figure counts; without a city those of all cities.

    `figure` is one of the keys of `FIGURES`; an unknown one raises KeyError.
    """
    rounds = Round.objects.filter(FIGURES[figure](moment))
    return rounds.filter(city=city) if city else rounds


def _accepted(moment: AsOf) -> Q:
    return Q(accepted_on__range=(moment.first, moment.last))


def _completed(moment: AsOf) -> Q:
    return _accepted(moment) & Q(completed_on__lte=moment.as_of)


def _not_completed(moment: AsOf) -> Q:
    return _accepted(moment) & (Q(completed_on=None) | Q(completed_on__gt=moment.as_of))


def _listed(moment: AsOf) -> Q:
    return Q(list_year=moment.year, listed_on__lte=moment.as_of)


FIGURES: Mapping[str, Any] = {
    "listed": _listed,
    "registered": lambda m: _listed(m) & Q(registered_on__lte=m.as_of),
    "planned": lambda m: _listed(m) & Q(planned_on__lte=m.as_of),
    "industry": lambda m: _accepted(m) & Q(lead=Line.INDUSTRY),
    "ecology": lambda m: _accepted(m) & Q(lead=Line.ECOLOGY),
    "total": _accepted,
    "platform_completed": _completed,
    "not_completed": _not_completed,
}
FIGURE_LABELS: Mapping[str, str] = {
    "listed": "名单企业",
    "registered": "已注册",
    "planned": "已填报审核计划",
    "industry": "通过验收（工业和信息化牵头）",
    "ecology": "通过验收（生态环境牵头）",
    "total": "通过验收",
    "platform_completed": "“平台”完成验收流程",
    "not_completed": "已通过验收、未完成“平台”流程",
}


def discrepancies() -> QuerySet[Round]:
    """Return completions without a recorded acceptance, or recorded before it."""
    return Round.objects.filter(completed_on__isnull=False).filter(
        Q(accepted_on=None) | Q(completed_on__lt=F("accepted_on"))
    )


def years() -> Sequence[int]:
    """Return the years that any list or acceptance speaks of, newest first."""
    lists = set(Round.objects.order_by().values_list("list_year", flat=True).distinct())
    days = Round.objects.filter(accepted_on__isnull=False).order_by()
    accepted_years = {day.year for day in days.dates("accepted_on", "year")}
    return sorted(lists | accepted_years, reverse=True)
