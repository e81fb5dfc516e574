"""Every write on remarks: taken from a sitting, typed, replied to, ticked off, dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.remarks import access, rules
from cleanprod.stages.remarks.models import Remark, Reply
from cleanprod.stages.remarks.rules import LIFECYCLE, Act, Kind, State, Step, Weight
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.queries import answers_of, sheet_of
from cleanprod.stages.scoring.rules import State as Sat

_OPEN_TO_REMARKS = (*WORKING, Stage.ACCEPTED)


@dataclass(frozen=True, slots=True)
class NewRemark:
    """A remark as the lead department types it; `raised_by` is the expert's name."""

    step: Step
    kind: Kind
    weight: Weight
    text: str
    raised_by: str
    raised_on: date


@dataclass(frozen=True, slots=True)
class NewReply:
    """What an enterprise changed and where; `version` names the material."""

    changed: str
    place: str
    version: str = ""
    file: File | None = None


@transaction.atomic
def add(round_id: int, new: NewRemark, *, by: Standing) -> Remark:
    """Take in one remark that the lead department typed, as from a review held on paper."""
    audit = _led(round_id, by)
    if not new.text.strip():
        raise Refused("请填写意见内容")
    if not new.raised_by.strip():
        raise Refused("请填写提出意见的专家")
    if not audit.listed_on <= new.raised_on <= clock.today():
        raise Refused("提出日期应在列入名单之后、不晚于今天")
    made = Remark.objects.create(
        round=audit, step=new.step.value, number=_next(audit.pk, new.step), kind=new.kind.value,
        weight=new.weight.value, text=new.text.strip(), person_name=new.raised_by.strip(),
        raised_on=new.raised_on, entered_by=by.person_name,
    )  # fmt: skip
    _tell(made, "remark:add", "登记专家意见", by, after={"step": new.step.label})
    return made


@transaction.atomic
def take_from(sitting_id: int, *, by: Standing) -> int:
    """Make an item of every remark on what lost points in a sitting; twice makes nothing new."""
    sitting = Sitting.objects.select_related("round").get(pk=sitting_id)
    audit = _led(sitting.round_id, by)
    if sitting.state != Sat.CONFIRMED:
        raise Refused("会议结论审定后，才能列出专家意见")
    known = set(Remark.objects.filter(sitting=sitting).values_list("member", "item"))
    people = {one.pk: one for one in sitting.members.order_by("pk")}
    fresh = [
        (said, people[said.member])
        for said in _said(sitting, people.values())
        if (said.member, said.item) not in known
    ]
    step = Step(sitting.purpose)
    first = _next(audit.pk, step)
    made = Remark.objects.bulk_create(
        Remark(
            round=audit, step=step.value, number=number, kind=said.kind.value,
            weight=said.weight.value, text=said.text, sitting=sitting, member=member,
            item=said.item, person_id=member.person_id, person_name=member.name,
            raised_on=sitting.held_on, entered_by=by.person_name,
        )
        for number, (said, member) in enumerate(fresh, first)
    )  # fmt: skip
    if made:
        after = {"step": step.label, "remarks": len(made)}
        _tell(made[0], "remark:take", "列出专家意见", by, after=after)
    return len(made)


def _said(sitting: Sitting, members: "Sequence[Member] | Any") -> list[rules.Said]:
    sheet = sheet_of(sitting)
    found = []
    for member in members:
        given = answers_of(member)
        lost = {
            one.number: given.scores.get(one.number, one.maximum) < one.maximum
            for one in sheet.items
        }
        items = [
            *((one.number, one.text, False) for one in sheet.vetoes),
            *(
                (one.number, section.title, lost[one.number])
                for section in sheet.sections
                for one in section.items
            ),
            *((one.number, one.text, False) for one in sheet.bonus),
        ]
        found += rules.said_by(member.pk, given.remarks, given.vetoes, items=items)
    return found


@transaction.atomic
def reply(remark_id: int, new: NewReply, *, by: Standing) -> Remark:
    """Answer a remark with what was changed and where; the same answer again changes nothing."""
    remark = _locked(remark_id)
    last = remark.replies.order_by("-pk").first()
    said = (new.changed.strip(), new.place.strip(), new.version.strip())
    if (
        remark.state == State.REPLIED
        and last is not None
        and (last.changed, last.place, last.version) == said
        and rules.Who.ENTERPRISE in access.who(by, remark)
    ):
        return remark
    target = _target(remark, Act.REPLY, by)
    rules.checked_reply(new.changed, new.place)
    Reply.objects.create(
        remark=remark, changed=said[0], place=said[1], version=said[2], file=new.file,
        replied_on=clock.today(), replied_by=by.person_name,
    )  # fmt: skip
    remark.state, remark.reason = target.value, ""
    remark.save(update_fields=["state", "reason"])
    _tell(remark, "remark:reply", "回复专家意见", by, after={"place": said[1]})
    return remark


@transaction.atomic
def close(remark_id: int, *, by: Standing) -> Remark:
    """Tick a remark off: by who raised it, or by the lead department; twice is once."""
    remark = _locked(remark_id)
    if remark.state == State.CLOSED and not access.who(by, remark).isdisjoint(
        {rules.Who.LEAD, rules.Who.RAISER}
    ):
        return remark
    remark.state = _target(remark, Act.CLOSE, by).value
    remark.settled_on, remark.settled_by = clock.today(), by.person_name
    remark.save(update_fields=["state", "settled_on", "settled_by"])
    _check(remark, True, "", by)
    _tell(remark, "remark:close", "复核通过专家意见", by, after={"number": remark.number})
    return remark


@transaction.atomic
def reopen(remark_id: int, *, reason: str, by: Standing) -> Remark:
    """Send a remark back to the enterprise with the reason; the lead may open a closed one."""
    remark = _locked(remark_id)
    if remark.state == State.CLOSED and remark.round.stage not in _OPEN_TO_REMARKS:
        raise Refused(f"本轮审核已是“{remark.round.get_stage_display()}”，意见不再退回")
    target = _reasoned(remark, Act.REOPEN, reason, by)
    remark.state, remark.settled_on, remark.settled_by = target.value, None, ""
    remark.reason = reason.strip()[:500]
    remark.save(update_fields=["state", "settled_on", "settled_by", "reason"])
    _check(remark, False, remark.reason, by)
    _tell(remark, "remark:reopen", "退回意见落实情况", by, reason=remark.reason)
    return remark


@transaction.atomic
def drop(remark_id: int, *, reason: str, by: Standing) -> Remark:
    """Drop a remark that was entered by mistake or overtaken; it stays with its reason."""
    remark = _locked(remark_id)
    remark.state = _reasoned(remark, Act.DROP, reason, by).value
    remark.reason = reason.strip()[:500]
    remark.settled_on, remark.settled_by = clock.today(), by.person_name
    remark.save(update_fields=["state", "reason", "settled_on", "settled_by"])
    _tell(remark, "remark:drop", "撤销专家意见", by, reason=remark.reason)
    return remark


def _check(remark: Remark, passed: bool, reason: str, by: Standing) -> None:
    """Write the check beside the newest reply."""
    last = remark.replies.order_by("-pk").first()
    if last is not None:
        last.passed, last.reason = passed, reason
        last.checked_on, last.checked_by = clock.today(), by.person_name
        last.save(update_fields=["passed", "reason", "checked_on", "checked_by"])


def _reasoned(remark: Remark, act: Act, reason: str, by: Standing) -> State:
    target = _target(remark, act, by)
    if LIFECYCLE.needs_reason(State(remark.state), act) and not reason.strip():
        raise Refused(f"请填写{act.label}的理由")
    return target


def _target(remark: Remark, act: Act, by: Standing) -> State:
    return LIFECYCLE.target(State(remark.state), act, access.who(by, remark))


def _locked(remark_id: int) -> Remark:
    found = Remark.objects.select_for_update(of=("self",)).select_related("round")
    return found.get(pk=remark_id)


def _led(round_id: int, by: Standing) -> Round:
    """Lock a round of the department, so that numbers follow one another."""
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.LEAD not in audits.parts(by, audit):
        raise NotAllowed("专家意见由牵头部门登记")
    return audit


def _next(round_id: int, step: Step) -> int:
    rows = Remark.objects.filter(round=round_id, step=step.value)
    last: int | None = rows.aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _tell(
    remark: Remark, act: str, verb: str, by: Standing, *,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:  # fmt: skip
    audit = remark.round
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"remark:{remark.pk}", label=f"{audit.name} {remark}",
            after=after or {"state": remark.state}, reason=reason, dossier=audit.enterprise_id,
            city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
