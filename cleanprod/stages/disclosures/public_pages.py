"""What everybody reads of publications, without signing in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, tables
from cleanprod.stages.disclosures import access, queries
from cleanprod.stages.disclosures.models import Edition
from cleanprod.stages.disclosures.rules import Kind, for_public


@login_not_required
@require_GET
def publications(request: HttpRequest) -> HttpResponse:
    """Show what was published, the newest first, by name, city, year and kind."""
    found = access.public().select_related("round__city")
    year = asked.whole(request.GET.get("year", ""))
    if year is not None and year in asked.YEARS:
        found = found.filter(round__list_year=year)
    if city := tables.tidy(request.GET.get("city")):
        found = found.filter(round__city=city)
    kind = request.GET.get("kind", "")
    if kind in set(Kind):
        found = found.filter(kind=kind)
    found = tables.search(found, request.GET.get("q"), ("round__name", "round__code"))
    context = {
        "page": tables.page(found, ("-latest_on", "id"), request),
        "cities": [(one.code, one.name) for one in territory.cities(settings.PROVINCE_CODE)],
        "years": asked.years(),
        "kinds": Kind.choices(),
        "asked": request.GET,
        "yearly": queries.yearly_link(),
    }
    return render(request, "disclosures/public.html", context)


@login_not_required
@require_GET
def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all that an enterprise published of one round: what stands, and the versions before."""
    audit = access.public_or_404(pk)
    found = {one.kind: one for one in access.public().filter(round=audit)}
    rows = Edition.objects.filter(publication__in=[one.pk for one in found.values()])
    editions: dict[int, list[Edition]] = {}
    for one in rows.select_related("publication").order_by("-number"):
        editions.setdefault(one.publication_id, []).append(one)
    told = [
        (kind, [(one, for_public(one.told)) for one in editions[found[kind].pk]])
        for kind in Kind
        if kind in found
    ]
    return render(request, "disclosures/public_round.html", {"audit": audit, "told": told})
