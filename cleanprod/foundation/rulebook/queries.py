"""Ask what a rule says on a day."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.rulebook.rules import Status
from cleanprod.kernel.errors import Refused


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says on a day; a decision notes `version`, the id of the provision it used."""

    key: str
    value: Any
    unit: str
    title: str
    basis: str
    source: str
    confirmed: bool
    version: int


def value(key: str, *, on: date) -> Rule:
    """Return what the rule says on a day, or refuse if nothing is in force."""
    return values([key], on=on)[key]


def values(keys: Collection[str], *, on: date) -> Mapping[str, Rule]:
    """Return what several rules say on a day in one read, or refuse if one is not in force."""
    found = {
        row.key: as_rule(row)
        for row in in_force(on).filter(key__in=keys).order_by("-effective_from")
    }
    for key in keys:
        if key not in found:
            raise Refused(f"规则库中没有{on}有效的规定“{_title(key)}”，请系统管理员补充")
    return found


def in_force(on: date) -> QuerySet[Provision]:
    """Return the provisions of all keys that hold on a day."""
    still = Q(effective_to=None) | Q(effective_to__gte=on)
    return Provision.objects.filter(still, effective_from__lte=on)


def history(key: str) -> QuerySet[Provision]:
    """Return all versions of a rule, the earliest first."""
    return Provision.objects.filter(key=key).order_by("effective_from")


def as_rule(row: Provision) -> Rule:
    """Return the provision as its readers get it."""
    return Rule(
        key=row.key,
        value=row.value,
        unit=row.unit,
        title=row.title,
        basis=row.basis,
        source=row.source,
        confirmed=row.status == Status.CONFIRMED,
        version=row.pk,
    )


def _title(key: str) -> str:
    titles = history(key).values_list("title", flat=True)
    return titles.last() or key
