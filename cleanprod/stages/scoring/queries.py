"""Reads of sittings that are used more than once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import ties as independence
from cleanprod.stages.scoring import access, rules, shipped_sheets
from cleanprod.stages.scoring.models import Member, ScoreSheet, Sitting
from cleanprod.stages.scoring.rules import Answers, Purpose, Sheet, SheetState, State

_PAST = 500  # sittings that a preview looks back on


def body_on(purpose: Purpose, on: date) -> Mapping[str, Any]:
    """Return the body of the sheet used for a purpose on a day.

    It is the newest that had begun; of those that begin on one day the loaded one.
    """
    loaded = ScoreSheet.objects.filter(
        purpose=purpose, state=SheetState.IN_FORCE, effective_from__lte=on
    )
    found = [(kept.effective_from.isoformat(), 1, kept.pk, kept.body) for kept in loaded]
    found += [
        (str(body["effective_from"]), 0, 0, body)
        for body in shipped_sheets.bodies().values()
        if body["purpose"] == purpose and date.fromisoformat(body["effective_from"]) <= on
    ]
    if not found:
        raise Refused(f"{on.isoformat()}没有可用的{purpose.label}评分表")
    newest: Mapping[str, Any] = max(found, key=lambda one: one[:3])[3]
    return newest


@dataclass(frozen=True, slots=True)
class Preview:
    """How past sittings would have ended under another sheet."""

    sittings: int
    told: int
    changed: list[tuple[Sitting, rules.Outcome]]


def replay(sheet: Sheet) -> Preview:
    """Score the newest confirmed sittings of the purpose under a sheet."""
    past = list(
        Sitting.objects.filter(purpose=sheet.purpose, state=State.CONFIRMED)
        .select_related("round")
        .prefetch_related("members")
        .order_by("-held_on", "-pk")[:_PAST]
    )
    told, changed = 0, []
    for one in past:
        answers = [answers_of(member) for member in one.members.all()]
        again = rules.replayed(sheet, sheet_of(one), answers, bool(one.passes)).after
        if again is not None:
            told += 1
            if (again.passes, again.meaning) != (bool(one.passes), one.meaning):
                changed.append((one, again))
    return Preview(len(past), told, changed)


def sheet_of(sitting: Sitting) -> Sheet:
    """Return the sheet a sitting is held under."""
    return rules.sheet_of(sitting.sheet)


def answers_of(member: Member) -> Answers:
    """Return what a member gave so far."""
    scores = {number: Decimal(text) for number, text in member.scores.items()}
    return Answers(scores, frozenset(member.vetoes), member.remarks, member.dissent)


def ties_of(sitting: Sitting, members: Sequence[Member]) -> dict[int, list[str]]:
    """Return by account why members may not score the enterprise of a sitting today."""
    people = [one.person for one in members]
    return independence.ties_of(people, sitting.round, clock.today())


def to_score(standing: Standing) -> QuerySet[Sitting]:
    """Return the sittings that wait for this member's scores."""
    seats = Member.objects.filter(person=standing.person_id, signed_at=None)
    found = access.visible_to(standing).filter(state=State.SCORING)
    return found.filter(pk__in=seats.values("sitting"))


def to_agree(standing: Standing) -> QuerySet[Sitting]:
    """Return the sittings whose opinion waits for this member: to be drafted, or to be signed."""
    mine = Member.objects.filter(person=standing.person_id, agreed_at=None)
    drafts = Q(opinion_at=None, pk__in=mine.filter(leader=True).values("sitting"))
    signs = Q(pk__in=mine.values("sitting")) & ~Q(opinion_at=None)
    found = access.visible_to(standing).filter(drafts | signs, state=State.SCORING)
    return found.exclude(pk__in=Member.objects.filter(signed_at=None).values("sitting"))


def to_confirm(standing: Standing) -> QuerySet[Sitting]:
    """Return the sittings whose panel signed its opinion and that wait for the lead department."""
    waiting = Member.objects.filter(agreed_at=None).values("sitting")
    found = access.visible_to(standing).filter(state=State.SCORING, round__lead=standing.line)
    return found.exclude(pk__in=waiting)


def altered() -> list[int]:
    """Return the sittings with scores that are not those that the trail saw signed."""
    lines = Entry.objects.filter(act="sitting:sign", after__has_key="sha256").order_by("pk")
    told = (after or {} for after in lines.values_list("after", flat=True))
    signed = {after["member"]: after["sha256"] for after in told}
    rows = Member.objects.filter(pk__in=signed).order_by("pk")
    changed = {
        one.sitting_id
        for one in rows.iterator(chunk_size=500)
        if rules.fingerprint(answers_of(one)) != signed[one.pk]
    }
    return sorted(changed)
