"""Who may see a review, and which part they have in it.

The other department of the city follows the progress; what was entered from paper, scans and
photos stay with the lead, the province, the county and the people of the round.
"""

from django.db.models import Q, QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts.models import Appointment
from cleanprod.stages.experts.rules import Seat
from cleanprod.stages.hearings.models import Arrangement, Hearing, Photo
from cleanprod.stages.hearings.rules import LIFECYCLE, Act, State, Who
from cleanprod.stages.scoring.models import Member

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE, Role.EXPERT)


def visible_to(standing: Standing | None) -> QuerySet[Hearing]:
    """Return the reviews this person may open; an expert those of the own panels."""
    if standing is None or standing.role not in DESKS:
        return Hearing.objects.none()
    if standing.role is Role.EXPERT:
        seats = Appointment.objects.filter(
            expert__person=standing.person_id, state=Seat.ACCEPTED
        ).values("panel")
        sat = Member.objects.filter(person=standing.person_id).values("sitting")
        return Hearing.objects.filter(Q(panel__in=seats) | Q(sitting__in=sat))
    return Hearing.objects.filter(round__in=audits.visible_to(standing))


def get_or_404(standing: Standing | None, pk: int) -> Hearing:
    """Return one visible review; not yours and not there answer alike."""
    found = (
        visible_to(standing)
        .filter(pk=pk)
        .select_related("round__city", "round__county", "round__enterprise", "panel", "sitting")
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_round_or_404(standing: Standing | None, pk: int) -> Round:
    """Return a round whose reviews this person may follow."""
    return audits.get_or_404(standing, pk)


def photo_or_404(standing: Standing | None, pk: int) -> Photo:
    """Return a photo of a review of which this person may read everything."""
    found = Photo.objects.select_related("file", "visit__hearing__round").filter(pk=pk).first()
    if found is None or standing is None:
        raise Http404
    hearing = get_or_404(standing, found.visit.hearing_id)
    if not reads_site(standing, hearing):
        raise Http404
    return found


def who(standing: Standing, hearing: Hearing) -> frozenset[Who]:
    """Return the parts a person has in a review."""
    parts = audits.parts(standing, hearing.round)
    found = set()
    for part, mine in (
        (Part.LEAD, Who.LEAD), (Part.ENTERPRISE, Who.ENTERPRISE), (Part.COUNTY, Who.COUNTY)
    ):  # fmt: skip
        if part in parts:
            found.add(mine)
    if Who.COUNTY in found and hosted_by_county(hearing.round_id):
        found.add(Who.HOST)
    return frozenset(found)


def hosted_by_county(round_id: int) -> bool:
    """Tell whether the lead department lets the county organise the reviews of a round."""
    return Arrangement.objects.filter(round=round_id, county=True).exists()


def moves(standing: Standing, hearing: Hearing) -> frozenset[Act]:
    """Return what this person may do to a review now."""
    found = LIFECYCLE.open_to(State(hearing.state), who(standing, hearing))
    return frozenset(move.act for move in found)


def reads_scores(standing: Standing, hearing: Hearing) -> bool:
    """Tell whether the person reads what experts gave on paper: lead department and province."""
    parts = audits.parts(standing, hearing.round)
    return not parts.isdisjoint({Part.LEAD, Part.PROVINCE})


def reads_site(standing: Standing, hearing: Hearing) -> bool:
    """Tell whether the person reads site records; the other department of the city does not."""
    return Part.PARTNER not in audits.parts(standing, hearing.round)


def records_site(standing: Standing, hearing: Hearing) -> bool:
    """Tell whether the person writes site records: lead and county, once admitted."""
    parts = audits.parts(standing, hearing.round)
    late = hearing.state in (State.APPLIED, State.RETURNED, State.CANCELLED)
    return not late and not parts.isdisjoint({Part.LEAD, Part.COUNTY})
