"""The page on which the province sees the panels that deviate: by scores, by origin."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked
from cleanprod.stages.experts import queries as experts
from cleanprod.stages.hearings import access, queries
from cleanprod.stages.hearings.models import Offline
from cleanprod.stages.hearings.rules import PURPOSES
from cleanprod.stages.scoring import access as sittings
from cleanprod.stages.scoring import deviating
from cleanprod.stages.scoring.deviating import Held, Terms
from cleanprod.stages.scoring.rules import Purpose, State


@dataclass(frozen=True, slots=True)
class Told:
    """One review as the page shows it, with what is compared."""

    held: Held
    firm: str
    on: date
    address: str


@require_GET
def deviations(request: HttpRequest) -> HttpResponse:
    """Show the reviews of a year that deviate, and every city beside the others."""
    standing = acting(request, Role.PROVINCE)
    year = asked.year(request)
    said = request.GET.get("purpose", "")
    purpose = Purpose(said) if said in set(Purpose) else Purpose.ACCEPTANCE
    told = [*_by_sitting(standing, year, purpose), *_on_paper(standing, year, purpose)]
    held = [one.held for one in told]
    rule = rulebook.value("scoring.deviations", on=clock.today())
    terms = Terms(int(rule.value["least"]), Decimal(rule.value["spreads"]))
    marked = deviating.deviating(held, terms)
    rows = [(one, marked[one.held.id]) for one in told if one.held.id in marked]
    context = {
        "year": year,
        "years": asked.years(),
        "purpose": purpose,
        "purposes": Purpose.choices(),
        "rule": rule,
        "held": len(held),
        "usual": [deviating.said(one) for one in deviating.usual(held) or ()],
        "rows": sorted(rows, key=lambda row: row[0].on, reverse=True),
        "cities": deviating.by_city(held, marked),
        "names": {one.code: one.short_name for one in territory.cities(standing.province)},
        "composed": experts.composed_otherwise(year),
        "irregular": queries.irregular_entries(standing, year),
    }
    return render(request, "hearings/deviations.html", context)


def _by_sitting(standing: Standing, year: int, purpose: Purpose) -> list[Told]:
    rows = sittings.visible_to(standing).filter(
        state=State.CONFIRMED, purpose=purpose, held_on__year=year, mean__isnull=False
    )
    rows = rows.annotate(number=Count("members")).order_by("pk")
    return [
        Told(
            Held(f"s{pk}", city, points or Decimal(0), spread or Decimal(0), number), name, on,
            reverse("scoring:sitting", args=[pk]),
        )
        for pk, city, points, spread, number, name, on in rows.values_list(
            "pk", "round__city_id", "mean", "spread", "number", "round__name", "held_on"
        )
    ]  # fmt: skip


def _on_paper(standing: Standing, year: int, purpose: Purpose) -> list[Told]:
    steps = [step.value for step, one in PURPOSES.items() if one is purpose]
    rows = Offline.objects.filter(
        hearing__in=access.visible_to(standing).filter(step__in=steps),
        verified_on__isnull=False, held_on__year=year, mean__isnull=False,
    ).select_related("hearing__round")  # fmt: skip
    found = []
    for one in rows.order_by("pk"):
        totals = [Decimal(voter["total"]) for voter in one.voters]
        held = Held(
            f"p{one.pk}", one.hearing.round.city_id, one.mean or Decimal(0),
            max(totals) - min(totals), len(totals),
        )  # fmt: skip
        address = reverse("hearings:hearing", args=[one.hearing_id])
        found.append(Told(held, one.hearing.round.name, one.held_on, address))
    return found
