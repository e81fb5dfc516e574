"""Who may see a round, and which part they have in it."""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing, parts_in
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.lifecycle import Move
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import LIFECYCLE, Act, Stage


def visible_to(standing: Standing | None) -> QuerySet[Round]:
    """Return the rounds this person may open: own enterprise, own territory and line."""
    rounds = Round.objects.all()
    if standing is None:
        return rounds.none()
    if standing.role is Role.PROVINCE:
        # The cities themselves, since a join would be asked once for each of a million rounds.
        return rounds.filter(city__in=[one.code for one in territory.cities(standing.province)])
    if standing.role is Role.CITY:
        return rounds.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        scope = rounds.filter(county=standing.county)
        return scope.filter(lead=standing.line) if standing.line else scope
    if standing.role is Role.ENTERPRISE:
        own = Q(enterprise=standing.office_id) | Q(enterprise__merged_into=standing.office_id)
        return rounds.filter(own)
    return rounds.none()


def get_or_404(standing: Standing | None, pk: int) -> Round:
    """Return one visible round; not yours and not there answer alike."""
    found = (
        visible_to(standing)
        .filter(pk=pk)
        .select_related("city", "county", "entry__batch", "enterprise")
        .first()
    )
    if found is None:
        raise Http404
    return found


def parts(standing: Standing, audit: Round) -> frozenset[Part]:
    """Return the parts this person has in a round.

    Whoever an enterprise was merged into stands in its place; only then is the enterprise read.
    """
    owner: int | None = audit.enterprise_id
    if standing.role is Role.ENTERPRISE and owner != standing.office_id:
        owner = audit.enterprise.merged_into_id
    return parts_in(
        standing,
        city=audit.city_id,
        lead=audit.lead,
        county=audit.county_id or "",
        enterprise=owner,
    )


def moves(standing: Standing | None, audit: Round) -> tuple[Move[Stage, Act, Part], ...]:
    """Return the moves open to this person now; the page draws its buttons from them."""
    if standing is None:
        return ()
    return LIFECYCLE.open_to(Stage(audit.stage), parts(standing, audit))
