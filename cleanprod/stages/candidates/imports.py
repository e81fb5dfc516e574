"""Take the key enterprises for VOCs of a year in from a workbook, all good rows or none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import bulk
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.matching import Decision, Speaker, left_out, match, names_of
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
from cleanprod.foundation.organisations.rules import (
    Judgement,
    Kind,
    Known,
    Line,
    Match,
    Role,
    Standing,
    code_state,
)
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.finding import Finding
from cleanprod.stages.candidates.models import KeyEnterprise
from cleanprod.stages.candidates.template import KEY_LIST
from cleanprod.stages.programme.rules import Vocs, same_firm_twice

_TABLE = KeyEnterprise._meta.db_table
_VALUES = ("name", "code", "city_id", "county_id", "industry", "document_number")
_COLUMNS = ("enterprise_id", "level", "year", *_VALUES)


@dataclass(frozen=True, slots=True)
class KeyListKey:
    """Which list a workbook brings: its year, the level of the office, the paper."""

    year: int
    level: Vocs
    province: str
    city: str = ""
    document_number: str = ""

    @property
    def title(self) -> str:
        """Return what the list is called."""
        place = territory.region(self.city or self.province)
        where = place.short_name if place else ""
        return f"{where}{self.year}年{self.level.label}VOCs重点监管企业名单"


def key_of(standing: Standing, *, year: int, document_number: str = "") -> KeyListKey:
    """Return the list that an office keeps: the province its own, a city's ecology department its.

    Anybody else is refused.
    """
    if standing.role is Role.PROVINCE:
        return KeyListKey(year, Vocs.PROVINCIAL, standing.province, "", document_number)
    if standing.role is Role.CITY and standing.line is Line.ECOLOGY:
        return KeyListKey(year, Vocs.MUNICIPAL, standing.province, standing.city, document_number)
    raise NotAllowed("VOCs重点监管企业名单由省级主管部门和市级生态环境部门导入")


@dataclass(slots=True)
class Judged:
    """One row with what was decided about it."""

    number: int
    name: str
    code: str
    city: str
    county: str | None
    industry: str
    document_number: str
    outcome: Outcome
    judgement: Judgement | None = None
    note: str = ""
    decision: Decision | None = None
    names: Sequence[str] = ()

    @property
    def enterprise(self) -> Known | None:
        """Return the known enterprise of the row."""
        return self.judgement.enterprise if self.judgement else None

    def repair(self, code: str) -> None:
        """Take another credit code in place of the one that was read."""
        self.code = code

    def values(self) -> tuple[Any, ...]:
        """Return what is kept, in the order of the columns."""
        return (
            self.name, self.code, self.city, self.county, self.industry, self.document_number,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Assessment:
    """All rows judged, with every finding; nothing is stored yet."""

    report: Report
    judged: list[Judged]

    def outcomes(self) -> list[RowOutcome]:
        """Return one line a row for the receipt."""
        return [RowOutcome(one.number, one.outcome, one.name, "", one.note) for one in self.judged]


def assess(
    table: Table, key: KeyListKey, decisions: Mapping[int, Decision] | None = None
) -> Assessment:
    """Judge every row of a workbook against what is known; reads only."""
    findings = list(table.findings)
    judged = [_meaning(table, row, key, findings) for row in table.rows]
    repeated = same_firm_twice((one.number, one.code, one.names[0]) for one in judged)
    for one in judged:
        if one.number in repeated:
            _refuse_repeat(one, repeated[one.number], Speaker(table, one.number, findings))
    match(judged, lambda one: one.city, _decided(key), decisions or {}, table, findings)
    _compare(judged, key, table, findings)
    return Assessment(Report.of(table, (one.outcome for one in judged), findings), judged)


def _meaning(table: Table, row: Row, key: KeyListKey, findings: list[Finding]) -> Judged:
    """Read one row's meaning and add what is wrong with it to the findings."""
    said = dict(zip((c.key for c in KEY_LIST.columns), row.values, strict=True))
    say = Speaker(table, row.number, findings)
    wrong: list[str] = [table.why(row.number)] if row.blocked else []

    def block(column: str, rule: str, advice: str) -> None:
        say.block(column, str(said[column] or ""), rule, advice)
        wrong.append(rule)

    city = _city(said["city"], key, block)
    county = territory.by_name(said["county"], within=city) if said["county"] and city else None
    if said["county"] and city and county is None:
        block("county", "县区应是该地市的县（市、区）、镇街或园区", "按行政区划名称填写")
    if said["year"] and said["year"] != key.year:
        block("year", f"年度应为{key.year}", "不同年度的名单分开导入")
    trade = territory.nearest_industry(said["industry"]) if said["industry"] else None
    if said["industry"] and trade is None:
        say.inform("industry", said["industry"], "未找到该行业代码", "按 GB/T 4754-2017 核对")
    return Judged(
        row.number, said["name"] or "", said["code"] or "", city,
        county.code if county else None,
        (trade.code if trade else said["industry"] or "")[:8],
        said["document_number"] or key.document_number,
        Outcome.REFUSED if wrong else Outcome.CREATED,
        note="；".join(wrong), names=names_of(said["name"] or ""),
    )  # fmt: skip


def _city(text: str | None, key: KeyListKey, block: Any) -> str:
    """Return the city of a row: of the province's list as written, else the office's own."""
    found = territory.by_name(text, within=key.province) if text else None
    if key.city:
        if text and (found is None or found.code != key.city):
            block("city", "地市应与导入单位一致", "从本名单删除该行，或改正地市")
        return key.city
    if not text:
        block("city", "省级名单应填写地市", "填写企业所在的地级以上市")
    elif found is None or found.parent_id != key.province:
        block("city", "地市应是本省的地级以上市", "按行政区划名称填写，如“佛山市”")
    else:
        return found.code
    return ""


def _refuse_repeat(one: Judged, earlier: int, say: Speaker) -> None:
    say.block("name", one.name, f"与第{earlier}行是同一企业", "删除重复的一行")
    one.outcome, one.note = Outcome.REFUSED, f"与第{earlier}行重复"


def _decided(key: KeyListKey) -> dict[tuple[str, str], Known]:
    """Return the enterprises of this level's lists as written: nobody decides twice."""
    rows = KeyEnterprise.objects.filter(level=key.level)
    rows = rows.filter(city=key.city) if key.city else rows
    told: Iterable[tuple[Any, ...]] = rows.order_by("year", "pk").values_list(
        "name", "code", "enterprise_id", "enterprise__name", "enterprise__comparable",
        "enterprise__code", "enterprise__code_state", "enterprise__city",
    )  # fmt: skip
    return {(name, code): Known(*known) for name, code, *known in told}


def _compare(
    judged: Sequence[Judged], key: KeyListKey, table: Table, findings: list[Finding]
) -> None:
    """Tell rows that stand already and rows that change one; one firm stands in one row."""
    here = {
        enterprise: values
        for enterprise, *values in KeyEnterprise.objects.filter(
            level=key.level, year=key.year
        ).values_list("enterprise_id", *_VALUES)
    }
    first: dict[int, int] = {}
    for one in judged:
        known = one.enterprise
        if one.outcome is not Outcome.CREATED or known is None or _new(one):
            continue
        say = Speaker(table, one.number, findings)
        earlier = first.setdefault(known.id, one.number)
        if earlier != one.number:
            _refuse_repeat(one, earlier, say)
        elif known.id in here:
            same = tuple(here[known.id]) == one.values()
            one.outcome = Outcome.MATCHED if same else Outcome.CHANGED
        elif known.city and known.city != one.city:
            say.inform("city", one.name, "该企业登记在其他地市", "核对企业所在地市")


def _new(one: Judged) -> bool:
    return one.judgement is not None and one.judgement.match is Match.NEW


_IMPORTING = 0x0C0C5  # advisory lock: two imports of one list wait for each other


@transaction.atomic
def import_keys(
    table: Table,
    key: KeyListKey,
    *,
    file: File,
    by: Standing,
    decisions: Mapping[int, Decision] | None = None,
    consent: bool = True,
) -> intake.Taken:
    """Store the good rows of a list of key enterprises, with a receipt that names every row.

    Importing the same workbook again changes nothing. Who is not on the list of the next year
    leaves it then; a row left out of a later workbook of the same year stays.
    """
    if key_of(by, year=key.year, document_number=key.document_number) != key:
        raise NotAllowed("只能导入本单位的VOCs重点监管企业名单")
    if not 2000 <= key.year <= 2100:
        raise Refused("年度应为四位年份")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_IMPORTING])
    assessed = assess(table, key, decisions)
    checked_consent(assessed.report, left=left_out(assessed.judged), consent=consent)
    _store(assessed.judged, key, by=by)
    taken = intake.conclude(
        table,
        assessed.outcomes(),
        assessed.report,
        title=f"导入：{key.title}",
        file=file,
        by=by,
        city=key.city,
        subject=f"vocs:{key.level}:{key.year}",
    )
    if assessed.report.created or assessed.report.changed:
        trail.record_many(_lines(assessed, key, taken.receipt), by=by)
    return taken


def _store(judged: Sequence[Judged], key: KeyListKey, *, by: Standing) -> None:
    created = [one for one in judged if one.outcome is Outcome.CREATED]
    unknown = [one for one in created if _new(one)]
    ids = organisations.enter_many([_organisation(one, key) for one in unknown], by=by)
    enterprise = {one.number: pk for one, pk in zip(unknown, ids, strict=True)}
    for one in created:
        if one.enterprise and one.number not in enterprise:
            enterprise[one.number] = one.enterprise.id
    bulk.copy_rows(
        _TABLE,
        _COLUMNS,
        ((enterprise[one.number], key.level.value, key.year, *one.values()) for one in created),
    )
    sets = ", ".join(f"{name} = %s" for name in _VALUES)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {_TABLE} SET {sets} WHERE level = %s AND year = %s AND enterprise_id = %s",  # noqa: S608
            [
                (*one.values(), key.level.value, key.year, one.enterprise.id)
                for one in judged
                if one.outcome is Outcome.CHANGED and one.enterprise
            ],
        )


def _organisation(one: Judged, key: KeyListKey) -> organisations.NewOrganisation:
    return organisations.NewOrganisation(
        Kind.ENTERPRISE,
        one.name,
        code=one.code,
        code_state=code_state(credit_code.inspect(one.code)),
        province=key.province,
        city=one.city,
        county=one.county,
        industry=one.industry,
    )


def _lines(assessed: Assessment, key: KeyListKey, receipt: Receipt) -> list[trail.Line]:
    report = assessed.report
    subject = f"vocs:{key.level}:{key.year}"
    return [
        trail.Line(
            act="vocs:import",
            verb="导入VOCs重点监管企业名单",
            subject=subject,
            label=key.title,
            after={
                "created": report.created,
                "changed": report.changed,
                "refused": report.refused,
                "to_decide": report.to_decide,
                "receipt": receipt.pk,
            },
            city=key.city,
        ),
        *(
            trail.Line(
                act="vocs:decide",
                verb=f"导入时决定：{one.decision.choice.label}",
                subject=subject,
                label=one.name,
                after={"row": one.number, "code": one.code},
                reason=one.decision.reason,
                city=key.city,
            )
            for one in assessed.judged
            if one.decision is not None
        ),
    ]
