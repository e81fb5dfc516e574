"""Every write on the year's papers and their filings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.planning import access, messages, queries, rules
from cleanprod.stages.planning.models import Answer, Consent, Filing, Plan
from cleanprod.stages.planning.rules import (
    FILING_LIFECYCLE,
    PLAN_LIFECYCLE,
    FilingAct,
    FilingKind,
    FilingStage,
    PlanAct,
    PlanStage,
)
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch


@dataclass(frozen=True, slots=True)
class Text:
    """What the paper says; the lists and the dated demands are added from the records."""

    title: str
    tasks: str
    safeguards: str
    funding: str
    fee: Decimal | None
    contact: str


@transaction.atomic
def draft(year: int, *, by: Standing) -> Plan:
    """Return the paper of one's city and year, begun from the usual text if there is none."""
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("年度计划由市级工业和信息化、生态环境部门起草")
    if not 2000 <= year <= 2100:
        raise Refused("年度应为四位年份")
    region = territory.region(by.city)
    if region is None:
        raise Refused(f"没有代码为“{by.city}”的地市")
    plan, created = Plan.objects.get_or_create(
        year=year,
        city_id=by.city,
        defaults={
            "title": f"{region.name}{year}年度清洁生产推行工作计划和企业名单",
            **{name: _usual(name) for name in ("tasks", "safeguards", "funding")},
            "edited_by": by.person_name,
            "edited_office": by.office_name,
            "edited_on": clock.today(),
        },
    )
    if created:
        _tell(plan, "plan:draft", "起草年度计划", by=by)
    return plan


def _usual(name: str) -> str:
    """Return the text that the rulebook offers to begin with."""
    return str(rulebook.value(f"planning.usual.{name}", on=clock.today()).value)


def _locked(plan_id: int, act: PlanAct, by: Standing, version: int | None = None) -> Plan:
    """Lock a paper for an act and move it in memory; a stale text is a conflict."""
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    if version is not None and version != plan.version:
        raise Conflict(
            f"{plan.edited_office} {plan.edited_by}已修改为第{plan.version}稿，"
            "请打开最新一稿核对后再办理"
        )
    facts = access.consents(plan, by)
    plan.stage = PLAN_LIFECYCLE.target(
        PlanStage(plan.stage), act, access.parts(by, plan.city_id), facts
    )
    return plan


@transaction.atomic
def edit(plan_id: int, text: Text, *, version: int, by: Standing) -> Plan:
    """Change the text of a draft; consents to the earlier text end with it."""
    plan = _locked(plan_id, PlanAct.EDIT, by, version)
    names = ("title", "tasks", "safeguards", "funding", "fee", "contact")
    changed = [name for name in names if getattr(plan, name) != getattr(text, name)]
    if not changed:
        return plan
    if not (text.title.strip() and text.tasks.strip() and text.safeguards.strip()):
        raise Refused("标题、重点任务和保障措施都应填写")
    before = {name: _plain(getattr(plan, name)) for name in changed}
    for name in changed:
        setattr(plan, name, getattr(text, name))
    plan.version += 1
    plan.edited_by, plan.edited_office = by.person_name, by.office_name
    plan.edited_on = clock.today()
    plan.save(update_fields=[*changed, "version", "edited_by", "edited_office", "edited_on"])
    after = {name: _plain(getattr(plan, name)) for name in changed} | {"version": plan.version}
    _tell(plan, "plan:edit", "修改年度计划", by=by, before=before, after=after)
    return plan


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


@transaction.atomic
def agree(plan_id: int, *, version: int, by: Standing) -> Plan:
    """Agree to the text as it stands 会签, with the ready lists of one's department."""
    plan = _locked(plan_id, PlanAct.AGREE, by, version)
    line = Line(by.line or "")
    _, created = Consent.objects.get_or_create(
        plan=plan,
        line=line.value,
        version=plan.version,
        defaults={
            "on": clock.today(),
            "person_name": by.person_name,
            "office_name": by.office_name,
        },
    )
    if not created:
        raise Conflict("本部门已会签同意这一稿")
    plan.save(update_fields=["stage"])
    lists = programme.join(plan.city_id, plan.year, line, joint=True, by=by)
    _tell(plan, "plan:agree", "会签同意年度计划", by=by, after={"version": plan.version,
          "stage": plan.stage, "lists": lists})  # fmt: skip
    return plan


@transaction.atomic
def revise(plan_id: int, *, reason: str, by: Standing) -> Plan:
    """Take an agreed paper back into drafting; both departments agree anew."""
    if not reason.strip():
        raise Refused("请填写退回修改的理由")
    plan = _locked(plan_id, PlanAct.REVISE, by)
    plan.version += 1
    plan.save(update_fields=["stage", "version"])
    programme.part(plan.city_id, plan.year, by=by)
    _tell(plan, "plan:revise", "年度计划退回修改", by=by, reason=reason.strip())
    return plan


@transaction.atomic
def publish(plan_id: int, *, on: date, document_number: str, by: Standing) -> Plan:
    """Publish the agreed paper and, with it, the lists that both departments put into it.

    All of it happens in one transaction; either department may press the button.
    """
    if on > clock.today():
        raise Refused(f"公布日期 {on.isoformat()} 晚于今天")
    if not document_number.strip():
        raise Refused("请填写文号")
    known = Plan.objects.select_for_update().get(pk=plan_id)
    if known.stage == PlanStage.PUBLISHED:
        raise Conflict(f"该计划已于 {known.published_on} 公布（{known.document_number}）")
    plan = _locked(plan_id, PlanAct.PUBLISH, by)
    joint = queries.joint_lists(plan)
    if not joint and not queries.published_lists(plan):
        raise Refused("还没有待公布或已公布的企业名单，年度计划应与名单一并公布")
    issuers = queries.issuers(plan)
    for batch in joint:
        audits.publish_list(
            batch.pk, on=on, document_number=document_number.strip(), issuers=issuers, by=by,
            jointly=True,
        )  # fmt: skip
    plan.published_on, plan.document_number = on, document_number.strip()
    plan.save(update_fields=["stage", "published_on", "document_number"])
    _tell(plan, "plan:publish", "公布年度计划", by=by, after={
        "document_number": plan.document_number, "on": on.isoformat(), "lists": len(joint),
    })  # fmt: skip
    return plan


@transaction.atomic
def file(kind: FilingKind, pk: int, *, note: str = "", by: Standing) -> Filing:
    """File a published paper, list or amendment with both provincial departments 报送备案.

    It is submitted once; again only after a return, as the next in sequence.
    """
    thing = queries.fileable(kind, pk)
    if by.role is not Role.CITY or not access.parts(by, thing.city):
        raise NotAllowed("由本市工业和信息化、生态环境部门报送备案")
    _lock_lists(thing.city, thing.year)
    earlier = list(Filing.objects.filter(subject=thing.subject).order_by("sequence"))
    if not rules.may_file_again([FilingStage(one.stage) for one in earlier]):
        raise Conflict(f"已于 {earlier[-1].submitted_on} 报送备案，{_stage_of(earlier)}")
    filing = Filing.objects.create(
        kind=kind.value, subject=thing.subject, sequence=len(earlier) + 1, year=thing.year,
        city_id=thing.city, title=thing.title, url=thing.url, note=note.strip(),
        document_number=thing.document_number, published_on=thing.published_on,
        submitted_on=clock.today(), person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    again = "再次报送备案" if earlier else "报送备案"
    _tell_filing(filing, "filing:submit", again, by=by, reason=filing.note)
    return filing


def _lock_lists(city: str, year: int) -> None:
    """Let those who file for one city and year follow one another."""
    rows = Batch.objects.select_for_update().filter(city=city, year=year).order_by("pk")
    list(rows.values_list("pk"))


def _stage_of(filings: Sequence[Filing]) -> str:
    return f"当前为“{FilingStage(filings[-1].stage).label}”"


@transaction.atomic
def answer(
    filing_id: int, act: FilingAct, *, number: str = "", remark: str = "", by: Standing
) -> Filing:
    """Register a filing for one's provincial department, or return it for completion."""
    filing = Filing.objects.select_for_update().get(pk=filing_id)
    facts = access.answers(filing, by)
    if facts.line and facts.line in facts.given:
        raise Conflict("本部门已办理该备案")
    target = FILING_LIFECYCLE.target(
        FilingStage(filing.stage), act, access.parts(by, filing.city_id), facts
    )
    if FILING_LIFECYCLE.needs_reason(FilingStage(filing.stage), act) and not remark.strip():
        raise Refused("退回补正应写明需要补正的内容")
    Answer.objects.create(
        filing=filing, line=facts.line, act=act.value, on=clock.today(), number=number.strip(),
        remark=remark.strip(), person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    filing.stage = target.value
    filing.save(update_fields=["stage"])
    _tell_filing(filing, f"filing:{act.value}", act.label, by=by, reason=remark.strip())
    notifications.send_many(
        messages.answered(filing, act, remark.strip(), by.office_name, person, mail)
        for person, mail in queries.people_of_city(filing.city_id)
    )
    return filing


def _tell(
    plan: Plan,
    act: str,
    verb: str,
    *,
    by: Standing,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"plan:{plan.pk}", label=plan.title, before=before,
            after=after or {"stage": plan.stage}, reason=reason, city=plan.city_id,
        ),
        by=by,
    )  # fmt: skip


def _tell_filing(filing: Filing, act: str, verb: str, *, by: Standing, reason: str) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"filing:{filing.pk}", label=filing.title,
            after={"stage": filing.stage, "sequence": filing.sequence}, reason=reason,
            city=filing.city_id,
        ),
        by=by,
    )  # fmt: skip
