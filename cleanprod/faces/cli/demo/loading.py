"""Feed the demo province through the acts of the house, day by business day."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from cleanprod.faces.cli.demo import (
    accuracy,
    achieving,
    amendments,
    announcing,
    bulletins,
    carrying,
    casting,
    chasing,
    disclosing,
    dispatching,
    engaging,
    handing_in,
    hearing,
    people,
    phasing,
    plan,
    proposing,
    registering,
    reviewing,
    sheets,
    systems,
    workbooks,
    yearly,
)
from cleanprod.faces.cli.demo.plan import CityPlan, Firm, ListPlan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Report, Table, Template
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.imports import ResultKey, import_completions, import_results
from cleanprod.stages.review.template import COMPLETIONS, RESULTS

Tick = Callable[[], None]
DEMO_CITY = "440600"


_YEARS = (2018, 2021, 2022, 2023)


def steps(cities: list[CityPlan]) -> int:
    """Return how many ticks loading takes."""
    lists = sum(len(one.lists) for one in cities)
    return lists + (2 + 1) * len(_YEARS) * len(cities) + len(cities) + 10


def make_plan() -> list[CityPlan]:
    """Return the plan with the counties, towns and zones of the database."""
    counties = {
        city.code: [place.name for place in territory.below(city.code) if place.official]
        for city in territory.cities(settings.PROVINCE_CODE)
    }
    return plan.make(counties)


def load(cities: list[CityPlan], tick: Tick) -> datetime:
    """Load everything; each list, result and completion goes in as an office would do it.

    Returns the time from which on records count as entered by hand on the demo's day.
    """
    with clock.fixed(people.SINCE):
        who = people.make_people()
    tick()
    _targets(cities, who["province-industry"])
    tick()
    for year in _YEARS:
        _lists(cities, year, who, tick)
        if year == plan.TODAY.year:
            chasing.notify(who)
            tick()
        for city in cities:
            _enterprises(city, year)
            tick()
        if year == plan.TODAY.year - 1:
            engaging.last_year()
        _results(cities, year, who, tick)
        if year == plan.TODAY.year - 1:
            carrying.carry(who)
    yearly.papers(cities, who)
    tick()
    with clock.fixed(date(2023, 8, 31)):
        _completions(cities, who["province-industry"])
    tick()
    for city in cities:
        _complete(city, who)
        tick()
    amendments.amend(who)
    chasing.chase(who)
    announcing.announce(who)
    tick()
    with clock.fixed(plan.TODAY):
        _unfinished(who)
        yearly.overlap(who)
        tick()
    yearly.duties(who)
    proposing.load(cities, who)
    bulletins.load(who)
    sheets.load(who)
    achieving.load(who)
    accuracy.draw(who)
    systems.load(who["province-ecology"])
    tick()
    reviewing.load(who)
    hearing.at_work(who)
    reviewing.meet(who)
    handing_in.load(who)
    hearing.load(who)
    disclosing.load(who)
    tick()
    phasing.load(who)
    with clock.fixed(plan.TODAY):
        _enterprise()
        registering.load(who)
        engaging.board()
        casting.load()
    dispatching.load(who)
    tick()
    since = clock.now()
    bulletins.enter_late(who)
    trail.seal()
    tick()
    return since


def _take(book: bytes, template: Template) -> Table:
    return read(
        book, template, max_rows=settings.INTAKE_MAX_ROWS, max_bytes=settings.INTAKE_MAX_BYTES
    )


def _clean(report: Report, what: str) -> None:
    if report.refused or report.to_decide:
        raise Refused(f"演示数据有误：{what}：{report.as_json()}")


def _targets(cities: list[CityPlan], by: Standing) -> None:
    numbers = {one.city.code: one.city.target for one in cities}
    with clock.fixed(date(2023, 3, 2)):
        programme.fix_targets(
            2023, numbers, total=sum(numbers.values()),
            document_number="粤工信节能函〔2023〕4号", on=date(2023, 3, 2), by=by,
        )  # fmt: skip


def _lists(cities: list[CityPlan], year: int, who: Mapping[str, Standing], tick: Tick) -> None:
    for city in cities:
        for one in city.lists:
            if one.year == year:
                with clock.fixed(one.published_on):
                    _list(city, one, who[f"city-{one.city}-{one.lead}"])
                tick()


def _list(city: CityPlan, one: ListPlan, by: Standing) -> None:
    title = (
        f"{city.city.name}市{one.year}年度清洁生产审核企业名单"
        f"（第{one.number}批，{one.lead.label}牵头）"
    )
    book = workbooks.list_book(title, one)
    with transaction.atomic():
        file = attachments.store(book, f"{title}.xlsx", by=by)
        key = BatchKey(one.year, one.city, one.lead, one.number, title)
        taken = import_list(_take(book, LIST), key, file=file, by=by)
        _clean(taken.report, title)
        programme.finish(taken.batch.pk, by=by)
        audits.publish_list(
            taken.batch.pk, on=one.published_on, document_number=_number(one), by=by,
            issuers=[by.office_name],
        )  # fmt: skip


def _number(one: ListPlan) -> str:
    serial = one.number + (10 if one.lead is Line.ECOLOGY else 0)
    return f"演示〔{one.year}〕{serial}号"


def _results(cities: list[CityPlan], year: int, who: Mapping[str, Standing], tick: Tick) -> None:
    with clock.fixed(min(date(year, 12, 31), plan.TODAY)):
        for city in cities:
            for lead in Line:
                firms = [
                    firm
                    for one in city.lists
                    if one.lead is lead
                    for firm in one.firms
                    if firm.on and firm.on.year == year
                ]
                if firms:
                    _result(city, lead, year, firms, who[f"city-{city.city.code}-{lead}"])
                tick()


def _result(city: CityPlan, lead: Line, year: int, firms: list[Firm], by: Standing) -> None:
    title = f"{city.city.name}市{year}年清洁生产审核验收结果（{lead.label}牵头）"
    serial = 30 if lead is Line.INDUSTRY else 40
    book = workbooks.results_book(title, firms, f"演示〔{year}〕{serial}号")
    with transaction.atomic():
        file = attachments.store(book, f"{title}.xlsx", by=by)
        key = ResultKey(year, city.city.code, lead)
        taken = import_results(_take(book, RESULTS), key, file=file, by=by)
        _clean(taken.report, title)


def _completions(cities: list[CityPlan], by: Standing) -> None:
    book, number = workbooks.completions_book(cities)
    with transaction.atomic():
        file = attachments.store(book, "旧平台完成验收流程企业.xlsx", by=by)
        taken = import_completions(_take(book, COMPLETIONS), file=file, by=by)
        _clean(taken.report, "旧平台办结数据")
    if taken.report.created != number:
        raise Refused(f"演示数据有误：旧平台办结{number}条，只导入{taken.report.created}条")


def _newest(city: CityPlan, year: int) -> list[tuple[Firm, Round]]:
    """Return the firms on the lists of a year with the rounds that answer them."""
    firms = {firm.code: firm for one in city.lists if one.year == year for firm in one.firms}
    rounds = Round.objects.filter(city=city.city.code, code__in=list(firms)).order_by("pk")
    newest = {audit.code: audit for audit in rounds}
    return [(firms[code], audit) for code, audit in newest.items()]


def _complete(city: CityPlan, who: Mapping[str, Standing]) -> None:
    """Let the departments confirm 办结 of firms accepted in 2023, day by day."""
    by_day: dict[tuple[date, str], list[int]] = {}
    for firm, audit in _newest(city, 2023):
        if firm.completed_on and not firm.migrated:
            by_day.setdefault((firm.completed_on, audit.lead), []).append(audit.pk)
    for (day, lead), ids in sorted(by_day.items()):
        with clock.fixed(day):
            review.complete(ids, by=who[f"city-{city.city.code}-{lead}"])


@transaction.atomic
def _enterprises(city: CityPlan, year: int) -> None:
    """Let firms register and file their plans themselves."""
    for firm, audit in _newest(city, year):
        by = Standing(
            0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name,
            city=audit.city_id,
        )  # fmt: skip
        if firm.registered_on and not audit.registered_on:
            with clock.fixed(firm.registered_on):
                fact = audits.NewFact(audit.pk, Milestone.REGISTERED, firm.registered_on)
                audits.record(Act.REGISTER, [fact], by=by)
        if firm.planned_on and not audit.planned_on:
            with clock.fixed(firm.planned_on):
                audits.file_plan(audit.pk, _plan_of(firm), by=by)


def _plan_of(firm: Firm) -> dict[str, object]:
    start = firm.planned_on or plan.TODAY
    return {
        "start": start + timedelta(10),
        "finish": start + timedelta(200),
        "team": "厂长任组长，生产、设备、环保部门参加",
        "focus": f"{firm.trade.word}主要工序",
    }


def _unfinished(who: Mapping[str, Standing]) -> None:
    """Leave a list in preparation with mistakes, one ready to publish, one refused workbook."""
    random = Random(f"{plan.SEED}:unfinished")  # noqa: S311
    for code, lead, ready in (("440100", Line.INDUSTRY, False), ("440600", Line.ECOLOGY, True)):
        city = next(one for one in plan.notice() if one.code == code)
        maker = plan.Maker(random, city, [place.name for place in territory.below(code)][:5])
        maker.made = 9000 // 10  # past the names that the lists use
        firms = [maker.firm(lead) for _ in range(12)]
        firms = firms if ready else plan.with_mistakes(firms)
        one = ListPlan(2023, 9, code, lead, plan.TODAY, firms)
        by = who[f"city-{code}-{lead}"]
        title = f"{city.name}市2023年度清洁生产审核企业名单（补充，{lead.label}牵头）"
        book = workbooks.list_book(title, one)
        file = attachments.store(book, f"{title}.xlsx", by=by)
        key = BatchKey(2023, code, lead, 9, title)
        taken = import_list(_take(book, LIST), key, file=file, by=by)
        if ready:
            programme.finish(taken.batch.pk, by=by)
    by = who[f"city-{DEMO_CITY}-{Line.INDUSTRY}"]
    book = workbooks.wrong_book()
    table = _take(book, LIST)
    intake.keep_refused(
        "list", title="未导入：用电量统计.xlsx", report=Report(findings=tuple(table.findings)),
        file=attachments.store(book, "用电量统计.xlsx", by=by), by=by, city=by.city,
    )  # fmt: skip


def _enterprise() -> None:
    """Give a firm of 佛山, registered and without a plan, to the account `enterprise-demo`."""
    audit = (
        Round.objects.filter(city=DEMO_CITY, lead=Line.ECOLOGY, stage="registered", list_year=2023)
        .order_by("-listed_on", "pk")
        .first()
    )
    if audit is None:
        raise Refused("演示数据有误：佛山没有已注册的企业")
    people.make_enterprise_person(Organisation.objects.get(pk=audit.enterprise_id))
