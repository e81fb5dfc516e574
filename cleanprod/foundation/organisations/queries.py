"""Reads of organisations that several slices need."""

from collections.abc import Collection

from django.db.models import Q

from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Known


def known_enterprises(codes: Collection[str], names: Collection[str]) -> list[Known]:
    """Return the enterprises that carry one of the codes or comparable names, in two reads."""
    rows = (
        Organisation.objects.enterprises()
        .filter(Q(code__in=list(codes)) | Q(comparable__in=list(names)))
        .order_by("pk")
        .values_list("pk", "name", "comparable", "code", "code_state", "city_id")
    )
    return [Known(*row[:5], city=row[5] or "") for row in rows.iterator(chunk_size=5000)]


def people_of(organisations: Collection[int]) -> list[tuple[int, int, str]]:
    """Return (organisation, person, mail address) of all live memberships of organisations."""
    return list(
        Membership.objects.filter(organisation__in=organisations, until=None)
        .order_by("organisation_id", "person_id")
        .values_list("organisation_id", "person_id", "person__email")
    )


def authority(*, line: str, city: str = "", county: str = "") -> Organisation | None:
    """Return the department of a line at a place; without a city, of the province."""
    return (
        Organisation.objects.filter(
            kind=Kind.AUTHORITY, line=line, city=city or None, county=county or None
        )
        .order_by("pk")
        .first()
    )
