"""The papers of 2023, drafted to answered; one overlap to settle; what the calendar has as done."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from cleanprod.faces.cli.demo import plan, workbooks
from cleanprod.faces.cli.demo.plan import CityPlan, ListPlan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.stages.calendar import actions as calendar
from cleanprod.stages.calendar.rules import BY_KEY
from cleanprod.stages.planning import actions as planning
from cleanprod.stages.planning import queries as plans
from cleanprod.stages.planning.models import Plan
from cleanprod.stages.planning.rules import FilingAct, FilingKind
from cleanprod.stages.programme.imports import import_list
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.template import LIST

YEAR = 2023
AGREED_ONLY, NOT_FILED, NOT_ANSWERED, RETURNED, MENDED = (
    "445100", "445200", "441500", "445300", "441800",
)  # fmt: skip
OVERLAPPING = "441900"  # 东莞 has a supplement of each department with firms in common


def papers(cities: list[CityPlan], who: Mapping[str, Standing]) -> None:
    """Let every city draft, agree, publish and file its paper of 2023, most of them in time."""
    for city in cities:
        code = city.city.code
        first = [one for one in city.lists if one.year == YEAR and one.number == 1]
        if not first:
            continue
        on = max(one.published_on for one in first)
        with clock.fixed(on):
            paper = _agreed(code, city.city.name, who)
            if code != AGREED_ONLY:
                planning.publish(
                    paper.pk, on=on, document_number=f"演示〔{YEAR}〕30号",
                    by=who[f"city-{code}-industry"],
                )  # fmt: skip
        if code not in (AGREED_ONLY, NOT_FILED):
            _filed(paper, code, on, who)
            _supplements(code, who)


def _agreed(code: str, name: str, who: Mapping[str, Standing]) -> Plan:
    """Draft the paper by the ecology department and let both agree to its second text."""
    industry, ecology = who[f"city-{code}-industry"], who[f"city-{code}-ecology"]
    begun = planning.draft(YEAR, by=ecology)
    text = planning.Text(
        title=begun.title,
        tasks=begun.tasks,
        safeguards=begun.safeguards,
        funding=begun.funding,
        fee=Decimal(300_000 + int(code[2:4]) * 20_000),
        contact=f"{name}市演示经办人，0000-0000000",
    )
    paper = planning.edit(begun.pk, text, version=1, by=ecology)
    for by in (ecology, industry):
        planning.agree(paper.pk, version=paper.version, by=by)
    return paper


def _filed(paper: Plan, code: str, on: date, who: Mapping[str, Standing]) -> None:
    """File the paper; most are registered by both departments within the week."""
    with clock.fixed(on + timedelta(days=1)):
        filing = planning.file(FilingKind.PLAN, paper.pk, by=who[f"city-{code}-ecology"])
    if code == NOT_ANSWERED:
        return
    provincial = (who["province-industry"], who["province-ecology"])
    with clock.fixed(on + timedelta(days=5)):
        if code in (RETURNED, MENDED):
            planning.answer(
                filing.pk, FilingAct.RETURN, remark="请补充评估验收费用的预算安排",
                by=provincial[1],
            )  # fmt: skip
        else:
            _register(filing.pk, code, provincial)
    if code == MENDED:
        with clock.fixed(on + timedelta(days=9)):
            again = planning.file(
                FilingKind.PLAN, paper.pk, note="已补充预算安排", by=who[f"city-{code}-industry"]
            )
        with clock.fixed(on + timedelta(days=12)):
            _register(again.pk, code, provincial)


def _register(filing: int, code: str, provincial: tuple[Standing, Standing]) -> None:
    for by in provincial:
        planning.answer(
            filing, FilingAct.REGISTER, number=f"演示备〔{YEAR}〕{code[2:4]}-{filing}", by=by
        )


def _supplements(code: str, who: Mapping[str, Standing]) -> None:
    """File the later lists of most cities; those of 佛山 wait for it."""
    if code == "440600":
        return
    for later in plans.to_file(code, [YEAR], plans.of_city(code)):
        with clock.fixed(later.published_on + timedelta(days=2)):
            filing = planning.file(later.kind, later.pk, by=who[f"city-{code}-ecology"])
            _register(filing.pk, code, (who["province-industry"], who["province-ecology"]))


def overlap(who: Mapping[str, Standing]) -> None:
    """Leave two supplements of 东莞 in preparation that name three firms both."""
    random = Random(f"{plan.SEED}:overlap")  # noqa: S311
    city = next(one for one in plan.notice() if one.code == OVERLAPPING)
    maker = plan.Maker(random, city, [place.name for place in territory.below(OVERLAPPING)][:5])
    maker.made = 9500 // 10  # past the names that the lists use
    shared = [maker.firm(Line.ECOLOGY) for _ in range(3)]
    for lead in (Line.INDUSTRY, Line.ECOLOGY):
        firms = [*shared, *(maker.firm(lead) for _ in range(6))]
        one = ListPlan(YEAR, 9, OVERLAPPING, lead, plan.TODAY, firms)
        by = who[f"city-{OVERLAPPING}-{lead}"]
        title = f"{city.name}市{YEAR}年度清洁生产审核企业名单（补充，{lead.label}牵头）"
        book = workbooks.list_book(title, one)
        import_list(
            read(book, LIST, max_rows=100, max_bytes=1 << 22),
            BatchKey(YEAR, OVERLAPPING, lead, 9, title),
            file=attachments.store(book, f"{title}.xlsx", by=by), by=by,
        )  # fmt: skip


# What the offices of 2023 note as done, and when; the rest of the calendar the records tell.
_NOTED = {
    "backlog": (date(2023, 1, 30), "上年度未完成“平台”流程的企业已逐家核实，其余列明原因继续督办"),
    "data_check": (date(2023, 2, 21), "已与省级下发的数据核对一致"),
    "disclosure": (date(2023, 3, 14), "强制性审核企业的年度环境信息依法披露报告已按期提交"),
    "training": (
        date(2023, 5, 26),
        "举办审核培训1场，四类人员共96人参加",
    ),
    "dispatch": (date(2023, 6, 28), "已开展上半年进度调度"),
    "half_year": (date(2023, 7, 12), "半年工作情况已提交"),
    "bulletin": (date(2023, 7, 28), "上半年“平台”使用情况已通报"),
}
_SURVEYED = (date(2023, 1, 28), "已完成摸底，新增企业随时补报")
_LATE, _OPEN = {"441400", "445300"}, {"441500", "445200"}  # train late; have not trained yet


def duties(who: Mapping[str, Standing]) -> None:
    """Let the offices note what they did up to the summer; a few trained late or not at all."""
    for by in who.values():
        noted = dict(_NOTED)
        if by.role is Role.COUNTY:
            noted["survey"] = _SURVEYED
        for duty in BY_KEY.values():
            told = noted.get(duty.key)
            if told is None or by.role not in duty.roles:
                continue
            if duty.key == "training" and by.city in _OPEN:
                continue
            on, note = told
            if duty.key == "training" and by.city in _LATE:
                on = date(2023, 7, 20)
            with clock.fixed(on):
                calendar.confirm(duty.key, YEAR, on=on, note=note, by=by)
