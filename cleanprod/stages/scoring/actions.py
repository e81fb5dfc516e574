"""Open a sitting, score, sign, confirm, cancel; the opinion of the panel lies in `opining`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.experts import ties as independence
from cleanprod.stages.scoring import queries, rules
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.queries import answers_of, sheet_of
from cleanprod.stages.scoring.rules import LIFECYCLE, Act, Purpose, State

MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class NewSitting:
    """What is known of a sitting before it is held; people are keys of accounts."""

    purpose: Purpose
    held_on: date
    place: str
    people: Sequence[int]
    leader: int


@transaction.atomic
def open_sitting(round_id: int, new: NewSitting, *, by: Standing) -> Sitting:
    """Open a sitting of a round under the sheet of its day; the open one of the same is found."""
    audit = Round.objects.select_for_update().get(pk=round_id)
    if Part.LEAD not in audits.parts(by, audit):
        raise NotAllowed("评估、验收会议由牵头部门组织")
    if audit.stage not in WORKING:
        raise Refused(f"本轮审核已是“{audit.get_stage_display()}”，不再组织{new.purpose.label}")
    if not new.place.strip():
        raise Refused("请填写会议地点")
    people = _people(audit, new)
    before = Sitting.objects.filter(
        round=audit, purpose=new.purpose, state=State.SCORING.value
    ).first()
    if before is not None:
        same = set(before.members.values_list("person_id", flat=True)) == set(new.people)
        if same and before.held_on == new.held_on:
            return before
        raise Conflict(f"本轮已有评分中的{new.purpose.label}会议，请先审定或作废")
    made = Sitting.objects.create(
        round=audit, purpose=new.purpose.value, held_on=new.held_on, place=new.place.strip(),
        sheet=queries.body_on(new.purpose, new.held_on),
        opened_by=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    Member.objects.bulk_create(
        Member(sitting=made, person=one, name=one.name, leader=one.pk == new.leader)
        for one in people
    )
    said = {"on": made.held_on, "subject": new.purpose.label, "sheet": made.sheet["key"]}
    tell(made, "sitting:open", "登记评审会议", by, after=said)
    return made


def _people(audit: Round, new: NewSitting) -> list[Person]:
    wanted = set(new.people)
    if not wanted:
        raise Refused("请选择评审专家")
    if new.leader not in wanted:
        raise Refused("组长应是所选专家之一")
    live = Membership.objects.filter(person__in=wanted, until=None)
    experts = set(live.filter(role=Role.EXPERT.value).values_list("person_id", flat=True))
    if experts != wanted:
        raise Refused("所选人员不全是在库专家")
    people = list(Person.objects.filter(pk__in=wanted).order_by("pk"))
    ties = independence.ties_of(people, audit, clock.today())
    for one in people:
        if ties.get(one.pk):
            raise Refused(f"{one.name}应当回避：{'；'.join(ties[one.pk])}")
    return people


def save(sitting_id: int, typed: Mapping[str, str], *, by: Standing) -> list[str]:
    """Keep what a member typed so far and return what could not be kept, each with its reason.

    `typed` has score-N, remark-N and veto-N by number of the item; what is not named stays as it
    was. Who has a tie to the enterprise by now keeps and signs nothing.
    """
    if _late(sitting_id, by):
        raise Refused("已确认的评分不能修改，本次修改尝试已记录")
    if tie := _tied(sitting_id, by):
        raise NotAllowed(tie)
    with transaction.atomic():
        sitting, seat = seat_of(sitting_id, by)
        if seat.signed_at is not None:
            raise Conflict("评分已经确认，请刷新页面")
        errors = _take(seat, sheet_of(sitting), typed)
        seat.saved_at = timezone.now()
        seat.save(update_fields=["scores", "vetoes", "remarks", "saved_at"])
    return errors


@transaction.atomic
def _late(sitting_id: int, by: Standing) -> bool:
    """Tell whether the scores are signed already, and keep on record that somebody tried."""
    sitting, seat = seat_of(sitting_id, by)
    if seat.signed_at is None:
        return False
    tell(sitting, "sitting:late", "试图修改已确认的评分", by, after={"name": seat.name})
    return True


@transaction.atomic
def _tied(sitting_id: int, by: Standing) -> str:
    """Return the tie of a member who has not signed, and keep on record that somebody tried."""
    sitting, seat = seat_of(sitting_id, by)
    ties = queries.ties_of(sitting, [seat]).get(seat.person_id, ())
    if seat.signed_at is not None or not ties:
        return ""
    told = "；".join(ties)
    tell(sitting, "sitting:tied", "应当回避而试图评分", by, after={"name": seat.name}, reason=told)
    return f"您应当回避，不能评分：{told}。请告知牵头部门"


def _take(seat: Member, sheet: rules.Sheet, typed: Mapping[str, str]) -> list[str]:
    errors = []
    for item in (*sheet.items, *sheet.bonus):
        text = typed.get(f"score-{item.number}")
        if text is None:
            continue
        try:
            value = rules.score_of(text, item, half=sheet.half_points) if text.strip() else None
        except Refused as refusal:
            errors.append(str(refusal))
            continue
        seat.scores = _with(seat.scores, item.number, str(value) if value is not None else "")
    for number in sheet.numbers:
        if (text := typed.get(f"remark-{number}")) is not None:
            seat.remarks = _with(seat.remarks, number, text.strip()[:MOST_TEXT])
    for veto in sheet.vetoes:
        if (text := typed.get(f"veto-{veto.number}")) is not None:
            rest = [one for one in seat.vetoes if one != veto.number]
            seat.vetoes = sorted([*rest, veto.number]) if text == "yes" else rest
    return errors


def _with(known: Mapping[str, str], key: str, text: str) -> dict[str, str]:
    rest = {one: value for one, value in known.items() if one != key}
    return rest | {key: text} if text else rest


def sign(sitting_id: int, *, by: Standing) -> Member:
    """Sign one's own scores for good; twice is once."""
    if tie := _tied(sitting_id, by):
        raise NotAllowed(tie)
    with transaction.atomic():
        sitting, seat = seat_of(sitting_id, by)
        if seat.signed_at is not None:
            return seat
        answers = answers_of(seat)
        missing = rules.lacking(sheet_of(sitting), answers)
        if missing:
            raise Refused("还不能确认：" + "；".join(missing.values()))
        seat.signed_at = timezone.now()
        seat.save(update_fields=["signed_at"])
        # The trail cannot be changed, so it tells later whether the scores were.
        signed = {"name": seat.name, "member": seat.pk, "sha256": rules.fingerprint(answers)}
        tell(sitting, "sitting:sign", "确认评分", by, after=signed)
    return seat


def seat_of(sitting_id: int, by: Standing) -> tuple[Sitting, Member]:
    """Lock a sitting and the own seat in it, or refuse whoever has none."""
    sitting = locked(sitting_id)
    seat = (
        Member.objects.select_for_update(of=("self",))
        .filter(sitting=sitting, person=by.person_id)
        .select_related("person")
        .first()
    )
    if seat is None or by.role is not Role.EXPERT:
        raise NotAllowed("只有本次会议的专家可以评分")
    if sitting.state != State.SCORING and seat.signed_at is None:
        raise Refused(f"本次会议{sitting.get_state_display()}，不能评分")
    return sitting, seat


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What the lead department says beside the scores and the opinion of the panel."""

    on: date
    spread_reason: str = ""


@transaction.atomic
def confirm(sitting_id: int, said: Conclusion, *, by: Standing) -> Sitting:
    """Confirm 审定 what the panel signed; a wide spread must be explained."""
    said = replace(said, spread_reason=said.spread_reason.strip())
    sitting = locked(sitting_id)
    if sitting.state == State.CONFIRMED and _same(sitting, said):
        return sitting
    state = target(sitting, Act.CONFIRM, by)
    members = list(sitting.members.order_by("pk"))
    waiting = [one.name for one in members if one.signed_at is None]
    if waiting:
        raise Refused(f"尚未确认评分：{'、'.join(waiting)}")
    if sitting.opinion_at is None:
        raise Refused("组长尚未提出专家组意见")
    silent = [one.name for one in members if one.agreed_at is None]
    if silent:
        raise Refused(f"尚未签署专家组意见：{'、'.join(silent)}")
    if not sitting.held_on <= said.on <= clock.today():
        raise Refused("审定日期应在会议日期之后、不晚于今天")
    found = rules.outcome(sheet_of(sitting), [answers_of(one) for one in members])
    if found.wide and not said.spread_reason:
        raise Refused(f"专家最大分差为{found.spread}分，请填写分差说明")
    sitting.state, sitting.mean, sitting.spread = state.value, found.mean, found.spread
    sitting.meaning, sitting.passes = found.meaning, found.passes
    sitting.spread_reason = said.spread_reason
    sitting.confirmed_on, sitting.confirmed_by = said.on, by.person_name
    sitting.save(
        update_fields=[
            "state", "mean", "spread", "meaning", "passes", "spread_reason", "confirmed_on",
            "confirmed_by",
        ]
    )  # fmt: skip
    told = {"on": said.on, "mean": _plain(found.mean), "verdict": found.meaning}
    tell(sitting, "sitting:confirm", "审定评审结论", by, after=told)
    return sitting


def _same(sitting: Sitting, said: Conclusion) -> bool:
    return (sitting.confirmed_on, sitting.spread_reason) == (said.on, said.spread_reason)


@transaction.atomic
def cancel(sitting_id: int, *, reason: str, by: Standing) -> Sitting:
    """Cancel a sitting that was opened by mistake; its scores stay on record."""
    if not reason.strip():
        raise Refused("请填写作废理由")
    sitting = locked(sitting_id)
    sitting.state = target(sitting, Act.CANCEL, by).value
    sitting.cancelled_reason = reason.strip()[:MOST_TEXT]
    sitting.save(update_fields=["state", "cancelled_reason"])
    tell(sitting, "sitting:cancel", "作废评审会议", by, reason=sitting.cancelled_reason)
    return sitting


def locked(sitting_id: int) -> Sitting:
    """Lock a sitting with its round."""
    found = Sitting.objects.select_for_update(of=("self",)).select_related("round")
    return found.get(pk=sitting_id)


def target(sitting: Sitting, act: Act, by: Standing) -> State:
    """Return where an act of the department leads, or refuse it."""
    return LIFECYCLE.target(State(sitting.state), act, audits.parts(by, sitting.round))


def _plain(value: Decimal | None) -> str:
    return "" if value is None else str(value)


def tell(
    sitting: Sitting, act: str, verb: str, by: Standing, *,
    after: dict[str, object] | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Write an act on a sitting into the trail."""
    audit = sitting.round
    # The history of an enterprise is open to it: before the result is confirmed it learns nothing.
    open_to_all = sitting.state == State.CONFIRMED and act == "sitting:confirm"
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"sitting:{sitting.pk}", label=audit.name, after=after,
            reason=reason, dossier=audit.enterprise_id if open_to_all else None,
            city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
