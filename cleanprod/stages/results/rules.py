"""The life of a batch of results: drafted, in publicity 公示, announced 公布, reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term
from cleanprod.stages.review.rules import Conclusion


class State(Term):
    """Where a batch stands."""

    DRAFT = "draft", "拟定中"
    PUBLICITY = "publicity", "公示中"
    ANNOUNCED = "announced", "已公布"
    REPORTED = "reported", "已报送省"
    STOPPED = "stopped", "已终止"


class Act(Term):
    """What can be done to a batch."""

    EDIT = "edit", "修改"
    PUBLICISE = "publicise", "开始公示"
    COSIGN = "cosign", "会签"
    ANNOUNCE = "announce", "公布"
    REPORT = "report", "报送省两部门"
    STOP = "stop", "终止"


_LEAD = frozenset({Part.LEAD})
_PARTNER = frozenset({Part.PARTNER})

LIFECYCLE: Lifecycle[State, Act, Part] = Lifecycle(
    (
        Move(Act.EDIT, State.DRAFT, State.DRAFT, _LEAD),
        Move(Act.PUBLICISE, State.DRAFT, State.PUBLICITY, _LEAD),
        Move(Act.STOP, State.DRAFT, State.STOPPED, _LEAD, reason=True),
        Move(Act.COSIGN, State.PUBLICITY, State.PUBLICITY, _PARTNER),
        Move(Act.ANNOUNCE, State.PUBLICITY, State.ANNOUNCED, _LEAD),
        Move(Act.STOP, State.PUBLICITY, State.STOPPED, _LEAD, reason=True),
        Move(Act.REPORT, State.ANNOUNCED, State.REPORTED, _LEAD),
    )
)
LIVE = frozenset({State.DRAFT, State.PUBLICITY, State.ANNOUNCED, State.REPORTED})
PUBLIC = frozenset({State.PUBLICITY, State.ANNOUNCED, State.REPORTED})
OUT = frozenset({State.ANNOUNCED, State.REPORTED})


class Part3(Term):
    """The three annexes of the announcement."""

    PASSED = "passed", "通过清洁生产审核验收企业名单"
    SIDE = "side", "取消或暂缓清洁生产审核企业名单"
    FAILED = "failed", "未通过清洁生产审核验收企业名单"


ANNEX_OF = {
    Conclusion.PASSED: Part3.PASSED,
    Conclusion.CANCELLED: Part3.SIDE,
    Conclusion.DEFERRED: Part3.SIDE,
    Conclusion.FAILED: Part3.FAILED,
}


class Counting(Term):
    """How the days of a publicity are counted."""

    CALENDAR = "calendar", "自然日"
    WORKING = "working", "工作日"


class Verdict(Term):
    """What became of an objection."""

    REJECTED = "rejected", "异议不成立"
    STRUCK = "struck", "异议成立，本批不公布该企业"
    OVERTURNED = "overturned", "异议成立，撤回原结果"


def written(day: date) -> str:
    """Return a day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


@dataclass(frozen=True, slots=True)
class Publicity:
    """From when to when a publicity runs, both days included, and how that was counted."""

    first: date
    last: date
    days: int
    counting: Counting
    note: str = ""

    def explained(self) -> str:
        """Return the period in words."""
        return (
            f"{written(self.first)}至{written(self.last)}"
            f"（{self.days}个{self.counting.label}，首日计入{self.note}）"
        )


def calendar_publicity(first: date, days: int) -> Publicity:
    """Return a publicity of so many calendar days, the first one counted."""
    if days < 1:
        raise Refused("公示期不少于1天")
    return Publicity(first, first + timedelta(days=days - 1), days, Counting.CALENDAR)


def remaining(last: date, today: date) -> int:
    """Return how many days of a publicity are left, today included; never less than none."""
    return max(0, (last - today).days + 1)


@dataclass(frozen=True, slots=True)
class Hindrances:
    """What may stand in the way of an announcement."""

    last: date | None
    today: date
    unanswered: int
    standing: int
    joint: bool
    cosigned: bool

    def named(self) -> list[str]:
        """Return all that stands in the way, in Chinese; empty when nothing does."""
        found = []
        if self.last is None or self.today <= self.last:
            until = f"，{self.last.isoformat()}届满" if self.last else ""
            found.append(f"公示期未满{until}")
        if self.unanswered:
            found.append(f"还有{self.unanswered}件异议未答复")
        if not self.standing:
            found.append("本批没有可公布的企业")
        if self.joint and not self.cosigned:
            found.append("联合公布须经同市另一部门会签")
        return found


class Listed(Protocol):
    """What the wording of a paper reads of a line."""

    conclusion: str


def counted(lines: Sequence[Listed]) -> str:
    """Return in words how many firms passed, did not, were cancelled or deferred."""
    words = []
    for conclusion in Conclusion:
        number = sum(line.conclusion == conclusion for line in lines)
        if number:
            words.append(f"{conclusion.label}{number}家")
    return "、".join(words)
