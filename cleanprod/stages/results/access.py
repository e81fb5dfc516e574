"""Who may read batches of results, what the public sees, and who may do what."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing, parts_in
from cleanprod.stages.audits import access as audits
from cleanprod.stages.results.models import Batch, Certificate, Line, Objection
from cleanprod.stages.results.rules import LIFECYCLE, OUT, PUBLIC, Act, State

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY)


def visible_to(standing: Standing | None) -> QuerySet[Batch]:
    """Return the batches this person may open; a draft is the business of its city alone.

    A batch that was stopped stays readable where it was made.
    """
    batches = Batch.objects.all()
    if standing is None:
        return batches.none()
    if standing.role is Role.CITY:
        return batches.filter(city=standing.city)
    if standing.role is Role.PROVINCE:
        return batches.filter(city__parent=standing.province, state__in=PUBLIC)
    if standing.role is Role.COUNTY:
        return batches.filter(city=standing.city, state__in=PUBLIC)
    return batches.none()


def get_or_404(standing: Standing | None, pk: int) -> Batch:
    """Return one visible batch; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("city", "scan").first()
    if found is None:
        raise Http404
    return found


def parts(standing: Standing, batch: Batch) -> frozenset[Part]:
    """Return the parts this person has in a batch; only a joint one concerns the partner."""
    found = parts_in(standing, city=batch.city_id, lead=batch.lead)
    return found if batch.joint else found - {Part.PARTNER}


def moves(standing: Standing, batch: Batch) -> frozenset[Act]:
    """Return what this person may do to the batch now."""
    acts = {move.act for move in LIFECYCLE.open_to(State(batch.state), parts(standing, batch))}
    if batch.cosigned_on is not None:
        acts.discard(Act.COSIGN)
    return frozenset(acts)


def public() -> QuerySet[Batch]:
    """Return what everybody may read: batches in publicity and announced ones."""
    return Batch.objects.filter(state__in=PUBLIC)


def public_or_404(pk: int) -> Batch:
    """Return one public batch; a draft and one that is not there answer alike."""
    found = public().filter(pk=pk).select_related("city").first()
    if found is None:
        raise Http404
    return found


def objections_visible_to(standing: Standing | None) -> QuerySet[Objection]:
    """Return the objections this person may read; they name people, so only the lead may."""
    if standing is None or standing.role is not Role.CITY:
        return Objection.objects.none()
    return Objection.objects.filter(batch__city=standing.city, batch__lead=standing.line)


def objection_or_404(standing: Standing | None, pk: int) -> Objection:
    """Return one visible objection; not yours and not there answer alike."""
    found = (
        objections_visible_to(standing)
        .filter(pk=pk)
        .select_related("batch__city", "line__round")
        .first()
    )
    if found is None:
        raise Http404
    return found


def certificate_or_404(standing: Standing | None, pk: int) -> Certificate:
    """Return the certificate of a visible batch or of one's own round."""
    mine = Q(line__round__in=audits.visible_to(standing), line__batch__state__in=OUT)
    found = (
        Certificate.objects.filter(mine | Q(line__batch__in=visible_to(standing)))
        .filter(pk=pk)
        .select_related("line__round", "line__batch__city", "receipt")
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_results(standing: Standing, round_id: int) -> QuerySet[Line]:
    """Return in which public batches a round stands, for whoever may open the round."""
    rounds = audits.visible_to(standing).filter(pk=round_id)
    return Line.objects.filter(round__in=rounds, batch__state__in=PUBLIC, live=True)
