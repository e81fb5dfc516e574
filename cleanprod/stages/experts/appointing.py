"""Every write on panels: make, draw, replace, invite, answer, open, cancel, pay."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.experts import access, drawing, messages, queries, rules, ties
from cleanprod.stages.experts.models import (
    Appointment,
    Draw,
    Expert,
    Panel,
    Reviewed,
)
from cleanprod.stages.experts.queries import Screening
from cleanprod.stages.experts.rules import (
    ASKED,
    COUNTED,
    OPEN_SEATS,
    PANELS,
    SEATS,
    TAKEN,
    PanelAct,
    PanelStage,
    Purpose,
    Seat,
    SeatAct,
    State,
    Who,
)


@dataclass(frozen=True, slots=True)
class NewPanel:
    """What a department says of a panel; `consultancies` are names by round."""

    purpose: Purpose
    meets_on: date
    size: int
    rounds: tuple[int, ...]
    consultancies: Mapping[int, str]
    place: str = ""


@transaction.atomic
def form_panel(new: NewPanel, *, by: Standing) -> Panel:
    """Make a panel for rounds that the department leads; nobody sits on it yet."""
    if by.role is not Role.CITY or by.line is None:
        raise NotAllowed("评审组由市级牵头部门组建")
    today = clock.today()
    rule = ties.rules_on(today)
    rules.checked_size(new.size, rule.composition)
    rules.checked_meeting(new.meets_on, today=today)
    rounds = _rounds(new.rounds, by)
    trades = {trade for one in rounds if (trade := rules.trade_of(one.industry))}
    rules.checked_trades(trades if rule.composition.trade_expert else (), new.size)
    panel = Panel.objects.create(
        city_id=by.city, lead=by.line.value, purpose=new.purpose.value, meets_on=new.meets_on,
        place=new.place.strip(), size=new.size, person_name=by.person_name,
        office_name=by.office_name, made_on=today,
    )  # fmt: skip
    helpers = _helpers(new.consultancies, [one.pk for one in rounds])
    known = _consultants(helpers.values())
    Reviewed.objects.bulk_create(
        Reviewed(
            panel=panel, round=one, consultancy=helpers.get(one.pk, ""),
            consultant_id=known.get(comparable(helpers.get(one.pk, ""))),
        )
        for one in rounds
    )  # fmt: skip
    tell(panel, "panel:form", "组建评审组", by=by, after={"rounds": len(rounds), "size": new.size})
    return panel


def _rounds(keys: Sequence[int], by: Standing) -> list[Round]:
    visible = audits.visible_to(by).filter(pk__in=set(keys), lead=by.line)
    found = list(visible.order_by("pk"))
    if not found:
        raise Refused("请选择要评审的企业")
    if len(found) != len(set(keys)):
        raise Refused("所选企业中有不由本部门牵头的，请重新选择")
    ended = [one.name for one in found if one.stage not in WORKING]
    if ended:
        raise Refused(f"{ended[0]}的本轮审核不在办理中，不能安排评审")
    return found


def _helpers(typed: Mapping[int, str], rounds: Sequence[int]) -> dict[int, str]:
    """Return the consultancy of each round as typed, else the one engaged on the platform."""
    found = {pk: offices[0].name for pk, offices in ties.engaged(rounds).items()}
    return found | {pk: name.strip() for pk, name in typed.items() if name.strip()}


def _consultants(names: "Sequence[str] | Any") -> dict[str, int]:
    """Return the registered consultancies by comparable name."""
    wanted = {comparable(name) for name in names if name.strip()}
    rows = Organisation.objects.filter(kind=Kind.CONSULTANCY, comparable__in=wanted)
    return dict(rows.order_by("-pk").values_list("comparable", "pk"))


def locked(panel_id: int, act: PanelAct, by: Standing, reason: str | None = None) -> Panel:
    """Lock a panel for an act and move it in memory."""
    panel = Panel.objects.select_for_update(of=("self",)).select_related("city").get(pk=panel_id)
    stage = PanelStage(panel.stage)
    panel.stage = PANELS.target(stage, act, access.panel_who(by, panel)).value
    if reason is not None and PANELS.needs_reason(stage, act) and not reason.strip():
        raise Refused(f"请填写{act.label}的理由")
    return panel


def lock_pool() -> None:
    """Let draws follow one another, so that two of them do not pass an expert's monthly cap."""
    rows = Expert.objects.select_for_update().filter(state__in=[State.POOL, State.SUSPENDED])
    list(rows.order_by("pk").values_list("pk"))


@transaction.atomic
def draw_panel(panel_id: int, *, by: Standing) -> Draw:
    """Draw a panel once, by a seed that the system makes now; there is no second try."""
    panel = locked(panel_id, PanelAct.DRAW, by)
    lock_pool()
    rules.checked_meeting(panel.meets_on, today=clock.today())
    now = queries.screening(panel, clock.today())
    if len(now.kept) >= panel.size:
        raise Refused("评审组已由定向邀请满员，不需抽取")
    made = _drawn(panel, now, secrets.token_hex(16), by=by)
    panel.save(update_fields=["stage"])
    return made


@transaction.atomic
def replace(panel_id: int, *, by: Standing) -> Draw:
    """Fill the empty seats with the next by the same seed, from the pool of the first draw."""
    panel = locked(panel_id, PanelAct.REPLACE, by)
    lock_pool()
    rules.checked_meeting(panel.meets_on, today=clock.today())
    first = Draw.objects.get(panel=panel, number=1)
    now = queries.narrowed(queries.screening(panel, clock.today()), first)
    if len(now.kept) >= panel.size:
        raise Refused("评审组没有空缺，不需补抽")
    left = list(
        Appointment.objects.select_for_update(of=("self",))
        .filter(panel=panel, state__in=OPEN_SEATS)
        .select_related("expert")
        .order_by("pk")
    )
    why = "；".join(f"{one.expert.name}{Seat(one.state).label}：{one.reason}" for one in left)
    made = _drawn(panel, now, first.seed, reason=why[:500], by=by)
    for one in left:
        one.state = SEATS.target(Seat(one.state), SeatAct.REPLACE, {Who.LEAD}).value
    Appointment.objects.bulk_update(left, ["state"])
    return made


def _drawn(panel: Panel, now: Screening, seed: str, *, reason: str = "", by: Standing) -> Draw:
    result = drawing.choose(seed, now.urn, now.needs, now.kept_lots)
    made = Draw.objects.create(
        panel=panel, number=panel.draws.count() + 1, algorithm=drawing.ALGORITHM, seed=seed,
        pool=now.pool, excluded={str(pk): told for pk, told in sorted(now.excluded.items())},
        needs=now.needs.as_json(), rules=now.rules.versions, kept=now.kept, result=result,
        reason=reason, happened_on=clock.today(), person_id=by.person_id,
        person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    seats = Appointment.objects.bulk_create(
        Appointment(
            panel=panel, expert_id=pk, draw=made, state=Seat.DRAWN.value,
            appointed_on=clock.today(),
        )
        for pk in result
    )  # fmt: skip
    # The trail says that and how it was drawn; who was drawn stands in the record of the draw.
    tell(
        panel, "panel:draw", "补抽专家" if reason else "随机抽取专家", by=by,
        after={"draw": made.pk, "pool": len(now.pool), "excluded": len(now.excluded),
               "drawn": len(result)},
    )  # fmt: skip
    ask(panel, [one.pk for one in seats])
    return made


def ask(panel: Panel, seats: Sequence[int]) -> None:
    """Ask the appointed experts for their answer."""
    firms = "、".join(panel.reviewed.order_by("pk").values_list("round__name", flat=True))
    rows = Appointment.objects.filter(pk__in=seats).select_related("expert", "panel")
    notifications.send_many(note for one in rows for note in messages.appointed(one, firms))


@transaction.atomic
def reschedule(
    panel_id: int, *, meets_on: date, place: str, reason: str, by: Standing
) -> Panel:  # fmt: skip
    """Move the meeting to another day or place; the experts are told and may decline."""
    panel = locked(panel_id, PanelAct.RESCHEDULE, by, reason)
    rules.checked_meeting(meets_on, today=clock.today())
    before = {"on": panel.meets_on.isoformat(), "place": panel.place}
    panel.meets_on, panel.place = meets_on, place.strip()
    panel.save(update_fields=["meets_on", "place"])
    tell(
        panel, "panel:reschedule", PanelAct.RESCHEDULE.label, by=by, reason=reason.strip(),
        before=before, after={"on": meets_on.isoformat(), "place": panel.place},
    )  # fmt: skip
    seats = panel.appointments.filter(state__in=TAKEN).select_related("expert", "panel")
    notifications.send_many(note for one in seats for note in messages.moved(one, reason.strip()))
    return panel


@transaction.atomic
def open_meeting(panel_id: int, *, by: Standing) -> Panel:
    """Open the meeting: the names become known; refused while anybody may not sit."""
    panel = locked(panel_id, PanelAct.OPEN, by)
    lock_pool()
    today = clock.today()
    if today < panel.meets_on:
        raise Refused(f"会议日期为{panel.meets_on.isoformat()}，会议召开前专家名单不公开")
    rows = panel.appointments.select_related("expert").order_by("pk")
    waiting = rows.filter(state__in=(*ASKED, Seat.PROPOSED)).count()
    if waiting:
        raise Refused(f"还有{waiting}名专家没有答复或待批准")
    members = {one.expert_id: one.expert.name for one in rows.filter(state=Seat.ACCEPTED)}
    if len(members) != panel.size:
        raise Refused(f"已接受的专家{len(members)}名，应为{panel.size}名，请补抽")
    pool = Expert.objects.filter(pk__in=members, state=State.POOL).values_list("pk", flat=True)
    gone = rules.gone_from_seats(members, ties.barred(panel, list(members), today), set(pool))
    if gone:
        raise Refused(f"{'；'.join(gone)}。请解除聘请后补抽")
    now = queries.screening(panel, today)
    if not drawing.possible(now.needs, now.kept_lots, ()):
        lacking = drawing.lacking(now.needs, now.kept_lots, ())
        raise Refused(f"评审组不符合组成要求：{'；'.join(lacking)}")
    panel.opened_on = today
    panel.save(update_fields=["stage", "opened_on"])
    tell(panel, "panel:open", PanelAct.OPEN.label, by=by, after={"members": len(members)})
    return panel


@transaction.atomic
def cancel(panel_id: int, *, reason: str, by: Standing) -> Panel:
    """Cancel a panel; its draws stay on record, its experts are told."""
    panel = locked(panel_id, PanelAct.CANCEL, by, reason)
    panel.reason = reason.strip()[:500]
    panel.save(update_fields=["stage", "reason"])
    rows = panel.appointments.filter(state__in=COUNTED).select_related("expert")
    seats = list(rows.order_by("pk"))
    for one in seats:
        one.panel = panel
    told = [note for one in seats if one.state in TAKEN for note in messages.ended(one, reason)]
    panel.appointments.filter(pk__in=[one.pk for one in seats]).update(
        state=Seat.RELEASED.value, reason=f"评审组取消：{panel.reason}"[:500]
    )
    tell(panel, "panel:cancel", PanelAct.CANCEL.label, by=by, reason=panel.reason,
          after={"stage": panel.stage, "released": len(seats)})  # fmt: skip
    notifications.send_many(told)
    return panel


def tell(
    panel: Panel,
    act: str,
    verb: str,
    *,
    by: Standing,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write an act on a panel into the trail."""
    # No dossier: the history of an enterprise must not tell of its reviewers.
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"panel:{panel.pk}", label=panel.title, before=before,
            after=after, reason=reason, city=panel.city_id,
        ),
        by=by,
    )  # fmt: skip
