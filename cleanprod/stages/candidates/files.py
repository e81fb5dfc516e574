"""The proposal and the five-year list as workbooks."""

from collections.abc import Mapping, Sequence
from datetime import date

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.web.downloads import Sheet, xlsx
from cleanprod.stages.candidates.rules import Due, Proposed
from cleanprod.stages.programme.rules import Category

_PROPOSAL = (
    "序号", "企业名称", "统一社会信用代码", "县区", "行业代码", "建议审核类型", "列入原因",
    "建议牵头部门", "建议理由", "VOCs重点监管", "上一轮名单年度", "上一轮结果", "上一轮日期",
    "本年度情况",
)  # fmt: skip
_DUE = (
    "序号", "企业名称", "统一社会信用代码", "县区", "最近通过验收", "间隔期届满", "距届满",
    "本轮情况",
)  # fmt: skip


def proposal_book(
    city: str, year: int, rows: Sequence[Proposed], firms: Mapping[int, Organisation]
) -> bytes:
    """Return the proposal as a workbook, one row an enterprise with all its reasons."""
    sheet = Sheet(
        "建议名单",
        _PROPOSAL,
        [_proposed(n, one, firms[one.firm.id]) for n, one in enumerate(rows, 1)],
        lead=(f"{city}{year}年度清洁生产审核建议名单",),
        notes=("本表由系统按规则生成，供编制名单参考；是否列入由主管部门确定。",),
    )
    return xlsx([sheet])


def _proposed(number: int, one: Proposed, firm: Organisation) -> tuple[object, ...]:
    newest = one.newest
    return (
        number, firm.name, firm.code, firm.county.name if firm.county else "", firm.industry,
        one.kind.label, "、".join(Category(key).label for key in one.categories), one.lead.label,
        "；".join(f"{why.reason.label}：{why.text}" for why in one.reasons),
        "、".join(level.label for level in one.firm.vocs),
        newest.list_year if newest else None, newest.stage.label if newest else "",
        newest.ended_on if newest else None, stand_of(one),
    )  # fmt: skip


def stand_of(one: Proposed) -> str:
    """Return in words whether the firm can still be listed this year."""
    if one.firm.listed is not None:
        return f"已列入：{one.firm.listed.title}"
    return "仍在开展" if one.under_way else "可纳入"


def due_book(
    city: str, today: date, lines: Sequence[Due], firms: Mapping[int, Organisation]
) -> bytes:
    """Return the five-year list as a workbook."""
    rows = [_due(n, line, firms[line.firm.id]) for n, line in enumerate(lines, 1)]
    title = f"{city}“双有”企业清洁生产审核间隔期清单（截至{today.isoformat()}）"
    return xlsx([Sheet("间隔期清单", _DUE, rows, lead=(title,))])


def _due(number: int, line: Due, firm: Organisation) -> tuple[object, ...]:
    return (
        number, firm.name, firm.code, firm.county.name if firm.county else "", line.accepted_on,
        line.due_on, left(line.months, line.days), "仍在开展" if line.under_way else "",
    )  # fmt: skip


def left(months: int, days: int) -> str:
    """Return in words how long it is until a day, or since when it is over."""
    length = f"{abs(months)}个月" if months else f"{abs(days)}天"
    return f"还有{length}" if days >= 0 else f"逾期{length}"
