"""What a periodic report says, from figures alone; nothing here reads the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cleanprod.kernel.term import Term


class Span(Term):
    """Which part of the year a report is about."""

    HALF = "half", "上半年"
    ANNUAL = "annual", "年度"


class Scope(Term):
    """Whose rounds a report is about."""

    OWN = "own", "本部门牵头"
    CITY = "city", "全市（两部门合计）"


def last_day(span: Span, year: int, today: date) -> date:
    """Return the as-of day of a report: the end of its part of the year, or today if earlier."""
    end = date(year, 6, 30) if span is Span.HALF else date(year, 12, 31)
    return min(end, today)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted up to the as-of day in enterprises; `overdue` ones owe something."""

    as_of: date
    lists: int
    listed: int
    mandatory: int
    registered: int
    planned: int
    accepted: int
    industry: int
    ecology: int
    completed: int
    failed: int
    deferred: int
    cancelled: int
    overdue: int
    target: int | None

    @property
    def voluntary(self) -> int:
        """Return the listed enterprises whose audit is voluntary."""
        return self.listed - self.mandatory

    @property
    def share(self) -> Fraction | None:
        """Return completed over accepted; None when nobody was accepted."""
        return Fraction(self.completed, self.accepted) if self.accepted else None


def percent(share: Fraction | None) -> str:
    """Return a share in per cent with two digits, rounded half up; none is a dash."""
    if share is None:
        return "—"
    hundredths = (share * 20_000 + 1) // 2
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def _goal(figures: Figures, scope: Scope) -> str:
    """Return what is said of the target, which both departments share."""
    if scope is Scope.OWN:
        return "年度预期目标为两部门合计，见全市报告。"
    if not figures.target:
        return "年度预期目标尚未确定。"
    progress = percent(Fraction(figures.accepted, figures.target))
    return f"年度预期目标{figures.target}家（两部门合计），目标完成进度{progress}%。"


def sections(figures: Figures, scope: Scope) -> Sequence[tuple[str, tuple[str, ...]]]:
    """Return the headings and sentences that the records fill in."""
    of_whom = (
        f"（工业和信息化牵头{figures.industry}家，生态环境牵头{figures.ecology}家）"
        if scope is Scope.CITY
        else ""
    )
    share = "" if figures.share is None else f"，占比{percent(figures.share)}%"
    return (
        (
            "名单公布和企业注册情况",
            (
                f"公布年度清洁生产审核企业名单{figures.lists}份，列入企业{figures.listed}家"
                "（再次列入、继续办理上一轮审核的不重复计算），其中"
                f"强制性{figures.mandatory}家、自愿性{figures.voluntary}家。",
                f"已注册{figures.registered}家，已填报审核计划{figures.planned}家。",
            ),
        ),
        (
            "评估验收和“平台”完成情况",
            (
                f"通过清洁生产审核验收企业{figures.accepted}家{of_whom}，其中“平台”完成验收流程"
                f"{figures.completed}家{share}，尚未完成"
                f"{figures.accepted - figures.completed}家。",
                f"未通过{figures.failed}家，暂缓{figures.deferred}家，取消{figures.cancelled}家。",
                _goal(figures, scope),
            ),
        ),
        (
            "期限落实情况",
            (f"有逾期未办事项的企业{figures.overdue}家。",),
        ),
    )
