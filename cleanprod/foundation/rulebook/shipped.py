"""The provisions that come with the package."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction

from cleanprod.foundation.rulebook.models import Provision
from cleanprod.kernel.period import Period

FILE = Path(__file__).parent / "data" / "provisions.json"


@transaction.atomic
def load(model: type[Provision] = Provision) -> int:
    """Add the shipped provisions that are not there and return how many were added.

    What is there stays as it is: a shipped row that would begin on the same day as another of its
    key, or share a day with one, is left out, since an administrator decided otherwise. A
    migration passes its own model.
    """
    periods: dict[str, list[Period]] = {}
    for row in model.objects.all():
        periods.setdefault(row.key, []).append(Period(row.effective_from, row.effective_to))
    added = []
    for entry in json.loads(FILE.read_text(encoding="utf-8")):
        start, end = date.fromisoformat(entry["effective_from"]), entry["effective_to"]
        period = Period(start, date.fromisoformat(end) if end else None)
        others = periods.setdefault(entry["key"], [])
        if any(period.overlaps(other) for other in others):
            continue
        others.append(period)
        days = {"effective_from": period.start, "effective_to": period.end}
        added.append(model(**entry | days, version=len(others)))
    model.objects.bulk_create(added)
    return len(added)
