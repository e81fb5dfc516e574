"""Who may read the remarks on a round, and which part they have in one.

They belong to the lead department, its county, the province, the enterprise and the members of
the sittings. The other department of the city reads progress and results, not what experts said.
"""

from django.db.models import QuerySet
from django.http import Http404

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.kernel.lifecycle import Move
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.remarks.models import Remark, Reply
from cleanprod.stages.remarks.rules import LIFECYCLE, Act, State, Who
from cleanprod.stages.scoring.models import Member

DESKS = (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE, Role.EXPERT)


def rounds_visible_to(standing: Standing | None) -> QuerySet[Round]:
    """Return the rounds whose remarks this person may read."""
    if standing is None or standing.role not in DESKS:
        return Round.objects.none()
    if standing.role is Role.EXPERT:
        seats = Member.objects.filter(person=standing.person_id).values("sitting__round")
        return Round.objects.filter(pk__in=seats)
    rounds = audits.visible_to(standing)
    return rounds.filter(lead=standing.line) if standing.role is Role.CITY else rounds


def round_or_404(standing: Standing | None, pk: int) -> Round:
    """Return a round whose remarks this person may read; not yours and not there answer alike."""
    found = rounds_visible_to(standing).filter(pk=pk).select_related("city", "county").first()
    if found is None:
        raise Http404
    return found


def visible_to(standing: Standing | None) -> QuerySet[Remark]:
    """Return the remarks this person may read."""
    return Remark.objects.filter(round__in=rounds_visible_to(standing))


def get_or_404(standing: Standing | None, pk: int) -> Remark:
    """Return one visible remark; not yours and not there answer alike."""
    found = visible_to(standing).filter(pk=pk).select_related("round__city").first()
    if found is None:
        raise Http404
    return found


def reply_or_404(standing: Standing | None, pk: int) -> Reply:
    """Return a reply with a file, on a visible remark."""
    found = Reply.objects.filter(pk=pk, remark__in=visible_to(standing)).exclude(file=None)
    reply = found.select_related("file", "remark__round").first()
    if reply is None:
        raise Http404
    return reply


def may_add(standing: Standing, audit: Round) -> bool:
    """Tell whether this person may type remarks on a round: its lead department."""
    return Part.LEAD in audits.parts(standing, audit)


def names_shown(standing: Standing) -> bool:
    """Tell whether this person reads who raised a remark; enterprise and county do not."""
    return standing.role not in (Role.ENTERPRISE, Role.COUNTY)


def who(standing: Standing, remark: Remark) -> frozenset[Who]:
    """Return the parts a person has in a remark."""
    parts = audits.parts(standing, remark.round)
    found = set()
    if Part.LEAD in parts:
        found.add(Who.LEAD)
    if Part.ENTERPRISE in parts:
        found.add(Who.ENTERPRISE)
    if standing.role is Role.EXPERT and remark.person_id == standing.person_id:
        found.add(Who.RAISER)
    return frozenset(found)


def moves(standing: Standing, remark: Remark) -> tuple[Move[State, Act, Who], ...]:
    """Return the moves open to this person; the page draws its buttons from them."""
    return LIFECYCLE.open_to(State(remark.state), who(standing, remark))
