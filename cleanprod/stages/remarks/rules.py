"""Words, moves and pure decisions about remarks: who answers, who ticks off, what blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class Step(Term):
    """At which review a remark was made."""

    ASSESSMENT = "assessment", "评估"
    ACCEPTANCE = "acceptance", "验收"


class Kind(Term):
    """What a remark speaks of."""

    REPORT = "report", "审核报告"
    MEASURES = "measures", "方案"
    ACCOUNTING = "accounting", "绩效核算"
    SITE = "site", "现场"
    OTHER = "other", "其他"


class Weight(Term):
    """Whether a remark has to be acted on, or may be declined with a reason."""

    MUST = "must", "必须落实"
    ADVICE = "advice", "建议"


class State(Term):
    """Where a remark stands."""

    OPEN = "open", "待落实"
    REPLIED = "replied", "待复核"
    CLOSED = "closed", "已落实"
    DROPPED = "dropped", "已撤销"


class Act(Term):
    """What can be done to a remark."""

    REPLY = "reply", "回复"
    CLOSE = "close", "复核通过"
    REOPEN = "reopen", "退回再改"
    DROP = "drop", "撤销"


class Who(Term):
    """The part a person has in a remark."""

    ENTERPRISE = "enterprise", "企业"
    RAISER = "raiser", "提出意见的专家"
    LEAD = "lead", "牵头部门"


_FIRM = frozenset({Who.ENTERPRISE})
_LEAD = frozenset({Who.LEAD})
_CHECKERS = frozenset({Who.LEAD, Who.RAISER})

LIFECYCLE: Lifecycle[State, Act, Who] = Lifecycle(
    (
        Move(Act.REPLY, State.OPEN, State.REPLIED, _FIRM),
        Move(Act.CLOSE, State.REPLIED, State.CLOSED, _CHECKERS),
        Move(Act.REOPEN, State.REPLIED, State.OPEN, _CHECKERS, reason=True),
        Move(Act.REOPEN, State.CLOSED, State.OPEN, _LEAD, reason=True),
        Move(Act.DROP, State.OPEN, State.DROPPED, _LEAD, reason=True),
        Move(Act.DROP, State.REPLIED, State.DROPPED, _LEAD, reason=True),
    )
)


def settled(weight: Weight, state: State) -> bool:
    """Tell whether a remark no longer blocks: advice needs an answer, the others a tick."""
    if state in (State.CLOSED, State.DROPPED):
        return True
    return weight is Weight.ADVICE and state is State.REPLIED


@dataclass(frozen=True, slots=True)
class Said:
    """What a member of a sitting said about one item of the sheet."""

    member: int
    item: str
    text: str
    weight: Weight
    kind: Kind


def said_by(
    member: int,
    remarks: Mapping[str, str],
    vetoes: Iterable[str],
    *,
    items: Sequence[tuple[str, str, bool]],
) -> list[Said]:
    """Return the remarks of a member as items; `items` are number, section, lost points.

    A remark on a veto or where points were lost has to be acted on. Elsewhere the text is the
    reason for a full mark that the sheet asks for, and nothing to act on.
    """
    found = set(vetoes)
    return [
        Said(member, number, remarks[number].strip(), Weight.MUST, kind_of(section))
        for number, section, lost in items
        if (lost or number in found) and remarks.get(number, "").strip()
    ]


def kind_of(section: str) -> Kind:
    """Return what the section of a sheet speaks of, by the words of its title."""
    for words, kind in (
        (("绩效", "核算", "效果", "成效"), Kind.ACCOUNTING),
        (("方案",), Kind.MEASURES),
        (("现场",), Kind.SITE),
        (("报告", "规范", "过程", "真实"), Kind.REPORT),
    ):
        if any(word in section for word in words):
            return kind
    return Kind.OTHER


def checked_reply(changed: str, place: str) -> None:
    """Refuse a reply that does not say what was changed and where."""
    if not changed.strip():
        raise Refused("请填写作了哪些修改，未采纳的请说明理由")
    if not place.strip():
        raise Refused("请填写修改所在的章节、页码，没有修改的填“未修改”")
