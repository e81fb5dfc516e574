"""Words of the data check, of snapshots and of bulletins, and what a bulletin says from figures."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanprod.foundation.organisations.rules import Part
from cleanprod.insight.statistics.rules import CityCounts, places, printed_share, total_of
from cleanprod.kernel import ranking
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class Verdict(Term):
    """What a lead department says of one of its city's figures 数据核对."""

    CONFIRMED = "confirmed", "确认"
    DISPUTED = "disputed", "有异议"


class Kind(Term):
    """Which paper is written from a snapshot."""

    PLATFORM_USE = "platform-use", "“平台”使用情况通报"
    PROGRESS = "progress", "目标完成进度通报"
    BRIEF = "brief", "半年工作简报"


class State(Term):
    """Where a bulletin stands."""

    DRAFT = "draft", "起草中"
    FINAL = "final", "已定稿"
    ISSUED = "issued", "已印发"


class Act(Term):
    """What can be done to a bulletin."""

    EDIT = "edit", "修改"
    FINISH = "finish", "定稿"
    REOPEN = "reopen", "退回修改"
    ISSUE = "issue", "登记印发"
    SCAN = "scan", "补传扫描件"


_PROVINCE = frozenset({Part.PROVINCE})
LIFECYCLE: Lifecycle[State, Act, Part] = Lifecycle(
    [
        Move(Act.EDIT, State.DRAFT, State.DRAFT, _PROVINCE),
        Move(Act.FINISH, State.DRAFT, State.FINAL, _PROVINCE),
        Move(Act.REOPEN, State.FINAL, State.DRAFT, _PROVINCE, reason=True),
        Move(Act.ISSUE, State.FINAL, State.ISSUED, _PROVINCE),
        Move(Act.SCAN, State.ISSUED, State.ISSUED, _PROVINCE),
    ]
)

# The figures of a city that its departments check, each with its cells in a snapshot.
CHECKED = (
    "listed", "registered", "planned", "industry", "ecology", "platform_completed",
)  # fmt: skip


def fingerprint(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a snapshot's whole content in one canonical form."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Changed:
    """How one cell differs from the frozen one: records that came, records that left."""

    figure: str
    city: str
    frozen: int
    now: int
    came: tuple[int, ...]
    left: tuple[int, ...]


def compared(
    frozen: Mapping[tuple[str, str], Collection[int]],
    now: Mapping[tuple[str, str], Collection[int]],
) -> list[Changed]:
    """Return the cells whose records differ, by figure and city."""
    found = []
    for figure, city in sorted({*frozen, *now}):
        then, today = set(frozen.get((figure, city), ())), set(now.get((figure, city), ()))
        if then != today:
            found.append(
                Changed(
                    figure, city, len(then), len(today),
                    tuple(sorted(today - then)), tuple(sorted(then - today)),
                )
            )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Moved:
    """A frozen figure that no round stands behind and that would be another one today."""

    label: str
    city: str
    frozen: int | None
    now: int | None


def moved(
    label: str, frozen: Mapping[str, int | None], now: Mapping[str, int | None]
) -> list[Moved]:
    """Return the cities of which a figure is another one today; what is not there is None."""
    return [
        Moved(label, city, frozen.get(city), now.get(city))
        for city in sorted({*frozen, *now})
        if frozen.get(city) != now.get(city)
    ]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a snapshot froze, as the words of a bulletin need it."""

    year: int
    as_of: date
    rows: Sequence[CityCounts]
    lists: Mapping[str, int]
    filed: Collection[str]
    in_time: Collection[str]
    # By city, right and checked; None until the province adopted the formula.
    accuracy: Mapping[str, tuple[int, int]] | None = None

    @property
    def total(self) -> CityCounts:
        """Return the sum of all cities."""
        return total_of(self.rows)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the drafter sets: period, cut-off in per cent, whether cities are named, the texts."""

    period: str
    cutoff: Decimal | None
    name_cities: bool
    opening: str
    remarks: str
    problems: str
    demands: str


@dataclass(frozen=True, slots=True)
class Said:
    """One heading with its paragraphs; `fixed` ones state figures and are not edited."""

    heading: str
    level: int
    paragraphs: tuple[str, ...]
    fixed: bool = True


def period(year: int, as_of: date) -> str:
    """Return how the time is called: a whole year, its first half, or its months so far."""
    if as_of >= date(year, 12, 31):
        return f"{year}年"
    if (as_of.month, as_of.day) == (6, 30):
        return f"{year}年上半年"
    return f"{year}年1月至{as_of.month}月"


BLANK_DAY = "　　月　　日"  # where the drafter still has to write a day


def in_figures(day: date) -> str:
    """Return a day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def leading(figures: Figures, cutoff: Decimal | None) -> list[CityCounts]:
    """Return the cities at or above a share, in rank order; without a cut-off none."""
    if cutoff is None:
        return []
    if not 0 < cutoff <= 100:
        raise Refused("“占比较高”的界限应在0至100%之间")
    place = places(figures.rows)
    wanted = Fraction(cutoff) / 100
    found = [row for row in figures.rows if row.share is not None and row.share >= wanted]
    return sorted(found, key=lambda row: (place[row.code] or 0, row.no))


def lagging(figures: Figures) -> list[CityCounts]:
    """Return the cities below the province's share, the lowest first."""
    whole = figures.total.share
    if whole is None:
        return []
    place = places(figures.rows)
    found = [row for row in figures.rows if row.share is not None and row.share < whole]
    return sorted(found, key=lambda row: (-(place[row.code] or 0), row.no))


def says(kind: Kind, figures: Figures, choices: Choices) -> list[Said]:
    """Return what a bulletin says, heading by heading; figures come from the snapshot alone."""
    return [one for one in _SAYERS[kind](figures, choices) if one.paragraphs or one.level == 1]


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _names(rows: Iterable[CityCounts]) -> str:
    return "、".join(row.city for row in rows)


def _lists(figures: Figures) -> str:
    published = [row for row in figures.rows if figures.lists.get(row.code)]
    missing = [row for row in figures.rows if not figures.lists.get(row.code)]
    if not published:
        return f"尚无地市公布{figures.year}年度清洁生产审核企业名单。"
    in_time = f"{len(figures.in_time)}个地市" if figures.in_time else "没有地市"
    said = (
        f"{len(published)}个地市公布{figures.year}年度清洁生产审核企业名单"
        f"{sum(figures.lists.values())}份并导入“平台”，列入企业{figures.total.listed}家"
        "（再次列入、继续办理上一轮审核的不重复计算）；"
        f"{in_time}按期公布，"
    )
    said += f"{len(figures.filed)}个地市已登记备案。" if figures.filed else "尚无地市登记备案。"
    if missing:
        said += f"尚未公布的地市{len(missing)}个。"
    return said


def _registered(figures: Figures) -> str:
    total = figures.total
    return (
        f"列入名单的企业中，已在“平台”注册{total.registered}家，已填报审核计划{total.planned}家。"
    )


def _accepted(figures: Figures) -> str:
    total = figures.total
    share = printed_share(total.share)
    rate = f"，占比{share}%" if total.share is not None else ""
    return (
        f"通过清洁生产审核验收企业{total.total}家，其中工业和信息化牵头{total.industry}家、"
        f"生态环境牵头{total.ecology}家；“平台”完成验收流程{total.platform_completed}家{rate}，"
        f"尚未完成{total.not_completed}家（详见附件）。"
    )


def _progress(figures: Figures) -> str:
    total = figures.total
    if not total.target:
        return f"{figures.year}年预期目标尚未确定。"
    reached = [row for row in figures.rows if row.progress is not None and row.progress >= 1]
    done = f"已完成预期目标的地市{len(reached)}个" if reached else "尚无地市完成预期目标"
    return (
        f"{figures.year}年预期目标{total.target}家，通过验收{total.total}家，目标完成进度"
        f"{printed_share(total.progress)}%；{done}。"
    )


def _accuracy(figures: Figures) -> tuple[str, ...]:
    """Return what is said of the accuracy of reported data: nothing until it is adopted."""
    if figures.accuracy is None:
        return ()
    names = {row.code: row.city for row in figures.rows}
    counted = [(names[code], good, all_) for code, (good, all_) in figures.accuracy.items() if all_]
    right, checked = sum(good for _, good, _ in counted), sum(all_ for _, _, all_ in counted)
    if not checked:
        return ("没有已封存的填报数据核查结果。",)
    ranked = ranking.rank(counted)
    best = [one.key for one in ranked if one.place == 1]
    return (
        f"{len(counted)}个地市完成填报数据核查，核查数据{checked}项，正确"
        f"{right}项，填报数据准确率{printed_share(ranking.share(right, checked))}%，"
        f"准确率最高的地市为{'、'.join(best)}。",
    )


def _high(figures: Figures, choices: Choices) -> tuple[str, ...]:
    found = leading(figures, choices.cutoff)
    if not found:
        return ()
    return (f"{choices.period}在“平台”完成验收流程占比较高的地市有{_names(found)}{len(found)}市。",)


def _low(figures: Figures, choices: Choices) -> tuple[str, ...]:
    found = lagging(figures)
    if not found:
        return _lines(choices.problems)
    named = f"：{_names(found)}" if choices.name_cities else ""
    said = (
        f"“平台”完成验收流程占比低于全省平均水平的地市{len(found)}个{named}，"
        "部分已通过验收的企业没有按时完成“平台”填报流程。"
    )
    return (said, *_lines(choices.problems))


def _platform_use(figures: Figures, choices: Choices) -> Iterable[Said]:
    yield Said("总体情况", 1, ())
    yield Said("名单公布、导入、备案", 2, (_lists(figures),))
    yield Said("注册和审核计划填报", 2, (_registered(figures),))
    yield Said("评估验收及“平台”完成验收流程", 2, (_accepted(figures),))
    yield Said("目标完成进度", 2, (_progress(figures),))
    yield Said("填报数据准确率", 2, _accuracy(figures))
    yield Said("", 0, _lines(choices.remarks), fixed=False)
    high = _high(figures, choices)
    if high:
        yield Said("占比较高的地市", 1, high)
    yield Said("存在问题", 1, _low(figures, choices))
    yield Said("下一步工作要求", 1, _lines(choices.demands), fixed=False)


def _goal(figures: Figures, choices: Choices) -> Iterable[Said]:
    yield Said("总体情况", 1, (_progress(figures), _accepted(figures), *_lines(choices.remarks)))
    done = [row for row in figures.rows if row.progress is not None and row.progress >= 1]
    done.sort(key=lambda row: (-(row.progress or 0), row.no))
    if done:
        yield Said("已完成预期目标的地市", 1, (f"{_names(done)}{len(done)}市已完成预期目标。",))
    problems = (*_unreached(figures, choices), *_lines(choices.problems))
    if problems:
        yield Said("存在问题", 1, problems)
    yield Said("下一步工作要求", 1, _lines(choices.demands), fixed=False)


def _unreached(figures: Figures, choices: Choices) -> tuple[str, ...]:
    behind = [row for row in figures.rows if row.progress is not None and row.progress < 1]
    behind.sort(key=lambda row: (row.progress or 0, row.no))
    if not behind:
        return ()
    if len(behind) == len(figures.rows):
        return ("各地市均未完成预期目标。",)
    named = f"：{_names(behind)}" if choices.name_cities else ""
    return (f"尚未完成预期目标的地市{len(behind)}个{named}。",)


def _brief(figures: Figures, choices: Choices) -> Iterable[Said]:
    yield Said("名单和备案", 1, (_lists(figures), _registered(figures)))
    yield Said("评估验收", 1, (_accepted(figures), *_high(figures, choices)))
    yield Said("目标完成进度", 1, (_progress(figures), *_lines(choices.remarks)))
    problems = _lines(choices.problems)
    if problems:
        yield Said("存在问题", 1, problems, fixed=False)
    yield Said("下一步工作", 1, _lines(choices.demands), fixed=False)


_SAYERS = {Kind.PLATFORM_USE: _platform_use, Kind.PROGRESS: _goal, Kind.BRIEF: _brief}
_SUBJECT = {
    Kind.PLATFORM_USE: "“广东省清洁生产信息公共服务平台”使用情况的通报",
    Kind.PROGRESS: "清洁生产审核目标完成进度的通报",
    Kind.BRIEF: "清洁生产推行工作简报",
}


def named(kind: Kind, period: str) -> str:
    """Return the short name of a paper of a period; a half-year is not named twice."""
    return period + (kind.label.removeprefix("半年") if period.endswith("半年") else kind.label)


def title(kind: Kind, named_period: str, issuers: Sequence[str]) -> str:
    """Return the title of a bulletin; a brief has no issuers in its title."""
    if kind is Kind.BRIEF:
        return f"{named_period}{_SUBJECT[kind]}"
    return f"{' '.join(issuers)}关于{named_period}{_SUBJECT[kind]}"
