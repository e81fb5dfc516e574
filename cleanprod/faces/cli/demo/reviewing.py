"""Give the demo province a pool of experts, a panel that is drawn and one that has met."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from django.conf import settings
from django.db.models import QuerySet

from cleanprod.faces.cli.demo import plan
from cleanprod.faces.cli.demo.words import CONSULTANCIES
from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.experts import actions, appointing, seats
from cleanprod.stages.experts.models import Appointment, Expert, Panel
from cleanprod.stages.experts.personal import Job
from cleanprod.stages.experts.rules import SENIOR, Act, Purpose, Seat, SeatAct, TieKind, trade_of

CITY = "440600"
_NAMES = "陈李张王黄林刘吴梁杨罗何郑周谢冯彭曾邓徐许苏叶潘胡朱谭郭蔡钟萧余江韩方魏石姚邱卢"
_TITLES = (("教授级高级工程师", "chief"), ("高级工程师", "deputy"), ("工程师", "middle"))
_FIELDS = (["cleaner", "environment"], ["energy"], ["process"], ["environment"], ["cleaner"])


def load(who: Mapping[str, Standing]) -> None:
    """Fill the pool through the acts of experts and province; draw a panel of 佛山."""
    first = _alike(_planned("industry"))
    rare = trade_of(first[0].industry)
    others = _trades([*_planned("industry"), *_planned("ecology")], rare)
    with clock.fixed(plan.TODAY - timedelta(30)):
        _pool(who, rare, others)
    with clock.fixed(plan.TODAY):
        _drawn(first, who)
        _applications()
        _small(who["city-440700-ecology"])


def meet(who: Mapping[str, Standing]) -> None:
    """Let a panel of 佛山 meet today; `expert-demo` is busy elsewhere by then."""
    own = Expert.objects.get(person=who["expert-demo"].person_id)
    rounds = [one for one in _planned("ecology") if trade_of(one.industry) not in own.trades]
    with clock.fixed(plan.TODAY):
        _met(_alike(rounds), who)


def _planned(lead: str) -> list[Round]:
    """Return the rounds of a department of 佛山 that stand at their plan, by trade."""
    found = Round.objects.filter(city=CITY, lead=lead, stage=Stage.PLANNED, list_year=2023)
    return list(found.exclude(industry="").order_by("industry", "pk"))


def _alike(rounds: Sequence[Round]) -> list[Round]:
    """Return up to three rounds of one trade."""
    by_trade: dict[str, list[Round]] = {}
    for one in rounds:
        by_trade.setdefault(trade_of(one.industry), []).append(one)
    if not by_trade:
        raise Refused("演示数据有误：佛山没有已填报审核计划的企业")
    return max(by_trade.values(), key=len)[:3]


def _trades(rounds: Sequence[Round], rare: str) -> list[str]:
    return sorted({trade_of(one.industry) for one in rounds} - {rare}) or ["33"]


def _said(number: int, trades: list[str]) -> actions.Application:
    title, level = _TITLES[number % len(_TITLES)]
    cities = territory.cities(settings.PROVINCE_CODE)
    job = Job(
        CONSULTANCIES[number % len(CONSULTANCIES)],
        None,
        None if number % 2 else plan.TODAY - timedelta(400),
    )
    return actions.Application(
        name=f"{_NAMES[number]}专家（演示）", phone=f"1380000{number:04}",
        mail=f"expert{number}@example.org", identity="", title=title, level=level,
        employer=f"示例第{number % 31 + 1}研究院", city_id=cities[number % len(cities)].code,
        trades=trades, fields=_FIELDS[number % len(_FIELDS)],
        jobs=(job,) if number % 5 == 0 else (),
    )  # fmt: skip


def _pool(who: Mapping[str, Standing], rare: str, trades: list[str]) -> None:
    """Let 40 experts apply and the province confirm them; only one knows the rare trade.

    So this one, the account `expert-demo`, is drawn for every panel of that trade.
    """
    people = accounts.create_people(
        [
            accounts.NewPerson(f"expert-demo-{number:02}", f"{_NAMES[number]}专家（演示）")
            for number in range(1, len(_NAMES))
        ],
        by=SYSTEM,
    )
    province = who["province-ecology"]
    own = who["expert-demo"]
    made = _join(0, [rare], own, province)
    actions.declare(
        made, actions.NewTie(TieKind.DECLARED, "示例铝业示例有限公司", "亲属任职"), by=own
    )
    for number, person in enumerate(people, 1):
        known = [trades[(number + step) % len(trades)] for step in range(2)]
        by = standing_of(person) or Standing(person.pk, person.name, Role.EXPERT)
        pk = _join(number, sorted(set(known)), by, province)
        if number % 13 == 0:
            since = plan.TODAY - timedelta(3)
            actions.set_absence(pk, since=since, until=since + timedelta(60), by=by)
    actions.decide(pk, Act.SUSPEND, reason="单位变更，待核对", by=province)


def _join(number: int, trades: list[str], by: Standing, province: Standing) -> int:
    made, _ = actions.apply(_said(number, trades), file=None, by=by, standing=by)
    return actions.confirm(made.pk, by=province).expert.pk


def _panel(rounds: Sequence[Round], purpose: Purpose, days: int, by: Standing) -> Panel:
    firms = {one.pk: CONSULTANCIES[5 * place + 5] for place, one in enumerate(rounds)}
    new = appointing.NewPanel(
        purpose, plan.TODAY + timedelta(days), 5, tuple(firms), firms, "市行政服务中心（演示）"
    )
    made = appointing.form_panel(new, by=by)
    appointing.draw_panel(made.pk, by=by)
    return made


def _drawn(rounds: Sequence[Round], who: Mapping[str, Standing]) -> None:
    """Draw a panel; one expert declines and is replaced, `expert-demo` is left to answer."""
    by = who[f"city-{CITY}-industry"]
    made = _panel(rounds, Purpose.ACCEPTANCE, 14, by)
    others = _asked(made).exclude(expert__person=who["expert-demo"].person_id)
    first, second = others[0], others[1]
    seats.answer(first.pk, SeatAct.ACCEPT, reason="电话答复（演示）", by=by)
    seats.answer(second.pk, SeatAct.DECLINE, reason="电话答复：出差（演示）", by=by)
    appointing.replace(made.pk, by=by)


def _met(rounds: Sequence[Round], who: Mapping[str, Standing]) -> None:
    """Draw a panel for today, let all accept, and open its meeting."""
    by = who[f"city-{CITY}-ecology"]
    made = _panel(rounds, Purpose.ASSESSMENT, 0, by)
    for seat in _asked(made):
        seats.answer(seat.pk, SeatAct.ACCEPT, reason="电话答复（演示）", by=by)
    pay = seats.Pay("现场评审（演示）", Decimal(1), Decimal(1200), by.office_name)
    for seat in Appointment.objects.filter(panel=made, state=Seat.ACCEPTED).order_by("pk")[:3]:
        seats.set_fee(seat.pk, pay, by=by)
    appointing.open_meeting(made.pk, by=by)
    seats.record_overturned(
        made.pk, rounds[0].pk, on=plan.TODAY, reason="省级抽查发现物料平衡数据不实（演示）", by=by
    )


def _small(by: Standing) -> None:
    """Invite experts directly to a panel whose trade nobody in the pool knows; cancel another."""
    known = {trade for one in Expert.objects.filter(state="pool") for trade in one.trades}
    rounds = Round.objects.filter(city="440700", lead="ecology", stage=Stage.PLANNED)
    rare = [one for one in rounds.exclude(industry="").order_by("pk")
            if trade_of(one.industry) not in known]  # fmt: skip
    if not rare:
        raise Refused("演示数据有误：江门没有专家库未覆盖行业的企业")
    day, chief = plan.TODAY + timedelta(20), replace(by, person_id=0, person_name="科长（演示）")
    made, gone = (
        appointing.form_panel(
            appointing.NewPanel(
                Purpose.ASSESSMENT, day + timedelta(step), 3, (rare[0].pk,), {}, "市局（演示）"
            ),
            by=by,
        )
        for step in (0, 1)
    )  # fmt: skip
    pool = Expert.objects.filter(state="pool", level__in=SENIOR).order_by("-pk")
    why = "专家库中没有熟悉该行业的专家（演示）"
    asked = [seats.invite(made.pk, one.pk, reason=why, by=by) for one in pool[:3]]
    seats.settle_invitation(asked[0].pk, SeatAct.APPROVE, by=chief)
    reason = "近期已多次参加本市评审（演示）"
    seats.settle_invitation(asked[1].pk, SeatAct.REFUSE, reason=reason, by=chief)
    appointing.cancel(gone.pk, reason="与另一评审组合并（演示）", by=by)


def _asked(panel: Panel) -> QuerySet[Appointment]:
    return Appointment.objects.filter(panel=panel, state=Seat.DRAWN).order_by("pk")


def _applications() -> None:
    """Leave two applications for the province to decide."""
    for number in (3, 7):
        said = _said(number, ["33"])
        by = accounts.Oneself(None, said.name)
        name = said.name.replace("专家", "申请人")
        phone = said.phone.replace("1380000", "1390000")
        actions.apply(
            actions.Application(
                name, phone, said.mail, "", said.title, said.level, said.employer, said.city_id,
                said.trades, said.fields,
            ),
            file=None, by=by,
        )  # fmt: skip
