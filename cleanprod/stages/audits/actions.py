"""Every act on rounds; lists are published in `publication`, facts written in `milestones`."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations import actions as organisation_actions
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access, queries
from cleanprod.stages.audits.milestones import (
    NewFact,
    copy_facts,
    entries_of,
    one_after_the_other,
    recompute,
    sequences,
)
from cleanprod.stages.audits.models import Fact, Round, Withdrawal
from cleanprod.stages.audits.publication import Published, publish_list
from cleanprod.stages.audits.rules import (
    FACT_OF,
    LIFECYCLE,
    UNDOES,
    WORKING,
    Act,
    Milestone,
    Source,
    Stage,
    Template,
    checked_fact,
)
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.rules import EntryState

__all__ = [
    "NewFact", "Published", "file_plan", "migrate_completions", "publish_list", "recompute",
    "record", "rename_enterprise", "send_back", "withdraw",
]  # fmt: skip


@transaction.atomic
def record(
    act: Act,
    facts: Sequence[NewFact],
    *,
    by: Standing,
    source: Source = Source.DESK,
    template: Template | None = None,
) -> int:
    """Record one kind of milestone for many rounds; all of them or none.

    Each round is locked in key order and asked by the table of moves, with the template of its
    review where that is what the act goes by; the first round that does not allow the act is named
    in the refusal. Returns how many rounds moved.
    """
    rounds = {
        audit.pk: audit
        for audit in Round.objects.select_for_update()
        .filter(pk__in=[fact.round for fact in facts])
        .order_by("pk")
    }
    kind = FACT_OF[act]
    today = clock.today()
    lines = []
    for fact in facts:
        audit = rounds.get(fact.round)
        if audit is None:
            raise Refused("找不到该轮清洁生产审核")
        try:
            target = LIFECYCLE.target(Stage(audit.stage), act, access.parts(by, audit), template)
            checked_fact(
                kind, fact.on, listed_on=audit.listed_on, today=today, rolled_on=audit.rolled_on
            )
        except Refused as refusal:
            raise type(refusal)(f"{audit.name}：{refusal}") from refusal
        if LIFECYCLE.needs_reason(Stage(audit.stage), act) and not fact.reason.strip():
            raise Refused(f"{audit.name}：{act.label}应填写理由")
        lines.append(_moved_line(audit, act, fact, target))
    before = sequences(list(rounds), kind)
    copy_facts(
        (
            NewFact(
                fact.round, kind, fact.on, before.get(fact.round, 0), fact.document_number,
                fact.reason, fact.details, fact.evidence,
            )
            for fact in facts
        ),
        by=by,
        source=source,
    )  # fmt: skip
    recompute(list(rounds))
    _after(act, rounds, facts)
    trail.record_many(lines, by=by)
    return len(facts)


@transaction.atomic
def file_plan(round_id: int, plan: Mapping[str, Any], *, by: Standing) -> Receipt:
    """File the audit plan of a round today and issue a receipt that anybody can verify."""
    audit = Round.objects.select_for_update().get(pk=round_id)
    today = clock.today()
    public = {"enterprise": audit.name, "year": audit.list_year, "on": today.isoformat()}
    receipt = documents.issue_receipt("plan", f"审核计划：{audit.name}", public, by=by)
    details = {**plan, "receipt": receipt.number}
    record(Act.PLAN, [NewFact(round_id, Milestone.PLANNED, today, details=details)], by=by)
    return receipt


def _moved_line(audit: Round, act: Act, fact: NewFact, target: Stage) -> trail.Line:
    return trail.Line(
        act=f"round:{act.value}",
        verb=act.label,
        subject=f"round:{audit.pk}",
        label=audit.name,
        before={"stage": audit.stage},
        after={
            "stage": target.value,
            "on": fact.on.isoformat(),
            "document_number": fact.document_number,
            **fact.details,
        },
        reason=fact.reason,
        dossier=audit.enterprise_id,
        city=audit.city_id,
    )


_OUTCOME = {
    Act.ACCEPT: EntryState.PASSED,
    Act.FAIL: EntryState.FAILED,
    Act.DEFER: EntryState.DEFERRED,
    Act.CANCEL: EntryState.CANCELLED,
    Act.EQUATE: EntryState.EQUIVALENT,
}
_TELLING = frozenset(
    {
        Milestone.ACCEPTED,
        Milestone.FAILED,
        Milestone.DEFERRED,
        Milestone.ROLLED,
        Milestone.CANCELLED,
        Milestone.EQUIVALENT,
    }
)
_STATE_OF = {
    Stage.ACCEPTED: EntryState.PASSED,
    Stage.COMPLETED: EntryState.PASSED,
    Stage.FAILED: EntryState.FAILED,
    Stage.DEFERRED: EntryState.DEFERRED,
    Stage.CANCELLED: EntryState.CANCELLED,
    Stage.EQUIVALENT: EntryState.EQUIVALENT,
}
_SETTLES = {Act.REGISTER: "register", Act.START: "start", Act.REPORT: "finish"}


def _after(act: Act, rounds: Mapping[int, Round], facts: Sequence[NewFact]) -> None:
    """Settle what is owed and tell the list entries how their rounds ended."""
    by_day: dict[date, list[int]] = {}
    for fact in facts:
        by_day.setdefault(fact.on, []).append(fact.round)
    for day, ids in by_day.items():
        subjects = [f"round:{pk}" for pk in ids]
        if what := _SETTLES.get(act):
            obligations.settle(
                [f"round:{pk}:{what}:{entry}" for pk in ids for entry in entries_of([pk])], on=day
            )
        elif act is Act.ACCEPT:
            obligations.settle_subjects(subjects, on=day)
        elif act in (Act.FAIL, Act.DEFER, Act.CANCEL, Act.EQUATE):
            obligations.void_subjects(subjects, on=day, reason=FACT_OF[act].label)
    if act in _OUTCOME:
        programme.tell_outcome(entries_of(list(rounds)), _OUTCOME[act])


@transaction.atomic
def migrate_completions(facts: Sequence[NewFact], *, by: Standing) -> int:
    """Record completions of the old platform as they are, marked as migrated.

    The caller has checked that the province does it. A round without an accepted fact keeps its
    stage: statistics show it as a discrepancy and never count it silently.
    """
    rounds = {
        audit.pk: audit
        for audit in Round.objects.select_for_update()
        .filter(pk__in=[fact.round for fact in facts])
        .order_by("pk")
    }
    before = sequences(list(rounds), Milestone.COMPLETED)
    copy_facts(
        (
            NewFact(
                fact.round, Milestone.COMPLETED, fact.on, before.get(fact.round, 0),
                fact.document_number, fact.reason, fact.details, fact.evidence,
            )
            for fact in facts
        ),
        by=by,
        source=Source.MIGRATED,
    )  # fmt: skip
    recompute(list(rounds))
    trail.record_many(
        (
            trail.Line(
                act="round:migrate",
                verb="导入历史办结数据",
                subject=f"round:{fact.round}",
                label=rounds[fact.round].name,
                before={"stage": rounds[fact.round].stage},
                after={"completed_on": fact.on.isoformat(), "source": Source.MIGRATED.value},
                reason=fact.document_number,
                dossier=rounds[fact.round].enterprise_id,
                city=rounds[fact.round].city_id,
            )
            for fact in facts
        ),
        by=by,
    )
    return len(facts)


@transaction.atomic
def rename_enterprise(enterprise_id: int, *, name: str, reason: str, by: Standing) -> None:
    """Give an enterprise its new name, by a department that leads one of its rounds.

    Rounds and list entries keep the name they were listed under; matching knows both.
    """
    if not name.strip() or not reason.strip():
        raise Refused("请填写新名称和更名依据")
    rounds = Round.objects.select_for_update().filter(enterprise=enterprise_id).order_by("pk")
    if not any(Part.LEAD in access.parts(by, audit) for audit in rounds):
        raise NotAllowed("只有牵头部门可以办理企业更名")
    organisation_actions.rename(enterprise_id, name=name.strip(), reason=reason.strip(), by=by)


@transaction.atomic
def withdraw(fact_id: int, *, reason: str, by: Standing) -> Round:
    """Withdraw a milestone that was recorded in error; the fact stays, with the reason beside it.

    The listing cannot be withdrawn here, and an acceptance not while a completion stands on it.
    """
    if not reason.strip():
        raise Refused("请填写撤回理由")
    one_after_the_other()
    fact = Fact.objects.select_related("round").get(pk=fact_id)
    audit = Round.objects.select_for_update().get(pk=fact.round_id)
    kind = Milestone(fact.kind)
    queries.check_withdrawal(fact, audit, by)
    withdrawal, created = _withdrawn(fact, reason.strip(), by)
    if not created:
        raise Refused(f"该事实已于 {withdrawal.happened_on} 撤回")
    before = audit.stage
    recompute([audit.pk])
    audit.refresh_from_db()
    if kind in _TELLING:
        state = _STATE_OF.get(Stage(audit.stage), EntryState.LISTED)
        programme.tell_outcome(entries_of([audit.pk]), state)
    if audit.stage in WORKING:
        _owe_again(audit, fact)
    elif audit.stage == Stage.DEFERRED:  # what the withdrawn roll had started ends with it
        obligations.void_subjects(
            [f"round:{audit.pk}"], on=clock.today(), reason=f"撤回“{kind.label}”"
        )
    trail.record(
        trail.Line(
            act="round:withdraw",
            verb=f"撤回“{kind.label}”",
            subject=f"round:{audit.pk}",
            label=audit.name,
            before={"stage": before, "on": fact.happened_on.isoformat()},
            after={"stage": audit.stage},
            reason=reason.strip(),
            dossier=audit.enterprise_id,
            city=audit.city_id,
        ),
        by=by,
    )
    return audit


@transaction.atomic
def send_back(round_id: int, *, reason: str, by: Standing) -> Round:
    """Send a submitted report back to the enterprise; what is undone stays on record, withdrawn.

    The enterprise owes its report again, by the day it owed it before.
    """
    audit = Round.objects.select_for_update().get(pk=round_id)
    target = LIFECYCLE.target(Stage(audit.stage), Act.RETURN, access.parts(by, audit))
    if not reason.strip():
        raise Refused("请填写退回理由")
    undone = list(audit.facts.filter(kind__in=UNDOES[Act.RETURN], withdrawal=None))
    for fact in undone:
        _withdrawn(fact, reason.strip(), by)
    before = audit.stage
    recompute([audit.pk])
    audit.refresh_from_db()
    for fact in undone:
        _owe_again(audit, fact)
    trail.record(
        trail.Line(
            act=f"round:{Act.RETURN.value}",
            verb=Act.RETURN.label,
            subject=f"round:{audit.pk}",
            label=audit.name,
            before={"stage": before},
            after={"stage": target.value},
            reason=reason.strip(),
            dossier=audit.enterprise_id,
            city=audit.city_id,
        ),
        by=by,
    )
    return audit


def _withdrawn(fact: Fact, reason: str, by: Standing) -> tuple[Withdrawal, bool]:
    return Withdrawal.objects.get_or_create(
        fact=fact,
        defaults={
            "happened_on": clock.today(),
            "person_id": by.person_id,
            "person_name": by.person_name,
            "office_name": by.office_name,
            "reason": reason,
        },
    )


def _owe_again(audit: Round, fact: Fact) -> None:
    """Owe again what the withdrawn fact had settled or ended, but not what was done by itself."""
    done = [
        f"round:{audit.pk}:{one.what}:{entry}"
        for one in queries.clocks(audit.listed_on)
        if getattr(audit, f"{one.fact.value}_on")
        for entry in entries_of([audit.pk])
    ]
    obligations.owe_again(
        f"round:{audit.pk}", on=fact.happened_on, void_reason=Milestone(fact.kind).label, keep=done
    )
