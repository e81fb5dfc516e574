"""Who may see requests, contacts, codes and engagements, and which part they have in them."""

from typing import TypeVar

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Part, Role, Standing, parts_in
from cleanprod.kernel.lifecycle import Lifecycle
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.registration.models import Change, Engagement, Request, Reset, Wish
from cleanprod.stages.registration.rules import Asked, Decision, Scope, includes, may_issue

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY)
R = TypeVar("R", bound=Request)


def _in_territory(rows: QuerySet[R], standing: Standing | None) -> QuerySet[R]:
    """Return the requests of a person's territory; a county exactly its own, of its line."""
    if standing is None:
        return rows.none()
    if standing.role is Role.PROVINCE:
        return rows.filter(city__parent=standing.province)
    if standing.role is Role.CITY:
        return rows.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        scope = rows.filter(county=standing.county)
        return scope.filter(lead=standing.line) if standing.line else scope
    return rows.none()


def resets_visible_to(standing: Standing | None) -> QuerySet[Reset]:
    """Return the requests for a new claim code that this person may open.

    They carry personal papers, so that of the city only the department that leads reads them.
    """
    rows = _in_territory(Reset.objects.all(), standing)
    if standing is not None and standing.role is Role.CITY:
        return rows.filter(lead=standing.line)
    return rows


def wishes_visible_to(standing: Standing | None) -> QuerySet[Wish]:
    """Return the wishes to join that this person may open."""
    return _in_territory(Wish.objects.all(), standing)


def changes_visible_to(standing: Standing | None) -> QuerySet[Change]:
    """Return the changes that this person may open: an enterprise its own."""
    if standing is not None and standing.role is Role.ENTERPRISE:
        own = Q(enterprise=standing.office_id) | Q(enterprise__merged_into=standing.office_id)
        return Change.objects.filter(own)
    return _in_territory(Change.objects.all(), standing)


def get_or_404(rows: QuerySet[R], pk: int) -> R:
    """Return one of the visible requests; not yours and not there answer alike."""
    found = rows.filter(pk=pk).select_related("city", "county").first()
    if found is None:
        raise Http404
    return found


def parts(standing: Standing, request: Request) -> frozenset[Part]:
    """Return the parts this person has in a request."""
    owner = request.enterprise_id if isinstance(request, Change | Reset) else None
    return parts_in(
        standing, city=request.city_id, lead=request.lead, county=request.county_id or "",
        enterprise=owner,
    )  # fmt: skip


def open_to(
    standing: Standing, request: Request, table: Lifecycle[Asked, Decision, Part]
) -> frozenset[str]:
    """Return what this person may do about a request now."""
    moves = table.open_to(Asked(request.state), parts(standing, request))
    return frozenset(move.act.value for move in moves)


def batch_or_404(standing: Standing, pk: int) -> Batch:
    """Return a published list for which this office issues claim codes."""
    batch = programme.get_or_404(standing, pk)
    issues = may_issue(standing, city=batch.city_id, lead=batch.lead)
    if batch.stage != BatchStage.PUBLISHED or not issues:
        raise Http404
    return batch


def own_enterprise(standing: Standing) -> Organisation:
    """Return the enterprise that a person acts for."""
    found = Organisation.objects.filter(pk=standing.office_id or 0, kind=Kind.ENTERPRISE).first()
    if found is None:
        raise Http404
    return found


def engagements_visible_to(standing: Standing | None) -> QuerySet[Engagement]:
    """Return the engagements this person may open.

    A consultancy sees those that hold today, an enterprise all of its own rounds, a department
    those of its territory.
    """
    rows = Engagement.objects.all()
    if standing is None:
        return rows.none()
    if standing.role is Role.CONSULTANCY:
        return rows.holding(clock.today()).filter(consultancy=standing.office_id)
    if standing.role is Role.ENTERPRISE:
        return rows.filter(round__in=audits.visible_to(standing))
    if standing.role is Role.PROVINCE:
        return rows.filter(round__city__parent=standing.province)
    if standing.role is Role.CITY:
        return rows.filter(round__city=standing.city)
    if standing.role is Role.COUNTY:
        scope = rows.filter(round__county=standing.county)
        return scope.filter(round__lead=standing.line) if standing.line else scope
    return rows.none()


def engaged_or_404(standing: Standing, round_id: int, scope: Scope = Scope.VIEW) -> Engagement:
    """Return the engagement by which a consultancy may do this in a round today."""
    found = (
        engagements_visible_to(standing)
        .filter(round=round_id)
        .select_related("round__city", "round__county", "round__enterprise", "consultancy")
        .first()
    )
    if standing.role is not Role.CONSULTANCY or found is None:
        raise Http404
    if not includes(Scope(found.scope), scope):
        raise Http404
    return found


def round_or_404(standing: Standing, round_id: int) -> Round:
    """Return a round that this person may open, a consultant by the engagement that holds today."""
    if standing.role is Role.CONSULTANCY:
        engaged: Round = engaged_or_404(standing, round_id).round
        return engaged
    return audits.get_or_404(standing, round_id)


def as_whom(standing: Standing, audit: Round, scope: Scope = Scope.FILL) -> Standing:
    """Return as whom this person works in a round: an engaged consultant as the enterprise."""
    if standing.role is Role.CONSULTANCY:
        rows = engagements_visible_to(standing).filter(round=audit)
        for one in rows.select_related("round__enterprise"):
            if includes(Scope(one.scope), scope):
                return on_behalf(standing, one)
    return standing


def on_behalf(standing: Standing, engagement: Engagement) -> Standing:
    """Return the consultant as acting for the enterprise of an engaged round.

    The trail names the person and both organisations. Use it for that round only.
    """
    audit: Round = engagement.round
    return Standing(
        standing.person_id, standing.person_name, Role.ENTERPRISE, audit.enterprise_id,
        f"{audit.enterprise.name}（{standing.office_name}代办）"[:200], city=audit.city_id,
    )  # fmt: skip
