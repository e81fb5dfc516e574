"""Reads of remarks that are used more than once."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.remarks import access
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import State, Step, Weight

# What still blocks, as `rules.settled` says it of one.
_WAITING = Q(state=State.OPEN.value) | Q(state=State.REPLIED.value, weight=Weight.MUST.value)


def unsettled(rounds: Collection[int], step: Step) -> dict[int, int]:
    """Return how many remarks of a step still block, by round; rounds without any are left out."""
    found = Remark.objects.filter(_WAITING, round__in=rounds, step=step.value)
    return dict(found.values_list("round_id").annotate(number=Count("pk")).order_by())


def unanswered(rounds: Collection[int], step: Step) -> dict[int, int]:
    """Return how many remarks of a step wait for the enterprise's answer, by round."""
    found = Remark.objects.filter(round__in=rounds, step=step.value, state=State.OPEN.value)
    return dict(found.values_list("round_id").annotate(number=Count("pk")).order_by())


@dataclass(frozen=True, slots=True)
class Counts:
    """How many remarks a step of a round has, by state; dropped ones do not count."""

    step: Step
    whole: int
    open: int
    replied: int
    closed: int


def overview(round_id: int) -> list[Counts]:
    """Return the counts of each step of a round, in one read."""
    rows = Remark.objects.filter(round=round_id).exclude(state=State.DROPPED)
    got = {
        (step, state): number
        for step, state, number in rows.values_list("step", "state").annotate(n=Count("pk"))
    }
    return [
        Counts(
            step, sum(n for (one, _), n in got.items() if one == step),
            *(got.get((step.value, state.value), 0)
              for state in (State.OPEN, State.REPLIED, State.CLOSED)),
        )
        for step in Step
    ]  # fmt: skip


def to_answer(standing: Standing) -> QuerySet[Remark]:
    """Return the remarks that wait for this enterprise."""
    return access.visible_to(standing).filter(state=State.OPEN)


def to_check(standing: Standing) -> QuerySet[Remark]:
    """Return the answered remarks that this expert raised and nobody checked yet."""
    return Remark.objects.filter(state=State.REPLIED, person_id=standing.person_id)


def to_tick(standing: Standing) -> QuerySet[Remark]:
    """Return the answered remarks of the rounds that this department leads."""
    return access.visible_to(standing).filter(state=State.REPLIED)
