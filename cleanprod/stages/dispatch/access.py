"""Who may see a dispatch, which rows of it, and on which side a person stands."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.dispatch.models import Dispatch, Recipient, Row
from cleanprod.stages.dispatch.rules import (
    DISPATCHES,
    Addressed,
    DispatchAct,
    DispatchStage,
    Side,
)

OPENERS = (Role.PROVINCE, Role.CITY)
RECIPIENTS = (Role.CITY, Role.COUNTY, Role.ENTERPRISE)
ROLES = (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE)


def _whole(standing: Standing) -> Q:
    """Return the condition that a person reads a whole dispatch, all recipients of it.

    Drafts are the opener's own; the other department of the place and the province read the rest.
    """
    given = ~Q(stage=DispatchStage.DRAFT)
    if standing.role is Role.PROVINCE:
        return Q(opener=standing.office_id) | (given & Q(province=standing.province))
    if standing.role is Role.CITY:
        return Q(opener=standing.office_id) | (given & Q(city=standing.city))
    return Q(pk__in=[])


def _asked(standing: Standing) -> Q:
    """Return the condition that a recipient is this person's office; a city reads both lines."""
    if standing.role is Role.CITY:
        return Q(dispatch__addressed=Addressed.CITY, city=standing.city)
    if standing.role is Role.COUNTY:
        own = Q(dispatch__addressed=Addressed.COUNTY, county=standing.county)
        return own & Q(lead=standing.line) if standing.line else own
    if standing.role is Role.ENTERPRISE:
        return Q(enterprise=standing.office_id) | Q(enterprise__merged_into=standing.office_id)
    return Q(pk__in=[])


def visible_to(standing: Standing | None) -> QuerySet[Dispatch]:
    """Return the dispatches this person may open: own ones, those of the place, those asked."""
    if standing is None or standing.role not in ROLES:
        return Dispatch.objects.none()
    asked = Recipient.objects.filter(_asked(standing), dispatch=OuterRef("pk"))
    return Dispatch.objects.filter(
        _whole(standing) | (Exists(asked) & ~Q(stage=DispatchStage.DRAFT))
    )


def get_or_404(standing: Standing | None, pk: int) -> Dispatch:
    """Return one visible dispatch; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("opener", "city").first()
    if found is None:
        raise Http404
    return found


def recipients_visible_to(standing: Standing | None) -> QuerySet[Recipient]:
    """Return the recipients whose rows this person may read: all of a whole one, else one's own."""
    if standing is None or standing.role not in ROLES:
        return Recipient.objects.none()
    whole = Dispatch.objects.filter(_whole(standing), pk=OuterRef("dispatch"))
    return Recipient.objects.filter(Exists(whole) | _asked(standing)).exclude(
        dispatch__stage=DispatchStage.DRAFT
    )


def own_recipients(standing: Standing) -> QuerySet[Recipient]:
    """Return the recipients for which this person answers; of a city only its own line."""
    found = Recipient.objects.filter(_asked(standing))
    return found.filter(lead=standing.line) if standing.role is Role.CITY else found


def recipient_or_404(standing: Standing | None, pk: int) -> Recipient:
    """Return one recipient whose rows may be read; not yours and not there answer alike."""
    found = (
        recipients_visible_to(standing)
        .filter(pk=pk)
        .select_related("dispatch__opener", "enterprise")
        .first()
    )
    if found is None:
        raise Http404
    return found


def row_or_404(standing: Standing | None, pk: int) -> Row:
    """Return one readable row; not yours and not there answer alike."""
    found = (
        Row.objects.filter(pk=pk, recipient__in=recipients_visible_to(standing))
        .select_related("dispatch__opener", "recipient__enterprise", "round", "answer")
        .first()
    )
    if found is None:
        raise Http404
    return found


def sides(
    standing: Standing, dispatch: Dispatch, recipient: Recipient | None = None
) -> frozenset[Side]:
    """Return the sides this person stands on: opens it, or answers for this recipient."""
    found = set()
    if standing.office_id == dispatch.opener_id and standing.role in OPENERS:
        found.add(Side.OPENER)
    if recipient is not None and answers_for(standing, dispatch, recipient):
        found.add(Side.RECIPIENT)
    return frozenset(found)


def answers_for(standing: Standing, dispatch: Dispatch, recipient: Recipient) -> bool:
    """Tell whether this person answers for a recipient."""
    if dispatch.addressed == Addressed.CITY:
        return standing.leads(city=recipient.city_id, lead=recipient.lead)
    if dispatch.addressed == Addressed.COUNTY:
        return (
            standing.role is Role.COUNTY
            and standing.county == recipient.county_id
            and standing.line in (None, recipient.lead)
        )
    firm = recipient.enterprise
    return (
        standing.role is Role.ENTERPRISE
        and firm is not None
        and standing.office_id in (firm.pk, firm.merged_into_id)
    )


def moves(
    standing: Standing, dispatch: Dispatch, recipient: Recipient | None = None
) -> frozenset[DispatchAct]:
    """Return what this person may do now; the pages draw their buttons from it."""
    found = DISPATCHES.open_to(DispatchStage(dispatch.stage), sides(standing, dispatch, recipient))
    return frozenset(move.act for move in found)
