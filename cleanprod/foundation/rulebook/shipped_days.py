"""The days of the State Council's calendar as a maintained library knows them."""

from chinese_calendar.constants import holidays, workdays
from django.apps import apps as installed
from django.apps.registry import Apps
from django.db import transaction

from cleanprod.foundation.rulebook.rules import Status

SOURCE = "chinesecalendar（国务院办公厅历年放假安排）"
_NAMES = {
    "New Year's Day": "元旦", "Spring Festival": "春节", "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节", "Dragon Boat Festival": "端午节", "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节", "Anti-Fascist 70th Day": "抗战胜利70周年纪念日",
}  # fmt: skip


@transaction.atomic
def load(apps: Apps = installed) -> int:
    """Add the days of years that have none yet and return how many were added.

    A year that an administrator keeps is left as it is.
    """
    model = apps.get_model("rulebook.SpecialDay")
    kept = set(model.objects.values_list("day__year", flat=True))
    told = {**dict.fromkeys(holidays, False), **dict.fromkeys(workdays, True)}
    names = {**holidays, **workdays}
    added = [
        model(
            day=day, working=working, source=SOURCE, status=Status.UNCONFIRMED,
            note=f"{_NAMES.get(names[day], names[day])}{'调休上班' if working else ''}",
        )
        for day, working in sorted(told.items())
        if day.year not in kept
    ]  # fmt: skip
    model.objects.bulk_create(added)
    return len(added)
