"""Who reads samples and values, who re-checks, contests and decides. Internal until adopted."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.accuracy.models import Item, Sample
from cleanprod.stages.accuracy.rules import LIFECYCLE, Act, Stage, Who
from cleanprod.stages.audits import access as audits

DESKS = (Role.PROVINCE, Role.CITY, Role.SUPPORT)
READERS = (*DESKS, Role.ENTERPRISE)
CHECKERS = frozenset({Role.PROVINCE, Role.SUPPORT})


def visible_to(standing: Standing | None) -> QuerySet[Sample]:
    """Return the samples this person may open: the province's helpers all, a city its own."""
    samples = Sample.objects.all()
    if standing is None:
        return samples.none()
    if standing.role is Role.SUPPORT:
        return samples
    if standing.role is Role.PROVINCE:
        return samples.filter(city__parent=standing.province)
    if standing.role is Role.CITY:
        return samples.filter(city=standing.city)
    return samples.none()


def get_or_404(standing: Standing | None, pk: int) -> Sample:
    """Return one visible sample; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def items_visible_to(standing: Standing | None) -> QuerySet[Item]:
    """Return the drawn values this person may read; an enterprise those of its own rounds."""
    if standing is not None and standing.role is Role.ENTERPRISE:
        return Item.objects.filter(round__in=audits.visible_to(standing))
    return Item.objects.filter(sample__in=visible_to(standing))


def item_or_404(standing: Standing | None, pk: int) -> Item:
    """Return one visible value; not yours and not there answer alike."""
    found = (
        items_visible_to(standing)
        .filter(pk=pk)
        .select_related("sample__city", "round", "evidence")
        .first()
    )
    if found is None:
        raise Http404
    return found


def who(standing: Standing, item: Item) -> frozenset[Who]:
    """Return the parts a person has in a drawn value."""
    parts = set()
    if standing.role in CHECKERS:
        parts.add(Who.CHECKER)
    # Who found the value wrong does not decide about it.
    if standing.role is Role.PROVINCE and item.checker_id != standing.person_id:
        parts.add(Who.PROVINCE)
    if {Part.ENTERPRISE, Part.LEAD} & audits.parts(standing, item.round):
        parts.add(Who.OWNER)
    return frozenset(parts)


def moves(standing: Standing, item: Item) -> frozenset[Act]:
    """Return what this person may do to the value now; nothing once the sample is frozen."""
    if item.sample.frozen_on is not None:
        return frozenset()
    return frozenset(move.act for move in LIFECYCLE.open_to(Stage(item.stage), who(standing, item)))
