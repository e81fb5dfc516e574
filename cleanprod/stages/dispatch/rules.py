"""Words and rules of dispatch 进度调度: what is asked, about whom, who answered, and when."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.ranking import share
from cleanprod.kernel.term import Term


class Addressed(Term):
    """Who answers a dispatch."""

    CITY = "city", "各地市牵头部门"
    COUNTY = "county", "各县（市、区）、镇街、园区"
    ENTERPRISE = "enterprise", "企业"


class Side(Term):
    """Which side of a dispatch a person stands on."""

    OPENER = "opener", "发起部门"
    RECIPIENT = "recipient", "报送单位"


class DispatchStage(Term):
    """Where a dispatch stands."""

    DRAFT = "draft", "起草中"
    OPEN = "open", "报送中"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


class DispatchAct(Term):
    """What can be done to a dispatch."""

    EDIT = "edit", "修改"
    OPEN = "open", "下发调度"
    ANSWER = "answer", "报送"
    RETURN = "return", "退回补充"
    REMIND = "remind", "再次催办"
    CLOSE = "close", "结束调度"
    CANCEL = "cancel", "取消调度"


_OPENER, _RECIPIENT = frozenset({Side.OPENER}), frozenset({Side.RECIPIENT})
DISPATCHES: Lifecycle[DispatchStage, DispatchAct, Side] = Lifecycle(
    [
        Move(DispatchAct.EDIT, DispatchStage.DRAFT, DispatchStage.DRAFT, _OPENER),
        Move(DispatchAct.OPEN, DispatchStage.DRAFT, DispatchStage.OPEN, _OPENER),
        Move(DispatchAct.ANSWER, DispatchStage.OPEN, DispatchStage.OPEN, _RECIPIENT),
        Move(DispatchAct.RETURN, DispatchStage.OPEN, DispatchStage.OPEN, _OPENER, reason=True),
        Move(DispatchAct.REMIND, DispatchStage.OPEN, DispatchStage.OPEN, _OPENER),
        Move(DispatchAct.CLOSE, DispatchStage.OPEN, DispatchStage.CLOSED, _OPENER),
        Move(
            DispatchAct.CANCEL, DispatchStage.DRAFT, DispatchStage.CANCELLED, _OPENER, reason=True
        ),
        Move(DispatchAct.CANCEL, DispatchStage.OPEN, DispatchStage.CANCELLED, _OPENER, reason=True),
    ]
)


class Kind(Term):
    """What sort of answer a field takes."""

    CHOICE = "choice", "选项"
    DAY = "day", "日期"
    TEXT = "text", "文字"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked about each enterprise; the set of fields is data of the rulebook."""

    key: str
    label: str
    kind: Kind
    required: bool = False
    longest: int = 500
    options: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the field as a dispatch keeps it."""
        return {
            "key": self.key, "label": self.label, "kind": self.kind.value,
            "required": self.required, "longest": self.longest, "options": list(self.options),
        }  # fmt: skip


def fields_of(kept: Iterable[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the fields that a dispatch keeps."""
    return tuple(
        Field(
            one["key"], one["label"], Kind(one["kind"]), bool(one.get("required")),
            int(one.get("longest", 500)), tuple(one.get("options", ())),
        )
        for one in kept
    )  # fmt: skip


def fields_in(table: Mapping[str, Mapping[str, Any]]) -> tuple[Field, ...]:
    """Return the fields that the rulebook offers, in its order."""
    ordered = sorted(table.items(), key=lambda item: item[1].get("place", 0))
    return fields_of({"key": key, **said} for key, said in ordered)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rounds a dispatch is about.

    A round is in the list if it is overdue with one of the duties, stands in one of the stages, or
    was ticked by hand; `lead` and `year` narrow the first two ways.
    """

    duties: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    lead: str = ""
    year: int | None = None
    picked: tuple[int, ...] = ()

    @property
    def empty(self) -> bool:
        """Tell whether it can find nothing."""
        return not (self.duties or self.stages or self.picked)

    def as_json(self) -> dict[str, Any]:
        """Return the selection as a dispatch keeps it."""
        return {
            "duties": list(self.duties), "stages": list(self.stages), "lead": self.lead,
            "year": self.year, "picked": list(self.picked),
        }  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Selection":
        """Return the selection that a dispatch keeps."""
        return cls(
            tuple(kept.get("duties", ())), tuple(kept.get("stages", ())), kept.get("lead", ""),
            kept.get("year"), tuple(kept.get("picked", ())),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """How many rows were answered of those asked; the share is exact, 0 of 0 has none."""

    answered: int
    asked: int
    late: int = 0

    @property
    def share(self) -> Fraction | None:
        """Return the exact share, None where nothing was asked."""
        return share(self.answered, self.asked)

    @property
    def done(self) -> bool:
        """Tell whether everything asked was answered."""
        return self.answered >= self.asked

    def __add__(self, other: "Rate") -> "Rate":
        """Return both together."""
        return Rate(
            self.answered + other.answered, self.asked + other.asked, self.late + other.late
        )


def checked_opening(*, rows: int, answer_on: date, today: date) -> None:
    """Refuse a dispatch about nobody, or one whose answer day is past."""
    if not rows:
        raise Refused("清单中没有企业：辖区内没有符合所选条件的本轮审核")
    if answer_on < today:
        raise Refused(f"报送期限 {answer_on.isoformat()} 早于今天 {today.isoformat()}")


def checked_words(
    *, title: str, reason: str, fields: Sequence[Field], selection: Selection
) -> None:
    """Refuse a dispatch without a title or a reason, one that asks nothing or about nobody."""
    if not title.strip():
        raise Refused("请填写调度标题")
    if not reason.strip():
        raise Refused("请填写调度事由")
    if not fields:
        raise Refused("请至少选择一项报送内容")
    if selection.empty:
        raise Refused("请选择逾期事项或所处阶段，或者在本轮审核中勾选企业")


def cleaned(fields: Sequence[Field], typed: Mapping[str, Any]) -> dict[str, str]:
    """Return the answer as it is kept; what is typed but not asked is left out.

    A choice outside its options, a day that is none and a text too long are refused.
    """
    kept = {}
    for field in fields:
        value = typed.get(field.key)
        text = value.isoformat() if isinstance(value, date) else str(value or "").strip()
        if not text:
            continue
        if field.kind is Kind.CHOICE and text not in field.options:
            raise Refused(f"“{field.label}”可填：{'、'.join(field.options)}")
        if field.kind is Kind.DAY and not is_day(text):
            raise Refused(f"“{field.label}”应为日期，如 2023-10-31")
        if len(text) > field.longest:
            raise Refused(f"“{field.label}”不超过{field.longest}个字")
        kept[field.key] = text
    return kept


def is_day(text: str) -> bool:
    """Tell whether a text is a day like 2023-10-31."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def lacking(fields: Sequence[Field], values: Mapping[str, str]) -> list[str]:
    """Return the labels of what must be answered and is not."""
    return [field.label for field in fields if field.required and not values.get(field.key)]


def days_late(due_on: date, on: date) -> int:
    """Return how many days a duty is overdue on a day, 0 if it is not."""
    return max((on - due_on).days, 0)


def is_late(answered_on: date | None, answer_on: date | None) -> bool:
    """Tell whether an answer came after its day."""
    return bool(answered_on and answer_on and answered_on > answer_on)


def owed_words(duties: Iterable[Mapping[str, Any]]) -> str:
    """Return what was owed in words, each with its day and how late it was."""
    said = []
    for one in duties:
        late = f"，逾期{one['late']}天" if one["late"] else ""
        said.append(f"{one['title']}（{one['due_on']}{late}）")
    return "；".join(said)
