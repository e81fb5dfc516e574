"""Who may see a sitting, whose scores, and who may act."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.scoring.models import Member, ScoreSheet, Sitting
from cleanprod.stages.scoring.rules import LIFECYCLE, Act, SheetState, State

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE, Role.EXPERT)


def visible_to(standing: Standing | None) -> QuerySet[Sitting]:
    """Return the sittings this person may open.

    County and enterprise learn of a sitting by its confirmed result; a member opens only the
    sittings in which he or she sits.
    """
    sittings = Sitting.objects.all()
    if standing is None:
        return sittings.none()
    if standing.role is Role.EXPERT:
        seats = Member.objects.filter(person=standing.person_id).values("sitting")
        return sittings.filter(pk__in=seats)
    if standing.role not in DESKS:
        return sittings.none()
    found = sittings.filter(round__in=audits.visible_to(standing))
    if standing.role in (Role.COUNTY, Role.ENTERPRISE):
        return found.filter(state=State.CONFIRMED)
    return found


def get_or_404(standing: Standing | None, pk: int) -> Sitting:
    """Return one visible sitting; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("round__city", "round__county")
    sitting = found.first()
    if sitting is None:
        raise Http404
    return sitting


def seat(standing: Standing, sitting: Sitting) -> Member | None:
    """Return this person's own seat in a sitting."""
    if standing.role is not Role.EXPERT:
        return None
    return sitting.members.filter(person=standing.person_id).first()


def moves(standing: Standing, sitting: Sitting) -> frozenset[Act]:
    """Return what this person may do to a sitting now."""
    parts = audits.parts(standing, sitting.round)
    return frozenset(move.act for move in LIFECYCLE.open_to(State(sitting.state), parts))


def keeps(standing: Standing, sitting: Sitting) -> bool:
    """Tell whether this person may follow the scoring: lead, province, members."""
    parts = audits.parts(standing, sitting.round)
    return not parts.isdisjoint({Part.LEAD, Part.PROVINCE}) or seat(standing, sitting) is not None


def sees_scores(standing: Standing, sitting: Sitting) -> bool:
    """Tell whether the single scores are open to this person: never before all are in."""
    return keeps(standing, sitting) and all_in(sitting)


def all_in(sitting: Sitting) -> bool:
    """Tell whether every member signed the own scores."""
    return not sitting.members.filter(signed_at=None).exists()


def sheets_visible_to(standing: Standing | None) -> QuerySet[ScoreSheet]:
    """Return the loaded score sheets: to the province all, to others those in force."""
    if standing is None:
        return ScoreSheet.objects.none()
    if standing.role is Role.PROVINCE:
        return ScoreSheet.objects.all()
    return ScoreSheet.objects.filter(state=SheetState.IN_FORCE)
