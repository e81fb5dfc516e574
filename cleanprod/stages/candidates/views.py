"""The proposal of a year, the five-year list, the coverage of key enterprises."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.candidates import access, actions, files, queries
from cleanprod.stages.candidates.forms import TakeForm
from cleanprod.stages.candidates.models import KeyEnterprise
from cleanprod.stages.candidates.rules import Due, Figure, Proposed, Reason
from cleanprod.stages.programme import queries as programme
from cleanprod.stages.programme.rules import Category, Vocs

STANDS = (("open", "可纳入"), ("listed", "本年度已列入"), ("under_way", "仍在开展"))
WITHIN = (("overdue", "已逾期"), ("year", "本年内届满"), ("later", "以后年度届满"))


def cities_offered(standing: Standing) -> list[tuple[str, str]]:
    """Return the cities that the province chooses from; a city has only its own."""
    if standing.role is not Role.PROVINCE:
        return []
    return [(city.code, city.short_name) for city in territory.cities(standing.province)]


def ticked(request: HttpRequest, name: str) -> set[int]:
    """Return the keys that were ticked; what cannot be a key is left out."""
    return set(asked.keys(request.POST.getlist(name)))


@require_http_methods(["GET", "POST"])
def proposal(request: HttpRequest) -> HttpResponseBase:
    """Show who should be listed and why; a department takes ticked rows into its list."""
    standing = acting(request, *access.READERS)
    city = access.city_read(standing, request.GET.get("city", ""))
    year = asked.year(request)
    if request.method == "POST" and standing.role is not Role.CITY:
        raise Http404
    number = programme.next_number(city.code, year, standing.line)
    form = TakeForm(posted(request), initial={"number": number})
    chosen = ticked(request, "firm")
    if request.method == "POST" and form.is_valid():
        taken = _take(request, form, chosen, year, standing)
        if taken is not None:
            return redirect(f"/lists/{taken.batch.pk}/")
    everything = queries.proposals(city.code, year, by=standing)
    shown = _narrowed(everything, request)
    if request.GET.get("format") == "xlsx":
        return _proposal_file(city, year, shown)
    ids = [one.firm.id for one in shown]
    firms = Organisation.objects.filter(pk__in=ids).select_related("county")
    page = tables.page(firms, ("county_id", "id"), request, total=True)
    by_firm = {one.firm.id: one for one in shown}
    context = {
        "city": city,
        "year": year,
        "years": asked.years(year),
        "cities": cities_offered(standing),
        "counties": queries.places(city.code),
        "reasons": Reason.choices(),
        "stands": STANDS,
        "page": page,
        "rows": [(firm, by_firm[firm.pk]) for firm in page.rows],
        "categories": dict(Category.choices()),
        "figures": _figures(everything),
        "form": form,
        "chosen": chosen,
        "asked": request.GET,
        "may_take": standing.role is Role.CITY,
        "line": standing.line,
        "file": tables.changed(request, format="xlsx"),
    }
    status = 422 if form.errors else 200
    return render(request, "candidates/proposal.html", context, status=status)


def _take(
    request: HttpRequest, form: TakeForm, chosen: set[int], year: int, standing: Standing
) -> actions.Taken | None:
    try:
        taken = actions.take(chosen, year=year, by=standing, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    also = f"，采纳县区候选企业{taken.candidates}家" if taken.candidates else ""
    messages.success(request, f"已纳入“{taken.batch.title}”{taken.added}家{also}")
    return taken


def _narrowed(proposals: Sequence[Proposed], request: HttpRequest) -> list[Proposed]:
    """Keep what the filters of the address ask for."""
    county, reason = request.GET.get("county", ""), request.GET.get("reason", "")
    stand = request.GET.get("stand", "")
    kept = (one for one in proposals if county in ("", one.firm.county))
    kept = (one for one in kept if not reason or reason in {why.reason for why in one.reasons})
    return [one for one in kept if stand in ("", _stand(one))]


def _stand(one: Proposed) -> str:
    if one.firm.listed is not None:
        return "listed"
    return "under_way" if one.under_way else "open"


def _figures(proposals: Sequence[Proposed]) -> dict[str, int]:
    counted = dict.fromkeys((key for key, _ in STANDS), 0)
    for one in proposals:
        counted[_stand(one)] += 1
    return counted


def _proposal_file(city: Region, year: int, shown: Sequence[Proposed]) -> HttpResponseBase:
    firms = queries.named(one.firm.id for one in shown)
    content = files.proposal_book(city.name, year, shown, firms)
    return downloads.attachment(
        content, f"{city.short_name}{year}年度建议名单.xlsx", downloads.XLSX
    )


@require_GET
def due(request: HttpRequest) -> HttpResponseBase:
    """Show the double_toxic firms of a city with the exact day of their next audit."""
    standing = acting(request, *access.READERS)
    city = access.city_read(standing, request.GET.get("city", ""))
    county, within = request.GET.get("county", ""), request.GET.get("within", "")
    everything = queries.due_list(city.code, by=standing)
    lines = [
        line
        for line in everything
        if county in ("", line.firm.county) and within in ("", _within(line))
    ]
    if request.GET.get("format") == "xlsx":
        firms = queries.named(line.firm.id for line in lines)
        content = files.due_book(city.name, clock.today(), lines, firms)
        name = f"{city.short_name}“双有”企业审核间隔期清单.xlsx"
        return downloads.attachment(content, name, downloads.XLSX)
    rounds = Round.objects.filter(pk__in=[line.round for line in lines])
    page = tables.page(
        rounds.select_related("enterprise__county"), ("accepted_on", "id"), request, total=True
    )
    by_round = {line.round: line for line in lines}
    counted = dict.fromkeys((key for key, _ in WITHIN), 0)
    for line in everything:
        counted[_within(line)] += 1
    context = {
        "city": city,
        "cities": cities_offered(standing),
        "counties": queries.places(city.code),
        "within": WITHIN,
        "page": page,
        "rows": [(audit, by_round[audit.pk]) for audit in page.rows],
        "left": files.left,
        "years": queries.double_toxic_years(clock.today()),
        "today": clock.today(),
        "figures": counted,
        "asked": request.GET,
        "file": tables.changed(request, format="xlsx"),
    }
    return render(request, "candidates/due.html", context)


def _within(line: Due) -> str:
    today = clock.today()
    if line.due_on < today:
        return "overdue"
    return "year" if line.due_on.year == today.year else "later"


@require_GET
def coverage(request: HttpRequest) -> HttpResponse:
    """Count the key enterprises by city and level; every number opens its records."""
    standing = acting(request, *access.READERS)
    year = asked.year(request)
    found = queries.coverage(year, by=standing)
    cities = territory.cities(standing.province)
    if standing.role is Role.CITY:
        cities = [city for city in cities if city.code == standing.city]
    columns = [(level, figure) for level in Vocs for figure in Figure]
    context: dict[str, Any] = {
        "year": year,
        "years": asked.years(year),
        "cities": cities,
        "levels": list(Vocs),
        "columns": columns,
        "heads": ["地市", *({"label": figure.label, "kind": "num"} for _, figure in columns)],
        "groups": [("", 1), *((f"{level.label}重点监管企业", len(Figure)) for level in Vocs)],
        "count": found.count,
        "interval": found.years,
        "today": clock.today(),
        "whole": standing.role is Role.PROVINCE,
    }
    return render(request, "candidates/coverage.html", context)


@require_GET
def coverage_records(request: HttpRequest, level: str, figure: str) -> HttpResponse:
    """List the key enterprises behind one figure."""
    standing = acting(request, *access.READERS)
    if level not in set(Vocs) or figure not in set(Figure):
        raise Http404
    year, code = asked.year(request), request.GET.get("city", "")
    city = access.city_read(standing, code) if code or standing.role is Role.CITY else None
    found = queries.coverage(year, by=standing)
    ids = found.ids(Figure(figure), level, city.code if city else "")
    rows = KeyEnterprise.objects.filter(pk__in=ids).select_related("city", "county")
    context = {
        "title": f"{Vocs(level).label}重点监管企业：{Figure(figure).label}",
        "place": city.name if city else "全省",
        "year": year,
        "page": tables.page(rows, ("city_id", "id"), request, total=True),
        "accepted": found.accepted,
        "listed": found.listed,
    }
    return render(request, "candidates/coverage_records.html", context)
