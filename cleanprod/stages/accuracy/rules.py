"""Accuracy 填报数据准确率: words, the life of a drawn value, and the exact fraction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cleanprod.kernel import draw as lots
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class Verdict(Term):
    """What the second person found when a value was held against its evidence."""

    RIGHT = "right", "与佐证一致"
    WRONG = "wrong", "与佐证不一致"


class Stage(Term):
    """Where a drawn value stands."""

    DRAWN = "drawn", "待复核"
    RIGHT = "right", "复核正确"
    LOST = "lost", "复核有误"
    CONTESTED = "contested", "有异议"
    UPHELD = "upheld", "异议不成立"
    RESTORED = "restored", "异议成立"


class Act(Term):
    """What can be done to a drawn value."""

    FIND_RIGHT = "find_right", "判为一致"
    FIND_WRONG = "find_wrong", "判为不一致"
    CONTEST = "contest", "提出异议"
    UPHOLD = "uphold", "维持扣分"
    RESTORE = "restore", "撤销扣分"


class Who(Term):
    """The part a person has in a drawn value."""

    CHECKER = "checker", "复核人"
    OWNER = "owner", "企业或牵头部门"
    PROVINCE = "province", "省级主管部门"


_CHECKER, _OWNER = frozenset({Who.CHECKER}), frozenset({Who.OWNER})
_PROVINCE = frozenset({Who.PROVINCE})

LIFECYCLE: Lifecycle[Stage, Act, Who] = Lifecycle(
    (
        Move(Act.FIND_RIGHT, Stage.DRAWN, Stage.RIGHT, _CHECKER),
        Move(Act.FIND_WRONG, Stage.DRAWN, Stage.LOST, _CHECKER, reason=True),
        Move(Act.CONTEST, Stage.LOST, Stage.CONTESTED, _OWNER, reason=True),
        Move(Act.UPHOLD, Stage.CONTESTED, Stage.UPHELD, _PROVINCE, reason=True),
        Move(Act.RESTORE, Stage.CONTESTED, Stage.RESTORED, _PROVINCE, reason=True),
    )
)
COUNTED_RIGHT = frozenset({Stage.RIGHT, Stage.RESTORED})
COUNTED = frozenset({*COUNTED_RIGHT, Stage.LOST, Stage.CONTESTED, Stage.UPHELD})
LOST = COUNTED - COUNTED_RIGHT
OPEN = frozenset({Stage.DRAWN, Stage.CONTESTED})

FORMULA = (
    "填报数据准确率 =（自动检查正确项数 + 抽样复核正确项数）÷（自动检查项数 + 抽样复核项数）；"
    "办结前的更正单列为修改率，不影响准确率；没有可核对项的记“—”，不参加排序。"
)


@dataclass(frozen=True, slots=True)
class Tally:
    """Fields found right of fields checked, automatically and in the sample, and corrections."""

    auto_checked: int = 0
    auto_right: int = 0
    sampled: int = 0
    sampled_right: int = 0
    corrected: int = 0

    @property
    def checked(self) -> int:
        """Return how many fields were checked in all."""
        return self.auto_checked + self.sampled

    @property
    def right(self) -> int:
        """Return how many of them were right."""
        return self.auto_right + self.sampled_right

    @property
    def accuracy(self) -> Fraction | None:
        """Return the exact share, or None where nothing was checked."""
        return Fraction(self.right, self.checked) if self.checked else None

    @property
    def corrections(self) -> Fraction | None:
        """Return the share of fields corrected before completion, or None."""
        return Fraction(self.corrected, self.auto_checked) if self.auto_checked else None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.auto_checked + other.auto_checked,
            self.auto_right + other.auto_right,
            self.sampled + other.sampled,
            self.sampled_right + other.sampled_right,
            self.corrected + other.corrected,
        )


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return what tallies come to together."""
    whole = Tally()
    for one in tallies:
        whole += one
    return whole


def sample_size(frame: int, *, percent: int, least: int) -> int:
    """Return how many of so many fields are drawn: a share rounded up, but not under the least."""
    if frame < 0 or not 0 < percent <= 100:
        raise Refused("抽样比例应在1至100之间")
    return min(frame, max(least, -(-frame * percent // 100)))


def drawn(seed: str, frame: Sequence[str], size: int) -> list[str]:
    """Draw the sample; anybody redoes it by the tickets of `kernel.draw`."""
    return lots.draw(seed, frame, size)


def name_of(round_id: int, code: str, column: str) -> str:
    """Return the name under which a field lies in the frame."""
    return f"round:{round_id}|{code}|{column}"
