"""Reads of sittings that are used more than once."""

from decimal import Decimal

from django.db.models import QuerySet

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.scoring import access, rules
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.rules import Answers, Sheet, State


def sheet_of(sitting: Sitting) -> Sheet:
    """Return the sheet a sitting is held under."""
    return rules.sheet_of(sitting.sheet)


def answers_of(member: Member) -> Answers:
    """Return what a member gave so far."""
    scores = {number: Decimal(text) for number, text in member.scores.items()}
    return Answers(scores, frozenset(member.vetoes), member.remarks, member.dissent)


def experts() -> QuerySet[Person]:
    """Return the people who act as experts now."""
    live = Membership.objects.filter(role=Role.EXPERT.value, until=None)
    return Person.objects.filter(pk__in=live.values("person")).order_by("name", "pk")


def to_score(standing: Standing) -> QuerySet[Sitting]:
    """Return the sittings that wait for this member's scores."""
    seats = Member.objects.filter(person=standing.person_id, signed_at=None)
    found = access.visible_to(standing).filter(state=State.SCORING)
    return found.filter(pk__in=seats.values("sitting"))


def to_confirm(standing: Standing) -> QuerySet[Sitting]:
    """Return the sittings whose members are all in and that wait for their lead department."""
    waiting = Member.objects.filter(signed_at=None).values("sitting")
    found = access.visible_to(standing).filter(state=State.SCORING, round__lead=standing.line)
    return found.exclude(pk__in=waiting)
