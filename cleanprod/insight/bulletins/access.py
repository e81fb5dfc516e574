"""Who may read and open data checks, snapshots and bulletins."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.insight.bulletins.models import Bulletin, DataCheck, Snapshot
from cleanprod.insight.bulletins.rules import LIFECYCLE, Act, State

CHECKERS = (Role.PROVINCE, Role.CITY)
READERS = (Role.PROVINCE, Role.CITY, Role.SUPPORT)


def checks_visible_to(standing: Standing | None) -> QuerySet[DataCheck]:
    """Return the data checks this person takes part in."""
    if standing is None or standing.role not in CHECKERS:
        return DataCheck.objects.none()
    return DataCheck.objects.all()


def snapshots_visible_to(standing: Standing | None) -> QuerySet[Snapshot]:
    """Return the snapshots this person may open: the province's own working papers."""
    if standing is None or standing.role is not Role.PROVINCE:
        return Snapshot.objects.none()
    return Snapshot.objects.all()


def visible_to(standing: Standing | None) -> QuerySet[Bulletin]:
    """Return the bulletins this person may open: drafts within the province, issued ones the
    cities they are addressed to and the bodies they are copied to."""
    if standing is None or standing.role not in READERS:
        return Bulletin.objects.none()
    bulletins = Bulletin.objects.all()
    if standing.role is Role.PROVINCE:
        return bulletins
    return bulletins.filter(Q(state=State.ISSUED))


def check_or_404(standing: Standing | None, pk: int) -> DataCheck:
    """Return one data check; not yours and not there answer alike."""
    found = checks_visible_to(standing).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def snapshot_or_404(standing: Standing | None, pk: int) -> Snapshot:
    """Return one snapshot; not yours and not there answer alike."""
    found = snapshots_visible_to(standing).filter(pk=pk).select_related("check_of").first()
    if found is None:
        raise Http404
    return found


def get_or_404(standing: Standing | None, pk: int) -> Bulletin:
    """Return one visible bulletin; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("snapshot", "scan").first()
    if found is None:
        raise Http404
    return found


def parts(standing: Standing | None) -> frozenset[Part]:
    """Return the part this person has in bulletins."""
    province = standing is not None and standing.role is Role.PROVINCE
    return frozenset({Part.PROVINCE}) if province else frozenset()


def moves(standing: Standing | None, bulletin: Bulletin) -> frozenset[Act]:
    """Return what this person may do to the bulletin now; the page draws its buttons from it."""
    return frozenset(move.act for move in LIFECYCLE.open_to(State(bulletin.state), parts(standing)))
