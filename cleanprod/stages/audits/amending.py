"""Change a published list by a numbered notice: cancel, defer, roll over; all lines or none."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits import actions, messages
from cleanprod.stages.audits.milestones import NewFact, one_after_the_other
from cleanprod.stages.audits.models import Amendment, AmendmentDraft, AmendmentLine, Round
from cleanprod.stages.audits.publication import enter_rounds
from cleanprod.stages.audits.rules import (
    CHANGES,
    FACT_OF,
    Change,
    ChangeLine,
    Notice,
    checked_notice,
)
from cleanprod.stages.audits.weighing import Weighed, weigh
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch, Entry

_MOST_TOLD = 3


@transaction.atomic
def amend_list(
    batch_id: int, notice: Notice, lines: Sequence[ChangeLine], *, by: Standing
) -> Amendment:
    """Record a notice that changes a published list; every line takes effect, or none.

    A notice that was recorded already raises Conflict, so that no change is made twice.
    """
    batch = programme.lock_to_amend(batch_id, by=by)
    _refuse_repeat(batch, notice, lines)
    previous = Amendment.objects.filter(batch=batch).order_by("-number").first()
    checked_notice(
        notice,
        lines,
        list_number=batch.document_number,
        published_on=batch.published_on or clock.today(),
        previous_on=previous.happened_on if previous else None,
        today=clock.today(),
    )
    weighed = _weighed_and_locked(batch, notice, lines)
    amendment = Amendment.objects.create(
        batch=batch,
        number=previous.number + 1 if previous else 1,
        document_number=notice.document_number.strip(),
        happened_on=notice.on,
        issuers=notice.issuers.strip(),
        reason=notice.reason.strip(),
        cancelled=_count(weighed, Change.CANCEL),
        deferred=_count(weighed, Change.DEFER),
        rolled=_count(weighed, Change.ROLL),
        person_id=by.person_id,
        person_name=by.person_name,
        office_name=by.office_name,
    )
    for change in CHANGES:
        _record(amendment, change, weighed, by=by)
    entries, rounds = _roll(batch, amendment, weighed, by=by)
    kept = _keep(amendment, weighed, entries, rounds)
    _tell(batch, amendment, kept)
    _note(batch, amendment, by=by)
    AmendmentDraft.objects.filter(batch=batch, person_id=by.person_id).delete()
    return amendment


def _refuse_repeat(batch: Batch, notice: Notice, lines: Sequence[ChangeLine]) -> None:
    number = notice.document_number.strip()
    done = Amendment.objects.filter(batch=batch, document_number=number).first()
    if done is None:
        return
    stored = {
        (earlier or entry, change)
        for entry, earlier, change in done.lines.values_list("entry_id", "earlier_id", "change")
    }
    if stored == {(line.entry, line.change.value) for line in lines}:
        raise Conflict(f"该变更通知已于 {done.happened_on} 登记（{number}，{done.title}）")
    raise Conflict(f"文号“{number}”已用于本名单{done.title}，内容不同，请核对文号")


def _weighed_and_locked(batch: Batch, notice: Notice, lines: Sequence[ChangeLine]) -> list[Weighed]:
    """Lock the rounds in key order, then weigh the lines; a line in the way is named."""
    if any(line.change is Change.ROLL for line in lines):
        one_after_the_other()
    named = [line.entry for line in lines]
    touched = Round.objects.filter(Q(entry__in=named) | Q(relistings__entry__in=named))
    list(
        Round.objects.select_for_update()
        .filter(pk__in=touched.values("pk"))
        .order_by("pk")
        .values_list("pk")
    )
    weighed = weigh(batch, lines, on=notice.on, today=clock.today())
    problems = [one for one in weighed if one.problem]
    if problems:
        told = "；".join(f"{one.name}：{one.problem}" for one in problems[:_MOST_TOLD])
        more = f"；等{len(problems)}家" if len(problems) > _MOST_TOLD else ""
        raise Refused(f"{told}{more}。变更通知没有登记")
    return weighed


def _count(weighed: Iterable[Weighed], change: Change) -> int:
    return sum(one.line.change is change for one in weighed)


def _details(amendment: Amendment) -> dict[str, Any]:
    return {
        "list": amendment.batch_id,
        "amendment": amendment.number,
        "notice": f"名单{amendment.title}",
    }


def _record(
    amendment: Amendment, change: Change, weighed: Iterable[Weighed], *, by: Standing
) -> None:
    """Record the milestones of one kind of change."""
    act = CHANGES[change]
    facts = [
        NewFact(
            one.round,
            FACT_OF[act],
            amendment.happened_on,
            document_number=amendment.document_number,
            reason=one.line.reason.strip(),
            details=_details(amendment),
        )
        for one in weighed
        if one.line.change is change and one.round
    ]
    if facts:
        actions.record(act, facts, by=by)


def _roll(
    batch: Batch, amendment: Amendment, weighed: Iterable[Weighed], *, by: Standing
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Roll earlier rows in; return the new entry of each, and the round of each enterprise."""
    earlier = [one.line.entry for one in weighed if one.line.change is Change.ROLL]
    if not earlier:
        return {}, {}
    entries = programme.roll_in(batch.pk, earlier, by=by)
    entered = enter_rounds(
        batch,
        Entry.objects.filter(pk__in=list(entries.values())),
        on=amendment.happened_on,
        document_number=amendment.document_number,
        by=by,
        details=_details(amendment),
        start=f"名单{amendment.title}",
    )
    return entries, {**entered.opened, **entered.linked}


def _keep(
    amendment: Amendment,
    weighed: Sequence[Weighed],
    entries: Mapping[int, int],
    rounds: Mapping[int, int],
) -> list[tuple[Weighed, AmendmentLine]]:
    """Keep each line with where its round stood before and stands now."""
    of = {one.line.entry: rounds.get(one.enterprise) or one.round or 0 for one in weighed}
    after = dict(Round.objects.filter(pk__in=list(of.values())).values_list("pk", "stage"))
    lines = [
        AmendmentLine(
            amendment=amendment,
            entry_id=entries.get(one.line.entry, one.line.entry),
            earlier_id=one.line.entry if one.line.entry in entries else None,
            round_id=of[one.line.entry],
            change=one.line.change,
            reason=one.line.reason.strip(),
            before=one.before,
            after=after[of[one.line.entry]],
        )
        for one in weighed
    ]
    AmendmentLine.objects.bulk_create(lines, batch_size=2000)
    return list(zip(weighed, lines, strict=True))


def _tell(
    batch: Batch, amendment: Amendment, kept: Sequence[tuple[Weighed, AmendmentLine]]
) -> None:
    by_firm = {one.enterprise: line for one, line in kept}
    notifications.send_many(
        messages.amended(batch, amendment, by_firm[enterprise], person, mail)
        for enterprise, person, mail in organisations.people_of(list(by_firm))
    )


def _note(batch: Batch, amendment: Amendment, *, by: Standing) -> None:
    trail.record(
        trail.Line(
            act="list:amend",
            verb="变更名单",
            subject=f"list:{batch.pk}",
            label=batch.title,
            after={
                "number": amendment.number,
                "document_number": amendment.document_number,
                "on": amendment.happened_on.isoformat(),
                "changes": dict(amendment.counts),
            },
            reason=amendment.reason,
            city=batch.city_id,
        ),
        by=by,
    )
