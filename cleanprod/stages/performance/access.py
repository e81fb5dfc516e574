"""Who may see which indicator systems: the ones in force everybody, the others their keepers."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SYSTEM_LIFECYCLE, SystemAct, SystemStage

KEEPERS = (Role.PROVINCE, Role.ADMIN)


def visible_to(standing: Standing | None) -> QuerySet[IndicatorSystem]:
    """Return the systems this person may open."""
    systems = IndicatorSystem.objects.all()
    if standing is None:
        return systems.none()
    if standing.role in KEEPERS:
        return systems
    return systems.filter(stage=SystemStage.IN_FORCE)


def get_or_404(standing: Standing | None, pk: int) -> IndicatorSystem:
    """Return one visible system; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("file").first()
    if found is None:
        raise Http404
    return found


def acts(standing: Standing, kept: IndicatorSystem) -> frozenset[SystemAct]:
    """Return what this person may do to a system now."""
    moves = SYSTEM_LIFECYCLE.open_to(SystemStage(kept.stage), {standing.role})
    return frozenset(move.act for move in moves)
