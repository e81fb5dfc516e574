"""Reads of lists to be claimed, of contacts, and of the round that says who is in charge."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN, WORKING, Milestone, Stage, due
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.registration import access
from cleanprod.stages.registration.models import Code, Contact
from cleanprod.stages.registration.rules import CodeKind, CodeState, Rank, code_state, ranked


def members(enterprise: "int | OuterRef") -> QuerySet[Membership]:
    """Return the live memberships of people who act for an enterprise, the oldest first."""
    rows = Membership.objects.filter(organisation=enterprise, role=Role.ENTERPRISE, until=None)
    return rows.order_by("pk")


def claimable(batch: Batch, by: Standing) -> QuerySet[Any]:
    """Return the entries of a list whose enterprise has an open round, within the reader's scope.

    Each carries `claimed`, whether somebody acts for the enterprise already, and `expires_on`,
    the last day of the code that was issued and not used.
    """
    going = Round.objects.filter(enterprise=OuterRef("enterprise_id"), stage__in=OPEN)
    codes = Code.objects.unused().filter(enterprise=OuterRef("enterprise_id"), kind=CodeKind.CLAIM)
    return (
        programme.entries_visible_to(by)
        .filter(Exists(going), batch=batch, enterprise__merged_into=None)
        .annotate(
            claimed=Exists(members(OuterRef("enterprise_id"))),
            expires_on=Subquery(codes.values("expires_on")[:1]),
        )
    )


def without_code(entries: QuerySet[Any]) -> QuerySet[Any]:
    """Return those that nobody claimed and that have no code that still holds."""
    gone = Q(expires_on=None) | Q(expires_on__lt=clock.today())
    return entries.filter(gone, claimed=False)


def state_of(entry: Any) -> CodeState:
    """Return how an entry of `claimable` stands to its claim code."""
    return code_state(
        claimed=entry.claimed,
        expires_on=entry.expires_on,
        today=clock.today(),
    )


def deadlines(enterprises: Collection[int]) -> dict[int, date]:
    """Return by when enterprises with an open round have to register."""
    rounds = Round.objects.filter(enterprise__in=enterprises, stage__in=OPEN)
    listed = dict(rounds.values_list("enterprise_id", "listed_on"))
    terms = {
        day: next(due(one, day) for one in audits.clocks(day) if one.fact is Milestone.REGISTERED)
        for day in set(listed.values())
    }
    return {enterprise: terms[day] for enterprise, day in listed.items()}


def anchor(enterprise: Organisation) -> Round | None:
    """Return the round that says which department is in charge of an enterprise.

    That is the open one, else the newest; so an enterprise without a round has none.
    """
    rounds = Round.objects.filter(enterprise=enterprise).select_related("city", "county")
    return rounds.filter(stage__in=OPEN).first() or rounds.order_by("-listed_on", "-pk").first()


@dataclass(frozen=True, slots=True)
class ContactRow:
    """One contact of an enterprise with the rank that holds."""

    membership: Membership
    rank: Rank


def contacts(enterprise_id: int) -> list[ContactRow]:
    """Return the contacts of an enterprise, the first one first."""
    rows = list(members(enterprise_id).select_related("person"))
    kept = dict(
        Contact.objects.filter(membership__in=[row.pk for row in rows]).values_list(
            "membership_id", "rank"
        )
    )
    ranks = ranked([(row.pk, kept.get(row.pk, "")) for row in rows])
    order = list(Rank)
    found = [ContactRow(row, ranks[row.pk]) for row in rows]
    return sorted(found, key=lambda one: (order.index(one.rank), one.membership.pk))


def rank_of(person_id: int, enterprise_id: int) -> Rank | None:
    """Return which contact of an enterprise a person is."""
    for one in contacts(enterprise_id):
        if one.membership.person_id == person_id:
            return one.rank
    return None


def enterprise_of_code(credit_code: str, comparable: str) -> Organisation | None:
    """Return the enterprise with this credit code that has a round, else None.

    A code that two firms carry decides nothing, unless the name does.
    """
    firms = Organisation.objects.enterprises().filter(code=credit_code).exclude(code="")
    with_round = firms.filter(Exists(Round.objects.filter(enterprise=OuterRef("pk"))))
    found = list(with_round.order_by("pk")[:3])
    if len(found) == 1:
        return found[0]
    named = [one for one in found if one.comparable == comparable]
    return named[0] if len(named) == 1 else None


def engaged_rounds(standing: Standing) -> QuerySet[Round]:
    """Return the rounds for which a consultancy is engaged today."""
    if standing.role is not Role.CONSULTANCY:
        return Round.objects.none()
    return Round.objects.filter(pk__in=access.engagements_visible_to(standing).values("round"))


def duties_of(rounds: Collection[int]) -> QuerySet[Obligation]:
    """Return what is owed in these rounds."""
    return Obligation.objects.open().filter(subject__in=[f"round:{pk}" for pk in rounds])


def track_records(standing: Standing) -> QuerySet[Any]:
    """Return the consultancies with what became of their rounds in the reader's territory.

    A round counts once for each consultancy that was not dismissed from it.
    """
    rows = access.engagements_visible_to(standing)
    kept = rows.filter(consultancy=OuterRef("pk"), revoked_on=None)

    def number(*stages: Stage) -> Coalesce:
        found = kept.filter(round__stage__in=stages).order_by().values("consultancy")
        counted = found.annotate(n=Count("round", distinct=True)).values("n")
        return Coalesce(Subquery(counted), 0)

    gone = rows.filter(consultancy=OuterRef("pk")).exclude(revoked_on=None).order_by()
    revoked = gone.values("consultancy").annotate(n=Count("pk")).values("n")
    return Organisation.objects.filter(kind=Kind.CONSULTANCY, merged_into=None).annotate(
        passed=number(Stage.ACCEPTED, Stage.COMPLETED),
        failed=number(Stage.FAILED),
        deferred=number(Stage.DEFERRED),
        going=number(*WORKING),
        revoked=Coalesce(Subquery(revoked), 0),
    )
