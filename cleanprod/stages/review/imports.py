"""Take results, and completions of the old platform, in from workbooks."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.rules import (
    Outcome,
    Report,
    RowOutcome,
    Table,
    checked_consent,
)
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.kernel.errors import NotAllowed
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.names import comparable, former_names
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Source
from cleanprod.stages.review import actions, queries
from cleanprod.stages.review.rules import (
    Candidate,
    Pick,
    pick_for_completion,
    pick_for_result,
    same_firm,
)


@dataclass(slots=True)
class Judged:
    """One row: which round it speaks of and what will become of it."""

    number: int
    name: str
    row: dict[str, Any]
    outcome: Outcome
    note: str = ""
    round: int | None = None


@dataclass(slots=True)
class Assessment:
    """All rows judged, nothing stored yet."""

    report: Report
    judged: list[Judged]

    def outcomes(self) -> list[RowOutcome]:
        """Return one line a row for the receipt."""
        return [
            RowOutcome(
                one.number,
                one.outcome,
                one.name,
                f"round:{one.round}" if one.round else "",
                one.note,
            )
            for one in self.judged
        ]


@dataclass(frozen=True, slots=True)
class ResultKey:
    """Which results a workbook brings: city, lead, year of acceptance, the paper."""

    year: int
    city: str
    lead: Line
    document_number: str = ""


Check = Callable[[dict[str, Any]], Iterable[tuple[str, str, str, str]]]
Choose = Callable[[dict[str, Any], list[Candidate]], Pick]


def assess_results(table: Table, key: ResultKey) -> Assessment:
    """Judge every row of a results workbook; reads only."""
    today = clock.today()

    def check(row: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
        on = row["on"]
        if on and on.year != key.year:
            yield "on", str(on), f"验收日期不在{key.year}年", "改正日期，或导入到相应年度"
        if on and on > today:
            yield "on", str(on), "验收日期晚于今天", "改正日期"
        if row["lead"] and row["lead"] is not key.lead:
            label = row["lead"].label
            yield "lead", label, "牵头部门应与导入部门一致", "只导入本部门牵头的企业"
        if not (row["document_number"] or key.document_number):
            yield "document_number", "", "登记结果应有文号", "填写文号列，或在导入时填写统一文号"

    def choose(row: dict[str, Any], rounds: list[Candidate]) -> Pick:
        return pick_for_result(row["conclusion"], row["on"], rounds)

    scope = Round.objects.filter(city=key.city, lead=key.lead)
    return _assess(table, scope, check, choose)


def assess_completions(table: Table, province: str) -> Assessment:
    """Judge every row of an old-platform completions workbook; reads only."""
    today = clock.today()

    def check(row: dict[str, Any]) -> Iterable[tuple[str, str, str, str]]:
        if row["on"] and row["on"] > today:
            yield "on", str(row["on"]), "办结日期晚于今天", "改正日期"

    def choose(row: dict[str, Any], rounds: list[Candidate]) -> Pick:
        return pick_for_completion(row["on"], rounds)

    return _assess(table, Round.objects.filter(city__parent=province), check, choose)


def _assess(table: Table, scope: QuerySet[Round], check: Check, choose: Choose) -> Assessment:
    keys = [column.key for column in table.template.columns]
    rows = [(row, dict(zip(keys, row.values, strict=True))) for row in table.rows]
    findings = list(table.findings)
    known = _known(scope, [row for _, row in rows])
    taken: dict[int, int] = {}
    judged = []
    for read, row in rows:
        one = Judged(read.number, row["name"], row, Outcome.REFUSED)
        judged.append(one)
        problems = list(check(row))
        for column, value, rule, advice in problems:
            findings.append(table.found(read.number, column, Level.BLOCK, rule, advice, value))
        if read.blocked or problems:
            one.note = table.why(read.number) or problems[0][2]
            _tell_of_refused(one, known, choose, table, findings)
            continue
        _pick(one, known, choose, taken, table, findings)
    return Assessment(Report.of(table, (one.outcome for one in judged), findings), judged)


class _Known:
    """Candidate rounds by code and by name."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        """Group the candidates, keeping the oldest first."""
        self.by_code: dict[str, list[Candidate]] = {}
        self.by_name: dict[str, list[Candidate]] = {}
        for one in candidates:
            self.by_code.setdefault(one.code, []).append(one)
            for name in one.names:
                self.by_name.setdefault(name, []).append(one)

    def of(self, code: str, names: Sequence[str]) -> list[Candidate]:
        """Return the candidates with this code or one of these names, each once."""
        found = list(self.by_code.get(code, ())) if code else []
        for name in names:
            found.extend(self.by_name.get(name, ()))
        return sorted({one.id: one for one in found}.values(), key=lambda c: (c.listed_on, c.id))


def _names(name: str) -> list[str]:
    return [comparable(name), *(comparable(former) for former in former_names(name))]


def _known(scope: QuerySet[Round], rows: Sequence[dict[str, Any]]) -> _Known:
    codes = {row["code"] for row in rows if row["code"]}
    names = {name for row in rows if row["name"] for name in _names(row["name"])}
    written = {row["name"] for row in rows if row["name"]}
    return _Known(queries.candidates(scope, codes, names, written))


def _tell_of_refused(
    one: Judged, known: _Known, choose: Choose, table: Table, findings: list[Finding]
) -> None:
    """Tell in the same pass that the firm of a refused row would not do either."""
    names, code = _names(one.name or ""), one.row["code"] or ""
    rounds, why = same_firm(code, names, known.of(code, names), one.name)
    if rounds and one.row["on"] and one.row.get("conclusion", True):
        pick = choose(one.row, rounds)
        why = "" if pick.candidate else pick.why
    if one.name and why:
        findings.append(table.found(one.number, "name", Level.BLOCK, why, _COMPARE, one.name))


_COMPARE = "核对名称、代码和名单后重新导入"


def _pick(
    one: Judged,
    known: _Known,
    choose: Choose,
    taken: dict[int, int],
    table: Table,
    findings: list[Finding],
) -> None:
    """Find the round a row speaks of, or say why there is none."""
    names = _names(one.name)
    code = one.row["code"] or ""
    rounds, why = same_firm(code, names, known.of(code, names), one.name)
    pick = choose(one.row, rounds) if rounds else Pick(None, why=why)
    if pick.candidate is None:
        one.note = pick.why
        findings.append(
            table.found(
                one.number,
                "name",
                Level.BLOCK,
                pick.why,
                _COMPARE,
                one.name,
            )
        )
        return
    one.round = pick.candidate.id
    earlier = taken.setdefault(one.round, one.number)
    if earlier != one.number:
        one.note = f"与第{earlier}行是同一企业的同一轮审核"
        findings.append(
            table.found(one.number, "name", Level.BLOCK, one.note, "删除重复的一行", one.name)
        )
        return
    one.outcome = Outcome.MATCHED if pick.already else Outcome.CREATED
    one.note = pick.why
    if pick.why:
        advice = "核对是否漏登验收结果"
        findings.append(table.found(one.number, "name", Level.INFORM, pick.why, advice, one.name))


@transaction.atomic
def import_results(
    table: Table, key: ResultKey, *, file: File, by: Standing, consent: bool = True
) -> intake.Taken:
    """Record the good rows of a results workbook, with a receipt that names every row.

    Without consent nothing is stored when a row would be left out.
    """
    if not by.leads(city=key.city, lead=key.lead):
        raise NotAllowed("验收结果由本市牵头部门登记，您不能替其他地市或另一部门登记")
    assessed = assess_results(table, key)
    checked_consent(assessed.report, left=assessed.report.refused, consent=consent)
    actions.record_results(
        [
            _new_result(one.round, one.row, key.document_number)
            for one in assessed.judged
            if one.outcome is Outcome.CREATED and one.round
        ],
        by=by,
        source=Source.IMPORT,
    )
    return intake.conclude(
        table,
        assessed.outcomes(),
        assessed.report,
        title=f"导入验收结果：{key.year}年（{key.lead.label}牵头）",
        file=file,
        by=by,
        city=key.city,
        subject=f"results:{key.year}:{key.lead}",
    )


def _new_result(round_id: int, row: dict[str, Any], document_number: str) -> actions.NewResult:
    return actions.NewResult(
        round_id,
        row["conclusion"],
        row["on"],
        document_number=row["document_number"] or document_number,
        reason=row["note"] or "",
        assessment_score=row["assessment_score"],
        acceptance_score=row["acceptance_score"],
        consultancy=row["consultancy"] or "",
        level=row["level"] or "",
        certificate=row["certificate"] or "",
        valid_until=row["valid_until"],
    )


@transaction.atomic
def import_completions(
    table: Table, *, file: File, by: Standing, consent: bool = True
) -> intake.Taken:
    """Take over old-platform completions of the whole province, marked as migrated."""
    if by.role is not Role.PROVINCE:
        raise NotAllowed("历史办结数据只能由省级主管部门迁移导入")
    assessed = assess_completions(table, by.province)
    checked_consent(assessed.report, left=assessed.report.refused, consent=consent)
    rows: list[tuple[int, date, str]] = [
        (one.round, one.row["on"], one.row["old_number"] or "")
        for one in assessed.judged
        if one.outcome is Outcome.CREATED and one.round
    ]
    actions.migrate_completions(rows, by=by)
    return intake.conclude(
        table,
        assessed.outcomes(),
        assessed.report,
        title="历史数据迁移：“平台”完成验收流程",
        file=file,
        by=by,
        subject="completions",
    )
