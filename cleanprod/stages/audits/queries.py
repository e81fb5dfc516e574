"""Reads of rounds that count or join and are used more than once."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import QuerySet

from cleanprod.foundation.organisations.rules import Line, Part, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access
from cleanprod.stages.audits.models import Amendment, Fact, Round
from cleanprod.stages.audits.rules import (
    OPEN,
    Clock,
    Milestone,
    Source,
    Stage,
    effective,
    stage_of,
)
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import AuditKind

_CHUNK = 5000
_CLOCKS = (
    ("register", "注册平台并公布企业信息", "round.register.months", Milestone.REGISTERED),
    ("start", "启动清洁生产审核", "round.start.months", Milestone.STARTED),
    ("finish", "完成本轮清洁生产审核并提交审核报告", "round.finish.months", Milestone.REPORTED),
)


def labels() -> dict[str, dict[str, str]]:
    """Return the words of a round's columns, for long lists: Django works each out per row."""
    words = {"lead": Line.choices(), "kind": AuditKind.choices(), "stage": Stage.choices()}
    return {column: dict(choices) for column, choices in words.items()}


def duties() -> list[tuple[str, str]]:
    """Return the duties of a listed enterprise in their order: what each is about, its title."""
    return [(what, title) for what, title, _, _ in _CLOCKS]


def clocks(on: date) -> list[Clock]:
    """Return the duties of a listed enterprise by the rules in force on a day."""
    rules = rulebook.values([key for _, _, key, _ in _CLOCKS], on=on)
    return [
        Clock(what, title, int(rules[key].value), rules[key].basis, rules[key].version, fact)
        for what, title, key, fact in _CLOCKS
    ]


def effective_days(rounds: Sequence[int]) -> dict[int, dict[Milestone, date]]:
    """Return the days of the facts that hold, by round, in one read."""
    grouped: dict[int, list[tuple[int, Milestone, date]]] = {pk: [] for pk in rounds}
    rows = (
        Fact.objects.filter(round__in=rounds, withdrawal=None)
        .order_by("pk")
        .values_list("round_id", "pk", "kind", "happened_on")
    )
    for round_id, pk, kind, day in rows.iterator(chunk_size=5000):
        grouped[round_id].append((pk, Milestone(kind), day))
    return {pk: effective(facts, ()) for pk, facts in grouped.items()}


def check_withdrawal(fact: Fact, audit: Round, by: Standing) -> None:
    """Refuse a withdrawal that this person may not make or that would leave a gap."""
    part = Part.PROVINCE if fact.source == Source.MIGRATED else Part.LEAD
    if part not in access.parts(by, audit):
        raise NotAllowed(f"只有{part.label}可以撤回该事实")
    if fact.kind == Milestone.LISTED:
        raise Refused("“列入名单”不能在此撤回，请用名单变更通知取消")
    if fact.kind == Milestone.ACCEPTED and audit.completed_on is not None:
        raise Refused("本轮已办结，请先撤回“办结”再撤回“通过验收”")
    others = Round.objects.filter(enterprise=audit.enterprise_id, stage__in=OPEN)
    if others.exclude(pk=audit.pk).exists():
        raise Refused("该企业已开启新一轮清洁生产审核，本轮不能再恢复")


def differing() -> list[int]:
    """Return the rounds whose columns or stage do not equal what their facts amount to."""
    found = []
    rounds = Round.objects.order_by("pk")
    last = 0
    while chunk := list(rounds.filter(pk__gt=last)[:_CHUNK]):
        last = chunk[-1].pk
        days = effective_days([audit.pk for audit in chunk])
        found += [audit.pk for audit in chunk if not agrees(audit, days[audit.pk])]
    return found


def agrees(audit: Round, days: Mapping[Milestone, date]) -> bool:
    """Tell whether a round's columns and stage equal its effective facts."""
    same = all(getattr(audit, f"{kind.value}_on") == days.get(kind) for kind in Milestone)
    return same and audit.stage == stage_of(days)


def amendments_of(batch: Batch) -> QuerySet[Amendment]:
    """Return the notices that changed a list, in order."""
    return Amendment.objects.filter(batch=batch).order_by("number")
