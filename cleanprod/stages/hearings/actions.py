"""Every write on reviews on the way to the meeting: arrange, apply, admit, schedule, open."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as rounds
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import FACT_OF, WORKING, Stage
from cleanprod.stages.audits.rules import Act as Move
from cleanprod.stages.experts import appointing
from cleanprod.stages.experts.models import Appointment, Panel
from cleanprod.stages.experts.rules import PanelStage, Seat
from cleanprod.stages.hearings import access, gate, messages, queries, rules
from cleanprod.stages.hearings.models import Arrangement, Hearing
from cleanprod.stages.hearings.rules import LIFECYCLE, LIVE, PURPOSES, Act, Form, Mode, State, Step
from cleanprod.stages.scoring import actions as scoring
from cleanprod.stages.scoring.rules import State as Sat


@transaction.atomic
def arrange(round_id: int, mode: Mode, *, county: bool, by: Standing) -> Arrangement:
    """Decide how a round is reviewed and whether the county organises it; the lead alone."""
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.LEAD not in rounds.parts(by, audit):
        raise NotAllowed("评审方式由牵头部门确定")
    if audit.stage not in WORKING:
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”")
    if county and audit.county_id is None:
        raise Refused("本轮审核没有登记县区，不能委托县区组织")
    before = Arrangement.objects.filter(round=audit).first()
    if before is not None and (before.mode, before.county) == (mode, county):
        return before
    if Hearing.objects.filter(round=audit, state__in=LIVE).exclude(mode=mode.value).exists():
        raise Conflict("本轮已有办理中的申请，不能改变评审方式，请先撤销申请")
    made, _ = Arrangement.objects.update_or_create(
        round=audit,
        defaults={
            "mode": mode.value, "county": county, "decided_on": clock.today(),
            "decided_by": by.person_name,
        },
    )  # fmt: skip
    trail.record(
        trail.Line(
            act="hearing:arrange", verb="确定评审方式", subject=f"round:{audit.pk}",
            label=audit.name, after={"mode": mode.label, "county": county},
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
    return made


@transaction.atomic
def apply(round_id: int, *, note: str = "", by: Standing) -> Hearing:
    """Apply for the review that comes next; a returned application is handed in again.

    What the gate shows on the page is what it refuses by. Applying twice is once.
    """
    # The review first, then the round, as everywhere here; a new one waits for the round alone.
    found = Hearing.objects.select_for_update(of=("self",)).filter(round=round_id, state__in=LIVE)
    hearing = found.first()
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.ENTERPRISE not in rounds.parts(by, audit):
        raise NotAllowed("评估、验收由企业申请")
    today = clock.today()
    hearing = hearing or found.first()
    if hearing is not None and hearing.state != State.RETURNED:
        return hearing
    asked = queries.asked(audit, today)
    gate.pass_gate(asked)
    mode = queries.arranged(audit, today).mode
    hearing = hearing or Hearing(round=audit)
    hearing.state = State.APPLIED.value
    hearing.step, hearing.mode = asked.step.value, mode
    hearing.form = rules.usual_form(Mode(mode), asked.step).value
    hearing.note, hearing.level = note.strip()[:500], gate.reached(audit)
    hearing.applied_on = hearing.day = today
    hearing.applied_by, hearing.reason = by.person_name, ""
    hearing.checked_on, hearing.checked_by, hearing.check_note = None, "", ""
    hearing.save()
    tell(hearing, "apply", rules.application_of(asked.step), by)
    body = f"{audit.name}提交了{rules.application_of(asked.step)}，请受理或退回补正。"
    notifications.send_many(messages.to_lead(hearing, "申请", body))
    return hearing


@transaction.atomic
def check(hearing_id: int, *, note: str, by: Standing) -> Hearing:
    """Note what the county found in an application; it does not change the state."""
    hearing = moved(hearing_id, Act.CHECK, by)
    if not note.strip():
        raise Refused("请填写初核意见")
    hearing.check_note, hearing.checked_on = note.strip()[:500], clock.today()
    hearing.checked_by = f"{by.person_name}（{by.office_name}）"[:200]
    hearing.save(update_fields=["check_note", "checked_on", "checked_by"])
    tell(hearing, "check", Act.CHECK.label, by, reason=hearing.check_note)
    return hearing


@transaction.atomic
def admit(hearing_id: int, *, by: Standing) -> Hearing:
    """Admit an application; the round is in assessment or acceptance from today."""
    hearing = locked(hearing_id)
    if hearing.state == State.ADMITTED and Part.LEAD in rounds.parts(by, hearing.round):
        return hearing
    hearing = moved(hearing_id, Act.ADMIT, by)
    assessing = hearing.step == Step.ASSESSMENT
    act = Move.ASSESS if assessing else Move.ADMIT
    there = Stage.IN_ASSESSMENT if assessing else Stage.IN_ACCEPTANCE
    if hearing.round.stage != there:  # an admitted review that was cancelled left it there
        fact = audits.NewFact(hearing.round_id, FACT_OF[act], clock.today())
        audits.record(act, [fact], by=by, template=Mode(hearing.mode))
    hearing.admitted_on, hearing.admitted_by = clock.today(), by.person_name
    hearing.save(update_fields=["state", "admitted_on", "admitted_by"])
    tell(hearing, "admit", Act.ADMIT.label, by)
    body = "申请已受理，会议时间另行通知。"
    notifications.send_many(messages.to_firm(hearing, "申请已受理", body))
    return hearing


@transaction.atomic
def send_back(hearing_id: int, *, reason: str, report: bool = False, by: Standing) -> Hearing:
    """Return an application with the reason; with `report` the audit report goes back, too."""
    hearing = moved(hearing_id, Act.RETURN, by, reason)
    hearing.save(update_fields=["state", "reason"])
    if report:
        audits.send_back(hearing.round_id, reason=reason, by=by)
    tell(hearing, "return", Act.RETURN.label, by, reason=hearing.reason)
    notifications.send_many(messages.to_firm(hearing, "申请退回补正", hearing.reason))
    return hearing


@dataclass(frozen=True, slots=True)
class Meeting:
    """When, where and how a panel meets; `panel` is the key of a panel of the round."""

    on: date
    hour: str
    place: str
    form: Form
    panel: int | None = None


@transaction.atomic
def schedule(hearing_id: int, meeting: Meeting, *, by: Standing) -> Hearing:
    """Set or change day, place and panel of a meeting; the enterprise is told, never of names."""
    hearing = moved(hearing_id, Act.SCHEDULE, by)
    if meeting.on < clock.today():
        raise Refused("会议日期早于今天")
    if not meeting.place.strip():
        raise Refused("请填写会议地点或线上会议方式")
    panel = None
    if meeting.panel is not None:
        panel = queries.panels_for(hearing).filter(pk=meeting.panel).first()
        if panel is None:
            raise Refused("所选评审组不评审本轮审核，请重新选择")
        if panel.meets_on != meeting.on:
            raise Refused(f"评审组的会议日期为{panel.meets_on.isoformat()}，应与会议日期一致")
    hearing.meets_on = hearing.day = meeting.on
    hearing.hour, hearing.place = meeting.hour.strip(), meeting.place.strip()
    hearing.form, hearing.panel = meeting.form.value, panel
    hearing.save(update_fields=["state", "meets_on", "day", "hour", "place", "form", "panel"])
    after = {"on": meeting.on.isoformat(), "place": hearing.place, "form": meeting.form.label}
    tell(hearing, "schedule", Act.SCHEDULE.label, by, after=after)
    body = (
        f"会议日期{meeting.on.isoformat()} {hearing.hour}，{meeting.form.label}，{hearing.place}。"
    )
    notifications.send_many(messages.to_firm(hearing, "会议安排", body))
    return hearing


@transaction.atomic
def open_meeting(hearing_id: int, *, leader: int, by: Standing) -> Hearing:
    """Open the meeting: the panel's names become known and its members sit to score.

    `leader` is the key of the expert who leads. Opening twice is once, as long as the sitting
    stands; the experts slice refuses while anybody may not sit.
    """
    hearing = moved(hearing_id, Act.OPEN, by)
    if hearing.sitting is not None and hearing.sitting.state != Sat.CANCELLED:
        return hearing
    panel = hearing.panel
    if panel is None or hearing.meets_on is None:
        raise Refused("请先在会议安排中选择评审组")
    if panel.stage != PanelStage.OPENED:
        appointing.open_meeting(panel.pk, by=by)
        panel.refresh_from_db()
    if panel.meets_on != hearing.meets_on:
        raise Refused(f"评审组会议日期已改为{panel.meets_on.isoformat()}，请先调整会议安排")
    seats = dict(members(panel))
    if leader not in seats:
        raise Refused("组长应是评审组的专家之一")
    new = scoring.NewSitting(
        PURPOSES[Step(hearing.step)], hearing.meets_on, hearing.place, list(seats.values()),
        seats[leader],
    )  # fmt: skip
    hearing.sitting = scoring.open_sitting(hearing.round_id, new, by=by)
    hearing.save(update_fields=["state", "sitting"])
    tell(hearing, "open", Act.OPEN.label, by, after={"members": len(seats)})
    return hearing


def members(panel: Panel) -> list[tuple[int, int]]:
    """Return (expert, account) of all who accepted a seat; an expert without account stops it."""
    rows = Appointment.objects.filter(panel=panel, state=Seat.ACCEPTED).select_related("expert")
    found = []
    for one in rows.order_by("pk"):
        if one.expert.person_id is None:
            raise Refused(f"{one.expert.name}没有平台账号，请解除聘请后补抽，或改用线下评审")
        found.append((one.expert_id, one.expert.person_id))
    return found


@transaction.atomic
def cancel(hearing_id: int, *, reason: str, by: Standing) -> Hearing:
    """Cancel a review with its reason; its sitting is cancelled with it, the round stays."""
    hearing = moved(hearing_id, Act.CANCEL, by, reason)
    if hearing.sitting is not None and hearing.sitting.state == Sat.CONFIRMED:
        raise Refused("会议结论已审定，请登记结论")
    if hearing.sitting is not None and hearing.sitting.state == Sat.SCORING:
        scoring.cancel(hearing.sitting.pk, reason=reason, by=by)
    hearing.save(update_fields=["state", "reason"])
    tell(hearing, "cancel", Act.CANCEL.label, by, reason=hearing.reason)
    return hearing


def locked(hearing_id: int) -> Hearing:
    """Lock a review, then read what hangs on it."""
    found = Hearing.objects.select_for_update(of=("self",))
    return found.select_related("round__enterprise", "panel", "sitting").get(pk=hearing_id)


def moved(hearing_id: int, act: Act, by: Standing, reason: str | None = None) -> Hearing:
    """Lock a review for an act and move it in memory; a reason is asked for where it is due."""
    hearing = locked(hearing_id)
    stage = State(hearing.state)
    hearing.state = LIFECYCLE.target(stage, act, access.who(by, hearing)).value
    if reason is not None:
        if LIFECYCLE.needs_reason(stage, act) and not reason.strip():
            raise Refused(f"请填写{act.label}的理由")
        hearing.reason = reason.strip()[:500]
    return hearing


@transaction.atomic
def note_read(hearing: Hearing, kind: str, *, by: Standing) -> None:
    """Keep in the trail that somebody read a scan of a review held on paper."""
    tell(hearing, "read-scan", "查看线下评审扫描件", by, after={"kind": kind})


def tell(
    hearing: Hearing, act: str, verb: str, by: Standing, *,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Write an act on a review into the trail; no line names an expert."""
    audit = hearing.round
    trail.record(
        trail.Line(
            act=f"hearing:{act}", verb=f"{verb}（{hearing.get_step_display()}）",
            subject=f"hearing:{hearing.pk}", label=audit.name,
            after={"state": hearing.state, **(after or {})}, reason=reason,
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
