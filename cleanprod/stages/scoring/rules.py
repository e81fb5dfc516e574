"""Words, moves and arithmetic of sittings: sheets, scores, totals, what needs a reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from cleanprod.foundation.organisations.rules import Part, Role
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term

FULL_MARK = Decimal(100)
UNCONFIRMED = "占位（待核实）"
_HALF, _CENT, _ZERO = Decimal("0.5"), Decimal("0.01"), Decimal(0)


class Purpose(Term):
    """What a sitting decides."""

    ASSESSMENT = "assessment", "评估"
    ACCEPTANCE = "acceptance", "验收"


class Focus(Term):
    """What the notice 粤工信节能函〔2023〕4号 二（二） tells reviews to look at above all."""

    PROCESS = "process", "过程规范性"
    MEASURES = "measures", "方案针对性和有效性"
    ACCOUNTING = "accounting", "绩效核算科学性"


class State(Term):
    """Where a sitting stands."""

    SCORING = "scoring", "评分中"
    CONFIRMED = "confirmed", "已审定"
    CANCELLED = "cancelled", "已作废"


class Act(Term):
    """What the lead department does to a sitting."""

    RETURN = "return", "退回专家组修改意见"
    CONFIRM = "confirm", "审定"
    CANCEL = "cancel", "作废"


_LEAD = frozenset({Part.LEAD})
LIFECYCLE: Lifecycle[State, Act, Part] = Lifecycle(
    [
        Move(Act.RETURN, State.SCORING, State.SCORING, _LEAD, reason=True),
        Move(Act.CONFIRM, State.SCORING, State.CONFIRMED, _LEAD),
        Move(Act.CANCEL, State.SCORING, State.CANCELLED, _LEAD, reason=True),
    ]
)


class SheetState(Term):
    """Where a score sheet that was loaded stands."""

    DRAFT = "draft", "待复核"
    IN_FORCE = "in_force", "已启用"
    WITHDRAWN = "withdrawn", "已停用"


class SheetAct(Term):
    """What the province does to a score sheet."""

    CONSENT = "consent", "复核启用"
    WITHDRAW = "withdraw", "停用"


_PROVINCE = frozenset({Role.PROVINCE})
SHEETS: Lifecycle[SheetState, SheetAct, Role] = Lifecycle(
    [
        Move(SheetAct.CONSENT, SheetState.DRAFT, SheetState.IN_FORCE, _PROVINCE),
        Move(SheetAct.WITHDRAW, SheetState.DRAFT, SheetState.WITHDRAWN, _PROVINCE, reason=True),
        Move(SheetAct.WITHDRAW, SheetState.IN_FORCE, SheetState.WITHDRAWN, _PROVINCE, reason=True),
    ]
)


class BadSheet(Refused):
    """A sheet cannot be used; `errors` tells every mistake."""

    def __init__(self, errors: Sequence[str]) -> None:
        """Keep all mistakes and say them in one text."""
        super().__init__("；".join(errors))
        self.errors = tuple(errors)


@dataclass(frozen=True, slots=True)
class Veto:
    """A finding that stops the total."""

    number: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """A scored item with its maximum, and the focus it belongs to where the sheet names one."""

    number: str
    text: str
    maximum: Decimal
    focus: Focus | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """Scored items under one heading."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """What a total means from `start` on, or only `above` it, up to the next band."""

    start: Decimal
    above: bool
    meaning: str
    passes: bool

    def reached(self, total: Decimal) -> bool:
        """Tell whether a total lies in this band or in one after it."""
        return total > self.start if self.above else total >= self.start


@dataclass(frozen=True, slots=True)
class Sheet:
    """One version of a score sheet."""

    key: str
    purpose: Purpose
    name: str
    version: str
    effective_from: date
    source: str
    unconfirmed: bool
    vetoes: tuple[Veto, ...]
    sections: tuple[Section, ...]
    bonus: tuple[Item, ...]
    pass_mark: Decimal
    bands: tuple[Band, ...]
    gap: Decimal
    half_points: bool
    reason_for_zero: bool
    reason_for_full: bool

    @property
    def items(self) -> tuple[Item, ...]:
        """Return the scored items of all sections, without the bonus."""
        return tuple(item for section in self.sections for item in section.items)

    def band(self, total: Decimal) -> Band:
        """Return what a total means."""
        return [band for band in self.bands if band.reached(total)][-1]

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers of all items: vetoes, scored items, bonus."""
        rows: list[Veto | Item] = [*self.vetoes, *self.items, *self.bonus]
        return tuple(one.number for one in rows)


def sheet_of(body: Mapping[str, Any]) -> Sheet:
    """Return the sheet that a body says, or raise BadSheet with every mistake."""
    try:
        sheet = _read(body)
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise BadSheet([f"评分表缺少内容或格式不对：{error}"]) from error
    errors = [*_wrong_items(sheet), *_wrong_bands(sheet)]
    if errors:
        raise BadSheet(errors)
    return sheet


def _read(body: Mapping[str, Any]) -> Sheet:
    return Sheet(
        key=body["key"],
        purpose=Purpose(body["purpose"]),
        name=body["name"],
        version=body["version"],
        effective_from=date.fromisoformat(body["effective_from"]),
        source=body["source"],
        unconfirmed=body["unconfirmed"],
        vetoes=tuple(Veto(one["number"], one["text"]) for one in body["vetoes"]),
        sections=tuple(Section(one["title"], _items(one["items"])) for one in body["sections"]),
        bonus=_items(body["bonus"]),
        pass_mark=Decimal(body["pass_mark"]),
        bands=tuple(
            Band(Decimal(one["start"]), one["above"], one["meaning"], one["passes"])
            for one in body["bands"]
        ),
        gap=Decimal(body["gap"]),
        half_points=body["half_points"],
        reason_for_zero=body["reason_for_zero"],
        reason_for_full=body["reason_for_full"],
    )


def _items(rows: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(
        Item(row["number"], row["text"], Decimal(row["maximum"]), _focus(row.get("focus")))
        for row in rows
    )


def _focus(said: str | None) -> Focus | None:
    """Return the focus of an item; sheets of before 2023 name none."""
    return Focus(said) if said else None


def _wrong_items(sheet: Sheet) -> list[str]:
    errors = []
    rows = [*sheet.items, *sheet.bonus]
    named: list[Veto | Item] = [*sheet.vetoes, *rows]
    numbers = sheet.numbers
    for number in sorted({one for one in numbers if numbers.count(one) > 1}):
        errors.append(f"项目序号{number}重复")
    errors += [f"项目{one.number}缺少内容" for one in named if not one.text.strip()]
    errors += [f"项目{one.number}的满分应大于0" for one in rows if not one.maximum > 0]
    whole = sum((one.maximum for one in sheet.items), _ZERO)
    if whole != FULL_MARK:
        errors.append(f"评分项目满分合计为{whole}，应为{FULL_MARK}")
    return errors


def _wrong_bands(sheet: Sheet) -> list[str]:
    if not sheet.bands:
        return ["没有结论分档"]
    errors = []
    marks = [(band.start, band.above) for band in sheet.bands]
    if marks[0] != (_ZERO, False):
        errors.append("结论分档应从0分起")
    if any(after <= before for before, after in zip(marks, marks[1:], strict=False)):
        errors.append("结论分档应由低到高，不得重叠")
    if marks[-1][0] > FULL_MARK:
        errors.append(f"结论分档超出{FULL_MARK}分")
    if not _ZERO < sheet.pass_mark <= FULL_MARK:
        errors.append(f"合格分数{sheet.pass_mark}不在0至{FULL_MARK}之间")
    first = next((band for band in sheet.bands if band.passes), None)
    if first is None or (first.start, first.above) != (sheet.pass_mark, False):
        errors.append(f"通过的分档应从合格分数{sheet.pass_mark}起")
    return errors


@dataclass(frozen=True, slots=True)
class Answers:
    """What a member gave: scores, findings that stop the total, remarks, a dissent."""

    scores: Mapping[str, Decimal]
    vetoes: frozenset[str] = frozenset()
    remarks: Mapping[str, str] = field(default_factory=dict)
    dissent: str = ""


def fingerprint(answers: Answers) -> str:
    """Return the SHA-256 of scores, vetoes and remarks, by which a later change is found."""
    scores = {number: f"{value.normalize():f}" for number, value in answers.scores.items()}
    whole = [scores, sorted(answers.vetoes), dict(answers.remarks)]
    return sha256(json.dumps(whole, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def score_of(typed: str, item: Item, *, half: bool) -> Decimal:
    """Return the score that was typed for an item, or refuse what it cannot be."""
    try:
        value = Decimal(typed.strip())
    except InvalidOperation:
        raise Refused(f"{item.number}：请填写数字") from None
    if not value.is_finite() or not _ZERO <= value <= item.maximum:
        raise Refused(f"{item.number}：应在0至{item.maximum}分之间")
    step = _HALF if half else Decimal(1)
    if value % step:
        raise Refused(f"{item.number}：最小计分单位为{step}分")
    return value


def lacking(sheet: Sheet, answers: Answers) -> dict[str, str]:
    """Return what must still be given before signing, by number of the item."""
    missing = {}
    for item in (*sheet.items, *sheet.bonus):
        score = answers.scores.get(item.number)
        if score is None:
            if item not in sheet.bonus:
                missing[item.number] = f"{item.number}：请评分"
        elif _asks(sheet, item, score) and not answers.remarks.get(item.number):
            word = "0分" if score == 0 else "满分"
            missing[item.number] = f"{item.number}：给{word}的，请说明理由"
    for veto in sheet.vetoes:
        if veto.number in answers.vetoes and not answers.remarks.get(veto.number):
            missing[veto.number] = f"{veto.number}：认定否决项的，请说明理由"
    return missing


def _asks(sheet: Sheet, item: Item, score: Decimal) -> bool:
    if item in sheet.bonus:
        return score > 0
    zero, full = score == 0, score == item.maximum
    return (zero and sheet.reason_for_zero) or (full and sheet.reason_for_full)


def short(points: Decimal) -> str:
    """Return points without needless zeros."""
    return f"{points.normalize():f}"


def total(sheet: Sheet, answers: Answers) -> Decimal | None:
    """Return a member's total with bonus, at most the full mark; a veto leaves none."""
    if answers.vetoes:
        return None
    known = (*sheet.items, *sheet.bonus)
    return min(sum((answers.scores.get(one.number, _ZERO) for one in known), _ZERO), FULL_MARK)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What all members together come to; without a mean when one of them found a veto."""

    mean: Decimal | None
    spread: Decimal | None
    meaning: str
    passes: bool
    wide: bool


def outcome(sheet: Sheet, members: Sequence[Answers]) -> Outcome:
    """Return the outcome of a sitting whose members are all in.

    The band is read from the exact mean; the mean that is shown has two decimals.
    """
    totals = [total(sheet, one) for one in members]
    given = [one for one in totals if one is not None]
    if len(given) < len(totals) or not totals:
        return Outcome(None, None, "存在否决项，不予通过", False, False)
    exact = sum(given, _ZERO) / len(given)
    band = sheet.band(exact)
    spread = max(given) - min(given)
    shown = exact.quantize(_CENT, ROUND_HALF_UP)
    return Outcome(shown, spread, band.meaning, band.passes, spread > sheet.gap)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a past sitting would have come to under another sheet; None when it cannot be told."""

    before: bool
    after: Outcome | None


def replayed(new: Sheet, old: Sheet, members: Sequence[Answers], before: bool) -> Replayed:
    """Score a past sitting under another sheet, if both ask for the same with the same maximum."""
    same = {(one.number, one.maximum) for one in new.items} == {
        (one.number, one.maximum) for one in old.items
    }
    vetoes = {one.number for one in new.vetoes} >= {
        number for member in members for number in member.vetoes
    }
    return Replayed(before, outcome(new, members) if same and vetoes else None)
