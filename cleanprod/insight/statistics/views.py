"""Official tables on screen and as files, and the records behind each figure."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import downloads, tables
from cleanprod.insight.statistics import access, files, queries
from cleanprod.insight.statistics.queries import FIGURE_LABELS, AsOf
from cleanprod.insight.statistics.reports import Column, Tabled, compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audit_access


def _moment(request: HttpRequest, default_year: int | None = None) -> AsOf:
    """Read year and as-of day from the address; anything unreadable is answered clearly."""
    today = clock.today()
    year = request.GET.get("year", "") or str(default_year or today.year)
    day = request.GET.get("as_of", "")
    try:
        moment = AsOf(int(year), date.fromisoformat(day) if day else today)
    except ValueError as error:
        raise Refused("年度应为四位年份，统计截至日期应为 2023-02-22 的形式") from error
    if not 2000 <= moment.year <= 2100:
        raise Refused("年度应在2000年至2100年之间")
    return moment


def _report(name: str) -> Report:
    try:
        return Report(name)
    except ValueError as error:
        raise Http404 from error


def _cut(tabled: Tabled, standing: Standing) -> Tabled:
    only = access.cities_shown(standing)
    return tabled.only(only) if only else tabled


@require_GET
def report(request: HttpRequest, name: str) -> HttpResponseBase:
    """Show one official table; every figure leads to the records behind it."""
    standing = acting(request, *access.READERS)
    moment = _moment(request)
    tabled = _cut(compile_report(_report(name), moment), standing)
    file_format = request.GET.get("format", "")
    if file_format:
        return _file(tabled, file_format)
    context = {
        "tabled": tabled,
        "tabs": [_tab(one, moment, tabled.report) for one in Report],
        "years": [(year, f"{year}年") for year in _years(moment)],
        "heads": [_head(column) for column in tabled.columns],
        "groups": tabled.groups(),
        "links": _links(tabled),
        "cell_url": lambda figure, city: _cell_url(figure, city, moment),
        "discrepancies": queries.discrepancies().count(),
    }
    return render(request, "statistics/report.html", context)


def _years(moment: AsOf) -> list[int]:
    return sorted({*queries.years(), moment.year}, reverse=True)


def _head(column: Column) -> dict[str, str]:
    return {"label": column.label, "kind": "" if column.key == "city" else "num"}


def _query(moment: AsOf, **more: Any) -> str:
    return urlencode({"year": moment.year, "as_of": moment.as_of.isoformat(), **more})


def _tab(one: Report, moment: AsOf, current: Report) -> dict[str, Any]:
    address = reverse("statistics:report", args=[one.value])
    return {
        "title": one.label,
        "url": f"{address}?{_query(moment)}",
        "active": one is current,
    }


def _links(tabled: Tabled) -> list[tuple[str, str]]:
    address = reverse("statistics:report", args=[tabled.report.value])
    return [
        (label, f"{address}?{_query(tabled.moment, format=key)}")
        for key, label in files.FORMATS.items()
    ]


def _cell_url(figure: str, city: str, moment: AsOf) -> str:
    return f"{reverse('statistics:records', args=[figure])}?{_query(moment, city=city)}"


def _file(tabled: Tabled, file_format: str) -> HttpResponseBase:
    if file_format not in files.FORMATS:
        raise Http404
    content = files.render(tabled, file_format)
    return downloads.attachment(
        content, files.name(tabled, file_format), files.CONTENT_TYPES[file_format]
    )


@require_GET
def records(request: HttpRequest, figure: str) -> HttpResponse:
    """List the records behind one figure: how many there are, how many this person may open."""
    standing = acting(request, *access.READERS)
    if figure not in queries.FIGURES:
        raise Http404
    moment = _moment(request)
    city = request.GET.get("city", "")
    place = territory.region(city) if city else None
    if city and place is None:
        raise Http404
    only = access.cities_shown(standing)
    if only and city != only:
        raise Http404
    behind = queries.behind(figure, moment, city)
    open_to = behind.filter(pk__in=audit_access.visible_to(standing).values("pk"))
    context = {
        "figure": FIGURE_LABELS[figure],
        "moment": moment,
        "place": place.name if place else "全省",
        "total": behind.count(),
        "page": tables.page(
            open_to.select_related("city", "county"), ("city_id", "id"), request, total=True
        ),
    }
    return render(request, "statistics/records.html", context)


@require_GET
def discrepancies(request: HttpRequest) -> HttpResponse:
    """List completions without a recorded acceptance, or recorded before it."""
    standing = acting(request, *access.READERS)
    found = queries.discrepancies().filter(pk__in=audit_access.visible_to(standing).values("pk"))
    page = tables.page(found.select_related("city"), ("city_id", "id"), request, total=True)
    return render(request, "statistics/discrepancies.html", {"page": page})
