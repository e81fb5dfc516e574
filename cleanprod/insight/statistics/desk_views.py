"""The desks with numbers: the province's, a city's below its border, and the breakdowns."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.statistics import access, charts, outlining, queries
from cleanprod.insight.statistics.breakdowns import compile_breakdown
from cleanprod.insight.statistics.parts import file_of, records_url, shape_of
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.questions import cities, cut_of, moment_of, words, years
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import (
    OVER_YEARS,
    Cut,
    Dimension,
    Report,
    printed_share,
)
from cleanprod.insight.statistics.tabled import Tabled
from cleanprod.stages.audits import access as audit_access
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.programme.rules import AuditKind

MAPS: Mapping[str, tuple[str, str]] = {
    "rate": ("“平台”完成占比", "%"),
    "progress": ("目标完成进度", "%"),
    "total": ("通过验收", "家"),
    "not_completed": ("尚未完成", "家"),
}
_SHARES = ("rate", "progress")
_YEARS_SHOWN = 12
_WAITING_SHOWN = 8
_BARS_SHOWN = 40
_LATE_COUNTED = 20_000


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show the province at a glance, or one city or county below its border."""
    standing = acting(request, *access.ALL)
    moment = moment_of(request)
    asked = cut_of(request)
    cut = access.narrowed(standing, Cut(asked.city, asked.county, asked.lead))
    if cut.city and standing.role not in access.COUNTERS:
        raise Http404
    return _place(request, standing, moment, cut) if cut.city else _province(request, moment)


def _province(request: HttpRequest, moment: AsOf) -> HttpResponse:
    tabled = compile_report(Report.OVERVIEW, moment)
    shown = request.GET.get("show", "")
    shown = shown if shown in MAPS else "rate"
    address = reverse("statistics:desk")
    context = {
        **shape_of(tabled, reverse("statistics:report", args=[Report.OVERVIEW.value])),
        **_common(tabled.total, tabled, moment),
        "late": _late(tabled, moment, Cut()),
        "map": charts.tiles([(row["code"], _tile(row, shown, tabled)) for row in tabled.rows]),
        "outline": outlining.in_use(),
        "by_code": {row["code"]: _tile(row, shown, tabled) for row in tabled.rows},
        "scale": _scale(shown, tabled.rows),
        "shown": MAPS[shown],
        "map_tabs": [
            {"title": label, "url": f"{address}?{words(moment, show=key)}", "active": key == shown}
            for key, (label, _) in MAPS.items()
        ],
        "bars": charts.bars([_bar(row, row["city"], tabled) for row in tabled.rows], _PIECES),
        "discrepancies": queries.discrepancies().count(),
        "years": years(moment),
        "trend": _trend(moment, Cut()),
        "breakdowns": _tabs(None, moment, Cut(), tuple(Dimension)),
    }
    return render(request, "statistics/province.html", context)


_PIECES = ("done", "open")


def _bar(row: Mapping[str, Any], name: str, tabled: Tabled) -> tuple[str, str, list[int], str]:
    done, left = row["platform_completed"], row["not_completed"]
    figure = "list_total" if tabled.report is Dimension.LIST_YEAR else "total"
    return name, f"{done} / {row['total']}", [done, left], records_url(tabled, figure, row)


def _tile(row: Mapping[str, Any], shown: str, tabled: Tabled) -> charts.Tile:
    column = next(column for column in tabled.columns if column.key == shown)
    step = _scale(shown, tabled.rows).step(row[shown])
    address = f"{reverse('statistics:desk')}?{words(tabled.moment, city=row['code'])}"
    return charts.Tile(row["city"], tabled.cell(row, column), step, address)


def _scale(shown: str, rows: Sequence[Mapping[str, Any]]) -> charts.Scale:
    if shown in _SHARES:
        return charts.share_scale()
    return charts.count_scale([row[shown] for row in rows])


def _common(
    total: Mapping[str, Any], tabled: Tabled, moment: AsOf, rank: int | None = None
) -> dict[str, Any]:
    """Return the tiles above a desk: each figure, its unit, its hint, and where it leads."""
    share = printed_share(total["rate"]) + ("%" if total["rate"] is not None else "")
    place = f"，全省第{rank}" if rank else ""

    def link(figure: str) -> str:
        return records_url(tabled, figure, total)

    listed = total["listed"]
    hint = f"已注册 {total['registered']}，已填计划 {total['planned']}"
    leads = f"工信牵头 {total['industry']}，环境牵头 {total['ecology']}"
    return {
        "moment": moment,
        "total": total,
        "figures": [
            ("名单企业", listed, "家", link("listed"), hint if listed else "该年度没有公布名单"),
            ("通过验收", total["total"], "家", link("total"), leads),
            (
                "“平台”完成验收流程", total["platform_completed"], "家", link("platform_completed"),
                f"占比 {share}{place}",
            ),
            ("尚未完成", total["not_completed"], "家", link("not_completed"), "已通过验收"),
        ],
        "blanks": _blanks(total, moment),
    }  # fmt: skip


def _late(tabled: Tabled, moment: AsOf, cut: Cut) -> dict[str, Any] | None:
    """Return how many of the accepted were entered late, and where these stand."""
    days = queries.late_after()
    if days is None or tabled.total["total"] > _LATE_COUNTED:
        return None
    accepted = queries.FIGURES["total"]
    number = queries.late_among(queries.behind("total", moment, cut=cut), accepted.fact, days)
    address = f"{records_url(tabled, 'total', tabled.total)}&late=1"
    return {"number": number, "days": days, "url": address} if number else None


def _blanks(total: Mapping[str, Any], moment: AsOf) -> list[str]:
    """Return, for each figure that is nought because nothing is recorded, what that means."""
    found = []
    if total["listed"] and not total["registered"]:
        found.append("平台没有该年度名单企业的注册记录，“已注册”为0不表示企业没有注册。")
    if total["listed"] and not total["planned"]:
        found.append("平台没有该年度名单企业的审核计划记录，“已填计划”为0不表示企业没有开展。")
    if total["total"] and not total["platform_completed"]:
        found.append(f"没有{moment.year}年通过验收企业的办结记录。")
    return found


def _trend(moment: AsOf, cut: Cut) -> list[charts.Bar]:
    """Return the accepted by year of acceptance, the oldest first."""
    tabled = compile_breakdown(Dimension.YEAR, moment, cut)
    rows = [row for row in tabled.rows if row["total"]][:_YEARS_SHOWN][::-1]
    return charts.bars([_bar(row, row["code"], tabled) for row in rows], _PIECES)


def _place(request: HttpRequest, standing: Standing, moment: AsOf, cut: Cut) -> HttpResponse:
    """Show one city, or one county, below its border."""
    below = compile_breakdown(Dimension.COUNTY, moment, cut)
    row = _row_of(moment, cut) if not (cut.county or cut.lead) else None
    rank = row["rank"] if row and not access.cities_shown(standing) else None
    by_lead = compile_breakdown(Dimension.LEAD, moment, cut)
    waiting = queries.unfinished(audit_access.visible_to(standing)).filter(queries.chosen(cut))
    first = list(waiting.order_by("accepted_on", "pk")[:_WAITING_SHOWN])
    address = reverse("statistics:breakdown", args=[Dimension.COUNTY.value])
    place = territory.region(cut.county or cut.city)
    context = {
        **shape_of(below, address, cut),
        **_common(below.total, below, moment, rank),
        "late": _late(below, moment, cut),
        "by_lead": shape_of(by_lead, reverse("statistics:breakdown", args=["lead"]), cut),
        "row": row,
        "place": place.name if place else "",
        "cut": cut,
        "bars": charts.bars([_bar(one, one["name"], below) for one in below.rows], _PIECES),
        "trend": _trend(moment, cut),
        "years": years(moment),
        "cities": cities() if standing.role is Role.PROVINCE else [],
        "waiting": first,
        "waiting_count": waiting.count(),
        "turns": queries.turns(first),
        "named": audits.labels(),
        "region": territory.region,
        "question": words(moment),
        "waiting_question": urlencode(cut.named()),
        "today": clock.today(),
        "breakdowns": _tabs(None, moment, cut, _offered(cut)),
    }
    return render(request, "statistics/place.html", context)


def _row_of(moment: AsOf, cut: Cut) -> Mapping[str, Any]:
    rows = compile_report(Report.OVERVIEW, moment).rows
    return next(row for row in rows if row["code"] == cut.city)


@require_GET
def breakdown(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show the figures by one dimension; every figure leads to the records behind it."""
    standing = acting(request, *access.COUNTERS)
    moment = moment_of(request)
    cut = access.narrowed(standing, cut_of(request))
    offered = _offered(access.bounds(standing))
    if name not in offered:
        raise Http404
    by = Dimension(name)
    tabled = compile_breakdown(by, moment, cut)
    if file_format := request.GET.get("format", ""):
        return file_of(tabled, file_format)
    rows = tabled.rows[::-1] if by in OVER_YEARS else tabled.rows
    shown = [_bar(row, row["name"], tabled) for row in rows if row["total"]]
    own = access.bounds(standing)
    context = {
        **shape_of(tabled, reverse("statistics:breakdown", args=[by.value]), cut),
        "moment": moment,
        "cut": cut,
        "over_years": by in OVER_YEARS,
        "tabs": _tabs(by, moment, cut, offered),
        "bars": charts.bars(shown, _PIECES) if len(shown) <= _BARS_SHOWN else [],
        "years": years(moment),
        "cities": [] if own.city else cities(),
        "leads": [] if own.lead else Line.choices(),
        "kinds": AuditKind.choices(),
    }
    return render(request, "statistics/breakdown.html", context)


def _offered(bounds: Cut) -> tuple[Dimension, ...]:
    """Return the dimensions that say anything within these bounds."""
    useless = {Dimension.CITY} if bounds.city else set()
    useless |= {Dimension.COUNTY} if bounds.county else set()
    return tuple(one for one in Dimension if one not in useless)


def _tabs(
    current: Dimension | None, moment: AsOf, cut: Cut, offered: Sequence[Dimension]
) -> list[dict[str, Any]]:
    return [
        {
            "title": one.label,
            "url": f"{reverse('statistics:breakdown', args=[one.value])}?{words(moment, cut)}",
            "active": one is current,
        }
        for one in offered
    ]
