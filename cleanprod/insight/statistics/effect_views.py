"""The pages of effects: by dimension with charts and files, and the measures behind each figure."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import tables
from cleanprod.insight.statistics import access, behind, charts, queries
from cleanprod.insight.statistics.effects import BY_KEY, OF_LIST, Asked, compile_effects
from cleanprod.insight.statistics.parts import file_of, records_url, shape_of
from cleanprod.insight.statistics.questions import cities, cut_of, moment_of, words, years
from cleanprod.insight.statistics.record_views import about, choices, place_of
from cleanprod.insight.statistics.rules import OVER_YEARS, Cut, Dimension, Marked
from cleanprod.insight.statistics.tabled import Column, Tabled, shown
from cleanprod.stages.audits import access as audit_access
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.measures.rules import Cost, Tag, ValueSet, plain
from cleanprod.stages.programme.rules import AuditKind

_CHARTS = ("tce", "co2", "water", "voc", "investment", "benefit", "measures")
_TILES = ("measures", "investment", "benefit", "tce", "co2", "water", "voc", "cod")
_TAGS = {True: frozenset(Tag), False: frozenset({""})}  # whether a figure is of tagged measures
_BARS_SHOWN = 40
_YEARS_SHOWN = 12


@require_GET
def effects(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show what confirmed sheets add up to by one dimension, or count marked measures."""
    standing = acting(request, *access.COUNTERS)
    own = access.bounds(standing)
    by = _wanted(name, own)
    asked = Asked(moment_of(request), _value_set(request), _cut(standing, request))
    tabled = compile_effects(by, asked)
    if file_format := request.GET.get("format", ""):
        return file_of(tabled, file_format)
    show = request.GET.get("show", "")
    show = "voc" if isinstance(by, Marked) else (show if show in _CHARTS else _CHARTS[0])
    column = next(one for one in tabled.columns if one.key == show)
    address = reverse("statistics:effects", args=[by.value])
    kept = words(asked.moment, asked.cut, set=asked.which.value)
    context = {
        **shape_of(tabled, address, asked.cut),
        "moment": asked.moment,
        "cut": asked.cut,
        "which": asked.which,
        "over_years": by in OVER_YEARS,
        "tabs": [_tab(one, asked, by) for one in _offered(own)],
        "bars": _bars(tabled, column),
        "chart": _said(column),
        "chart_tabs": []
        if isinstance(by, Marked)
        else [
            {
                "title": BY_KEY[key].label if key != "measures" else "方案",
                "url": f"{address}?{kept}&show={key}",
                "active": key == show,
            }
            for key in _CHARTS
        ],
        **_whole(tabled, asked, column),
        "years": years(asked.moment),
        "cities": [] if own.city else cities(),
        "leads": [] if own.lead else Line.choices(),
        "kinds": AuditKind.choices(),
        "sets": ValueSet.choices(),
        "show": show,
    }
    return render(request, "statistics/effects.html", context)


def _whole(tabled: Tabled, asked: Asked, column: Column) -> dict[str, Any]:
    """Return the tiles and the trend over the years, where the table is of one year."""
    if isinstance(tabled.report, Marked) or tabled.report in OVER_YEARS:
        return {"tiles": [], "trend": [], "late": None}
    tiles = [
        (
            f"{'方案' if one.key == 'measures' else one.label}{_yearly(one.unit)}",
            one.unit.removesuffix("/年"),
            shown(tabled.total[one.key], next(c for c in tabled.columns if c.key == one.key)),
            records_url(tabled, one.key, tabled.total),
        )
        for one in (BY_KEY[key] for key in _TILES)
    ]  # fmt: skip
    trend = _bars(compile_effects(Dimension.YEAR, asked), column)[:_YEARS_SHOWN][::-1]
    return {"tiles": tiles, "trend": trend, "late": _late(tabled, asked)}


def _late(tabled: Tabled, asked: Asked) -> dict[str, Any] | None:
    """Return how many of the sheets were entered late, and where these stand."""
    days = queries.late_after()
    number = behind.Behind("confirmed", asked).late(None, days)
    address = f"{records_url(tabled, 'confirmed', tabled.total)}&late=1"
    return {"number": number, "days": days, "url": address} if number else None


def _yearly(unit: str) -> str:
    return "（每年）" if unit.endswith("/年") else ""


def _wanted(name: str, own: Cut) -> Dimension | Marked:
    found = next((one for one in _offered(own) if one.value == name), None)
    if found is None:
        raise Http404
    return found


def _offered(own: Cut) -> Sequence[Dimension | Marked]:
    """Return what says anything within these bounds."""
    useless = {Dimension.CITY} if own.city else set()
    useless |= {Dimension.COUNTY} if own.county else set()
    return (*(one for one in Dimension if one not in useless), *Marked)


def _value_set(request: HttpRequest) -> ValueSet:
    word = request.GET.get("set", "") or ValueSet.VERIFIED.value
    if word not in set(ValueSet):
        raise Http404
    return ValueSet(word)


def _cut(standing: Standing, request: HttpRequest) -> Cut:
    return access.narrowed(standing, cut_of(request))


def _tab(one: Dimension | Marked, asked: Asked, by: Dimension | Marked) -> dict[str, Any]:
    address = reverse("statistics:effects", args=[one.value])
    question = words(asked.moment, asked.cut, set=asked.which.value)
    return {"title": one.label, "url": f"{address}?{question}", "active": one is by}


def _said(column: Column) -> str:
    one = BY_KEY[column.key]
    return f"{'方案' if one.key == 'measures' else one.label}（{one.unit}）"


def _bars(tabled: Tabled, column: Column) -> list[charts.Bar]:
    """Return one bar a row that has the figure; too many rows are left to the table."""
    rows = [row for row in tabled.rows if row[column.key]]
    if len(rows) > _BARS_SHOWN:
        return []
    named = [
        (
            row["name"].removesuffix("年") if tabled.report is Dimension.YEAR else row["name"],
            tabled.cell(row, column), [row[column.key]],
            records_url(tabled, column.figure, row),
        )
        for row in rows
    ]  # fmt: skip
    return charts.bars(named, ["done"])


@require_GET
def records(request: HttpRequest, figure: str) -> HttpResponse:
    """List the measures behind one figure of sheets: whose, how much, confirmed by whom, when."""
    standing = acting(request, *access.ALL)
    tag = request.GET.get("tag", "")
    if figure not in behind.FIGURES or tag not in _TAGS[figure == "tagged"]:
        raise Http404
    asked = _asked(request, standing, tag)
    found = behind.Behind(figure, asked, tag)
    visible = audit_access.visible_to(standing)
    mine = found.told(visible)
    total = mine if _inside(standing, asked.cut) else found.told()
    days = queries.late_after()
    only_late = request.GET.get("late") == "1"
    context = {
        "figure": found,
        "moment": asked.moment,
        "cut": asked.cut,
        "which": asked.which,
        "place": place_of(asked.cut),
        "about": [*about(asked.cut), *([Tag(tag).label] if tag else [])],
        "total": total,
        "open_to": mine,
        "late": found.late(visible, days),
        "late_days": days,
        "only_late": only_late,
        "named": audits.labels(),
        "costs": dict(Cost.choices()),
        "region": territory.region,
        "of_list": asked.of_list,
        "tag": tag,
        "plain": plain,
        **_listed(request, found, visible, days if only_late else None),
        **choices(standing, asked.cut),
    }
    return render(request, "statistics/effect_records.html", context)


def _asked(request: HttpRequest, standing: Standing, tag: str) -> Asked:
    """Read what is asked; beyond one's own bounds only what the official table says."""
    cut, which = access.countable(standing, cut_of(request)), _value_set(request)
    of_list = request.GET.get("basis", "") == OF_LIST
    if not _inside(standing, cut) and (which is not ValueSet.VERIFIED or of_list or tag):
        raise Http404
    return Asked(moment_of(request), which, cut, of_list)


def _inside(standing: Standing, cut: Cut) -> bool:
    """Tell whether somebody may open every record within a cut."""
    own = access.bounds(standing)
    return standing.role is Role.PROVINCE or (bool(own.city) and cut.within(own))


def _listed(
    request: HttpRequest, found: behind.Behind, visible: Any, days: int | None
) -> Mapping[str, Any]:
    if found.of_sheets:
        sheets = found.sheets(visible, days).select_related("round")
        page = tables.page(sheets, ("round_id", "id"), request)
        return {"page": page, "amounts": {}, "recorded": found.recorded(page.rows)}
    # Prefetched, so that the database sorts the measures alone.
    measures = found.measures(visible, days).prefetch_related("sheet__round")
    listed = tables.page(measures, ("sheet_id", "row", "id"), request)
    sheets_shown = [one.sheet for one in listed.rows]
    return {
        "page": listed,
        "amounts": {one.pk: found.amount(one) for one in listed.rows},
        "recorded": found.recorded(sheets_shown),
    }
