"""The provisions and special days that come with the package."""

import json
from datetime import date
from pathlib import Path

from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import transaction

from cleanprod.foundation.rulebook import shipped_days
from cleanprod.kernel.period import Period

FILE = Path(__file__).parent / "data" / "provisions.json"


@transaction.atomic
def load(apps: Apps = installed) -> int:
    """Add the shipped provisions and days that are not there; return how many provisions.

    What is there stays as it is: a shipped row that would begin on the same day as another of its
    key, or share a day with one, is left out, since an administrator decided otherwise.
    """
    shipped_days.load(apps)
    model = apps.get_model("rulebook.Provision")
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
