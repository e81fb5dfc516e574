"""The opinion of a panel: drafted by its leader, signed by everybody, returned by the lead."""

from django.db import transaction
from django.utils import timezone

from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.scoring import access
from cleanprod.stages.scoring.actions import locked, seat_of, target, tell
from cleanprod.stages.scoring.models import Member, Sitting
from cleanprod.stages.scoring.rules import LIFECYCLE, Act, State

MOST_DISSENT = 1000


@transaction.atomic
def put_forward(sitting_id: int, opinion: str, *, by: Standing) -> Sitting:
    """Put an opinion before the panel, as its leader, who signs it thereby; a new one starts anew.

    The same opinion again changes nothing.
    """
    sitting, seat = _present(sitting_id, by)
    opinion = opinion.strip()
    if not seat.leader:
        raise NotAllowed("专家组意见由组长提出")
    if not opinion:
        raise Refused("请填写专家组意见")
    if sitting.opinion_at is not None and sitting.opinion == opinion:
        return sitting
    sitting.opinion, sitting.opinion_at, sitting.returned = opinion, timezone.now(), ""
    sitting.save(update_fields=["opinion", "opinion_at", "returned"])
    sitting.members.update(agreed_at=None)
    seat.agreed_at = sitting.opinion_at
    seat.save(update_fields=["agreed_at"])
    tell(sitting, "sitting:opinion", "提出专家组意见", by, after={"name": seat.name})
    return sitting


@transaction.atomic
def agree(sitting_id: int, *, seen: str, dissent: str = "", by: Standing) -> Member:
    """Sign the opinion as a member, with one's dissent; `seen` is the opinion that was read."""
    sitting, seat = _present(sitting_id, by)
    if sitting.opinion_at is None:
        raise Refused("组长尚未提出专家组意见")
    if seen != version(sitting):
        raise Conflict("专家组意见已修改，请重新阅读后签署")
    dissent = dissent.strip()[:MOST_DISSENT]
    if seat.agreed_at is not None and seat.dissent == dissent:
        return seat
    seat.agreed_at, seat.dissent = timezone.now(), dissent
    seat.save(update_fields=["agreed_at", "dissent"])
    after = {"name": seat.name, "dissent": bool(dissent)}
    tell(sitting, "sitting:agree", "签署专家组意见", by, after=after)
    return seat


@transaction.atomic
def give_back(sitting_id: int, *, reason: str, by: Standing) -> Sitting:
    """Give an opinion back to the panel, as the lead department, with the reason."""
    sitting = locked(sitting_id)
    stage = State(sitting.state)
    sitting.state = target(sitting, Act.RETURN, by).value
    if LIFECYCLE.needs_reason(stage, Act.RETURN) and not reason.strip():
        raise Refused("请填写退回修改的理由")
    if sitting.opinion_at is None:
        raise Refused("组长尚未提出专家组意见")
    sitting.opinion_at, sitting.returned = None, reason.strip()[:500]
    sitting.save(update_fields=["opinion_at", "returned"])
    sitting.members.update(agreed_at=None)
    tell(sitting, "sitting:return", Act.RETURN.label, by, reason=sitting.returned)
    return sitting


def version(sitting: Sitting) -> str:
    """Return the mark by which a member says which opinion was read."""
    return sitting.opinion_at.isoformat() if sitting.opinion_at else ""


def _present(sitting_id: int, by: Standing) -> tuple[Sitting, Member]:
    """Return sitting and seat while the panel works on its opinion: after scoring, before 审定."""
    sitting, seat = seat_of(sitting_id, by)
    if sitting.state != State.SCORING:
        raise Refused(f"本次会议{sitting.get_state_display()}，专家组意见不能修改")
    if not access.all_in(sitting):
        raise Refused("全部专家确认评分后，才能提出和签署专家组意见")
    return sitting, seat
