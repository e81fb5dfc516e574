"""Reads of organisations that several slices need."""

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Known

_KNOWN = """
    SELECT id, name, comparable, code, code_state, coalesce(city_id, '')
      FROM organisations_organisation
     WHERE kind = %s AND merged_into_id IS NULL AND {} = ANY(%s) ORDER BY id
"""


def known_enterprises(codes: Collection[str], names: Collection[str]) -> list[Known]:
    """Return the enterprises that carry one of the codes or comparable names, in two reads.

    Arrays keep the statement short: 10,000 parameters would cost more than the search.
    """
    found: dict[int, Known] = {}
    with connection.cursor() as cursor:
        for column, wanted in (("code", codes), ("comparable", names)):
            cursor.execute(_KNOWN.format(column), [Kind.ENTERPRISE.value, list(wanted)])
            found |= {row[0]: Known(*row) for row in cursor.fetchall()}
    return [found[pk] for pk in sorted(found)]


def people_of(organisations: "Collection[int] | QuerySet[Any, int]") -> list[tuple[int, int, str]]:
    """Return (organisation, person, mail address) of all who act for organisations today.

    For one that was merged into another these are the people of the other.
    """
    own = Membership.objects.filter(organisation__in=organisations, until=None)
    heirs = Organisation.objects.filter(
        pk__in=organisations,
        merged_into__memberships__until=None,
        merged_into__memberships__person__isnull=False,
    )
    acts = "merged_into__memberships__person"
    people = own.values_list("organisation_id", "person_id", "person__email").union(
        heirs.values_list("pk", f"{acts}_id", f"{acts}__email")
    )
    return sorted(people)


def authority(*, line: str, city: str = "", county: str = "") -> Organisation | None:
    """Return the department of a line at a place; without a city, of the province."""
    return (
        Organisation.objects.filter(
            kind=Kind.AUTHORITY, line=line, city=city or None, county=county or None
        )
        .order_by("pk")
        .first()
    )


def department(city: str, line: str) -> Organisation | None:
    """Return the city's own department of a line, none of its counties."""
    found = Organisation.objects.authorities().filter(city=city, line=line, county=None)
    return found.order_by("pk").first()


def staff_of(city: str, line: str) -> list[tuple[int, str]]:
    """Return (person, mail address) of all in the city's own department of a line."""
    office = department(city, line)
    return [(person, mail) for _, person, mail in people_of([office.pk])] if office else []
