"""The workbooks that the demo's offices hand in, written as offices write them."""

from collections.abc import Iterable, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook

from cleanprod.faces.cli.demo.plan import CityPlan, Firm, ListPlan
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.review.rules import Conclusion

LIST_HEAD = (
    "序号", "企业名称", "统一社会信用代码", "县（市、区）", "详细地址", "行业代码", "审核类型",
    "列入原因", "牵头部门", "是否VOCs重点监管", "备注",
)  # fmt: skip
RESULT_HEAD = (
    "序号", "企业名称", "统一社会信用代码", "县区", "咨询机构", "验收得分", "验收日期", "结论",
    "文号", "备注",
)  # fmt: skip
COMPLETION_HEAD = ("序号", "地市", "企业名称", "统一社会信用代码", "办结日期", "旧平台编号")
KEYS_HEAD = ("序号", "企业名称", "统一社会信用代码", "地市", "县区", "行业代码")
WHY = {
    Conclusion.CANCELLED: "企业已停产，经同意取消",
    Conclusion.DEFERRED: "生产线技改未完成，经同意暂缓",
}


def _book(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]], foot: str = "") -> bytes:
    out = BytesIO()
    book = Workbook(out, {"default_date_format": "yyyy-mm-dd"})
    bold = book.add_format({"bold": True, "align": "center"})
    sheet = book.add_worksheet("Sheet1")
    sheet.merge_range(0, 0, 0, len(head) - 1, title, bold)
    sheet.write_row(2, 0, head, bold)
    number = 3
    for row in rows:
        sheet.write_row(number, 0, row)
        number += 1
    if foot:
        sheet.write(number, 1, foot)
    book.close()
    return out.getvalue()


def list_book(title: str, one: ListPlan) -> bytes:
    """Return a list as a city hands it in: title, blank row, head, firms, total."""
    lead = "工信" if one.lead is Line.INDUSTRY else "生态环境"
    rows = (
        (
            n, firm.name, firm.code, firm.county, firm.address, firm.trade.code,
            "强制性" if firm.mandatory else "自愿性", firm.reasons, lead, firm.vocs or "无", "",
        )
        for n, firm in enumerate(one.firms, 1)
    )  # fmt: skip
    return _book(title, LIST_HEAD, rows, f"合计：{len(one.firms)}家")


def results_book(title: str, firms: Iterable[Firm], document_number: str) -> bytes:
    """Return the results of a year as a department hands them in."""
    rows = (
        (
            n, firm.name, firm.code, firm.county, firm.consultancy, firm.score or "", firm.on,
            firm.result.label if firm.result else "", document_number,
            WHY.get(firm.result, "") if firm.result else "",
        )
        for n, firm in enumerate(firms, 1)
    )  # fmt: skip
    return _book(title, RESULT_HEAD, rows)


def completions_book(cities: Iterable[CityPlan]) -> tuple[bytes, int]:
    """Return the old platform's completions of the whole province, and how many they are."""
    rows: list[tuple[Any, ...]] = []
    for plan in cities:
        for firm in plan.firms():
            if firm.migrated and firm.completed_on:
                number = f"GD{firm.completed_on.year}{len(rows) + 1:05d}"
                rows.append(
                    (len(rows) + 1, plan.city.name, firm.name, firm.code, firm.completed_on, number)
                )
    return _book("旧平台完成验收流程企业", COMPLETION_HEAD, rows), len(rows)


def keys_book(title: str, firms: Iterable[tuple[str, Firm]]) -> bytes:
    """Return key enterprises for VOCs, each with its city, as an office hands them in."""
    rows = (
        (n, firm.name, firm.code, city, firm.county, firm.trade.code)
        for n, (city, firm) in enumerate(firms, 1)
    )
    return _book(title, KEYS_HEAD, rows)


def wrong_book() -> bytes:
    """Return a workbook of another kind, so that the demo has a refused upload to show."""
    return _book("用电量统计", ("月份", "用电量（kWh）"), [(date(2023, 5, 1), 1200)])
