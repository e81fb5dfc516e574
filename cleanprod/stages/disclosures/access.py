"""Who may read, draft, publish and check publications, and what everybody may read."""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures.models import Edition, Publication
from cleanprod.stages.disclosures.rules import (
    LIFECYCLE,
    OUT,
    Act,
    Cell,
    Kind,
    State,
    for_partner,
    kinds_of,
)
from cleanprod.stages.materials import access as materials
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.registration.rules import Scope

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY)
READERS = (*DESKS, *materials.OWNERS)


def rounds(standing: Standing | None) -> QuerySet[Round]:
    """Return the rounds whose publications this person may read, drafts and secrets aside."""
    if standing is None or standing.role not in READERS:
        return Round.objects.none()
    return materials.rounds(standing)


def round_or_404(standing: Standing | None, pk: int) -> Round:
    """Return one round; not yours and not there answer alike."""
    found = (
        rounds(standing)
        .filter(pk=pk)
        .select_related("city", "county", "entry__batch", "enterprise")
        .first()
    )
    if found is None:
        raise Http404
    return found


def kind_or_404(audit: Round, text: str) -> Kind:
    """Return a kind that the enterprise of this round publishes."""
    if text not in set(Kind) or Kind(text) not in kinds_of(AuditKind(audit.kind)):
        raise Http404
    return Kind(text)


def edition_or_404(standing: Standing | None, pk: int) -> Edition:
    """Return one published version of a round that this person may read."""
    found = (
        Edition.objects.filter(pk=pk, publication__round__in=rounds(standing))
        .select_related(
            "publication__round__city", "publication__round__county",
            "publication__round__enterprise", "verdict", "proof",
        )
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def may_draft(standing: Standing, audit: Round) -> bool:
    """Tell whether this person drafts: the enterprise, or a consultancy engaged to fill in."""
    return materials.maker(standing, audit, Scope.FILL) is not None


def may_publish(standing: Standing, audit: Round) -> bool:
    """Tell whether this person publishes: the enterprise, or a consultancy engaged to submit."""
    return materials.maker(standing, audit, Scope.SUBMIT) is not None


def verdicts(standing: Standing, edition: Edition) -> frozenset[Act]:
    """Return what this person may decide about a version now; only the current one waits."""
    publication = edition.publication
    if publication.number != edition.number:
        return frozenset()
    parts = audits.parts(standing, publication.round) & {Part.LEAD}
    moves = LIFECYCLE.open_to(State(publication.state), parts, Kind(publication.kind))
    return frozenset(move.act for move in moves)


def readable(standing: Standing, edition: Edition) -> list[Cell]:
    """Return the fields as this person may read them."""
    if Part.PARTNER in audits.parts(standing, edition.publication.round):
        return for_partner(edition.told)
    return edition.told


def public() -> QuerySet[Publication]:
    """Return the publications that everybody may read."""
    return Publication.objects.filter(state__in=OUT)


def public_or_404(round_id: int) -> Round:
    """Return a round of which something was published."""
    found = (
        Round.objects.filter(pk=round_id, pk__in=public().values("round"))
        .select_related("city", "county")
        .first()
    )
    if found is None:
        raise Http404
    return found
