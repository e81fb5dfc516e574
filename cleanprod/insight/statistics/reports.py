"""The official tables as columns and rows: one source for screen, files and commands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from cleanprod.insight.statistics import effects, queries
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import CityCounts, Report, places, total_of
from cleanprod.insight.statistics.tabled import Column, Tabled, day

_CITY = (Column("no", "序号"), Column("city", "地市"))


def compile_report(
    report: Report, moment: AsOf, rows: Sequence[CityCounts] | None = None
) -> Tabled:
    """Count a report afresh from the records, or lay out rows that were counted before."""
    if report is Report.EFFECTS:
        return effects.official(moment)
    if rows is None:
        rows = queries.counts(
            moment,
            with_lists=report in (Report.PLATFORM_USE, Report.OVERVIEW),
            with_targets=report in (Report.ANNEX2, Report.PROGRESS, Report.OVERVIEW),
        )
    return _MAKERS[report](moment, rows)


def _annex1(moment: AsOf, rows: Sequence[CityCounts]) -> Tabled:
    columns = (
        *_CITY,
        Column("industry", "工业和信息化牵头数量", figure="industry"),
        Column("ecology", "生态环境牵头数量", figure="ecology"),
        Column("total", "合计", figure="total"),
        Column("platform_completed", "“平台”完成验收流程企业数量", figure="platform_completed"),
    )

    def cells(row: CityCounts) -> dict[str, Any]:
        return {
            "industry": row.industry,
            "ecology": row.ecology,
            "total": row.total,
            "platform_completed": row.platform_completed,
        }

    return Tabled(
        Report.ANNEX1, moment, f"{moment.year}年通过清洁生产审核验收企业情况（家）", columns,
        _numbered(rows, cells), _total(rows, cells), annex="附件1",
        note=f"注：“平台”统计截至{day(moment)}，统计内容为{moment.year}年在平台开展流程的数量。",
    )  # fmt: skip


def _annex2(moment: AsOf, rows: Sequence[CityCounts]) -> Tabled:
    columns = (*_CITY, Column("target", "完成企业清洁生产审核数（家）"))

    def cells(row: CityCounts) -> dict[str, Any]:
        return {"target": row.target}

    return Tabled(
        Report.ANNEX2, moment, f"{moment.year}年各地清洁生产审核预期目标", columns,
        _numbered(rows, cells), _total(rows, cells), annex="附件2",
        note="注：表中数据为工业和信息化、生态环境主管部门组织实施清洁生产审核企业的合计数。",
    )  # fmt: skip


_USE_COLUMNS = (
    *_CITY,
    Column("listed", "名单企业", figure="listed"),
    Column("registered", "已注册", figure="registered"),
    Column("planned", "已填报审核计划", figure="planned"),
    Column("industry", "工业和信息化牵头", "通过验收", "industry"),
    Column("ecology", "生态环境牵头", "通过验收", "ecology"),
    Column("total", "合计", "通过验收", "total"),
    Column("platform_completed", "“平台”完成", figure="platform_completed"),
    Column("rate", "占比", share=True),
    Column("rank", "排序"),
    Column("not_completed", "尚未完成", figure="not_completed"),
)


def _platform_use(moment: AsOf, rows: Sequence[CityCounts]) -> Tabled:
    place = places(rows)

    def cells(row: CityCounts) -> dict[str, Any]:
        return {
            "listed": row.listed,
            "registered": row.registered,
            "planned": row.planned,
            "industry": row.industry,
            "ecology": row.ecology,
            "total": row.total,
            "platform_completed": row.platform_completed,
            "rate": row.share,
            "rank": place.get(row.code),
            "not_completed": row.not_completed,
        }

    return Tabled(
        Report.PLATFORM_USE, moment, f"{moment.year}年“平台”使用情况统计表", _USE_COLUMNS,
        _numbered(_by_rank(rows, place), cells), _total(rows, cells),
        unit="家、%", landscape=True,
        note=(
            f"注：1. 统计截至{day(moment)}。2. 按未取舍的占比排序。"
            "3. 没有通过验收企业的地市不参与排序。4. 视同开展的清洁生产审核不计入。"
        ),
    )  # fmt: skip


def _by_rank(rows: Sequence[CityCounts], place: Mapping[str, int | None]) -> list[CityCounts]:
    return sorted(rows, key=lambda row: (place[row.code] is None, place[row.code] or 0, row.no))


def _progress(moment: AsOf, rows: Sequence[CityCounts]) -> Tabled:
    columns = (
        *_CITY,
        Column("target", "预期目标"),
        Column("industry", "工业和信息化牵头", "通过验收", "industry"),
        Column("ecology", "生态环境牵头", "通过验收", "ecology"),
        Column("total", "合计", "通过验收", "total"),
        Column("progress", "目标完成进度", share=True),
        Column("platform_completed", "“平台”完成", figure="platform_completed"),
        Column("completed_progress", "“平台”完成占预期目标", share=True),
    )

    def cells(row: CityCounts) -> dict[str, Any]:
        return {
            "target": row.target,
            "industry": row.industry,
            "ecology": row.ecology,
            "total": row.total,
            "progress": row.progress,
            "platform_completed": row.platform_completed,
            "completed_progress": row.completed_progress,
        }

    return Tabled(
        Report.PROGRESS, moment, f"{moment.year}年各地清洁生产审核目标完成进度表", columns,
        _numbered(rows, cells), _total(rows, cells), unit="家、%", landscape=True,
        note=f"注：统计截至{day(moment)}；进度为通过验收企业数占预期目标的比例，可超过100%。",
    )  # fmt: skip


_OVERVIEW_COLUMNS = (
    *_CITY,
    Column("listed", "企业", "名单", "listed"),
    Column("registered", "已注册", "名单", "registered"),
    Column("planned", "已填计划", "名单", "planned"),
    Column("industry", "工信牵头", "通过验收", "industry"),
    Column("ecology", "环境牵头", "通过验收", "ecology"),
    Column("total", "合计", "通过验收", "total"),
    Column("platform_completed", "完成", "“平台”验收流程", "platform_completed"),
    Column("rate", "占比", "“平台”验收流程", share=True),
    Column("rank", "排序", "“平台”验收流程"),
    Column("not_completed", "尚未完成", "“平台”验收流程", "not_completed"),
    Column("target", "预期目标", "年度目标"),
    Column("progress", "完成进度", "年度目标", share=True),
)


def _overview(moment: AsOf, rows: Sequence[CityCounts]) -> Tabled:
    place = places(rows)

    def cells(row: CityCounts) -> dict[str, Any]:
        counted = {column.key: getattr(row, column.key, None) for column in _OVERVIEW_COLUMNS[2:]}
        return counted | {"rate": row.share, "rank": place.get(row.code)}

    return Tabled(
        Report.OVERVIEW, moment, f"{moment.year}年各市清洁生产审核情况总表", _OVERVIEW_COLUMNS,
        _numbered(rows, cells), _total(rows, cells), unit="家、%", landscape=True,
        note=(
            f"注：1. 统计截至{day(moment)}。2. 名单按本轮审核的名单年度（再次列入的不重复计算），"
            "通过验收、“平台”完成、年度目标按验收年度。3. 按未取舍的占比排序；"
            "没有通过验收企业的地市不参与排序。"
        ),
    )  # fmt: skip


Cells = Callable[[CityCounts], dict[str, Any]]


def _numbered(rows: Sequence[CityCounts], cells: Cells) -> list[dict[str, Any]]:
    return [
        {"no": number, "city": row.city, "code": row.code, **cells(row)}
        for number, row in enumerate(rows, start=1)
    ]


def _total(rows: Sequence[CityCounts], cells: Cells) -> dict[str, Any]:
    total = cells(total_of(rows))
    total.pop("rank", None)
    return {"city": "合计", **total}


_MAKERS: Mapping[Report, Callable[[AsOf, Sequence[CityCounts]], Tabled]] = {
    Report.ANNEX1: _annex1,
    Report.ANNEX2: _annex2,
    Report.PLATFORM_USE: _platform_use,
    Report.PROGRESS: _progress,
    Report.OVERVIEW: _overview,
}
