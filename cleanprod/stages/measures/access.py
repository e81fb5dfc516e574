"""Who may read the performance sheet of a round, and who may do what with it."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts import access as experts
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import LIFECYCLE, Act, State
from cleanprod.stages.registration import access as registration


def visible_to(standing: Standing | None) -> QuerySet[Sheet]:
    """Return the sheets of the rounds that this person may open."""
    return Sheet.objects.filter(round__in=audits.visible_to(standing).order_by().values("pk"))


def round_or_404(standing: Standing, pk: int) -> Round:
    """Return a round whose numbers this person may read; an expert those of the own panels."""
    if standing.role is not Role.EXPERT:
        return registration.round_or_404(standing, pk)
    found = experts.rounds_to_review(standing).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def home(standing: Standing, audit: Round) -> str:
    """Return the address of the round's own page; an expert has none."""
    return "" if standing.role is Role.EXPERT else f"/rounds/{audit.pk}/"


def moves(standing: Standing | None, audit: Round, sheet: Sheet | None) -> frozenset[Act]:
    """Return what this person may do to the sheet of a round now, an engaged consultant too."""
    if standing is None:
        return frozenset()
    state = State(sheet.state) if sheet else State.OPEN
    found = LIFECYCLE.open_to(state, audits.parts(registration.as_whom(standing, audit), audit))
    acts = {move.act for move in found}
    return frozenset(acts - {Act.CONFIRM} if sheet is None else acts)
