"""Take a list in from a workbook: judge all rows in one pass, store all of it or nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import bulk
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.matching import (
    Choice,
    Decision,
    Speaker,
    left_out,
    match,
)
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import (
    Outcome,
    Report,
    RowOutcome,
    Table,
    checked_consent,
)
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.rules import (
    Kind,
    Known,
    Match,
    Standing,
    code_state,
)
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.finding import Finding
from cleanprod.stages.programme import actions, queries, rules
from cleanprod.stages.programme.judging import BatchKey, Judged, meaning
from cleanprod.stages.programme.models import Batch, Entry, Settlement
from cleanprod.stages.programme.rules import BatchAct, BatchStage

_TABLE = Entry._meta.db_table
_COLUMNS = (
    "batch_id", "row", "enterprise_id", "name", "code", "city_id", "county_id", "address",
    "industry", "kind", "categories", "vocs", "last_accepted", "note", "state",
)  # fmt: skip
_COMPARED = (
    "name", "code", "county_id", "address", "industry", "kind", "categories", "vocs",
    "last_accepted", "note",
)  # fmt: skip


@dataclass(slots=True)
class Assessment:
    """All rows judged, with every finding; nothing is stored yet."""

    report: Report
    judged: list[Judged] = field(default_factory=list)

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
    judged = [meaning(table, row, key, findings) for row in table.rows]
    _repeats(judged, table, findings)
    match(
        judged,
        lambda _: key.city,
        _decided(key),
        decisions or {},
        table,
        findings,
        recall=lambda names: _recalled(names, key.city),
    )
    _compare(judged, key, table, findings)
    _tell_guessed_kinds(judged, table, findings)
    return Assessment(Report.of(table, (one.outcome for one in judged), findings), judged)


def _repeats(judged: Sequence[Judged], table: Table, findings: list[Finding]) -> None:
    repeated = rules.same_firm_twice((one.row.number, one.row.code, one.names[0]) for one in judged)
    for one in judged:
        earlier = repeated.get(one.row.number)
        if earlier is not None:
            say = Speaker(table, one.row.number, findings)
            say.block("name", one.row.name, f"与第{earlier}行是同一企业", "删除重复的一行")
            one.outcome, one.note = Outcome.REFUSED, f"与第{earlier}行重复"


def _tell_guessed_kinds(judged: Sequence[Judged], table: Table, findings: list[Finding]) -> None:
    """Tell once of the rows whose kind the workbook does not say, and what was made of them."""
    silent = [one for one in judged if one.row.kind is None and one.outcome is not Outcome.REFUSED]
    if not silent:
        return
    forced = sum(one.kind is rules.AuditKind.MANDATORY for one in silent)
    told = "没有“审核类型”列" if "kind" not in table.columns else f"{len(silent)}行没有审核类型"
    Speaker(table, silent[0].number, findings).inform(
        "kind", "",
        f"{told}：{forced}行有列入原因的按强制性，{len(silent) - forced}行没有列入原因的按自愿性",
        "核对后再确认导入；不对的补填审核类型",
    )  # fmt: skip


def _recalled(names: Collection[str], city: str) -> dict[str, Known]:
    """Return, by a name on earlier lists of the city, the firm that is called otherwise today."""
    return {name: Known(*told) for name, told in queries.listed_as(names, city=city).items()}


def _decided(key: BatchKey) -> dict[tuple[str, str], Known]:
    """Return the enterprises of this list by name and code as written: nobody decides twice."""
    rows: Iterable[tuple[Any, ...]] = Entry.objects.filter(
        batch__year=key.year, batch__city=key.city, batch__lead=key.lead, batch__number=key.number
    ).values_list(
        "name", "code", "enterprise_id", "enterprise__name", "enterprise__comparable",
        "enterprise__code", "enterprise__code_state", "enterprise__city",
    )  # fmt: skip
    return {(name, code): Known(*known) for name, code, *known in rows}


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
    agreed = set(
        Settlement.objects.filter(
            year=key.year, city=key.city, agreed_on__isnull=False
        ).values_list("enterprise_id", flat=True)
    )
    for one in judged:
        if one.outcome is not Outcome.CREATED:
            continue
        known = one.judgement.enterprise if one.judgement else None
        say = Speaker(table, one.row.number, findings)
        if known is not None and known.id in here:
            same = tuple(here[known.id]) == one.values()
            one.outcome = Outcome.MATCHED if same else Outcome.CHANGED
            if known.id in agreed and not same:
                one.outcome, one.note = Outcome.MATCHED, "两部门已商定，不再通过导入修改"
        elif known is not None and known.id in elsewhere:
            _overlap(one, elsewhere[known.id], key, say)
        if published and one.outcome in (Outcome.CREATED, Outcome.CHANGED):
            say.block(
                "name",
                one.row.name,
                "名单已公布，不能再通过导入增改",
                "已公布名单的变更使用变更通知",
            )
            one.outcome, one.note = Outcome.REFUSED, "名单已公布"


@dataclass(frozen=True, slots=True)
class _Elsewhere:
    """Another list of the same city and year that names an enterprise."""

    title: str
    lead: str
    stage: str


def _listed_elsewhere(key: BatchKey) -> dict[int, _Elsewhere]:
    """Return, by enterprise, the other list of the same city and year that names it."""
    rows = (
        Entry.objects.filter(batch__year=key.year, batch__city=key.city)
        .exclude(batch__lead=key.lead, batch__number=key.number)
        .exclude(state=rules.EntryState.YIELDED)
        .order_by("pk")
        .values_list("enterprise_id", "batch__title", "batch__lead", "batch__stage")
    )
    return {enterprise: _Elsewhere(*told) for enterprise, *told in rows}


def _overlap(one: Judged, other: _Elsewhere, key: BatchKey, say: Speaker) -> None:
    """Tell of an enterprise on another list: two drafts are settled, the rest is refused."""
    if one.decision is not None and one.decision.choice is Choice.NEW:
        return
    if other.lead != key.lead and other.stage != BatchStage.PUBLISHED:
        say.inform(
            "name", one.row.name, f"该企业也在另一部门的“{other.title}”中",
            "导入后在“两部门会商”中商定由哪个部门牵头，商定前不能完成编制",
        )  # fmt: skip
        one.note = "与另一部门名单重复，待会商"
        return
    why = f"该企业已在“{other.title}”中，同一企业同一年度只列入一次"
    one.outcome, one.note = Outcome.REFUSED, why
    say.block("name", one.row.name, why, "从本名单删除该企业")


@dataclass(frozen=True, slots=True)
class Taken(intake.Taken):
    """What an import did to which list."""

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
    checked_consent(assessed.report, left=left_out(assessed.judged), consent=consent)
    if assessed.report.created or assessed.report.changed:
        actions.locked(batch.pk, BatchAct.IMPORT, by)
    _store(assessed.judged, batch, by=by)
    taken = intake.conclude(
        table,
        assessed.outcomes(),
        assessed.report,
        title=f"导入名单：{batch.title}",
        file=file,
        by=by,
        city=batch.city_id,
        subject=f"list:{batch.pk}",
    )
    if assessed.report.created or assessed.report.changed:
        _tell_trail(batch, assessed, taken.receipt, by=by)
    return Taken(taken.report, taken.receipt, batch)


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
