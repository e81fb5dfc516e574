"""Every write of the answering side: save a row, hand in, take a workbook in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.dispatch import access
from cleanprod.stages.dispatch.models import Answer, Dispatch, Recipient, Row
from cleanprod.stages.dispatch.rules import (
    DISPATCHES,
    DispatchAct,
    DispatchStage,
    Side,
    cleaned,
    lacking,
)


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What handing in came to: how many rows went out, and which were not complete."""

    done: int
    incomplete: tuple[str, ...]


@transaction.atomic
def save(row_id: int, typed: Mapping[str, Any], *, version: int, by: Standing) -> Answer:
    """Keep the draft of one row; `version` is the one that was seen, 0 for none."""
    row = Row.objects.select_related("recipient__enterprise").get(pk=row_id)
    dispatch = _locked(row.recipient, by)
    values = cleaned(dispatch.asked, typed)
    answer = Answer.objects.filter(row=row).first()
    if answer is None:
        if version:
            raise Conflict("填写内容已变化，请刷新后再填")
        if not values:
            raise Refused("还没有填写内容，没有保存")
        return Answer.objects.create(
            row=row, values=values, edited_by=by.person_name, edited_at=clock.now()
        )
    if answer.answered_on is not None:
        raise Refused(f"“{row.name}”已于{answer.answered_on}报送，需要修改的请发起部门退回")
    if answer.values == values:
        return answer
    if answer.version != version:
        raise Conflict(
            f"{answer.edited_by}已填写过“{row.name}”，下面是您填写的内容，再次保存将以您的内容为准"
        )
    answer.values, answer.version = values, answer.version + 1
    answer.edited_by, answer.edited_at = by.person_name, clock.now()
    answer.save(update_fields=["values", "version", "edited_by", "edited_at"])
    return answer


@transaction.atomic
def take(recipient_id: int, rows: Mapping[int, Mapping[str, Any]], *, by: Standing) -> int:
    """Keep the drafts of many rows, as a workbook brings them; return how many changed.

    Rows that were handed in stay as they are.
    """
    recipient = Recipient.objects.select_related("enterprise").get(pk=recipient_id)
    dispatch = _locked(recipient, by)
    own = {one.pk: one for one in recipient.rows.select_related("answer")}
    if not set(rows) <= set(own):
        raise NotAllowed("工作簿中有不属于本单位的企业")
    new, changed = [], []
    for pk, typed in rows.items():
        values = cleaned(dispatch.asked, typed)
        answer = _answer(own[pk])
        if answer is None and values:
            new.append(
                Answer(row=own[pk], values=values, edited_by=by.person_name, edited_at=clock.now())
            )
        elif answer and answer.answered_on is None and answer.values != values:
            answer.values, answer.version = values, answer.version + 1
            answer.edited_by, answer.edited_at = by.person_name, clock.now()
            changed.append(answer)
    Answer.objects.bulk_create(new)
    Answer.objects.bulk_update(changed, ["values", "version", "edited_by", "edited_at"])
    if new or changed:
        line = _line(dispatch, recipient, "dispatch:take", "导入报送内容", len(new) + len(changed))
        trail.record(line, by=by)
    return len(new) + len(changed)


def _answer(row: Row) -> Answer | None:
    return row.answer if hasattr(row, "answer") else None


@transaction.atomic
def hand_in(recipient_id: int, *, by: Standing) -> HandedIn:
    """Hand in all complete drafts of a recipient; late ones are marked. Twice changes nothing."""
    recipient = Recipient.objects.select_related("enterprise").get(pk=recipient_id)
    dispatch = _locked(recipient, by)
    drafts = list(
        Answer.objects.filter(row__recipient=recipient, answered_on=None)
        .select_related("row__round")
        .order_by("row__place")
    )
    ready = [one for one in drafts if not lacking(dispatch.asked, one.values)]
    incomplete = tuple(one.row.name for one in drafts if lacking(dispatch.asked, one.values))
    if not ready:
        raise Refused(
            f"“{incomplete[0]}”等{len(incomplete)}家企业没有填完必填内容"
            if incomplete
            else "没有新填写的内容可以报送"
        )
    for one in ready:
        one.hand_in(clock.today(), dispatch.answer_on, person=by.person_name, office=by.office_name)
    Answer.objects.bulk_update(ready, ["answered_on", "late", "answered_by", "office_name"])
    trail.record_many(_handed(dispatch, ready), by=by)
    trail.record(_line(dispatch, recipient, "dispatch:hand-in", "报送进度调度", len(ready)), by=by)
    if not recipient.rows.exclude(answer__answered_on__isnull=False).exists():
        obligations.settle([f"dispatch:{recipient.pk}"], on=clock.today())
    return HandedIn(len(ready), incomplete)


def _handed(dispatch: Dispatch, answers: Sequence[Answer]) -> Iterable[trail.Line]:
    for one in answers:
        yield trail.Line(
            act="dispatch:answer", verb="报送进度", subject=f"dispatch:{dispatch.pk}",
            label=one.row.name, after={"title": dispatch.title, "answer": said_of(dispatch, one)},
            dossier=one.row.round.enterprise_id, city=one.row.round.city_id,
        )  # fmt: skip


def said_of(dispatch: Dispatch, answer: Answer) -> str:
    """Return an answer in words."""
    return "；".join(
        f"{field.label}：{answer.values[field.key]}"
        for field in dispatch.asked
        if answer.values.get(field.key)
    )


def _locked(recipient: Recipient, by: Standing) -> Dispatch:
    """Lock the dispatch and the recipient; only who answers for it may write, while it is open."""
    dispatch = Dispatch.objects.select_for_update(of=("self",)).get(pk=recipient.dispatch_id)
    Recipient.objects.select_for_update(of=("self",)).get(pk=recipient.pk)
    sides = access.sides(by, dispatch, recipient)
    if Side.RECIPIENT not in sides:
        raise NotAllowed("只能报送本单位的企业")
    DISPATCHES.target(DispatchStage(dispatch.stage), DispatchAct.ANSWER, sides)
    return dispatch


def _line(dispatch: Dispatch, recipient: Recipient, act: str, verb: str, firms: int) -> trail.Line:
    return trail.Line(
        act=act, verb=verb, subject=f"dispatch:{dispatch.pk}",
        label=f"{dispatch.title}：{recipient.name}", after={"firms": firms},
        city=recipient.city_id,
    )  # fmt: skip
