"""Every write on rounds: publication of lists, milestones, withdrawals."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Count, QuerySet

from cleanprod.foundation.documents import actions as documents
from cleanprod.foundation.documents.models import Receipt
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations import actions as organisation_actions
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access, messages, queries
from cleanprod.stages.audits.models import Fact, Relisting, Round, Withdrawal
from cleanprod.stages.audits.rules import (
    FACT_OF,
    LIFECYCLE,
    OPEN,
    REPEATABLE,
    WORKING,
    Act,
    Clock,
    Milestone,
    Source,
    Stage,
    checked_fact,
    due,
    explain,
    stage_of,
)
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import queries as entries_of
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import EntryState

_OPENING = 0x0AD17  # advisory lock of whoever opens rounds
_ENCODE = DjangoJSONEncoder(ensure_ascii=False).encode
_FACT_COLUMNS = (
    "round_id", "kind", "sequence", "happened_on", "person_id", "person_name", "office_name",
    "source", "document_number", "reason", "details", "evidence_id",
)  # fmt: skip
_ROUND_COLUMNS = (
    "id", "enterprise_id", "entry_id", "list_year", "name", "code", "city_id", "county_id",
    "industry", "lead", "kind", "categories", "stage", "listed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a list did: rounds opened, and open rounds that were listed again."""

    batch: Batch
    opened: int
    linked: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """One entry as publication reads it."""

    entry: int
    enterprise: int
    name: str
    code: str
    county: str | None
    industry: str
    kind: str
    categories: str


@transaction.atomic
def publish_list(
    batch_id: int,
    *,
    on: date,
    document_number: str,
    issuers: Collection[str],
    by: Standing,
    jointly: bool = False,
) -> Published:
    """Publish a list that is ready: open a round for each entry, with its duties and trail.

    An enterprise whose round is still open keeps it; the new entry is linked to that round.
    All of it happens in one transaction, set by set (notice 2023, 三(一)).
    """
    if on > clock.today():
        raise Refused(f"公布日期 {on.isoformat()} 晚于今天")
    batch = programme.publish(
        batch_id, on=on, document_number=document_number, issuers=issuers, by=by, jointly=jointly
    )
    entries = [
        _Listed(*row)
        for row in entries_of.standing(batch)
        .order_by("enterprise_id")
        .values_list(
            "pk", "enterprise_id", "name", "code", "county_id", "industry", "kind", "categories"
        )
        .iterator(chunk_size=5000)
    ]
    _open_rounds_one_after_the_other()
    going = _open_rounds(batch)
    fresh = [entry for entry in entries if entry.enterprise not in going]
    again = [entry for entry in entries if entry.enterprise in going]
    ids = bulk.take_ids(Round._meta.db_table, len(fresh))
    opened = list(zip(ids, fresh, strict=True))
    clocks = queries.clocks(on)
    _copy_rounds(batch, opened, on)
    _copy_facts(
        (_new_fact(pk, Milestone.LISTED, on, document_number) for pk, _ in opened),
        by=by,
        source=Source.DESK,
    )
    obligations.open_many(_duties(batch, opened, on, clocks))
    trail.record_many(_opened_lines(batch, opened), by=by)
    _link_again(batch, again, going, on=on, document_number=document_number, by=by)
    _tell(batch, opened)
    return Published(batch, len(opened), len(again))


def _open_rounds_one_after_the_other() -> None:
    """Wait for others that open rounds: two lists may name one firm, which has one open round."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OPENING])


def _listed(batch: Batch) -> QuerySet[Entry, int]:
    """Return the enterprises of a list as a subquery; 10,000 parameters would cost more."""
    return entries_of.standing(batch).values_list("enterprise_id", flat=True)


def _open_rounds(batch: Batch) -> dict[int, Round]:
    """Lock the open rounds of the enterprises of a list, in key order."""
    rounds = (
        Round.objects.select_for_update()
        .filter(enterprise__in=_listed(batch), stage__in=OPEN)
        .order_by("pk")
    )
    return {audit.enterprise_id: audit for audit in rounds}


def _copy_rounds(batch: Batch, opened: Iterable[tuple[int, _Listed]], on: date) -> None:
    bulk.copy_rows(
        Round._meta.db_table,
        _ROUND_COLUMNS,
        (
            (
                pk, one.enterprise, one.entry, batch.year, one.name, one.code, batch.city_id,
                one.county, one.industry, batch.lead, one.kind, one.categories,
                Stage.LISTED.value, on,
            )
            for pk, one in opened
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewFact:
    """A milestone to be recorded."""

    round: int
    kind: Milestone
    on: date
    sequence: int = 0
    document_number: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: int | None = None


def _new_fact(round_id: int, kind: Milestone, on: date, document_number: str) -> NewFact:
    return NewFact(round_id, kind, on, document_number=document_number)


def _copy_facts(facts: Iterable[NewFact], *, by: trail.Actor, source: Source) -> int:
    return bulk.copy_rows(
        Fact._meta.db_table,
        _FACT_COLUMNS,
        (
            (
                fact.round, fact.kind.value, fact.sequence, fact.on, by.person_id,
                by.person_name, by.office_name, source.value, fact.document_number, fact.reason,
                _ENCODE(fact.details) if fact.details else "{}", fact.evidence,
            )
            for fact in facts
        ),
    )  # fmt: skip


def _duties(
    batch: Batch, opened: Iterable[tuple[int, _Listed]], on: date, clocks: Sequence[Clock]
) -> Iterator[obligations.Duty]:
    reckoned = [(clock, due(clock, on), explain(clock, on)) for clock in clocks]
    for pk, one in opened:
        for clock_, due_on, basis in reckoned:
            yield obligations.Duty(
                key=f"round:{pk}:{clock_.what}:{one.entry}",
                owner=one.enterprise,
                title=clock_.title,
                subject=f"round:{pk}",
                url=f"/rounds/{pk}/",
                city=batch.city_id,
                lead=batch.lead,
                opened_on=on,
                due_on=due_on,
                basis=basis,
                rule=clock_.rule,
            )


def _opened_lines(batch: Batch, opened: Iterable[tuple[int, _Listed]]) -> Iterator[trail.Line]:
    after = {"list": batch.pk, "year": batch.year, "lead": batch.lead}
    for pk, one in opened:
        yield trail.Line(
            act="round:open",
            verb="列入名单并开启本轮清洁生产审核",
            subject=f"round:{pk}",
            label=one.name,
            after=after,
            reason=batch.document_number,
            dossier=one.enterprise,
            city=batch.city_id,
        )


def _link_again(
    batch: Batch,
    again: Sequence[_Listed],
    going: Mapping[int, Round],
    *,
    on: date,
    document_number: str,
    by: Standing,
) -> None:
    """Link entries to rounds that are still open; a deferred round goes on with fresh clocks."""
    if not again:
        return
    pairs = [(going[one.enterprise].pk, one) for one in again]
    Relisting.objects.bulk_create(
        (Relisting(round_id=pk, entry_id=one.entry) for pk, one in pairs), batch_size=2000
    )
    before = {pk: 0 for pk, _ in pairs} | dict(
        Fact.objects.filter(round__in=[pk for pk, _ in pairs], kind=Milestone.ROLLED)
        .values_list("round")
        .annotate(n=Count("pk"))
    )
    _copy_facts(
        (
            NewFact(pk, Milestone.ROLLED, on, before[pk], document_number=document_number)
            for pk, _ in pairs
        ),
        by=by,
        source=Source.DESK,
    )
    deferred = [pk for pk, one in pairs if _goes_on(going[one.enterprise], on)]
    obligations.void_subjects(
        [f"round:{pk}" for pk in deferred], on=on, reason="滚动纳入新名单，按新名单重新起算"
    )
    obligations.open_many(
        _duties(batch, [(pk, one) for pk, one in pairs if pk in set(deferred)], on,
                queries.clocks(on))
    )  # fmt: skip
    recompute([pk for pk, _ in pairs])
    trail.record_many(
        (
            trail.Line(
                act="round:relist",
                verb="再次列入名单，本轮清洁生产审核继续",
                subject=f"round:{pk}",
                label=one.name,
                after={"list": batch.pk, "year": batch.year},
                reason=document_number,
                dossier=one.enterprise,
                city=batch.city_id,
            )
            for pk, one in pairs
        ),
        by=by,
    )


def _goes_on(audit: Round, on: date) -> bool:
    """Tell whether a list of this day ends a deferral; one of before it does not."""
    return audit.stage == Stage.DEFERRED and (audit.deferred_on is None or audit.deferred_on <= on)


def _tell(batch: Batch, opened: Sequence[tuple[int, _Listed]]) -> None:
    rounds = {one.enterprise: pk for pk, one in opened}
    people = organisations.people_of(_listed(batch))
    notifications.send_many(
        messages.listed(batch, rounds[enterprise], person, mail)
        for enterprise, person, mail in people
        if enterprise in rounds
    )


@transaction.atomic
def record(
    act: Act, facts: Sequence[NewFact], *, by: Standing, source: Source = Source.DESK
) -> int:
    """Record one kind of milestone for many rounds; all of them or none.

    Each round is locked in key order and asked by the table of moves; the first round that does
    not allow the act is named in the refusal. Returns how many rounds moved.
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
            target = LIFECYCLE.target(Stage(audit.stage), act, access.parts(by, audit))
            checked_fact(
                kind, fact.on, listed_on=audit.listed_on, today=today, rolled_on=audit.rolled_on
            )
        except Refused as refusal:
            raise type(refusal)(f"{audit.name}：{refusal}") from refusal
        if LIFECYCLE.needs_reason(Stage(audit.stage), act) and not fact.reason.strip():
            raise Refused(f"{audit.name}：{act.label}应填写理由")
        lines.append(_moved_line(audit, act, fact, target))
    sequences = _sequences(list(rounds), kind)
    _copy_facts(
        (
            NewFact(
                fact.round, kind, fact.on, sequences.get(fact.round, 0), fact.document_number,
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


def _sequences(rounds: Sequence[int], kind: Milestone) -> dict[int, int]:
    """Return how many earlier facts of the kind no longer stand in the way."""
    earlier = Fact.objects.filter(round__in=rounds, kind=kind)
    if kind not in REPEATABLE:
        earlier = earlier.exclude(withdrawal=None)
    return dict(earlier.values_list("round").annotate(n=Count("pk")))


_OUTCOME = {
    Act.ACCEPT: EntryState.PASSED,
    Act.FAIL: EntryState.FAILED,
    Act.DEFER: EntryState.DEFERRED,
    Act.CANCEL: EntryState.CANCELLED,
}
_STATE_OF = {
    Stage.ACCEPTED: EntryState.PASSED,
    Stage.COMPLETED: EntryState.PASSED,
    Stage.FAILED: EntryState.FAILED,
    Stage.DEFERRED: EntryState.DEFERRED,
    Stage.CANCELLED: EntryState.CANCELLED,
}


def _after(act: Act, rounds: Mapping[int, Round], facts: Sequence[NewFact]) -> None:
    """Settle what is owed and tell the list entries how their rounds ended."""
    by_day: dict[date, list[int]] = {}
    for fact in facts:
        by_day.setdefault(fact.on, []).append(fact.round)
    for day, ids in by_day.items():
        subjects = [f"round:{pk}" for pk in ids]
        if act is Act.REGISTER:
            obligations.settle(
                [f"round:{pk}:register:{entry}" for pk in ids for entry in _entries([pk])], on=day
            )
        elif act is Act.ACCEPT:
            obligations.settle_subjects(subjects, on=day)
        elif act in (Act.FAIL, Act.DEFER, Act.CANCEL):
            obligations.void_subjects(subjects, on=day, reason=FACT_OF[act].label)
    if act in _OUTCOME:
        programme.tell_outcome(_entries(list(rounds)), _OUTCOME[act])


def _entries(rounds: Sequence[int]) -> list[int]:
    """Return the entries that these rounds answer: the opening one and later ones."""
    first = Round.objects.filter(pk__in=rounds).values_list("entry_id", flat=True)
    later = Relisting.objects.filter(round__in=rounds).values_list("entry_id", flat=True)
    return [*first, *later]


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
    sequences = _sequences(list(rounds), Milestone.COMPLETED)
    _copy_facts(
        (
            NewFact(
                fact.round, Milestone.COMPLETED, fact.on, sequences.get(fact.round, 0),
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
    _open_rounds_one_after_the_other()
    fact = Fact.objects.select_related("round").get(pk=fact_id)
    audit = Round.objects.select_for_update().get(pk=fact.round_id)
    kind = Milestone(fact.kind)
    queries.check_withdrawal(fact, audit, by)
    withdrawal, created = Withdrawal.objects.get_or_create(
        fact=fact,
        defaults={
            "happened_on": clock.today(),
            "person_id": by.person_id,
            "person_name": by.person_name,
            "office_name": by.office_name,
            "reason": reason.strip(),
        },
    )
    if not created:
        raise Refused(f"该事实已于 {withdrawal.happened_on} 撤回")
    before = audit.stage
    recompute([audit.pk])
    audit.refresh_from_db()
    if kind in (Milestone.ACCEPTED, Milestone.FAILED, Milestone.DEFERRED, Milestone.CANCELLED):
        state = _STATE_OF.get(Stage(audit.stage), EntryState.LISTED)
        programme.tell_outcome(_entries([audit.pk]), state)
    if audit.stage in WORKING:
        _owe_again(audit, fact)
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


def _owe_again(audit: Round, fact: Fact) -> None:
    """Owe again what the withdrawn fact had settled or ended, but not what was done by itself."""
    done = [
        f"round:{audit.pk}:{one.what}:{entry}"
        for one in queries.clocks(audit.listed_on)
        if getattr(audit, f"{one.fact.value}_on")
        for entry in _entries([audit.pk])
    ]
    obligations.owe_again(
        f"round:{audit.pk}", on=fact.happened_on, void_reason=Milestone(fact.kind).label, keep=done
    )


_DAYS = [f"{kind.value}_on" for kind in Milestone]
_REWRITE = (
    f"UPDATE {Round._meta.db_table} AS r SET stage = v.stage, "  # noqa: S608 - our own names
    + ", ".join(f"{name} = v.{name}" for name in _DAYS)
    + " FROM unnest(%s::bigint[], %s::text[]"
    + ", %s::date[]" * len(_DAYS)
    + f") AS v (id, stage, {', '.join(_DAYS)}) WHERE r.id = v.id AND (r.stage, "
    + ", ".join(f"r.{name}" for name in _DAYS)
    + ") IS DISTINCT FROM (v.stage, "
    + ", ".join(f"v.{name}" for name in _DAYS)
    + ")"
)


def recompute(rounds: Sequence[int]) -> int:
    """Write stage and `_on` columns from the effective facts; return how many rounds changed.

    One statement for all rounds; the rule stays `stage_of`, the database only stores its answer.
    """
    days = queries.effective_days(rounds)
    ids = sorted(days)
    columns = [[days[pk].get(kind) for pk in ids] for kind in Milestone]
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, [ids, [stage_of(days[pk]).value for pk in ids], *columns])
        changed: int = cursor.rowcount
    return changed
