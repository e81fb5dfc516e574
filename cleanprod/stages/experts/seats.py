"""Every write on single seats: invite, approve, answer, release, pay, note what was overturned."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.experts import access, messages, queries
from cleanprod.stages.experts.appointing import ask, lock_pool, locked, tell
from cleanprod.stages.experts.models import Appointment, Fee, Overturn, Panel
from cleanprod.stages.experts.rules import (
    COUNTED,
    SEATS,
    PanelAct,
    PanelStage,
    Purpose,
    Seat,
    SeatAct,
    Who,
)


@transaction.atomic
def invite(panel_id: int, expert_id: int, *, reason: str, by: Standing) -> Appointment:
    """Propose to invite an expert directly 定向邀请, where the pool is too small to draw from."""
    panel = locked(panel_id, PanelAct.INVITE, by, reason)
    lock_pool()
    now = queries.screening(panel, clock.today())
    if not now.may_invite:
        raise Refused(
            f"可参加的专家有{len(now.urn)}名，能够随机抽取；少于{now.rules.invite_below}名"
            "或不能满足组成要求时才可定向邀请"
        )
    pool = {one["id"]: one["name"] for one in now.pool}
    if expert_id not in pool:
        raise Refused("该专家不在专家库")
    if now.excluded.get(expert_id):
        raise Refused(f"不能邀请{pool[expert_id]}：{'；'.join(now.excluded[expert_id])}")
    if panel.appointments.filter(state__in=COUNTED).count() >= panel.size:
        raise Refused("评审组没有空缺")
    if panel.appointments.filter(expert=expert_id).exists():
        raise Conflict(f"{pool[expert_id]}已在本组")
    seat = Appointment.objects.create(
        panel=panel, expert_id=expert_id, state=Seat.PROPOSED.value, inviter_id=by.person_id,
        inviter=by.person_name, invited_for=reason.strip()[:500], appointed_on=clock.today(),
    )  # fmt: skip
    _tell_seat(seat, panel, "panel:invite", "提出定向邀请", by=by, reason=reason.strip())
    return seat


@transaction.atomic
def settle_invitation(seat_id: int, act: SeatAct, *, reason: str = "", by: Standing) -> Appointment:
    """Approve or refuse a direct invitation; who proposed it cannot approve it."""
    panel, seat = _seat(seat_id)
    if act not in (SeatAct.APPROVE, SeatAct.REFUSE):
        raise NotAllowed(f"{act.label}不在此办理")
    if seat.inviter_id == by.person_id and act is SeatAct.APPROVE:
        raise NotAllowed("定向邀请应由提出人以外的人批准")
    _move_seat(panel, seat, act, reason, by)
    seat.approver = by.person_name
    if act is SeatAct.APPROVE:
        seat.appointed_on = clock.today()
    seat.save(update_fields=["state", "reason", "approver", "appointed_on"])
    _tell_seat(seat, panel, f"panel:{act.value}", act.label, by=by, reason=seat.reason)
    if act is SeatAct.APPROVE:
        ask(panel, [seat.pk])
    return seat


@transaction.atomic
def answer(seat_id: int, act: SeatAct, *, reason: str = "", by: Standing) -> Appointment:
    """Accept or decline; the lead may write down what an expert answered by telephone."""
    if act not in (SeatAct.ACCEPT, SeatAct.DECLINE):
        raise NotAllowed(f"{act.label}不在此办理")
    panel, seat = _seat(seat_id)
    own = seat.expert.person_id is not None and seat.expert.person_id == by.person_id
    if not own and not reason.strip():
        raise Refused("代为登记答复的，请写明专家何时以何种方式答复")
    _move_seat(panel, seat, act, reason, by)
    seat.answered_on, seat.answered_by = clock.today(), by.person_name
    seat.save(update_fields=["state", "reason", "answered_on", "answered_by"])
    _tell_seat(seat, panel, f"panel:{act.value}", f"专家{act.label}", by=by, reason=seat.reason)
    if act is SeatAct.DECLINE and own:
        office = organisations.authority(line=panel.lead, city=panel.city_id)
        people = organisations.people_of([office.pk]) if office else []
        notifications.send_many(messages.answered(seat, who, mail) for _, who, mail in people)
    return seat


@transaction.atomic
def release(seat_id: int, *, reason: str, by: Standing) -> Appointment:
    """End an appointment, as when a tie was learnt of."""
    panel, seat = _seat(seat_id)
    _move_seat(panel, seat, SeatAct.RELEASE, reason, by)
    seat.save(update_fields=["state", "reason"])
    _tell_seat(seat, panel, "panel:release", SeatAct.RELEASE.label, by=by, reason=seat.reason)
    notifications.send_many(messages.ended(seat, seat.reason))
    return seat


def _seat(seat_id: int) -> tuple[Panel, Appointment]:
    """Lock the panel, then the appointment; always in this order."""
    panel_id = Appointment.objects.values_list("panel_id", flat=True).get(pk=seat_id)
    panel = Panel.objects.select_for_update(of=("self",)).select_related("city").get(pk=panel_id)
    rows = Appointment.objects.select_for_update(of=("self",)).select_related("expert")
    seat = rows.get(pk=seat_id)
    seat.panel = panel
    return panel, seat


def _move_seat(panel: Panel, seat: Appointment, act: SeatAct, reason: str, by: Standing) -> None:
    if panel.stage not in (PanelStage.PREPARED, PanelStage.DRAWN):
        raise NotAllowed(f"评审组{PanelStage(panel.stage).label}，不能{act.label}")
    stage = Seat(seat.state)
    seat.state = SEATS.target(stage, act, access.seat_who(by, seat)).value
    if SEATS.needs_reason(stage, act) and not reason.strip():
        raise Refused(f"请填写{act.label}的理由")
    seat.reason = reason.strip()[:500]


@dataclass(frozen=True, slots=True)
class Pay:
    """What one appointment is paid; the money is in yuan 元."""

    task: str
    days: Decimal
    amount: Decimal
    payer: str


@transaction.atomic
def set_fee(seat_id: int, pay: Pay, *, by: Standing) -> Fee:
    """Write down or correct what an accepted appointment is paid."""
    panel, seat = _seat(seat_id)
    if Who.LEAD not in access.panel_who(by, panel):
        raise NotAllowed("由牵头部门登记专家费用")
    if seat.state != Seat.ACCEPTED:
        raise Refused("只登记已接受聘请的专家的费用")
    fee = Fee.objects.filter(appointment=seat).first()
    before = {"days": str(fee.days), "amount": str(fee.amount)} if fee else None
    fee, _ = Fee.objects.update_or_create(
        appointment=seat,
        defaults={
            "task": pay.task, "days": pay.days, "amount": pay.amount, "payer": pay.payer,
            "person_name": by.person_name, "recorded_on": clock.today(),
        },
    )  # fmt: skip
    after = {"expert": seat.expert_id, "days": str(pay.days), "amount": str(pay.amount)}
    tell(panel, "panel:fee", "登记专家费用", by=by, before=before, after=after)
    return fee


@transaction.atomic
def record_overturned(
    panel_id: int, round_id: int, *, on: date, reason: str, by: Standing
) -> int:  # fmt: skip
    """Note with each member that the conclusion on a round did not stand; return how many.

    Departments say so on the page of the panel; twice changes nothing.
    """
    if not reason.strip():
        raise Refused("请填写结论被改变的理由")
    panel = Panel.objects.select_for_update(of=("self",)).select_related("city").get(pk=panel_id)
    if not panel.reviewed.filter(round=round_id).exists():
        raise Refused("该评审组没有评审这家企业")
    if not access.panel_who(by, panel):
        raise NotAllowed("由牵头部门或省级主管部门登记")
    seats = panel.appointments.filter(state=Seat.ACCEPTED).exclude(overturns__round=round_id)
    made = Overturn.objects.bulk_create(
        Overturn(
            appointment=one, round_id=round_id, happened_on=on, reason=reason.strip()[:500],
            person_name=by.person_name,
        )
        for one in seats.order_by("pk")
    )  # fmt: skip
    if made:
        tell(panel, "panel:overturned", "评审结论被改变", by=by, reason=reason.strip(),
              after={"round": round_id, "members": len(made)})  # fmt: skip
    return len(made)


def record_overturned_result(round_id: int, *, on: date, reason: str, by: Standing) -> int:
    """Note that the result of a round did not stand with the panel that met on it last, if any."""
    met = Panel.objects.filter(reviewed__round=round_id, stage=PanelStage.OPENED)
    last = met.exclude(purpose=Purpose.ASSESSMENT).order_by("-meets_on", "-pk").first()
    if last is None:
        return 0
    return record_overturned(last.pk, round_id, on=on, reason=reason, by=by)


def _tell_seat(
    seat: Appointment, panel: Panel, act: str, verb: str, *, by: Standing, reason: str
) -> None:  # fmt: skip
    after = {"expert": seat.expert_id, "seat": seat.state}
    tell(panel, act, verb, by=by, after=after, reason=reason)
