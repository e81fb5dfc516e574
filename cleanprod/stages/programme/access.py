"""Who may see targets, lists and entries, and which part they have in a list."""

from django.db.models import Max, Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing, parts_in
from cleanprod.stages.programme.models import Batch, Entry, Settlement
from cleanprod.stages.programme.rules import BATCH_LIFECYCLE, ROLLABLE, BatchAct, BatchStage


def visible_to(standing: Standing | None) -> QuerySet[Batch]:
    """Return the lists this person may open: drafts within the city, published ones by scope."""
    lists = Batch.objects.all()
    if standing is None:
        return lists.none()
    published = Q(stage=BatchStage.PUBLISHED)
    if standing.role is Role.PROVINCE:
        return lists.filter(published, city__parent=standing.province)
    if standing.role is Role.CITY:
        return lists.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        scope = lists.filter(published, city=standing.city)
        return scope.filter(lead=standing.line) if standing.line else scope
    return lists.none()


def published() -> QuerySet[Batch]:
    """Return the lists that everybody may read."""
    return Batch.objects.filter(stage=BatchStage.PUBLISHED)


def entries_visible_to(standing: Standing | None) -> QuerySet[Entry]:
    """Return the entries this person may read."""
    entries = Entry.objects.filter(batch__in=visible_to(standing))
    if standing is not None and standing.role is Role.COUNTY:
        return entries.filter(county=standing.county)
    return entries


def rollable_into(batch: Batch) -> QuerySet[Entry]:
    """Return the rows of earlier lists that may roll into this one: failed or deferred there.

    They are of the same city and lead, and no later published list names the firm again.
    """
    # The newest row of each firm is found first and by itself: as part of one question the
    # database may ask it again for every row, for minutes, where it has not counted its tables.
    published = Entry.objects.filter(
        batch__city=batch.city_id, batch__stage=BatchStage.PUBLISHED
    ).exclude(batch=batch)
    newest = published.order_by().values("enterprise").annotate(newest=Max("pk"))
    return published.filter(
        pk__in=list(newest.values_list("newest", flat=True)),
        batch__lead=batch.lead,
        batch__published_on__lte=batch.published_on,
        state__in=ROLLABLE,
    ).exclude(enterprise__in=Entry.objects.filter(batch=batch).values("enterprise_id"))


def get_or_404(standing: Standing | None, pk: int) -> Batch:
    """Return one visible list; not yours and not there answer alike."""
    batch = visible_to(standing).filter(pk=pk).select_related("city").first()
    if batch is None:
        raise Http404
    return batch


def settlement_or_404(standing: Standing, pk: int) -> Settlement:
    """Return an agreement of one's own city; both departments may open it."""
    told = Settlement.objects.filter(pk=pk, city=standing.city).first()
    if told is None or standing.role is not Role.CITY:
        raise Http404
    return told


def parts(standing: Standing, batch: Batch) -> frozenset[Part]:
    """Return the parts this person has in a list."""
    return parts_in(standing, city=batch.city_id, lead=batch.lead)


def may(standing: Standing | None, act: BatchAct, batch: Batch) -> bool:
    """Tell whether this person may do this to the list now."""
    if standing is None:
        return False
    moves = BATCH_LIFECYCLE.open_to(BatchStage(batch.stage), parts(standing, batch), batch.joint)
    return any(move.act is act for move in moves)
