"""Read the meaning of one row of a list: place, trade, kind, lead, and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings

from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake.matching import Decision, Speaker, names_of
from cleanprod.foundation.intake.rules import Outcome, Row, Table
from cleanprod.foundation.organisations.rules import Judgement, Line
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.finding import Finding, Level
from cleanprod.stages.programme import rules
from cleanprod.stages.programme.rules import AuditKind, ListRow


@dataclass(frozen=True, slots=True)
class BatchKey:
    """Which list a workbook is for."""

    year: int
    city: str
    lead: Line
    number: int
    title: str = ""


@dataclass(slots=True)
class Judged:
    """One row with what was decided about it."""

    row: ListRow
    kind: AuditKind
    county: str | None
    outcome: Outcome
    judgement: Judgement | None = None
    note: str = ""
    decision: Decision | None = None
    names: Sequence[str] = ()

    @property
    def number(self) -> int:
        """Return the row of the sheet."""
        return self.row.number

    @property
    def name(self) -> str:
        """Return the name as written."""
        return self.row.name

    @property
    def code(self) -> str:
        """Return the credit code as read."""
        return self.row.code

    def repair(self, code: str) -> None:
        """Take another credit code in place of the one that was read."""
        self.row = replace(self.row, code=code)

    def values(self) -> tuple[Any, ...]:
        """Return what an entry keeps, in the order of the compared columns."""
        row = self.row
        return (
            row.name, row.code, self.county, row.address, row.industry, self.kind.value,
            ",".join(row.categories), row.vocs or "", row.last_accepted, row.note,
        )  # fmt: skip


@lru_cache(maxsize=4096)
def _county(text: str, city: str) -> str | None:
    found = territory.by_name(text, within=city)
    return found.code if found else None


@lru_cache(maxsize=256)
def _is_city(text: str, city: str) -> bool:
    found = territory.by_name(text, within=settings.PROVINCE_CODE)
    return found is not None and found.code == city


def meaning(table: Table, row: Row, key: BatchKey, findings: list[Finding]) -> Judged:
    """Read one row's meaning and add what is wrong with it to the findings."""
    say = Speaker(table, row.number, findings)
    listed = _listed(row)
    county = _county(listed.county, key.city) if listed.county else None
    ok = not row.blocked
    if listed.county and county is None:
        ok = say.block(
            "county",
            listed.county,
            "县区应是本市的县（市、区）、镇街或园区",
            "按行政区划名称填写，如“南海区”",
        )
    if listed.city and not _is_city(listed.city, key.city):
        ok = say.block("city", listed.city, "地市应与本名单一致", "从本名单删除该行，或改正地市")
    if listed.industry and _industry(listed.industry) is None:
        say.inform("industry", listed.industry, "未找到该行业代码", "按 GB/T 4754-2017 核对")
    cells = _Cells(table, row.number)
    told = {mark.cell for mark in table.marks.get(row.number, ())}
    meaning = [
        finding
        for finding in rules.check_row(listed, lead=key.lead, cells=cells, sheet=table.sheet)
        if finding.cell not in told  # what could not be read is not missing as well
    ]
    findings.extend(meaning)
    ok = ok and not any(finding.level is Level.BLOCK for finding in meaning)
    kind = listed.kind or (AuditKind.MANDATORY if listed.categories else AuditKind.VOLUNTARY)
    if ok and not listed.lead:
        _check_lead(listed, kind, key, say)
    outcome = Outcome.CREATED if ok else Outcome.REFUSED
    judged = Judged(listed, kind, county, outcome, names=names_of(listed.name))
    if not ok:
        judged.note = table.why(row.number) or _first_block(findings)
    return judged


def _first_block(findings: Sequence[Finding]) -> str:
    """Return the newest blocking rule, which is about the row just judged."""
    return next((f.rule for f in reversed(findings) if f.level is Level.BLOCK), "")


def _listed(row: Row) -> ListRow:
    name, code, city, county, address, industry, *rest = row.values[1:]
    known = _industry(industry) if industry else None
    return ListRow(row.number, name, code, city, county, address, known or industry, *rest)


@lru_cache(maxsize=4096)
def _industry(text: str) -> str | None:
    """Return the code of the trade that a cell like 3360 or C3360电镀 names."""
    found = territory.nearest_industry(text)
    return found.code if found else None


def _check_lead(listed: ListRow, kind: AuditKind, key: BatchKey, say: Speaker) -> None:
    usual = rules.lead_of(kind, listed.categories, _leads(clock.today()))
    if usual is not key.lead:
        say.inform(
            "kind",
            kind.label,
            f"此类企业通常由{usual.label}部门牵头，本名单由{key.lead.label}部门牵头",
            "请两部门会商确认；如无误可忽略",
        )


@lru_cache(maxsize=8)
def _leads(on: date) -> Mapping[str, str]:
    leads: Mapping[str, str] = rulebook.value("programme.leads", on=on).value
    return leads


class _Cells(Mapping[str, str]):
    """The cells of one row by column, named only when asked for."""

    def __init__(self, table: Table, number: int) -> None:
        """Remember the row."""
        self.table, self.number = table, number

    def __getitem__(self, key: str) -> str:
        return self.table.cell(self.number, key)

    def __iter__(self) -> Iterator[str]:
        return iter(self.table.columns)

    def __len__(self) -> int:
        return len(self.table.columns)
