"""The page of 跨年结转: what a year leaves unfinished, and one click that lets it go on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import asked, tables
from cleanprod.stages.audits import carrying, queries
from cleanprod.stages.audits.rules import Stage

_FIRST, _LAST = 2000, 2200


@require_http_methods(["GET", "POST"])
def carry(request: HttpRequest) -> HttpResponse:
    """Show what the own department's rounds of a year lack, and carry them over."""
    standing = acting(request, Role.CITY)
    usual = carrying.usual_year(clock.today())
    year = asked.whole(request.GET.get("year", "")) or usual
    if not _FIRST <= year <= _LAST:
        year = usual
    rows = carrying.unfinished(standing, year).select_related("county")
    waiting = rows.filter(~carrying.carried(year))
    if request.method == "POST":
        seen = asked.whole(request.POST.get("seen", ""))
        done = carrying.carry_over(
            year, list(waiting.values_list("pk", flat=True)), seen=-1 if seen is None else seen,
            note=request.POST.get("reason", ""), by=standing,
        )  # fmt: skip
        messages.success(request, f"已结转{done}家到{year + 1}年，期限不变，已告知企业")
        return redirect(f"{reverse('audits:carry')}?year={year}")
    number = waiting.count()
    context = {
        "year": year,
        "years": [(str(one), f"{one}年") for one in range(usual, usual - 4, -1)],
        "page": tables.page(
            rows.annotate(gone=carrying.carried(year)), ("list_year", "id"), request
        ),
        "number": number,
        "done": rows.count() - number,
        "opens_on": carrying.opens_on(year),
        "open": clock.today() >= carrying.opens_on(year),
        "stages": [(Stage(stage).label, n) for stage, n in queries.by_stage(waiting)],
    }
    return render(request, "audits/carry.html", context)
