"""Give rounds of 佛山 whole plans, remarks, a start, phases and the tables of three years."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.actions import set_phone
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.years import USUAL, years_of
from cleanprod.stages.phases import actions, queries
from cleanprod.stages.phases.rules import Duty, Member, PlanContent, Slot

CITY, LEAD = "440600", "ecology"
_TEAM = (
    Member("陈厂长", "厂长", Duty.LEADER),
    Member("李工", "生产技术部", Duty.DEPUTY),
    Member("黄工", "安全环保部", Duty.MEMBER),
)
_AREA_CODES = {
    "440100": "020", "440200": "0751", "440300": "0755", "440400": "0756", "440500": "0754",
    "440600": "0757", "440700": "0750", "440800": "0759", "440900": "0668", "441200": "0758",
    "441300": "0752", "441400": "0753", "441500": "0660", "441600": "0762", "441700": "0662",
    "441800": "0763", "441900": "0769", "442000": "0760", "445100": "0768", "445200": "0663",
    "445300": "0766",
}  # fmt: skip
_YEARS = {
    "value": ("5200", "5480", "6010"),
    "electricity": ("310.5", "322.1", "335.8"),
    "natural_gas": (None, "0", "12.4"),
    "fresh_water": ("21000", "22150", "21890"),
    "hazardous_waste": ("4.2", "4.6", "4.1"),
}


def load(who: Mapping[str, Standing]) -> None:
    """Put four rounds into different states; enter the phones of all lead departments."""
    _phones()
    rounds = Round.objects.filter(city=CITY, lead=LEAD, stage=Stage.PLANNED, list_year=2023)
    for place, audit in enumerate(rounds.order_by("-pk")[:4]):
        by = Standing(
            0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY
        )
        planned = audit.planned_on or plan.TODAY
        with clock.fixed(planned):
            actions.file_plan(audit.pk, _content(audit, planned), version=0, by=by)
        if place == 0:
            with clock.fixed(plan.TODAY):
                said = "请补充设备部门人员，并在预审核后明确审核重点。"
                actions.remark(audit.pk, version=1, text=said, by=who[f"city-{CITY}-{LEAD}"])
        if place >= 2:
            _work(audit, planned, by)


def _phones() -> None:
    for city, code in _AREA_CODES.items():
        for number, line in enumerate(Line, 1):
            office = organisations.department(city, line)
            if office:
                set_phone(office.pk, phone=f"{code}-{number:08}", by=SYSTEM)


def _content(audit: Round, first: date) -> PlanContent:
    slots = tuple(
        Slot(title, first + timedelta(30 * place), first + timedelta(30 * place + 29))
        for place, title in enumerate(queries.phase_titles(audit))
    )
    return PlanContent(_TEAM, slots, "主要用能用水工序")


def _work(audit: Round, first: date, by: Standing) -> None:
    with clock.fixed(plan.TODAY):
        actions.start(audit.pk, on=first, by=by)
        title = queries.phase_titles(audit)[0]
        last = min(first + timedelta(25), plan.TODAY)
        actions.fill_phase(
            audit.pk, title, first_on=first, last_on=last, note="已成立审核小组并培训", by=by
        )
        years = years_of(audit.list_year)
        lines = [
            replace(line, amounts=_amounts(years, _YEARS[line.item]))
            for line in USUAL
            if line.item in _YEARS
        ]
        measures.fill_years(audit.pk, lines, version=0, by=by)


def _amounts(years: tuple[int, ...], texts: tuple[str | None, ...]) -> dict[int, Decimal]:
    return {year: Decimal(text) for year, text in zip(years, texts, strict=True) if text}
