"""Record results of acceptance, confirm platform completion, take over old-platform data."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import FACT_OF, Act, Milestone, Source
from cleanprod.stages.review import completing
from cleanprod.stages.review.models import Result
from cleanprod.stages.review.rules import ACT_OF, STAGES_OF, Conclusion


@dataclass(frozen=True, slots=True)
class NewResult:
    """A result to be recorded: conclusion, day, paper, and what the panel gave."""

    round: int
    conclusion: Conclusion
    on: date
    document_number: str = ""
    reason: str = ""
    evidence: int | None = None
    assessment_score: Decimal | None = None
    acceptance_score: Decimal | None = None
    consultancy: str = ""
    level: str = ""
    certificate: str = ""
    valid_until: date | None = None
    extra: dict[str, str] = field(default_factory=dict)


@transaction.atomic
def record_results(
    results: Sequence[NewResult], *, by: Standing, source: Source = Source.DESK
) -> int:
    """Record results of rounds that the person's department leads; all of them or none.

    A result must name its paper (document number or evidence file). Repeating a result that
    stands already changes nothing. Returns how many were recorded.
    """
    fresh = _without_repeats(results, by)
    for result in fresh:
        if not result.document_number.strip() and result.evidence is None:
            raise Refused("登记结果应填写文号或上传佐证材料")
    for conclusion in Conclusion:
        group = [result for result in fresh if result.conclusion is conclusion]
        if group:
            _record_group(conclusion, group, by=by, source=source)
    return len(fresh)


def _without_repeats(results: Sequence[NewResult], by: Standing) -> list[NewResult]:
    """Leave out results that the rounds already carry, compared with locked rounds."""
    rounds = {
        audit.pk: audit
        for audit in Round.objects.select_for_update()
        .filter(pk__in=[result.round for result in results])
        .order_by("pk")
    }
    fresh = []
    for result in results:
        audit = rounds.get(result.round)
        if audit is None:
            raise Refused("找不到该轮清洁生产审核")
        column = f"{FACT_OF[ACT_OF[result.conclusion]].value}_on"
        stands = audit.stage in STAGES_OF[result.conclusion]
        if stands and getattr(audit, column) == result.on:
            if Part.LEAD not in access.parts(by, audit):
                raise NotAllowed(f"{audit.name}：只有牵头部门可以登记结果")
            continue
        fresh.append(result)
    return fresh


def _record_group(
    conclusion: Conclusion, group: Sequence[NewResult], *, by: Standing, source: Source
) -> None:
    act = ACT_OF[conclusion]
    audits.record(
        act,
        [
            audits.NewFact(
                result.round, FACT_OF[act], result.on, document_number=result.document_number,
                reason=result.reason or result.document_number, evidence=result.evidence,
                details=result.extra,
            )
            for result in group
        ],
        by=by,
        source=source,
    )  # fmt: skip
    facts: dict[int, int] = dict(
        Fact.objects.filter(
            round__in=[result.round for result in group], kind=FACT_OF[act], withdrawal=None
        )
        .order_by("sequence")
        .values_list("round_id", "pk")
    )
    Result.objects.bulk_create(
        (
            Result(
                fact_id=facts[result.round],
                round_id=result.round,
                conclusion=conclusion,
                assessment_score=result.assessment_score,
                acceptance_score=result.acceptance_score,
                consultancy=result.consultancy,
                level=result.level,
                certificate=result.certificate,
                valid_until=result.valid_until,
            )
            for result in group
        ),
        batch_size=2000,
    )


@transaction.atomic
def complete(rounds: Sequence[int], *, by: Standing) -> int:
    """Confirm 办结 of accepted rounds; the system stamps the business day, nobody types it.

    What the checklist of `completing` still asks for is refused, and nothing is confirmed.
    Rounds that are completed already are left as they are. Returns how many were confirmed.
    """
    today = clock.today()
    locked = list(Round.objects.select_for_update().filter(pk__in=rounds).order_by("pk"))
    if len(locked) != len(set(rounds)):
        raise Refused("找不到该轮清洁生产审核")
    for audit in locked:
        if Part.LEAD not in access.parts(by, audit):
            raise NotAllowed(f"{audit.name}：只有牵头部门可以确认办结")
    waiting = [audit for audit in locked if audit.completed_on is None]
    completing.pass_checks(waiting)
    return audits.record(
        Act.COMPLETE,
        [audits.NewFact(audit.pk, Milestone.COMPLETED, today) for audit in waiting],
        by=by,
    )


@transaction.atomic
def migrate_completions(rows: Sequence[tuple[int, date, str]], *, by: Standing) -> int:
    """Take over completions of the old platform: (round, day, old number); province only.

    A city can neither type nor import a day of completion. Days after today are refused.
    """
    if by.role is not Role.PROVINCE:
        raise NotAllowed("历史办结数据只能由省级主管部门迁移导入")
    today = clock.today()
    late = [day for _, day, _ in rows if day > today]
    if late:
        raise Refused(f"办结日期 {max(late).isoformat()} 晚于今天 {today.isoformat()}")
    return audits.migrate_completions(
        [
            audits.NewFact(
                pk, Milestone.COMPLETED, day,
                details={"old_platform_number": number} if number else {},
            )
            for pk, day, number in rows
        ],
        by=by,
    )  # fmt: skip


def withdraw(fact_id: int, *, reason: str, by: Standing) -> Round:
    """Withdraw a recorded result or completion, with its reason."""
    return audits.withdraw(fact_id, reason=reason, by=by)


@transaction.atomic
def note_reading(fact: Fact, *, by: Standing) -> None:
    """Note in the trail who opened the evidence of a fact."""
    trail.record(
        trail.Line(
            act="evidence:read",
            verb="查看佐证材料",
            subject=f"fact:{fact.pk}",
            label=fact.round.name,
            after={"sha256": fact.evidence.sha256 if fact.evidence else ""},
            dossier=fact.round.enterprise_id,
            city=fact.round.city_id,
        ),
        by=by,
    )
