"""For whom a person acts, and which organisations that person may see."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Role, Standing


def standing_of(person: Person, membership_id: int | None = None) -> Standing | None:
    """Return the standing of a person in the membership named, else in the first live one."""
    live = (
        Membership.objects.filter(person=person, until=None)
        .select_related("organisation")
        .order_by("pk")
    )
    chosen = live.filter(pk=membership_id).first() if membership_id else None
    membership = chosen or live.first()
    if membership is None:
        return None
    office = membership.organisation
    return Standing(
        person_id=person.pk,
        person_name=person.name,
        role=Role(membership.role),
        office_id=office.pk,
        office_name=office.name,
        line=Line(office.line) if office.line else None,
        province=office.province,
        city=office.city_id or "",
        county=office.county_id or "",
    )


def visible_to(standing: Standing | None) -> QuerySet[Organisation]:
    """Return the organisations this person may look up: their own, and those of their territory.

    Administrators look after all of them, except records that were merged into another.
    """
    everything = Organisation.objects.all()
    if standing is None:
        return everything.none()
    if standing.role is Role.ADMIN:
        return everything.filter(merged_into=None)
    own = Q(pk=standing.office_id)
    if standing.role is Role.PROVINCE:
        return everything.filter(own | Q(province=standing.province))
    if standing.role is Role.CITY:
        return everything.filter(own | Q(city=standing.city))
    if standing.role is Role.COUNTY:
        return everything.filter(own | Q(county=standing.county, kind=Kind.ENTERPRISE))
    return everything.filter(own)


def get_or_404(standing: Standing | None, pk: int) -> Organisation:
    """Return one visible organisation; not yours and not there answer alike."""
    organisation = visible_to(standing).filter(pk=pk).first()
    if organisation is None:
        raise Http404
    return organisation
