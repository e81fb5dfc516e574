"""Every write on plans, phases and the tables of three years."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.phases import messages, queries
from cleanprod.stages.phases.access import SCOPES, May, open_to
from cleanprod.stages.phases.models import Course, Draft, Plan, Progress, Remark
from cleanprod.stages.phases.rules import (
    LONGEST_NOTE,
    MOST_PEOPLE,
    Begun,
    Mode,
    PlanContent,
    fault_of_beginning,
    faults_of_schedule,
    faults_of_team,
)
from cleanprod.stages.registration import engaging


@transaction.atomic
def keep_draft(round_id: int, texts: Mapping[str, str], *, by: Standing) -> Draft:
    """Keep what somebody has typed of a plan, right or wrong."""
    audit, by = _locked(round_id, May.PLAN, by)
    draft, _ = Draft.objects.update_or_create(
        round=audit, person_id=by.person_id,
        defaults={"texts": dict(texts), "changed_at": clock.now()},
    )  # fmt: skip
    return draft


def drop_draft(round_id: int, *, by: Standing) -> None:
    """Throw away what one has typed oneself; the plan that was filed stays."""
    Draft.objects.filter(round=round_id, person_id=by.person_id).delete()


@transaction.atomic
def file_plan(
    round_id: int, content: PlanContent, *, version: int, reason: str = "", by: Standing
) -> Plan:
    """File the plan of a round, or its next version with the reason of the change.

    `version` is the one that was read, 0 when there was none. The same content twice is one.
    """
    audit, by = _locked(round_id, May.PLAN, by)
    _checked(content, queries.phase_titles(audit))
    before = queries.newest_plan(audit)
    waiting = audit.stage == Stage.REGISTERED
    if before and not waiting and queries.content_of(before) == content:
        drop_draft(round_id, by=by)
        return before
    if (before.version if before else 0) != version:
        who = before.person_name if before else ""
        raise Conflict(f"{who}已提交审核计划第{before.version if before else 0}版，请对照后再提交")
    if before and not reason.strip():
        raise Refused("请填写变更理由")
    body = _as_json(content)
    number = (before.version if before else 0) + 1
    plan = Plan.objects.create(
        round=audit, version=number, **body, reason=reason.strip(),
        receipt=_receipt(audit, content, number, by=by), filed_on=clock.today(),
        person_id=by.person_id, person_name=by.person_name,
    )  # fmt: skip
    drop_draft(round_id, by=by)
    if not waiting:
        after = {"version": number, "receipt": plan.receipt}
        _tell(audit, "plan:change", "更新审核计划", after, by=by, reason=plan.reason)
    return plan


def _receipt(audit: Round, content: PlanContent, version: int, *, by: Standing) -> str:
    """Record the milestone for a plan that is waited for; a later version has its own receipt."""
    if audit.stage == Stage.REGISTERED:
        summary = {
            "start": content.schedule[0].first,
            "finish": content.schedule[-1].last,
            "team": "、".join(f"{one.name}（{one.duty.label}）" for one in content.team),
            "focus": content.focus,
        }
        return audits.file_plan(audit.pk, summary, by=by).number
    public = {
        "enterprise": audit.name, "year": audit.list_year, "on": clock.today().isoformat(),
        "version": version,
    }  # fmt: skip
    return documents.issue_receipt(
        "plan", f"审核计划（第{version}版）：{audit.name}", public, by=by
    ).number


def _checked(content: PlanContent, phases: Sequence[str]) -> None:
    if tuple(slot.title for slot in content.schedule) != tuple(phases):
        raise Conflict("审核方式已改变，请按现在的阶段重新安排进度")
    faults = faults_of_team(content.team) + list(faults_of_schedule(content.schedule).values())
    if len(content.team) > MOST_PEOPLE:
        faults.append(f"审核小组不超过{MOST_PEOPLE}人")
    if faults:
        raise Refused("；".join(faults))


def _as_json(content: PlanContent) -> dict[str, Any]:
    return {
        "team": [asdict(one) for one in content.team],
        "schedule": [
            {"title": one.title, "first": one.first.isoformat(), "last": one.last.isoformat()}
            for one in content.schedule
        ],
        "focus": content.focus,
        "consultancy": content.consultancy,
    }


@transaction.atomic
def remark(round_id: int, *, version: int, text: str, by: Standing) -> Remark:
    """Say something about the plan that holds; the enterprise is told. Twice the same is once."""
    audit, by = _locked(round_id, May.REMARK, by)
    plan = queries.newest_plan(audit)
    said = text.strip()
    if plan is None:
        raise Refused("企业还没有填报审核计划")
    if plan.version != version:
        raise Conflict(f"企业已提交审核计划第{plan.version}版，请看过新版再反馈")
    if not said or len(said) > LONGEST_NOTE:
        raise Refused(f"请填写反馈意见，不超过{LONGEST_NOTE}个字")
    same = plan.remarks.filter(text=said, office_name=by.office_name).first()
    if same:
        return same
    made = Remark.objects.create(
        plan=plan, text=said, happened_on=clock.today(), person_id=by.person_id,
        person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    notifications.send_many(
        messages.remarked(made, person, mail)
        for _, person, mail in organisations.people_of([audit.enterprise_id])
    )
    _tell(audit, "plan:remark", "反馈审核计划意见", {"version": version}, by=by, reason=said[:500])
    return made


@transaction.atomic
def start(round_id: int, *, on: date, evidence: File | None = None, by: Standing) -> None:
    """Record the day of the start meeting; this settles the duty to start."""
    audit, by = _locked(round_id, May.START, by)
    if audit.planned_on and audit.registered_on and on < audit.registered_on:
        raise Refused(f"启动日期不能早于企业注册日期{audit.registered_on}")
    fact = audits.NewFact(
        round_id, Milestone.STARTED, on, evidence=evidence.pk if evidence else None
    )
    audits.record(Act.START, [fact], by=by)


@transaction.atomic
def fill_phase(
    round_id: int, title: str, *, first_on: date | None, last_on: date | None, note: str,
    seen: str = "", by: Standing,
) -> Progress:  # fmt: skip
    """Say when a phase began and ended and how it goes; `seen` is the mark that was read."""
    audit, by = _locked(round_id, May.WORK, by)
    phases = queries.phases_of(audit)
    number = next((one.number for one in phases if one.title == title), 0)
    if not number:
        raise Conflict("审核方式已改变，请重新打开该阶段")
    if last_on and not first_on:
        raise Refused("请先填写实际开始日期")
    if first_on and last_on and last_on < first_on:
        raise Refused("实际完成日期不能早于实际开始日期")
    if max(filter(None, (first_on, last_on)), default=date.min) > clock.today():
        raise Refused("实际日期不能晚于今天")
    if fault := fault_of_beginning(first_on, number, [_begun(one) for one in phases]):
        raise Refused(fault)
    said = {"first_on": first_on, "last_on": last_on, "note": note.strip()[:LONGEST_NOTE]}
    done = phases[number - 1].done
    before = {key: getattr(done, key) for key in said} if done else {}
    if done and before == said:
        return done
    if done and done.mark != seen:
        raise Conflict(f"{done.edited_by}已填报这一阶段，您填写的内容还没有保存，请对照两个版本")
    done, _ = Progress.objects.update_or_create(
        round=audit, title=title,
        defaults={**said, "edited_by": by.person_name, "edited_at": clock.now()},
    )  # fmt: skip
    _tell(audit, "phase:fill", f"填报阶段进展：{title}", _plain(said), by=by, before=_plain(before))
    return done


def _begun(phase: queries.Phase) -> Begun:
    return Begun(phase.title, phase.done.first_on if phase.done else None)


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value for key, value in facts.items()
    }


@transaction.atomic
def choose_mode(round_id: int, mode: Mode, *, reason: str, by: Standing) -> None:
    """Let the lead department decide how a round is audited, before its phases are filled."""
    audit, by = _locked(round_id, May.CHOOSE, by)
    before = queries.mode_of(audit)
    if mode is before:
        return
    if mode is Mode.SIMPLIFIED and not reason.strip():
        raise Refused("采用简化方式应填写理由")
    if Progress.objects.filter(round=audit).exists():
        raise Refused("企业已填报阶段进展，不能再改变审核方式")
    Course.objects.update_or_create(
        round=audit,
        defaults={
            "mode": mode.value, "reason": reason.strip(), "decided_on": clock.today(),
            "decided_by": by.person_name,
        },
    )  # fmt: skip
    _tell(
        audit, "round:mode", "确定审核方式", {"mode": mode.label}, by=by,
        before={"mode": before.label}, reason=reason.strip(),
    )  # fmt: skip


def _locked(round_id: int, may: May, by: Standing) -> tuple[Round, Standing]:
    """Lock a round, after the engagement of a consultant, and tell as whom this person acts."""
    acting = engaging.acting_in(round_id, by=by, scope=SCOPES[may]) if may in SCOPES else by
    audit = Round.objects.select_for_update().get(pk=round_id)
    if may not in open_to(acting, audit):
        raise NotAllowed(f"本轮审核现为“{audit.get_stage_display()}”，不能由您办理此项")
    return audit, acting


def _tell(
    audit: Round, act: str, verb: str, after: Mapping[str, Any], *, by: Standing,
    before: Mapping[str, Any] | None = None, reason: str = "",
) -> None:  # fmt: skip
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name,
            before=dict(before or {}), after=dict(after), reason=reason,
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
