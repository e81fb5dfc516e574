"""Sheets of accepted firms of the whole province: measures of their trade, savings of 1 to 5 %."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from cleanprod.faces.cli.demo import measuring, plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import bringing

_EVERY = 3  # one accepted firm in so many has its sheet in the platform
_LEAST = 4  # but each department so many, where it accepted as many


def load(who: Mapping[str, Standing]) -> None:
    """Bring in the confirmed sheets of firms of every city that accepted any."""
    by_lead: dict[tuple[str, str], list[Round]] = defaultdict(list)
    for audit in Round.objects.filter(accepted_on__isnull=False).order_by("pk"):
        by_lead[audit.city_id, audit.lead].append(audit)
    with clock.fixed(plan.TODAY):
        for (city, lead), rounds in sorted(by_lead.items()):
            random = Random(f"{plan.SEED}:achieving:{city}:{lead}")  # noqa: S311
            wanted = min(len(rounds), max(_LEAST, len(rounds) // _EVERY))
            chosen = random.sample(rounds, wanted)
            sheets = [
                bringing.Brought(
                    audit.pk,
                    _confirmed(random, audit),
                    measuring.measures(random, measuring.firm(random, audit)),
                )
                for audit in chosen
            ]
            bringing.bring_in(sheets, by=who[f"city-{city}-{lead}"])


def _confirmed(random: Random, audit: Round) -> date:
    assert audit.accepted_on is not None  # noqa: S101 - only accepted rounds are asked
    return min(plan.TODAY, audit.accepted_on + timedelta(random.randrange(3, 40)))
