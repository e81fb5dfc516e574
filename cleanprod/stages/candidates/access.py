"""Who may see key enterprises and candidates, and whose proposal a person reads."""

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing, parts_in
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.territory.models import Region
from cleanprod.kernel.errors import NotAllowed
from cleanprod.kernel.lifecycle import Move
from cleanprod.stages.candidates.models import Candidate, KeyEnterprise, Survey
from cleanprod.stages.candidates.rules import CANDIDATES, Act, State

READERS = (Role.PROVINCE, Role.CITY)
DESKS = (*READERS, Role.COUNTY)


def visible_to(standing: Standing | None) -> QuerySet[Candidate]:
    """Return the candidates this person may open: a county exactly its own, of its line."""
    candidates = Candidate.objects.all()
    if standing is None:
        return candidates.none()
    if standing.role is Role.PROVINCE:
        return candidates.filter(city__parent=standing.province)
    if standing.role is Role.CITY:
        return candidates.filter(city=standing.city)
    if standing.role is Role.COUNTY:
        scope = candidates.filter(county=standing.county)
        return scope.filter(line=standing.line) if standing.line else scope
    return candidates.none()


def get_or_404(standing: Standing | None, pk: int) -> Candidate:
    """Return one visible candidate; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("city", "county", "evidence").first()
    if found is None:
        raise Http404
    return found


def key_enterprises_visible_to(standing: Standing | None) -> QuerySet[KeyEnterprise]:
    """Return the key enterprises this person may open."""
    rows = KeyEnterprise.objects.all()
    if standing is not None and standing.role is Role.PROVINCE:
        return rows.filter(city__parent=standing.province)
    if standing is not None and standing.role is Role.CITY:
        return rows.filter(city=standing.city)
    return rows.none()


def city_read(standing: Standing, wanted: str) -> Region:
    """Return the city whose proposal is shown: a city its own, the province the one it asks for."""
    if standing.role is Role.CITY:
        own = territory.region(standing.city)
        if own is None or wanted not in ("", own.code):
            raise Http404
        return own
    cities = territory.cities(standing.province or settings.PROVINCE_CODE)
    found = next((city for city in cities if city.code == wanted), cities[0])
    if wanted and found.code != wanted:
        raise Http404
    return found


def parts(standing: Standing, candidate: Candidate) -> frozenset[Part]:
    """Return the parts this person has in a candidate."""
    return parts_in(
        standing, city=candidate.city_id, lead=candidate.line, county=candidate.county_id
    )


def survey_line(standing: Standing, line: Line | None = None) -> Line:
    """Return the line for which a county desk reports, chosen where the desk serves both."""
    own = standing.line or line
    if standing.role is not Role.COUNTY or own is None:
        raise NotAllowed("候选企业由县（市、区）、镇街、园区按条线填报")
    return own


def closed(year: int, city: str, line: str) -> bool:
    """Tell whether the city department takes no more candidates for a year."""
    surveys = Survey.objects.filter(year=year, city=city, line=line)
    return surveys.exclude(closed_on=None).exists()


def moves(standing: Standing | None, candidate: Candidate) -> tuple[Move[State, Act, Part], ...]:
    """Return the moves open to this person now; the page draws its buttons from them."""
    if standing is None:
        return ()
    over = closed(candidate.year, candidate.city_id, candidate.line)
    return CANDIDATES.open_to(State(candidate.state), parts(standing, candidate), over)
