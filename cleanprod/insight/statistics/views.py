"""Official tables on screen and as files, and the records behind each figure."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.insight.statistics import access, queries
from cleanprod.insight.statistics.parts import file_of, shape_of
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.questions import moment_of, words, years
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tabled import Tabled
from cleanprod.stages.audits import access as audit_access


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
    moment = moment_of(request)
    tabled = _cut(compile_report(_report(name), moment), standing)
    address = reverse("statistics:report", args=[tabled.report.value])
    if file_format := request.GET.get("format", ""):
        return file_of(tabled, file_format)
    doubtful = queries.discrepancies() & audit_access.visible_to(standing)
    context = {
        **shape_of(tabled, address),
        "tabs": [_tab(one, moment, tabled.report is one) for one in Report],
        "years": years(moment),
        "discrepancies": doubtful.count(),
        "question": words(moment),
        "may_disclose": standing.role is Role.PROVINCE,
    }
    return render(request, "statistics/report.html", context)


def _tab(one: Report, moment: AsOf, active: bool) -> dict[str, Any]:
    address = reverse("statistics:report", args=[one.value])
    return {"title": one.label, "url": f"{address}?{words(moment)}", "active": active}


@require_GET
def discrepancies(request: HttpRequest) -> HttpResponse:
    """List completions without a recorded acceptance, or recorded before it."""
    standing = acting(request, *access.READERS)
    found = queries.discrepancies() & audit_access.visible_to(standing)
    page = tables.page(found.select_related("city"), ("city_id", "id"), request, total=True)
    return render(request, "statistics/discrepancies.html", {"page": page})
