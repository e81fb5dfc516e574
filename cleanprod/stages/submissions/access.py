"""Who may see submissions and the check before them, and who may submit, declare, return."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Stage
from cleanprod.stages.materials import access as materials
from cleanprod.stages.registration.rules import Scope
from cleanprod.stages.submissions.models import Submission
from cleanprod.stages.submissions.rules import State

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY)
READERS = (*DESKS, *materials.OWNERS)


def round_or_404(standing: Standing, pk: int) -> Round:
    """Return a round whose check this person may read; experts read the materials alone."""
    if standing.role not in READERS:
        raise Http404
    return materials.round_or_404(standing, pk)


def visible_to(standing: Standing | None) -> QuerySet[Submission]:
    """Return the submissions this person may open."""
    if standing is None or standing.role not in READERS:
        return Submission.objects.none()
    return Submission.objects.filter(round__in=materials.rounds(standing))


def get_or_404(standing: Standing | None, pk: int) -> Submission:
    """Return one visible submission; not yours and not there answer alike."""
    found = (
        visible_to(standing)
        .filter(pk=pk)
        .select_related("round__city", "round__county", "round__enterprise", "receipt")
        .first()
    )
    if found is None:
        raise Http404
    return found


def in_state(state: State) -> Q:
    """Return the condition that a submission is in a state, as `Submission.state` tells it."""
    standing = Q(returned_on=None)
    if state is State.RETURNED:
        return Q(returned_on__isnull=False)
    if state is State.UNDONE:
        return standing & Q(round__reported_on=None)
    standing &= Q(round__reported_on__isnull=False)
    submitted = Q(round__stage=Stage.SUBMITTED)
    return standing & (submitted if state is State.WAITING else ~submitted)


def may_submit(standing: Standing, audit: Round) -> bool:
    """Tell whether this person hands in for a round: the enterprise, or who may do so for it."""
    return materials.maker(standing, audit, Scope.SUBMIT) is not None


def declares(standing: Standing, audit: Round) -> bool:
    """Tell whether this person's own organisation declares in a round."""
    if standing.role is Role.CONSULTANCY:
        return any(one.consultancy_id == standing.office_id for one in materials.engagements(audit))
    return materials.maker(standing, audit) is not None


def may_return(standing: Standing, submission: Submission) -> bool:
    """Tell whether this person may send a submission back now."""
    if submission.state not in (State.WAITING, State.TAKEN):
        return False
    return any(move.act is Act.RETURN for move in audits.moves(standing, submission.round))
