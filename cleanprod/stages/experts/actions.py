"""Every write on the pool: apply, confirm, suspend, declare ties and absences, read contacts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.experts import access, messages, queries
from cleanprod.stages.experts.models import Certificate, Expert, Tie
from cleanprod.stages.experts.personal import Job
from cleanprod.stages.experts.rules import (
    ALL_FACTS,
    EXPERTS,
    OWN_FACTS,
    Act,
    State,
    TieKind,
    Who,
)

_CLOSED = ("phone", "mail", "identity")  # never in the trail


@dataclass(frozen=True, slots=True)
class Application:
    """What somebody says of themselves who wants to join the pool."""

    name: str
    phone: str
    mail: str
    identity: str
    title: str
    level: str
    employer: str
    city_id: str | None
    trades: list[str]
    fields: list[str]
    jobs: tuple[Job, ...] = ()
    certificate: str = ""
    certificate_number: str = ""


@dataclass(frozen=True, slots=True)
class NewTie:
    """A tie that an expert declares."""

    kind: TieKind
    name: str
    reason: str = ""
    since: date | None = None
    until: date | None = None


def code_hash(code: str) -> str:
    """Return how a query code is kept."""
    return sha256(code.strip().encode()).hexdigest()


@transaction.atomic
def apply(
    said: Application, *, file: File | None, by: trail.Actor, standing: Standing | None = None
) -> tuple[Expert, str]:
    """Take in an application; a visitor gets the code by which it is asked for, shown once."""
    today = clock.today()
    limit = rulebook.value("experts.apply.day", on=today)
    if Expert.objects.filter(applied_on=today).count() >= int(limit.value):
        raise Refused("今日受理的申请已满，请明日再提交")
    if standing and access.own(standing):
        raise Conflict("您已在专家库登记，请在“我的评审”中办理")
    code = "" if standing else secrets.token_urlsafe(18)
    expert = Expert.objects.create(
        **_facts(said), person_id=standing.person_id if standing else None, applied_on=today,
        ticket=code_hash(code) if code else "",
    )  # fmt: skip
    _take_papers(expert, said, file)
    _tell(expert, "expert:apply", "申请入库", by=by)
    return expert, code


@transaction.atomic
def apply_again(expert_id: int, said: Application, *, file: File | None, by: trail.Actor) -> Expert:
    """Correct a returned application, or come back after having left."""
    expert = _locked(expert_id)
    if expert.person_id is not None and expert.person_id != by.person_id:
        raise NotAllowed("只能由本人再次申请")
    target = EXPERTS.target(State(expert.state), Act.APPLY, {Who.EXPERT})
    before = {name: getattr(expert, name) for name in ALL_FACTS if name not in _CLOSED}
    facts = _facts(said)
    _keep_employer(expert, said.employer)
    for name, value in facts.items():
        setattr(expert, name, value)
    expert.state, expert.reason, expert.applied_on = target.value, "", clock.today()
    expert.save(update_fields=[*facts, "state", "reason", "applied_on"])
    _take_papers(expert, said, file)
    after = {name: getattr(expert, name) for name in before}
    changed = [name for name in before if before[name] != after[name]]
    _tell(
        expert, "expert:apply-again", Act.APPLY.label, by=by,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed} | {"state": expert.state},
    )  # fmt: skip
    return expert


@transaction.atomic
def amend(expert_id: int, changes: Mapping[str, Any], *, by: Standing) -> Expert:
    """Keep the facts of an expert current: the own ones by the expert, all by the province.

    An employer that was left stays as a tie, so that a change of work hides nothing.
    """
    expert = _own_or_province(expert_id, by)
    allowed = ALL_FACTS if Who.PROVINCE in access.who(by, expert) else OWN_FACTS
    if set(changes) - set(allowed):
        raise NotAllowed("职称、行业和专业领域由省级主管部门核对后修改")
    changed = [name for name in changes if getattr(expert, name) != changes[name]]
    if not changed:
        return expert
    _keep_employer(expert, changes.get("employer", expert.employer))
    told = [name for name in changed if name not in _CLOSED]
    before = {name: getattr(expert, name) for name in told}
    for name in changed:
        setattr(expert, name, changes[name])
    expert.save(update_fields=changed)
    after = {name: getattr(expert, name) for name in told} | {"changed": changed}
    _tell(expert, "expert:amend", "修改专家登记", by=by, before=before, after=after)
    return expert


def _keep_employer(expert: Expert, employer: str) -> None:
    """Keep the employer that is left as a tie that ends today."""
    if comparable(expert.employer) != comparable(employer):
        _tie(expert, NewTie(TieKind.EMPLOYED, expert.employer, "更换工作单位", None, clock.today()))


def _facts(said: Application) -> dict[str, Any]:
    return {name: getattr(said, name) for name in ALL_FACTS}


def _take_papers(expert: Expert, said: Application, file: File | None) -> None:
    """Keep the consultancies and the certificate that came with an application."""
    known = set(expert.ties.values_list("name", "since", "until"))
    for job in said.jobs:
        if (job.name, job.since, job.until) not in known:
            _tie(expert, NewTie(TieKind.CONSULTED, job.name, "", job.since, job.until))
    if file is not None:
        Certificate.objects.create(
            expert=expert, name=said.certificate or file.name[:100],
            number=said.certificate_number, file=file,
        )  # fmt: skip


def _tie(expert: Expert, new: NewTie) -> Tie:
    firm = Organisation.objects.filter(comparable=comparable(new.name), merged_into=None)
    firm = firm.filter(kind__in=[Kind.ENTERPRISE, Kind.CONSULTANCY]).order_by("pk")
    found = list(firm[:2])
    return Tie.objects.create(
        expert=expert, kind=new.kind.value, name=new.name, reason=new.reason, since=new.since,
        until=new.until, declared_on=clock.today(),
        organisation=found[0] if len(found) == 1 else None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Confirmed:
    """An expert who joined the pool; the one-time password is there if an account was made."""

    expert: Expert
    username: str
    password: str = ""


@transaction.atomic
def confirm(expert_id: int, *, by: Standing) -> Confirmed:
    """Let an applicant into the pool and give them the expert's role, with an account if needed."""
    expert = _move(expert_id, Act.CONFIRM, by=by)
    live = queries.likenesses(expert).filter(state__in=[State.POOL, State.SUSPENDED]).first()
    if live:
        raise Conflict(f"专家库已有同一手机号或身份证号的“{live.name}”，请退回本申请")
    office = _pool_office(by)
    password = ""
    if expert.person_id is None:
        person, password = organisations.engage(
            office.pk, username=f"expert{expert.pk}", name=expert.name, role=Role.EXPERT,
            email=expert.mail, by=by,
        )  # fmt: skip
        expert.person = person
    else:
        person = Person.objects.get(pk=expert.person_id)
        organisations.appoint(person, office, Role.EXPERT, by=by)
    expert.ticket = ""
    expert.save(update_fields=["state", "reason", "decided_on", "person", "ticket"])
    _tell(expert, "expert:confirm", Act.CONFIRM.label, by=by)
    notifications.send_many(messages.decided(expert, Act.CONFIRM.label, ""))
    return Confirmed(expert, person.username, password)


def _pool_office(by: trail.Actor) -> Organisation:
    known = Organisation.objects.filter(kind=Kind.POOL, province=settings.PROVINCE_CODE)
    return known.order_by("pk").first() or organisations.enter(
        organisations.NewOrganisation(
            Kind.POOL, "清洁生产专家库", province=settings.PROVINCE_CODE
        ),
        by=by,
    )  # fmt: skip


@transaction.atomic
def decide(expert_id: int, act: Act, *, reason: str = "", by: Standing) -> Expert:
    """Return, suspend, resume or let go an expert; confirming is an act of its own."""
    if act in (Act.CONFIRM, Act.APPLY):
        raise NotAllowed(f"{act.label}不在此办理")
    expert = _move(expert_id, act, reason=reason, by=by)
    expert.save(update_fields=["state", "reason", "decided_on"])
    _tell(expert, f"expert:{act.value}", act.label, by=by, reason=expert.reason)
    notifications.send_many(messages.decided(expert, act.label, expert.reason))
    return expert


def _move(expert_id: int, act: Act, *, reason: str = "", by: Standing) -> Expert:
    expert = _locked(expert_id)
    stage = State(expert.state)
    expert.state = EXPERTS.target(stage, act, access.who(by, expert)).value
    if EXPERTS.needs_reason(stage, act) and not reason.strip():
        raise Refused(f"请填写{act.label}的理由")
    expert.reason, expert.decided_on = reason.strip()[:500], clock.today()
    return expert


@transaction.atomic
def declare(expert_id: int, new: NewTie, *, by: Standing) -> Tie:
    """Add a tie to an expert: by the expert, or by the province which learnt of it."""
    expert = _own_or_province(expert_id, by)
    if not new.name.strip():
        raise Refused("请填写单位名称")
    if new.kind is TieKind.DECLARED and not new.reason.strip():
        raise Refused("申报回避应写明理由")
    if new.since and new.until and new.until < new.since:
        raise Refused("终止日期早于起始日期")
    tie = _tie(expert, new)
    _tell(
        expert, "expert:declare", "申报利害关系", by=by, reason=new.reason,
        after={"kind": new.kind.label, "name": new.name},
    )  # fmt: skip
    return tie


@transaction.atomic
def end_tie(tie_id: int, *, until: date, by: Standing) -> Tie:
    """Say since when a tie is over; it goes on to bind for the years of the rule."""
    tie = Tie.objects.select_related("expert").get(pk=tie_id)
    expert = _own_or_province(tie.expert_id, by)
    tie = Tie.objects.select_for_update().get(pk=tie_id)
    if until > clock.today():
        raise Refused("终止日期不能晚于今天")
    if tie.since and until < tie.since:
        raise Refused("终止日期早于起始日期")
    if tie.until is not None:
        raise Conflict(f"已登记于{tie.until.isoformat()}终止")
    tie.until = until
    tie.save(update_fields=["until"])
    _tell(
        expert, "expert:end-tie", "登记利害关系终止", by=by,
        after={"name": tie.name, "until": until.isoformat()},
    )  # fmt: skip
    return tie


@transaction.atomic
def set_absence(
    expert_id: int, *, since: date | None, until: date | None, by: Standing
) -> Expert:  # fmt: skip
    """Say when an expert cannot take part; without days they always can."""
    expert = _own_or_province(expert_id, by)
    if (since is None) != (until is None):
        raise Refused("起止日期应都填写，或都不填写")
    if since and until and until < since:
        raise Refused("终止日期早于起始日期")
    expert.away_since, expert.away_until = since, until
    expert.save(update_fields=["away_since", "away_until"])
    days = {"since": since.isoformat(), "until": until.isoformat()} if since and until else {}
    _tell(expert, "expert:absence", "登记不能参加的时间", by=by, after=days)
    return expert


@transaction.atomic
def add_certificate(
    expert_id: int, *, name: str, number: str, file: File, by: Standing
) -> Certificate:
    """Add a certificate to an expert."""
    expert = _own_or_province(expert_id, by)
    made = Certificate.objects.create(expert=expert, name=name, number=number, file=file)
    _tell(expert, "expert:certificate", "补充证书", by=by, after={"name": name})
    return made


@transaction.atomic
def read_contact(expert_id: int, *, reason: str, by: Standing) -> Expert:
    """Return an expert whose contact is read in full; who read it and why is written down."""
    expert = Expert.objects.select_related("city").get(pk=expert_id)
    if not access.may_read_contact(by, expert):
        raise NotAllowed("只有省级主管部门和聘请该专家的部门可以查看联系方式")
    if not reason.strip():
        raise Refused("请填写查看的理由")
    _tell(expert, "expert:read", "查看联系方式", by=by, reason=reason.strip()[:500])
    return expert


def _own_or_province(expert_id: int, by: Standing) -> Expert:
    expert = _locked(expert_id)
    if not access.who(by, expert):
        raise NotAllowed("只能由专家本人或省级主管部门登记")
    return expert


def _locked(expert_id: int) -> Expert:
    return Expert.objects.select_for_update().get(pk=expert_id)


def _tell(
    expert: Expert,
    act: str,
    verb: str,
    *,
    by: trail.Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"expert:{expert.pk}", label=expert.name,
            before=before, after=after or {"state": expert.state}, reason=reason,
            city=expert.city_id or "",
        ),
        by=by,
    )  # fmt: skip
