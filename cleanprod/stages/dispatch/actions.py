"""Every write of the opening side: draft, open, remind, return, close, cancel."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.dispatch import access, messages, queries
from cleanprod.stages.dispatch.models import Answer, Dispatch, Recipient, Reminder, Row
from cleanprod.stages.dispatch.rules import (
    DISPATCHES,
    Addressed,
    DispatchAct,
    DispatchStage,
    Field,
    Selection,
    checked_opening,
    checked_words,
)

MOST_PICKED = 5_000
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode
_ROW_COLUMNS = (
    "dispatch_id", "recipient_id", "round_id", "place", "name", "code", "county_name", "stage",
    "duties", "late",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What an office says of a dispatch before it goes out."""

    title: str
    reason: str
    answer_on: date
    fields: Sequence[Field]
    selection: Selection
    addressed: Addressed = Addressed.COUNTY
    contact: str = ""


def _checked(draft: Draft, by: Standing) -> tuple[Addressed, int]:
    """Return who answers and which office asks, or refuse what cannot be asked."""
    if by.role not in access.OPENERS or by.office_id is None:
        raise NotAllowed("进度调度由省级主管部门和市级牵头部门发起")
    checked_words(
        title=draft.title, reason=draft.reason, fields=draft.fields, selection=draft.selection
    )
    if by.role is Role.PROVINCE:
        return Addressed.CITY, by.office_id
    if draft.addressed is Addressed.CITY:
        raise Refused("市级牵头部门的调度由县（市、区）、镇街、园区或者企业报送")
    return draft.addressed, by.office_id


def _worded(dispatch: Dispatch, draft: Draft, addressed: Addressed, by: Standing) -> list[str]:
    said = {
        "title": draft.title.strip(), "reason": draft.reason.strip(),
        "contact": draft.contact.strip(), "answer_on": draft.answer_on,
        "fields": [one.as_json() for one in draft.fields],
        "selection": draft.selection.as_json(), "addressed": addressed.value,
        "person_name": by.person_name,
    }  # fmt: skip
    for name, value in said.items():
        setattr(dispatch, name, value)
    return list(said)


@transaction.atomic
def draft(said: Draft, *, by: Standing) -> Dispatch:
    """Draft a dispatch; nobody else sees it before it goes out.

    The same words drafted again on the same day are the same draft.
    """
    addressed, office = _checked(said, by)
    list(Organisation.objects.select_for_update().filter(pk=office).values_list("pk"))
    same = queries.drafts(by).filter(
        drafted_on=clock.today(), title=said.title.strip(), reason=said.reason.strip(),
        answer_on=said.answer_on, addressed=addressed, selection=said.selection.as_json(),
    ).first()  # fmt: skip
    if same is not None:
        return same
    made = Dispatch(
        opener_id=office, province=by.province, city_id=by.city or None,
        drafted_on=clock.today(),
    )  # fmt: skip
    _worded(made, said, addressed, by)
    made.save()
    trail.record(_line(made, "dispatch:draft", "起草进度调度"), by=by)
    return made


@transaction.atomic
def edit(dispatch_id: int, said: Draft, *, version: int, by: Standing) -> Dispatch:
    """Change a draft; who saw an older one is told so."""
    addressed, _ = _checked(said, by)
    dispatch = _locked(dispatch_id, DispatchAct.EDIT, by)
    if dispatch.version != version:
        raise Conflict(f"{dispatch.person_name}已修改过这份调度，请刷新后再改")
    names = _worded(dispatch, said, addressed, by)
    dispatch.version += 1
    dispatch.save(update_fields=[*names, "version"])
    trail.record(_line(dispatch, "dispatch:edit", "修改进度调度"), by=by)
    return dispatch


@transaction.atomic
def pick(dispatch_id: int, rounds: Collection[int], *, by: Standing) -> int:
    """Add ticked rounds to a draft; return how many were new."""
    dispatch = _locked(dispatch_id, DispatchAct.EDIT, by)
    known = Selection.of(dispatch.selection)
    own = set(queries.scope(by).filter(pk__in=rounds).values_list("pk", flat=True))
    if own != set(rounds):
        raise NotAllowed("只能加入本部门牵头、正在开展的本轮审核")
    added = own - set(known.picked)
    picked = tuple(sorted(own | set(known.picked)))
    if len(picked) > MOST_PICKED:
        raise Refused(f"勾选的企业最多{MOST_PICKED}家，更多的请按逾期事项或所处阶段选取")
    if added:
        dispatch.selection = known.as_json() | {"picked": list(picked)}
        dispatch.version += 1
        dispatch.save(update_fields=["selection", "version"])
        trail.record(
            _line(dispatch, "dispatch:pick", "加入企业", after={"firms": len(added)}), by=by
        )
    return len(added)


@transaction.atomic
def open_dispatch(dispatch_id: int, *, by: Standing) -> Dispatch:
    """Send a dispatch out: the list is frozen, recipients owe an answer and are told.

    Done twice, the second call finds it open and changes nothing.
    """
    dispatch = _mine(dispatch_id, by)
    if dispatch.stage == DispatchStage.OPEN:
        return dispatch
    stage = _target(dispatch, DispatchAct.OPEN, by)
    today = clock.today()
    rows = queries.listed(by, Selection.of(dispatch.selection), today)
    groups, _ = queries.grouped(rows, Addressed(dispatch.addressed))
    checked_opening(
        rows=sum(len(one.rows) for one in groups), answer_on=dispatch.answer_on, today=today
    )
    dispatch.stage, dispatch.opened_on = stage.value, today
    dispatch.save(update_fields=["stage", "opened_on"])
    recipients = Recipient.objects.bulk_create(
        Recipient(
            dispatch=dispatch, city_id=city, county_id=county or None, lead=lead,
            enterprise_id=enterprise, name=group.name,
        )
        for group in groups
        for city, county, lead, enterprise in [group.key]
    )  # fmt: skip
    _freeze(dispatch, list(zip(recipients, groups, strict=True)), by)
    trail.record(
        _line(
            dispatch, "dispatch:open", "下发进度调度",
            after={"firms": sum(len(one.rows) for one in groups), "recipients": len(groups),
                   "on": dispatch.answer_on},
        ),
        by=by,
    )  # fmt: skip
    return dispatch


def _freeze(
    dispatch: Dispatch, lists: Sequence[tuple[Recipient, queries.Group]], by: Standing
) -> None:
    """Write the rows once and for all, open what recipients owe, and tell them."""
    pairs = [(recipient, one) for recipient, group in lists for one in group.rows]
    bulk.copy_rows(
        Row._meta.db_table,
        _ROW_COLUMNS,
        (
            (
                dispatch.pk, recipient.pk, one.round.pk, place, one.round.name, one.round.code,
                one.round.county.name if one.round.county else "", one.round.stage,
                _ENCODE(one.duties), one.late,
            )
            for place, (recipient, one) in enumerate(pairs, 1)
        ),
    )  # fmt: skip
    trail.record_many(
        (
            trail.Line(
                act="dispatch:list", verb="列入进度调度", subject=f"dispatch:{dispatch.pk}",
                label=one.round.name, after={"title": dispatch.title, "on": dispatch.answer_on},
                dossier=one.round.enterprise_id, city=one.round.city_id,
            )
            for _, one in pairs
        ),
        by=by,
    )  # fmt: skip
    counts = {recipient.pk: len(group.rows) for recipient, group in lists}
    office_of = queries.answering([recipient for recipient, _ in lists])
    obligations.open_many(
        obligations.Duty(
            key=f"dispatch:{recipient.pk}", owner=office_of[recipient.pk],
            title=f"报送进度调度“{dispatch.title}”"[:200], subject=f"dispatch:{dispatch.pk}",
            url=messages.address(recipient), city=recipient.city_id, lead=recipient.lead,
            opened_on=clock.today(), due_on=dispatch.answer_on,
            basis=f"{dispatch.opener.name}进度调度，报送期限 {dispatch.answer_on}"[:300],
        )
        for recipient, _ in lists
        if recipient.pk in office_of
    )  # fmt: skip
    notifications.send_many(
        messages.opened(recipient, dispatch, counts[recipient.pk], person, mail)
        for recipient, person, mail in _people([one for one, _ in lists])
    )


@transaction.atomic
def remind(dispatch_id: int, *, text: str, by: Standing) -> Reminder:
    """Ask those again who have not answered; a record is kept, nobody else gets a message.

    The same words on the same day to the same recipients count once.
    """
    dispatch = _locked(dispatch_id, DispatchAct.REMIND, by)
    if not text.strip():
        raise Refused("请填写催办内容")
    waiting = queries.unanswered(dispatch)
    if not waiting:
        raise Refused("都已报送，不需要再次催办")
    last = dispatch.reminders.order_by("-serial").first()
    asked = [one.pk for one, _ in waiting]
    if last and (last.happened_on, last.text, last.recipients) == (
        clock.today(), text.strip(), asked,
    ):  # fmt: skip
        return last
    missing = {one.pk: number for one, number in waiting}
    made = Reminder.objects.create(
        dispatch=dispatch, serial=(last.serial if last else 0) + 1, happened_on=clock.today(),
        text=text.strip(), recipients=asked, missing=sum(missing.values()),
        person_id=by.person_id, person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    trail.record(
        _line(
            dispatch, "dispatch:remind", "再次催办", reason=text.strip(),
            after={"recipients": len(asked), "firms": made.missing},
        ),
        by=by,
    )  # fmt: skip
    notifications.send_many(
        messages.reminded(one, made, missing[one.pk], person, mail)
        for one, person, mail in _people([one for one, _ in waiting])
    )
    return made


@transaction.atomic
def give_back(row_id: int, *, reason: str, by: Standing) -> Answer:
    """Give an answer back to be completed; the rate counts it as missing again."""
    row = Row.objects.select_related("recipient", "round").get(pk=row_id)
    dispatch = _locked(row.dispatch_id, DispatchAct.RETURN, by)
    if not reason.strip():
        raise Refused("请填写退回理由")
    answer = Answer.objects.select_for_update(of=("self",)).filter(row=row).first()
    if answer is None or answer.answered_on is None:
        raise Refused(f"“{row.name}”还没有报送，不需要退回")
    answer.answered_on, answer.late = None, False
    answer.returned_on, answer.returned_because = clock.today(), reason.strip()
    answer.version += 1
    answer.save(update_fields=["answered_on", "late", "returned_on", "returned_because", "version"])
    _owe_again(dispatch, row.recipient_id)
    trail.record(
        _line(dispatch, "dispatch:return", "退回补充", row=row, reason=reason.strip()), by=by
    )
    notifications.send_many(
        messages.returned(one, answer, person, mail)
        for one, person, mail in _people([row.recipient])
    )
    return answer


def _owe_again(dispatch: Dispatch, recipient_id: int) -> None:
    """Let a recipient owe its answer again after one of them came back."""
    keys = [f"dispatch:{pk}" for pk in dispatch.recipients.values_list("pk", flat=True)]
    own = f"dispatch:{recipient_id}"
    done = Obligation.objects.filter(key=own, done_on__isnull=False).first()
    if done is not None and done.done_on is not None:
        keep = [key for key in keys if key != own]
        obligations.owe_again(f"dispatch:{dispatch.pk}", on=done.done_on, keep=keep)


@transaction.atomic
def close(dispatch_id: int, *, by: Standing) -> Dispatch:
    """End a dispatch; what was not answered stays unanswered. Done twice it changes nothing."""
    dispatch = _mine(dispatch_id, by)
    if dispatch.stage == DispatchStage.CLOSED:
        return dispatch
    dispatch.stage = _target(dispatch, DispatchAct.CLOSE, by).value
    dispatch.closed_on = clock.today()
    dispatch.save(update_fields=["stage", "closed_on"])
    _release(dispatch, "调度已结束")
    rate = queries.together("", queries.tallies(dispatch.recipients.all(), clock.today())).rate
    trail.record(
        _line(
            dispatch, "dispatch:close", "结束进度调度",
            after={"firms": rate.asked, "answered": rate.answered},
        ),
        by=by,
    )  # fmt: skip
    return dispatch


@transaction.atomic
def cancel(dispatch_id: int, *, reason: str, by: Standing) -> Dispatch:
    """Cancel a dispatch with a reason; recipients of an open one are told."""
    dispatch = _mine(dispatch_id, by)
    if dispatch.stage == DispatchStage.CANCELLED:
        return dispatch
    if not reason.strip():
        raise Refused("请填写取消理由")
    was_open = dispatch.stage == DispatchStage.OPEN
    dispatch.stage = _target(dispatch, DispatchAct.CANCEL, by).value
    dispatch.closed_on, dispatch.ended_because = clock.today(), reason.strip()
    dispatch.save(update_fields=["stage", "closed_on", "ended_because"])
    _release(dispatch, "调度已取消")
    trail.record(_line(dispatch, "dispatch:cancel", "取消进度调度", reason=reason.strip()), by=by)
    if was_open:
        recipients = list(dispatch.recipients.order_by("pk"))
        notifications.send_many(
            messages.ended(one, dispatch, person, mail) for one, person, mail in _people(recipients)
        )
    return dispatch


def _release(dispatch: Dispatch, reason: str) -> None:
    obligations.void_subjects([f"dispatch:{dispatch.pk}"], on=clock.today(), reason=reason)


def _mine(dispatch_id: int, by: Standing) -> Dispatch:
    """Lock a dispatch; only the office that opened it acts on it."""
    dispatch = (
        Dispatch.objects.select_for_update(of=("self",)).select_related("opener").get(
            pk=dispatch_id
        )
    )  # fmt: skip
    if not access.sides(by, dispatch):
        raise NotAllowed("只有发起部门可以办理这次调度")
    return dispatch


def _target(dispatch: Dispatch, act: DispatchAct, by: Standing) -> DispatchStage:
    return DISPATCHES.target(DispatchStage(dispatch.stage), act, access.sides(by, dispatch))


def _locked(dispatch_id: int, act: DispatchAct, by: Standing) -> Dispatch:
    dispatch = _mine(dispatch_id, by)
    _target(dispatch, act, by)
    return dispatch


def _people(recipients: Sequence[Recipient]) -> Iterable[tuple[Recipient, int, str]]:
    """Return each recipient with the people who answer for it."""
    office_of = queries.answering(recipients)
    people: dict[int, list[tuple[int, str]]] = {}
    for office, person, mail in organisations.people_of(set(office_of.values())):
        people.setdefault(office, []).append((person, mail))
    for one in recipients:
        for person, mail in people.get(office_of.get(one.pk, 0), []):
            yield one, person, mail


def _line(
    dispatch: Dispatch, act: str, verb: str, *, row: Row | None = None,
    after: dict[str, object] | None = None, reason: str = "",
) -> trail.Line:  # fmt: skip
    return trail.Line(
        act=act, verb=verb, subject=f"dispatch:{dispatch.pk}",
        label=f"{dispatch.title}：{row.name}" if row else dispatch.title, after=after,
        reason=reason, dossier=row.round.enterprise_id if row else None,
        city=row.recipient.city_id if row else dispatch.city_id or "",
    )  # fmt: skip
