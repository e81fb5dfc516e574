"""The records behind a figure, and the accepted rounds that wait for their completion."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import tables
from cleanprod.insight.statistics import access, queries
from cleanprod.insight.statistics.queries import FIGURES
from cleanprod.insight.statistics.questions import cities, cut_of, moment_of
from cleanprod.insight.statistics.rules import NONE, Cut
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import access as audit_access
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Milestone
from cleanprod.stages.programme.rules import AuditKind

COUNTED = 3_000  # late entries among more records are listed on request, not counted
WAITING = 2_000  # so far the page of waiting rounds counts; the desks count them all
# Each order is the one in which an index of rounds gives them.
AFTERWARDS = (Milestone.ACCEPTED, Milestone.COMPLETED)
ORDERS = {"accepted": ("accepted_on", "id"), "listed": ("city_id", "lead", "id")}


@require_GET
def records(request: HttpRequest, figure: str) -> HttpResponse:
    """List the records behind one figure: how many there are, how many this person may open."""
    standing = acting(request, *access.ALL)
    if figure not in FIGURES:
        raise Http404
    moment = moment_of(request)
    cut = access.countable(standing, cut_of(request))
    mine = queries.behind(figure, moment, cut=cut, among=audit_access.visible_to(standing))
    open_to = mine.count()
    own = access.bounds(standing)
    all_mine = standing.role is Role.PROVINCE or (bool(own.city) and cut.within(own))
    said = FIGURES[figure]
    days = queries.late_after()
    late = queries.late(said.fact, days)
    only_late = request.GET.get("late") == "1"
    words = request.GET.get("q", "").strip()[:100]
    shown = _searched(mine.filter(pk__in=late.values("round")) if only_late else mine, words)
    order = ORDERS["accepted" if said.fact in AFTERWARDS else "listed"]
    page = tables.page(shown, order, request)
    context = {
        "figure": said,
        "moment": moment,
        "cut": cut,
        "place": place_of(cut),
        "about": about(cut),
        "total": open_to if all_mine else queries.behind(figure, moment, cut=cut).count(),
        "open_to": open_to,
        "late": queries.late_among(mine, said.fact, days) if open_to <= COUNTED else None,
        "late_days": days,
        "only_late": only_late,
        "recorded": _recorded(late, page.rows),
        "q": words,
        "page": page,
        "named": audits.labels(),
        "region": territory.region,
        **choices(standing, cut),
    }
    return render(request, "statistics/records.html", context)


def _searched(rounds: QuerySet[Round], words: str) -> QuerySet[Round]:
    if not words:
        return rounds
    by_name = Q(enterprise__comparable__contains=comparable(words))
    return rounds.filter(by_name | Q(code__startswith=words.upper()))


def _recorded(late: QuerySet[Fact], rows: Sequence[Round]) -> dict[int, date]:
    """Return the day of recording of those of the rows that were entered late."""
    facts = late.filter(round__in=[row.pk for row in rows])
    days = facts.values_list("round_id", "recorded_at")
    return {round_id: queries.entered_on(moment) for round_id, moment in days}


def place_of(cut: Cut) -> str:
    """Return the place that the records lie in."""
    county = territory.region(cut.county) if cut.county not in ("", NONE) else None
    city = territory.region(cut.city) if cut.city else None
    parts = [one.name for one in (city, county) if one]
    return "".join(parts) + ("（未填县区）" if cut.county == NONE else "") or "全省"


def about(cut: Cut) -> list[str]:
    """Return in words what else narrows the records."""
    trade = territory.industry_by_code(cut.trade) if cut.trade not in ("", NONE) else None
    said = (
        f"{Line(cut.lead).label}牵头" if cut.lead else "",
        AuditKind(cut.kind).label if cut.kind else "",
        trade.name if trade else ("未填或未识别行业" if cut.trade else ""),
        f"{cut.list_year}年度名单" if cut.list_year else "",
        _sector(cut.sector),
    )
    return [text for text in said if text]


def _sector(key: str) -> str:
    named = {one.key: one.name for one in queries.sectors()} if key else {}
    return named.get(key, "其他行业") if key else ""


def choices(standing: Standing, cut: Cut) -> dict[str, Any]:
    """Return what the filters offer: only what this person may ask."""
    own = access.bounds(standing)
    below = cut.city and (standing.role is Role.PROVINCE or (own.city and not own.county))
    counties = territory.below(cut.city) if below and cut.within(own) else []
    return {
        "cities": cities() if standing.role is Role.PROVINCE else [],
        "counties": [(one.code, one.name) for one in counties]
        + [(NONE, "未填县区")] * bool(counties),
        "leads": [] if own.lead else Line.choices(),
        "kinds": AuditKind.choices() if _may_ask_kinds(standing, cut) else [],
    }


def _may_ask_kinds(standing: Standing, cut: Cut) -> bool:
    own = access.bounds(standing)
    return standing.role is Role.PROVINCE or (bool(own.city) and cut.within(own))


@require_GET
def unfinished(request: HttpRequest) -> HttpResponse:
    """List accepted rounds that are not completed: whose turn it is, and since when."""
    standing = acting(request, *access.COUNTERS)
    cut = access.narrowed(standing, cut_of(request))
    found = queries.unfinished(audit_access.visible_to(standing)).filter(queries.chosen(cut))
    page = tables.page(found, ("accepted_on", "id"), request, total=True, most=WAITING)
    context = {
        "cut": cut,
        "place": place_of(cut),
        "today": clock.today(),
        "page": page,
        "turns": queries.turns(page.rows),
        "named": audits.labels(),
        "region": territory.region,
        **choices(standing, cut),
    }
    return render(request, "statistics/unfinished.html", context)
