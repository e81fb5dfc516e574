"""Take a county's candidates 摸底 of a year in from a workbook, all good rows or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.matching import (
    Choice,
    Decision,
    Speaker,
    left_out,
    match,
    names_of,
)
from cleanprod.foundation.intake.rules import (
    Outcome,
    Report,
    Row,
    RowOutcome,
    Table,
    checked_consent,
)
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Judgement, Line, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.finding import Finding
from cleanprod.stages.candidates import access, actions
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import State
from cleanprod.stages.candidates.template import CANDIDATES
from cleanprod.stages.programme.rules import AuditKind, Category, same_firm_twice

_FACTS = (
    "enterprise_id", "name", "code", "address", "industry", "kind", "categories", "grounds",
    "remark", "separate",
)  # fmt: skip
_DECIDED = {
    State.TAKEN.value: "市级主管部门已采纳，不再改动",
    State.DECLINED.value: "市级主管部门未采纳，不再改动",
}


@dataclass(frozen=True, slots=True)
class SurveyKey:
    """Whose candidates a workbook brings: list year, line, place."""

    year: int
    line: Line
    city: str
    county: str

    @property
    def title(self) -> str:
        """Return what the workbook is called."""
        place = territory.region(self.county)
        where = place.name if place else ""
        return f"{where}{self.year}年度候选企业摸底表（{self.line.label}）"


def key_of(standing: Standing, *, year: int, line: Line | None = None) -> SurveyKey:
    """Return the survey in which an office reports; who reports none is refused."""
    own = access.survey_line(standing, line)
    return SurveyKey(year, own, standing.city, standing.county)


@dataclass(slots=True)
class Judged:
    """One row with what was decided about it; `candidate` stands already, `firm` is known."""

    number: int
    said: dict[str, Any]
    outcome: Outcome
    judgement: Judgement | None = None
    note: str = ""
    decision: Decision | None = None
    names: Sequence[str] = ()
    firm: Organisation | None = None
    candidate: Candidate | None = None

    @property
    def name(self) -> str:
        """Return the name as written."""
        return self.said["name"] or ""

    @property
    def code(self) -> str:
        """Return the credit code as read."""
        return self.said["code"] or ""

    def repair(self, code: str) -> None:
        """Take another credit code in place of the one that was read."""
        self.said["code"] = code

    @property
    def known(self) -> int | None:
        """Return the known enterprise that the row means."""
        enterprise = self.judgement.enterprise if self.judgement else None
        return enterprise.id if enterprise and not self.separate else None

    @property
    def separate(self) -> bool:
        """Tell whether somebody decided that this is another firm than one that resembles it."""
        return self.decision is not None and self.decision.choice is Choice.NEW

    def facts(self) -> dict[str, Any]:
        """Return what is kept; a known firm brings name, code, address and industry along."""
        firm, said = self.firm, self.said
        reason = self.decision.reason if self.separate and self.decision else ""
        return {
            "enterprise_id": firm.pk if firm else None,
            "name": firm.name if firm else self.name,
            "code": firm.code if firm else self.code,
            "address": (firm.address if firm else "") or said["address"] or "",
            "industry": (firm.industry if firm else "") or said["trade"],
            "kind": said["kind"].value,
            "categories": ",".join(one.value for one in said["categories"] or ()),
            "grounds": said["grounds"],
            "remark": said["remark"] or reason,
            "separate": self.separate,
        }


@dataclass(frozen=True, slots=True)
class Assessment:
    """All rows judged, with every finding; nothing is stored yet."""

    report: Report
    judged: list[Judged]

    def outcomes(self) -> list[RowOutcome]:
        """Return one line a row for the receipt."""
        return [
            RowOutcome(
                one.number, one.outcome, one.name,
                f"candidate:{one.candidate.pk}" if one.candidate else "", one.note,
            )
            for one in self.judged
        ]  # fmt: skip


def assess(
    table: Table, key: SurveyKey, decisions: Mapping[int, Decision] | None = None
) -> Assessment:
    """Judge every row of a workbook against what is known; reads only."""
    findings = list(table.findings)
    judged = [_meaning(table, row, findings) for row in table.rows]
    repeated = same_firm_twice((one.number, one.code, one.names[0]) for one in judged)
    for one in judged:
        if one.number in repeated:
            _refuse_repeat(one, repeated[one.number], Speaker(table, one.number, findings))
    standing = list(
        Candidate.objects.filter(year=key.year, county=key.county, line=key.line)
        .exclude(state=State.WITHDRAWN)
        .order_by("pk")
    )
    asked = _decided(judged, standing) | dict(decisions or {})
    match(judged, lambda _: key.city, {}, asked, table, findings)
    _compare(judged, key, standing, table, findings)
    return Assessment(Report.of(table, (one.outcome for one in judged), findings), judged)


def _meaning(table: Table, row: Row, findings: list[Finding]) -> Judged:
    """Read one row's meaning and add what is wrong with it to the findings."""
    said = dict(zip((c.key for c in CANDIDATES.columns), row.values, strict=True))
    say = Speaker(table, row.number, findings)
    wrong: list[str] = [table.why(row.number)] if row.blocked else []
    reasons = said["categories"] or ()
    written = "、".join(one.label for one in reasons)

    def block(rule: str, advice: str) -> None:
        say.block("categories", written, rule, advice)
        wrong.append(rule)

    if said["kind"] is AuditKind.MANDATORY and not reasons and not row.blocked:
        block("强制性清洁生产审核应写明列入原因", "填写双超、高耗能、双有或其他")
    if said["kind"] is AuditKind.VOLUNTARY and set(reasons) - {Category.OTHER}:
        block("自愿性清洁生产审核没有法定列入原因", "删除列入原因，或将审核类型改为强制性")
    if said["kind"] is AuditKind.VOLUNTARY:
        said["categories"] = ()
    trade = territory.nearest_industry(said["industry"]) if said["industry"] else None
    if said["industry"] and trade is None:
        say.inform(
            "industry", said["industry"], "未找到该行业代码，导入后留空",
            "按 GB/T 4754-2017 填写，或导入后在候选企业中补填",
        )  # fmt: skip
    said["trade"] = trade.code if trade else ""
    return Judged(
        row.number, said, Outcome.REFUSED if wrong else Outcome.CREATED, note="；".join(wrong),
        names=names_of(said["name"] or ""),
    )  # fmt: skip


def _refuse_repeat(one: Judged, earlier: int, say: Speaker) -> None:
    say.block("name", one.name, f"与第{earlier}行是同一企业", "删除重复的一行")
    one.outcome, one.note = Outcome.REFUSED, f"与第{earlier}行重复"


def _decided(judged: Sequence[Judged], standing: Sequence[Candidate]) -> dict[int, Decision]:
    """Return the decisions of an earlier import or form, so that nobody decides twice."""
    apart = {(one.name, one.code): one for one in standing if one.separate}
    found = {}
    for one in judged:
        kept = apart.get((one.name, one.code))
        if kept is not None:
            found[one.number] = Decision(Choice.NEW, kept.remark or "此前已确认是另一家企业")
    return found


def _compare(
    judged: Sequence[Judged], key: SurveyKey, standing: Sequence[Candidate], table: Table,
    findings: list[Finding],
) -> None:  # fmt: skip
    """Tell rows that stand already and rows that change one; one firm stands in one row."""
    live = [one for one in judged if one.outcome is Outcome.CREATED]
    firms = Organisation.objects.enterprises().in_bulk({one.known for one in live if one.known})
    entered = {one.enterprise_id: one for one in standing if one.enterprise_id}
    typed = {(one.name, one.code): one for one in standing}
    first: dict[int, int] = {}
    for one in live:
        one.firm = firms.get(one.known) if one.known else None
        say = Speaker(table, one.number, findings)
        if one.firm is not None:
            if one.firm.city_id != key.city or one.firm.county_id not in (None, key.county):
                say.block("name", one.name, "该企业登记在其他县区", "请由其所在地填报")
                one.outcome, one.note = Outcome.REFUSED, "该企业登记在其他县区"
                continue
            earlier = first.setdefault(one.firm.pk, one.number)
            if earlier != one.number:
                _refuse_repeat(one, earlier, say)
                continue
        found = entered.get(one.firm.pk) if one.firm else None
        one.candidate = found or typed.get((one.name, one.code))
        if one.candidate is not None:
            _against(one, one.candidate, say)


def _against(one: Judged, kept: Candidate, say: Speaker) -> None:
    """Judge a row of a candidate that stands: the same, changed, or decided by the city."""
    same = all(getattr(kept, name) == value for name, value in _kept(one, kept).items())
    one.outcome = Outcome.MATCHED if same else Outcome.CHANGED
    if not same and kept.state in _DECIDED:
        one.outcome, one.note = Outcome.MATCHED, _DECIDED[kept.state]
        say.inform("name", one.name, _DECIDED[kept.state], "需要变更的，请与市级主管部门联系")


@transaction.atomic
def import_candidates(
    table: Table,
    key: SurveyKey,
    *,
    file: File,
    by: Standing,
    decisions: Mapping[int, Decision] | None = None,
    consent: bool = True,
) -> intake.Taken:
    """Draft the good rows as candidates of a county, with a receipt that names every row.

    What is reported already is changed as by hand; reporting stays an act of its own. Importing
    the same workbook again changes nothing.
    """
    key = key_of(by, year=key.year, line=key.line)
    actions.demand_open(key.year, key.city, key.line)
    assessed = assess(table, key, decisions)
    checked_consent(assessed.report, left=left_out(assessed.judged), consent=consent)
    _store(assessed.judged, key, by=by)
    return intake.conclude(
        table,
        assessed.outcomes(),
        assessed.report,
        title=f"导入：{key.title}",
        file=file,
        by=by,
        city=key.city,
        subject=f"survey:{key.year}:{key.county}:{key.line}",
    )


def _store(judged: Sequence[Judged], key: SurveyKey, *, by: Standing) -> None:
    created, changed = [], []
    for one in judged:
        if one.outcome is Outcome.CREATED:
            one.candidate = Candidate(
                year=key.year, city_id=key.city, county_id=key.county, line=key.line.value,
                office_id=by.office_id, office_name=by.office_name, **one.facts(),
            )  # fmt: skip
            created.append(one.candidate)
        elif one.outcome is Outcome.CHANGED and one.candidate is not None:
            for name, value in _kept(one, one.candidate).items():
                setattr(one.candidate, name, value)
            changed.append(one.candidate)
    Candidate.objects.bulk_create(created)
    Candidate.objects.bulk_update(changed, [name.removesuffix("_id") for name in _FACTS])
    lines = [actions.line_of(one, "candidate:enter", "导入候选企业") for one in created]
    lines += [actions.line_of(one, "candidate:edit", "导入修改候选企业") for one in changed]
    trail.record_many(lines, by=by)


def _kept(one: Judged, candidate: Candidate) -> dict[str, Any]:
    """Return what a candidate says after the import.

    It keeps that somebody told it from another firm and why, and once reported, its enterprise.
    """
    facts = one.facts()
    if candidate.separate:
        facts |= {"separate": True, "remark": facts["remark"] or candidate.remark}
    return facts | {"enterprise_id": facts["enterprise_id"] or candidate.enterprise_id}
