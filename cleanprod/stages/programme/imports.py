"""Take a list in from a workbook: judge all rows in one pass, store all of it or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import (
    Outcome,
    Report,
    Row,
    RowOutcome,
    Table,
    checked_consent,
)
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations import queries as organisation_queries
from cleanprod.foundation.organisations.rules import (
    Judgement,
    Kind,
    Known,
    Line,
    Match,
    Standing,
    code_state,
    grouped,
    judge,
)
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.names import comparable, former_names
from cleanprod.kernel.term import Term
from cleanprod.stages.programme import actions, queries, rules
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind, BatchAct, BatchStage, ListRow

_TABLE = Entry._meta.db_table
_COLUMNS = (
    "batch_id", "row", "enterprise_id", "name", "code", "city_id", "county_id", "address",
    "industry", "kind", "categories", "vocs", "last_accepted", "note", "state",
)  # fmt: skip
_COMPARED = (
    "name", "code", "county_id", "address", "industry", "kind", "categories", "vocs",
    "last_accepted", "note",
)  # fmt: skip


class Choice(Term):
    """What an official decides about a row that matching is unsure of."""

    SAME = "same", "是同一企业"
    NEW = "new", "是另一企业，新建"
    SKIP = "skip", "不导入"


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision on one row, with the reason that is kept."""

    choice: Choice
    reason: str


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

    def values(self) -> tuple[Any, ...]:
        """Return what an entry keeps, in the order of the compared columns."""
        row = self.row
        return (
            row.name, row.code, self.county, row.address, row.industry, self.kind.value,
            ",".join(row.categories), row.vocs or "", row.last_accepted, row.note,
        )  # fmt: skip


@dataclass(slots=True)
class Assessment:
    """All rows judged, with every finding; nothing is stored yet."""

    report: Report
    judged: list[Judged] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Return how many rows are left out that nobody decided on."""
        out = (Outcome.REFUSED, Outcome.TO_DECIDE)
        return sum(one.outcome in out and one.decision is None for one in self.judged)

    def outcomes(self) -> list[RowOutcome]:
        """Return one line a row for the receipt."""
        return [
            RowOutcome(one.row.number, one.outcome, one.row.name, "", one.note)
            for one in self.judged
        ]


def assess(
    table: Table, key: BatchKey, decisions: Mapping[int, Decision] | None = None
) -> Assessment:
    """Judge every row of a list against what is known; reads only.

    A row is created, matched (stands so already), changed, refused (with a blocking finding) or
    to decide (with what to decide). `decisions` by row number settle the latter.
    """
    findings = list(table.findings)
    judged = [_meaning(table, row, key, findings) for row in table.rows]
    _repeats(judged, table, findings)
    _match(judged, key, decisions or {}, table, findings)
    _compare(judged, key, table, findings)
    return Assessment(Report.of(table, (one.outcome for one in judged), findings), judged)


@lru_cache(maxsize=4096)
def _county(text: str, city: str) -> str | None:
    found = territory.by_name(text, within=city)
    return found.code if found else None


@lru_cache(maxsize=256)
def _is_city(text: str, city: str) -> bool:
    found = territory.by_name(text, within=settings.PROVINCE_CODE)
    return found is not None and found.code == city


def _meaning(table: Table, row: Row, key: BatchKey, findings: list[Finding]) -> Judged:
    """Read one row's meaning and add what is wrong with it to the findings."""
    say = _Speaker(table, row.number, findings)
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
    meaning = rules.check_row(listed, lead=key.lead, cells=cells, sheet=table.sheet)
    findings.extend(meaning)
    ok = ok and not any(finding.level is Level.BLOCK for finding in meaning)
    kind = listed.kind or (AuditKind.MANDATORY if listed.categories else AuditKind.VOLUNTARY)
    if ok and not listed.lead:
        _check_lead(listed, kind, key, say)
    outcome = Outcome.CREATED if ok else Outcome.REFUSED
    judged = Judged(listed, kind, county, outcome, names=_names(listed.name))
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


def _check_lead(listed: ListRow, kind: AuditKind, key: BatchKey, say: "_Speaker") -> None:
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


class _Speaker:
    """Adds findings about one row of one sheet."""

    def __init__(self, table: Table, number: int, findings: list[Finding]) -> None:
        """Remember where findings go."""
        self.table, self.number, self.findings = table, number, findings

    def say(self, level: Level, key: str, value: str, rule: str, advice: str) -> None:
        """Add one finding at the cell of a column."""
        self.findings.append(self.table.found(self.number, key, level, rule, advice, value))

    def block(self, key: str, value: str, rule: str, advice: str) -> bool:
        """Add a blocking finding and return False, the row being refused."""
        self.say(Level.BLOCK, key, value, rule, advice)
        return False

    def inform(self, key: str, value: str, rule: str, advice: str) -> None:
        """Add a finding that is only to be known."""
        self.say(Level.INFORM, key, value, rule, advice)


def _repeats(judged: Sequence[Judged], table: Table, findings: list[Finding]) -> None:
    repeated = rules.same_firm_twice((one.row.number, one.row.code, one.names[0]) for one in judged)
    for one in judged:
        earlier = repeated.get(one.row.number)
        if earlier is not None:
            say = _Speaker(table, one.row.number, findings)
            say.block("name", one.row.name, f"与第{earlier}行是同一企业", "删除重复的一行")
            one.outcome, one.note = Outcome.REFUSED, f"与第{earlier}行重复"


def _match(
    judged: Sequence[Judged],
    key: BatchKey,
    decisions: Mapping[int, Decision],
    table: Table,
    findings: list[Finding],
) -> None:
    """Tell known enterprises from new ones, for all rows in two reads."""
    live = [one for one in judged if one.outcome is not Outcome.REFUSED]
    verdicts = [credit_code.inspect(one.row.code) for one in live]
    # The code that a slip of the hand may have meant is looked up as well.
    codes = {code for told in verdicts for code in (told.code, told.suggestion) if code}
    known = organisation_queries.known_enterprises(
        codes, {name for one in live for name in one.names}
    )
    by_code, by_name = grouped(known, "code"), grouped(known, "comparable")
    for one, verdict in zip(live, verdicts, strict=True):
        one.judgement = judge(verdict, one.names, key.city, by_code, by_name, written=one.row.name)
    _recall(live, key.city)
    decided = _decided(key)
    for one in live:
        if one.judgement is None or one.judgement.match is not Match.UNSURE:
            continue
        before = decided.get((one.row.name, one.row.code))
        if before:
            one.judgement = Judgement(Match.SAME, before)
        else:
            _decide(one, decisions.get(one.row.number), _Speaker(table, one.row.number, findings))


def _recall(live: Sequence[Judged], city: str) -> None:
    """Ask about firms that seem new but carry a name under which another was listed before."""
    new = [one for one in live if one.judgement and one.judgement.match is Match.NEW]
    before = queries.listed_as({one.row.name for one in new}, city=city) if new else {}
    for one in new:
        if one.row.name in before:
            known = Known(*before[one.row.name])
            why = f"已有企业“{known.name}”曾以此名称列入名单，请确认是否同一企业"
            one.judgement = Judgement(Match.UNSURE, known, why)


def _decided(key: BatchKey) -> dict[tuple[str, str], Known]:
    """Return the enterprises of this list by name and code as written: nobody decides twice."""
    rows: Iterable[tuple[Any, ...]] = Entry.objects.filter(
        batch__year=key.year, batch__city=key.city, batch__lead=key.lead, batch__number=key.number
    ).values_list(
        "name", "code", "enterprise_id", "enterprise__name", "enterprise__comparable",
        "enterprise__code", "enterprise__code_state", "enterprise__city",
    )  # fmt: skip
    return {(name, code): Known(*known) for name, code, *known in rows}


def _names(name: str) -> list[str]:
    return [comparable(name), *(comparable(former) for former in former_names(name))]


def _decide(one: Judged, decision: Decision | None, say: _Speaker) -> None:
    """Apply an official's decision to an unsure row, or leave it to decide."""
    judgement = one.judgement
    assert judgement is not None  # noqa: S101 - set by the caller for the type checker
    if decision is None:
        one.outcome, one.note = Outcome.TO_DECIDE, judgement.why
        say.say(
            Level.DECIDE, "code" if one.row.code else "name", one.row.code or one.row.name,
            judgement.why,
            "在预检页逐行选择“是同一企业”“是另一企业，新建”或“不导入”，并写明理由",
        )  # fmt: skip
        return
    if not decision.reason.strip():
        raise Refused(f"第{one.row.number}行的决定应写明理由")
    one.decision = decision
    if decision.choice is Choice.SKIP:
        one.outcome, one.note = Outcome.REFUSED, f"经决定不导入：{decision.reason}"
    elif decision.choice is Choice.SAME and judgement.enterprise is None:
        raise Refused(f"第{one.row.number}行没有可对应的已有企业，请选择“新建”或“不导入”")
    elif decision.choice is Choice.SAME:
        one.judgement = Judgement(Match.SAME, judgement.enterprise)
        one.note = f"经决定为同一企业：{decision.reason}"
    else:
        one.judgement = Judgement(Match.NEW)
        one.note = f"经决定新建企业：{decision.reason}"


def _compare(
    judged: Sequence[Judged], key: BatchKey, table: Table, findings: list[Finding]
) -> None:
    """Tell rows that stand already, rows that change an entry, and firms of the other list."""
    here = {
        enterprise: values
        for enterprise, *values in Entry.objects.filter(
            batch__year=key.year,
            batch__city=key.city,
            batch__lead=key.lead,
            batch__number=key.number,
        ).values_list("enterprise_id", *_COMPARED)
    }
    published = Batch.objects.filter(
        year=key.year, city=key.city, lead=key.lead, number=key.number, stage=BatchStage.PUBLISHED
    ).exists()
    elsewhere = _listed_elsewhere(key)
    for one in judged:
        if one.outcome is not Outcome.CREATED:
            continue
        known = one.judgement.enterprise if one.judgement else None
        say = _Speaker(table, one.row.number, findings)
        if known is not None and known.id in here:
            same = tuple(here[known.id]) == one.values()
            one.outcome = Outcome.MATCHED if same else Outcome.CHANGED
        elif known is not None and known.id in elsewhere:
            _overlap(one, elsewhere[known.id], say)
        if published and one.outcome in (Outcome.CREATED, Outcome.CHANGED):
            say.block(
                "name",
                one.row.name,
                "名单已公布，不能再通过导入增改",
                "已公布名单的变更使用变更通知",
            )
            one.outcome, one.note = Outcome.REFUSED, "名单已公布"


def _listed_elsewhere(key: BatchKey) -> dict[int, str]:
    """Return, by enterprise, the other list of the same city and year that names it."""
    rows = (
        Entry.objects.filter(batch__year=key.year, batch__city=key.city)
        .exclude(batch__lead=key.lead, batch__number=key.number)
        .values_list("enterprise_id", "batch__title")
    )
    return dict(rows)


def _overlap(one: Judged, title: str, say: _Speaker) -> None:
    if one.decision is not None and one.decision.choice is Choice.NEW:
        return
    why = f"该企业已在“{title}”中，同一企业同一年度只列入一次"
    one.outcome, one.note = Outcome.REFUSED, why
    say.block("name", one.row.name, why, "两部门会商确定牵头部门，从其中一份名单删除该企业")


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    report: Report
    receipt: Receipt
    batch: Batch


@transaction.atomic
def import_list(
    table: Table,
    key: BatchKey,
    *,
    file: File,
    by: Standing,
    decisions: Mapping[int, Decision] | None = None,
    consent: bool = True,
) -> Taken:
    """Store the good rows of a list, with a receipt that names every row.

    Good rows are new enterprises and entries, and changes of entries while the list is in
    preparation. Refused and undecided rows are named in the receipt and left out; without consent
    nothing is stored when that happens to a row that nobody decided on. Importing the same
    workbook again changes nothing. A batch without a single good row is refused whole.
    """
    batch = actions.open_batch(
        year=key.year, city=key.city, lead=key.lead, number=key.number, title=key.title, by=by
    )
    batch = Batch.objects.select_for_update().get(pk=batch.pk)
    assessed = assess(table, key, decisions)
    checked_consent(assessed.report, left=assessed.left, consent=consent)
    if assessed.report.created or assessed.report.changed:
        actions.locked(batch.pk, BatchAct.IMPORT, by)
    _store(assessed.judged, batch, by=by)
    receipt = intake.write_receipt(
        "list",
        title=f"导入名单：{batch.title}",
        file=file,
        rows=assessed.outcomes(),
        report=assessed.report,
        by=by,
        city=batch.city_id,
        subject=f"list:{batch.pk}",
        mapping=table.mapping,
    )
    intake.learn(table, by=by)
    if assessed.report.created or assessed.report.changed:
        _tell_trail(batch, assessed, receipt, by=by)
    return Taken(assessed.report, receipt, batch)


def _store(judged: Sequence[Judged], batch: Batch, *, by: Standing) -> None:
    created = [one for one in judged if one.outcome is Outcome.CREATED]
    unknown = [one for one in created if one.judgement and one.judgement.match is Match.NEW]
    ids = organisations.enter_many([_enterprise(one, batch) for one in unknown], by=by)
    enterprise = {one.row.number: pk for one, pk in zip(unknown, ids, strict=True)}
    for one in created:
        if one.judgement and one.judgement.enterprise and one.row.number not in enterprise:
            enterprise[one.row.number] = one.judgement.enterprise.id
    bulk.copy_rows(
        _TABLE,
        _COLUMNS,
        (
            (
                batch.pk, one.row.number, enterprise[one.row.number], one.row.name,
                one.row.code, batch.city_id, one.county, one.row.address, one.row.industry,
                one.kind.value, ",".join(one.row.categories), one.row.vocs or "",
                one.row.last_accepted, one.row.note, rules.EntryState.LISTED.value,
            )
            for one in created
        ),
    )  # fmt: skip
    _change([one for one in judged if one.outcome is Outcome.CHANGED], batch)


def _enterprise(one: Judged, batch: Batch) -> organisations.NewOrganisation:
    return organisations.NewOrganisation(
        Kind.ENTERPRISE,
        one.row.name,
        code=one.row.code,
        code_state=code_state(credit_code.inspect(one.row.code)),
        province=settings.PROVINCE_CODE,
        city=batch.city_id,
        county=one.county,
        industry=one.row.industry,
        address=one.row.address,
    )


def _change(changed: Sequence[Judged], batch: Batch) -> None:
    """Write changed entries of a list in preparation in one statement each thousand rows."""
    sets = ", ".join(f"{name} = %s" for name in _COMPARED)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_TABLE} SET {sets} WHERE batch_id = %s AND enterprise_id = %s",  # noqa: S608
            [
                (*one.values(), batch.pk, one.judgement.enterprise.id)
                for one in changed
                if one.judgement and one.judgement.enterprise
            ],
        )


def _tell_trail(batch: Batch, assessed: Assessment, receipt: Receipt, *, by: Standing) -> None:
    report = assessed.report
    trail.record_many(
        [
            trail.Line(
                act="list:import",
                verb="导入名单",
                subject=f"list:{batch.pk}",
                label=batch.title,
                after={
                    "created": report.created,
                    "changed": report.changed,
                    "refused": report.refused,
                    "to_decide": report.to_decide,
                    "receipt": receipt.pk,
                },
                city=batch.city_id,
            ),
            *(
                trail.Line(
                    act="list:decide",
                    verb=f"导入时决定：{one.decision.choice.label}",
                    subject=f"list:{batch.pk}",
                    label=one.row.name,
                    after={"row": one.row.number, "code": one.row.code},
                    reason=one.decision.reason,
                    city=batch.city_id,
                )
                for one in assessed.judged
                if one.decision is not None
            ),
        ],
        by=by,
    )
