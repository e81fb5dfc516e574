"""Every write on performance sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN, Stage
from cleanprod.stages.measures import checking, effects, queries, years
from cleanprod.stages.measures.findings import (
    Weight,
)
from cleanprod.stages.measures.models import (
    Border,
    Draft,
    Explanation,
    GreenLevel,
    Measure,
    Sheet,
    Working,
    YearTable,
    YearVersion,
)
from cleanprod.stages.measures.rules import (
    LIFECYCLE,
    Act,
    BadSheet,
    State,
    Typed,
    ValueSet,
    checked,
    coded,
    corrections,
)
from cleanprod.stages.measures.workings import BadInputs, Method, compute
from cleanprod.stages.measures.years import Line
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.indicators.loading import load as load_system
from cleanprod.stages.performance.indicators.printing import as_json, level_said
from cleanprod.stages.performance.indicators.scoring import score
from cleanprod.stages.performance.indicators.values import from_texts
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SystemStage
from cleanprod.stages.registration import engaging

LONGEST_DRAFT = 1_000_000  # characters of a page as it is sent
_BEFORE_REPORT = (Stage.LISTED, Stage.REGISTERED, Stage.PLANNED, Stage.STARTED, Stage.DEFERRED)


@transaction.atomic
def fill(
    round_id: int,
    measures: Sequence[Typed],
    *,
    version: int,
    factors: str = "",
    border: Decimal | None = None,
    stated: Mapping[str, str] | None = None,
    by: Standing,
) -> Sheet:
    """Keep all measures of a round; a sheet that somebody changed meanwhile is a conflict.

    `version` is the one that was read, 0 for a sheet that was not there. The same content twice
    changes nothing. `stated` are values for factors published as a range; None keeps those there
    are. Raises BadSheet with every mistake.
    """
    by = engaging.acting_in(round_id, by=by)
    audit = Round.objects.select_for_update().get(pk=round_id)
    sheet = Sheet.objects.select_for_update().filter(round=audit).first()
    state = State(sheet.state) if sheet else State.OPEN
    LIFECYCLE.target(state, Act.EDIT, audits.parts(by, audit))
    if audit.stage not in (*OPEN, Stage.ACCEPTED):
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”，不能再填报绩效表")
    if (sheet.version if sheet else 0) != version:
        who = sheet.edited_by if sheet else ""
        raise Conflict(f"{who}已保存第{sheet.version if sheet else 0}稿，请对照后再保存")
    checked(measures)
    today = clock.today()
    sheet = sheet or Sheet(round=audit, version=0)
    own = dict(sheet.stated if stated is None else stated)
    name = library.load(factors or sheet.factors or queries.usual_factors(today)).name
    chosen = library.stated(name, tuple(sorted(own.items())))
    kept = (
        queries.border(today, audit.city_id, audit.lead)
        if border is None and not sheet.pk
        else (border or sheet.border)
    )
    named = [_coded(one, code) for one, code in zip(measures, coded(measures), strict=True)]
    before = (sheet.factors, sheet.stated, sheet.border)
    if sheet.pk and before == (chosen.name, own, kept) and queries.typed(sheet) == named:
        return sheet
    if sheet.pk and (audit.stage not in _BEFORE_REPORT or sheet.confirmations):
        sheet.corrected = sorted({*sheet.corrected, *corrections(queries.typed(sheet), named)})
    sheet.version += 1
    sheet.factors, sheet.stated, sheet.border = chosen.name, own, kept
    sheet.edited_by, sheet.edited_at = by.person_name, clock.now()
    sheet.totals = effects.computed(named, chosen)
    sheet.save()
    sheet.measures.all().delete()
    marker = checking.marker(today)
    Measure.objects.bulk_create(
        _measure(sheet, row, one, marker) for row, one in enumerate(named, 1)
    )
    after = {"version": sheet.version, "measures": len(named)}
    sheet.workings.exclude(code__in=[one.code for one in named]).delete()
    _tell(audit, "sheet:fill", "填报绩效表", after, by=by)
    _drop_drafts(audit, "sheet-", by)
    return sheet


def _coded(one: Typed, code: str) -> Typed:
    values = {which: dict(one.of(which)) for which in ValueSet}
    return Typed(
        name=one.name.strip(), cost=one.cost, code=code, content=one.content, phase=one.phase,
        tags=one.tags, planned_days=one.planned_days, actual_days=one.actual_days,
        other=one.other, values=values,
    )  # fmt: skip


def _measure(sheet: Sheet, row: int, one: Typed, marker: checking.Marker) -> Measure:
    values = one.as_json()
    return Measure(
        sheet=sheet, row=row, code=one.code, name=one.name, cost=one.cost.value,
        content=one.content, phase=one.phase, tags=",".join(tag.value for tag in one.tags),
        planned_days=one.planned_days, actual_days=one.actual_days, other=one.other,
        values=values, text_mark=marker.text(one.content), values_mark=marker.values(values),
    )  # fmt: skip


@transaction.atomic
def set_border(yuan: Decimal, basis: str, *, by: Standing) -> Border:
    """Set where low cost usually ends in new sheets of a department's rounds; the same is once."""
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("无/低费界限的默认值由市级主管部门设定")
    if yuan <= 0 or not basis.strip():
        raise Refused("请填写大于 0 的界限和依据")
    today = clock.today()
    before = queries.border_of(today, by.city, by.line)
    if before and (before.yuan, before.basis) == (yuan, basis.strip()):
        return before
    made = Border.objects.create(
        city_id=by.city, line=by.line, yuan=yuan, basis=basis.strip(), set_on=today,
        set_by=by.person_name,
    )  # fmt: skip
    trail.record(
        trail.Line(
            act="border:set", verb="设定无/低费界限", subject=f"border:{made.pk}",
            label=f"{by.office_name}无/低费方案默认界限",
            before={"yuan": str(before.yuan)} if before else None, after={"yuan": str(yuan)},
            reason=basis.strip(), city=by.city,
        ),
        by=by,
    )  # fmt: skip
    return made


@transaction.atomic
def confirm(round_id: int, *, version: int, by: Standing) -> Sheet:
    """Let the lead department confirm the verified numbers; they count in statistics from now."""
    audit, sheet = _locked(round_id)
    if sheet.state == State.CONFIRMED and _leads(audit, by):
        return sheet
    LIFECYCLE.target(State(sheet.state), Act.CONFIRM, audits.parts(by, audit))
    if sheet.version != version:
        raise Conflict(f"{sheet.edited_by}已保存第{sheet.version}稿，请看过新稿再核定")
    if sheet.totals.get(ValueSet.VERIFIED.value, {}).get("measures", "0") == "0":
        raise Refused("没有填写“验收核定”的数值，不能核定")
    hindering = checking.hindrances(sheet)
    if hindering:
        raise Refused(f"还有{len(hindering)}项检查结果须改正或说明：" + "；".join(hindering[:5]))
    today = clock.today()
    sheet.state, sheet.confirmed_on = State.CONFIRMED.value, today
    sheet.confirmed_by, sheet.confirmer_id = by.person_name, by.person_id
    sheet.confirmations += 1
    sheet.save(
        update_fields=["state", "confirmed_on", "confirmed_by", "confirmer_id", "confirmations"]
    )
    effects.keep([effects.Confirmed(audit.pk, today, sheet.totals, queries.typed(sheet))])
    _tell(audit, "sheet:confirm", "核定绩效数据", {"version": sheet.version}, by=by)
    return sheet


@transaction.atomic
def fill_years(round_id: int, lines: Sequence[Line], *, version: int, by: Standing) -> YearTable:
    """Keep the table of the three years; the same twice is once, a stale one is a conflict.

    Raises BadSheet with every mistake. Each version stays.
    """
    by = engaging.acting_in(round_id, by=by)
    audit = Round.objects.select_for_update().get(pk=round_id)
    sheet = Sheet.objects.filter(round=audit).first()
    state = State(sheet.state) if sheet else State.OPEN
    LIFECYCLE.target(state, Act.EDIT, audits.parts(by, audit))
    if audit.stage not in (*OPEN, Stage.ACCEPTED):
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”，不能再填报")
    troubles = years.checked(lines)
    if troubles:
        raise BadSheet(troubles)
    table = YearTable.objects.select_for_update().filter(round=audit).first()
    if (table.version if table else 0) != version:
        who, number = (table.edited_by, table.version) if table else ("", 0)
        raise Conflict(f"{who}已保存第{number}稿，请对照后再保存")
    kept = [line.as_json() for line in lines]
    if table and table.lines == kept:
        return table
    table = table or YearTable(round=audit, version=0)
    table.version += 1
    table.lines, table.edited_by, table.edited_at = kept, by.person_name, clock.now()
    table.save()
    YearVersion.objects.create(
        table=table, version=table.version, lines=kept, edited_by=table.edited_by,
        edited_at=table.edited_at,
    )  # fmt: skip
    after = {"version": table.version, "lines": len(kept)}
    _tell(audit, "years:fill", "填报近三年数据", after, by=by)
    _drop_drafts(audit, "years", by)
    return table


@transaction.atomic
def keep_draft(round_id: int, page: str, body: str, *, by: Standing) -> Draft:
    """Keep what somebody has typed on a page as it was sent, right or wrong, for this person."""
    by = engaging.acting_in(round_id, by=by)
    audit = Round.objects.select_for_update().get(pk=round_id)
    sheet = Sheet.objects.filter(round=audit).first()
    state = State(sheet.state) if sheet else State.OPEN
    LIFECYCLE.target(state, Act.EDIT, audits.parts(by, audit))
    if len(body) > LONGEST_DRAFT:
        raise Refused("草稿过长，没有自动保存，请先保存")
    draft, _ = Draft.objects.update_or_create(
        round=audit, person_id=by.person_id, page=page,
        defaults={"body": body, "changed_at": clock.now()},
    )  # fmt: skip
    return draft


def _drop_drafts(audit: Round, page: str, by: Standing) -> None:
    Draft.objects.filter(round=audit, person_id=by.person_id, page__startswith=page).delete()


@transaction.atomic
def keep_working(
    round_id: int, code: str, which: ValueSet, method: Method, texts: Mapping[str, str], *,
    by: Standing,
) -> Working:  # fmt: skip
    """Keep how a number of a measure was worked out; the same twice is once.

    Raises BadInputs with everything that is wrong.
    """
    by = engaging.acting_in(round_id, by=by)
    audit, sheet = _locked(round_id)
    LIFECYCLE.target(State(sheet.state), Act.EDIT, audits.parts(by, audit))
    if not sheet.measures.filter(code=code).exists():
        raise BadInputs({"code": "绩效表中没有这个方案；先填报方案"})
    compute(method, texts)
    written = {key: text.strip() for key, text in texts.items() if text.strip()}
    made, new = Working.objects.get_or_create(
        sheet=sheet, code=code, which=which.value, method=method.value, texts=written,
        defaults={"edited_by": by.person_name, "edited_at": clock.now()},
    )  # fmt: skip
    if new:
        _tell(audit, "working:keep", f"填报核算底稿：{code} {method.label}", {}, by=by)
    return made


@transaction.atomic
def remove_working(round_id: int, working_id: int, *, by: Standing) -> None:
    """Take a working away; one that is not there is taken away already."""
    by = engaging.acting_in(round_id, by=by)
    audit, sheet = _locked(round_id)
    LIFECYCLE.target(State(sheet.state), Act.EDIT, audits.parts(by, audit))
    known = sheet.workings.filter(pk=working_id).first()
    if known is not None:
        known.delete()
        label = f"{known.code} {known.get_method_display()}"
        _tell(audit, "working:remove", f"删除核算底稿：{label}", {}, by=by)


@transaction.atomic
def adopt_workings(round_id: int, which: ValueSet, *, version: int, by: Standing) -> Sheet:
    """Write what the workings of a value set come to into the sheet, as a new version of it."""
    _, sheet = _locked(round_id)
    sums = {(one.code, one.column): one.amount for one in queries.backed(sheet, which)}
    measures = [
        replace(
            one,
            values={
                **(one.values or {}),
                which: {
                    **one.of(which),
                    **{
                        column: amount
                        for (code, column), amount in sums.items()
                        if code == one.code
                    },
                },
            },
        )
        for one in queries.typed(sheet)
    ]
    return fill(round_id, measures, version=version, by=by)


@transaction.atomic
def keep_level(
    round_id: int, system_id: int, texts: Mapping[str, str], *, version: int, by: Standing
) -> GreenLevel:
    """Keep the values of a round under an indicator system in force, and what they come to.

    `texts` are values as typed, by the id of input or item. The same twice is once, a stale
    version a conflict; a value that cannot be read is refused.
    """
    by = engaging.acting_in(round_id, by=by)
    audit = Round.objects.select_for_update().get(pk=round_id)
    sheet = Sheet.objects.filter(round=audit).first()
    state = State(sheet.state) if sheet else State.OPEN
    LIFECYCLE.target(state, Act.EDIT, audits.parts(by, audit))
    if audit.stage not in (*OPEN, Stage.ACCEPTED):
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”，不能再填报")
    system = IndicatorSystem.objects.get(pk=system_id)
    if system.stage != SystemStage.IN_FORCE:
        raise Refused("该评价指标体系没有启用")
    body = load_system(system.body)
    values, problems = from_texts(body, texts)
    if problems:
        raise Refused("；".join(f"{key}：{one.rule}" for key, one in problems.items()))
    known = GreenLevel.objects.select_for_update().filter(round=audit).first()
    if (known.version if known else 0) != version:
        raise Conflict(f"{known.edited_by if known else ''}已保存新稿，请对照后再保存")
    written = {key: text for key, text in texts.items() if text}
    if known and (known.system_id, known.texts) == (system.pk, written):
        return known
    found = score(body, values)
    known = known or GreenLevel(round=audit, version=0)
    known.system, known.texts, known.version = system, written, known.version + 1
    known.result, known.level = as_json(found), level_said(found)
    known.complete = found.complete
    known.edited_by, known.edited_at = by.person_name, clock.now()
    known.save()
    after = {"version": known.version}
    _tell(audit, "level:keep", f"评定清洁生产水平：{known.level}", after, by=by)
    return known


@transaction.atomic
def explain(round_id: int, which: ValueSet, reasons: Mapping[str, str], *, by: Standing) -> int:
    """Keep the reasons an enterprise gives for findings, by their keys; return how many are new.

    What is no finding of the sheet, or needs no reason, is passed over; the same reason twice is
    kept once.
    """
    by = engaging.acting_in(round_id, by=by)
    audit, sheet = _locked(round_id)
    LIFECYCLE.target(State(sheet.state), Act.EDIT, audits.parts(by, audit))
    fresh = [
        Explanation(
            sheet=sheet, which=which.value, key=one.found.key, finding=one.found.rule[:500],
            reason=reasons[one.found.key].strip()[:500], given_by=by.person_name,
            office_name=by.office_name,
        )
        for one in checking.told(sheet, which)
        if one.found.weight is Weight.ASK
        and reasons.get(one.found.key, "").strip()
        and (one.reason is None or one.reason.reason != reasons[one.found.key].strip()[:500])
    ]  # fmt: skip
    Explanation.objects.bulk_create(fresh)
    if fresh:
        _tell(audit, "sheet:explain", "说明检查结果", {"reasons": len(fresh)}, by=by)
    return len(fresh)


@transaction.atomic
def reopen(round_id: int, *, reason: str, by: Standing) -> Sheet:
    """Give a confirmed sheet back for changes, with the reason that the enterprise reads."""
    audit, sheet = _locked(round_id)
    if sheet.state == State.OPEN and _leads(audit, by):
        return sheet
    LIFECYCLE.target(State(sheet.state), Act.REOPEN, audits.parts(by, audit))
    if not reason.strip():
        raise Refused("请填写退回修改的理由")
    if audit.completed_on is not None:
        raise Refused("本轮已办结，请先撤回“办结”再退回绩效表")
    sheet.state, sheet.confirmed_on, sheet.confirmed_by = State.OPEN.value, None, ""
    sheet.save(update_fields=["state", "confirmed_on", "confirmed_by"])
    effects.remove([audit.pk])
    _tell(audit, "sheet:reopen", "退回绩效表", {}, by=by, reason=reason.strip())
    return sheet


def _leads(audit: Round, by: Standing) -> bool:
    return by.leads(city=audit.city_id, lead=audit.lead)


def _locked(round_id: int) -> tuple[Round, Sheet]:
    audit = Round.objects.select_for_update().get(pk=round_id)
    sheet = Sheet.objects.select_for_update().filter(round=audit).first()
    if sheet is None:
        raise Refused("企业还没有填报绩效表")
    return audit, sheet


def _tell(
    audit: Round, act: str, verb: str, after: dict[str, int], *, by: Standing, reason: str = ""
) -> None:
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name, after=after,
            reason=reason, dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
