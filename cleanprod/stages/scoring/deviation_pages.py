"""The page on which the province sees the panels that deviate."""

from decimal import Decimal

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked
from cleanprod.stages.scoring import access, deviating
from cleanprod.stages.scoring.deviating import Held, Terms
from cleanprod.stages.scoring.models import Sitting
from cleanprod.stages.scoring.rules import Purpose, State


@require_GET
def deviations(request: HttpRequest) -> HttpResponse:
    """Show the sittings of a year whose scores deviate, and every city beside the others."""
    standing = acting(request, Role.PROVINCE)
    year = asked.year(request)
    said = request.GET.get("purpose", "")
    purpose = Purpose(said) if said in set(Purpose) else Purpose.ACCEPTANCE
    sittings = access.visible_to(standing).filter(
        state=State.CONFIRMED, purpose=purpose, held_on__year=year
    )
    rows = sittings.annotate(number=Count("members")).order_by("pk")
    held = [
        Held(pk, city, points, spread or Decimal(0), number)
        for pk, city, points, spread, number in rows.values_list(
            "pk", "round__city_id", "mean", "spread", "number"
        )
        if points is not None
    ]
    rule = rulebook.value("scoring.deviations", on=clock.today())
    terms = Terms(int(rule.value["least"]), Decimal(rule.value["spreads"]))
    marked = deviating.deviating(held, terms)
    found = Sitting.objects.filter(pk__in=marked).select_related("round__city")
    context = {
        "year": year,
        "purpose": purpose,
        "purposes": Purpose.choices(),
        "rule": rule,
        "held": len(held),
        "usual": [deviating.said(one) for one in deviating.usual(held) or ()],
        "rows": [(one, marked[one.pk]) for one in found.order_by("-held_on", "pk")],
        "cities": deviating.by_city(held, marked),
        "names": {one.code: one.short_name for one in territory.cities(standing.province)},
    }
    return render(request, "scoring/deviations.html", context)
