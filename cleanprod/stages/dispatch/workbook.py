"""The list as a workbook: out to be filled offline, in again, and the summary of answers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from cleanprod.foundation.intake.parsers import code, day, text, whole_number
from cleanprod.foundation.intake.rules import Cell, Column, Parser, Problem, Table, Template, shown
from cleanprod.foundation.intake.rules import Row as Read
from cleanprod.foundation.web import downloads
from cleanprod.foundation.web.jinja import percent
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.text import tidy
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.dispatch.models import Answer, Dispatch, Row
from cleanprod.stages.dispatch.queries import Tally
from cleanprod.stages.dispatch.rules import Field, Kind

KIND = "dispatch-answers"
_FIXED = (
    Column("no", "序号", whole_number(1)),
    Column("name", "企业名称", text(200), required=True, example="佛山示例电镀有限公司"),
    Column("code", "统一社会信用代码", code()),
    Column("county", "县区", text(40)),
    Column("stage", "下发时状态", text(40)),
    Column("owed", "下发时未完成事项", text(1000)),
    Column("late", "下发时逾期（天）", whole_number(0)),
)


def template_of(fields: Sequence[Field]) -> Template:
    """Return the workbook of a dispatch: who is in the list, then what is asked."""
    asked = tuple(Column(one.key, one.label, _parser(one)) for one in fields)
    return Template(KIND, "进度调度报送表", (*_FIXED, *asked))


def _parser(field: Field) -> Parser:
    if field.kind is Kind.DAY:
        return day()
    if field.kind is Kind.TEXT:
        return text(field.longest)
    known = {tidy(option): option for option in field.options}

    def read(cell: Cell) -> str:
        found = known.get(tidy(shown(cell)))
        if found is None:
            raise Problem("不在可填内容之内", f"可填：{'、'.join(field.options)}")
        return found

    return Parser(read, blank="", choices=field.options)


def answer_of(row: Row) -> Answer | None:
    """Return the answer of a row, a draft included."""
    return row.answer if hasattr(row, "answer") else None


def _fixed(row: Row) -> list[Any]:
    return [
        row.place, row.name, row.code, row.county_name, Stage(row.stage).label, row.owed, row.late,
    ]  # fmt: skip


def _answers(row: Row, fields: Sequence[Field]) -> list[Any]:
    answer = answer_of(row)
    values = answer.values if answer else {}
    return [
        date.fromisoformat(values[one.key])
        if one.kind is Kind.DAY and values.get(one.key)
        else values.get(one.key, "")
        for one in fields
    ]


def to_fill(dispatch: Dispatch, rows: Sequence[Row], name: str) -> bytes:
    """Return the rows of a recipient as a workbook that can be filled and taken in again."""
    fields = dispatch.asked
    options = [
        f"注：“{one.label}”可填{'、'.join(one.options)}。"
        for one in fields
        if one.kind is Kind.CHOICE
    ]
    sheet = downloads.Sheet(
        "报送表", [column.title for column in template_of(fields).columns],
        [[*_fixed(row), *_answers(row, fields)] for row in rows],
        lead=(f"{dispatch.title}（{name}，{dispatch.answer_on}前报送）",), notes=options,
    )  # fmt: skip
    return downloads.xlsx([sheet])


def taken(
    table: Table, rows: Sequence[Row], fields: Sequence[Field]
) -> tuple[dict[int, dict[str, Any]], list[Finding]]:
    """Return what a workbook says about the rows, and what is wrong at which cell.

    A line is told by its code, else by its name; lines without any answer leave the row as it is.
    """
    by_code = {row.code: row for row in rows if row.code}
    by_name = {tidy(row.name): row for row in rows}
    keys = [column.key for column in table.template.columns]
    found: dict[int, dict[str, Any]] = {}
    wrong: list[Finding] = []
    for line in table.rows:
        values = dict(zip(keys, line.values, strict=True))
        row = by_code.get(values["code"] or "") or by_name.get(tidy(values["name"] or ""))
        if row is None:
            wrong.append(_stranger(table, line, values["name"]))
        elif row.pk in found:
            wrong.append(_twice(table, line, values["name"]))
        elif any(values[one.key] for one in fields):
            wrong += _closed(table, line, row, values, fields)
            found[row.pk] = {one.key: values[one.key] for one in fields}
    return found, wrong


def _stranger(table: Table, line: Read, name: str) -> Finding:
    return table.found(
        line.number, "name", Level.BLOCK, "不在本次调度本单位的清单中",
        "核对企业名称和代码，只填清单中的企业", name or "",
    )  # fmt: skip


def _twice(table: Table, line: Read, name: str) -> Finding:
    return table.found(
        line.number, "name", Level.BLOCK, "同一企业出现两次", "只保留一行", name or ""
    )


def _closed(
    table: Table, line: Read, row: Row, values: dict[str, Any], fields: Sequence[Field]
) -> list[Finding]:
    """Tell that a line differs from an answer that was handed in already."""
    answer = answer_of(row)
    if answer is None or answer.answered_on is None:
        return []
    said = {one.key: _text(values[one.key]) for one in fields if values[one.key]}
    if said == answer.values:
        return []
    return [
        table.found(
            line.number, "name", Level.INFORM, f"已于{answer.answered_on}报送，本行没有导入",
            "需要修改的请发起部门退回补充", row.name,
        )
    ]  # fmt: skip


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def summary(
    dispatch: Dispatch, tallies: Sequence[Tally], total: Tally, rows: Sequence[Row], on: date,
    *, place: str = "报送单位",
) -> bytes:  # fmt: skip
    """Return who answered how much, and every answer."""
    lead = (dispatch.title, f"统计截至{on.year}年{on.month}月{on.day}日")
    heads = [
        "序号", place, "应报送（家）", "已报送（家）", "报送率（%）", "其中逾期报送（家）",
        "下发时逾期（家）", "目前仍逾期（家）",
    ]  # fmt: skip
    lines = [[number, *_counts(one)] for number, one in enumerate(tallies, 1)]
    whole = downloads.Sheet("汇总", heads, [*lines, [None, *_counts(total)]], lead=lead, total=True)
    fields = dispatch.asked
    detail = downloads.Sheet(
        "报送内容",
        ["报送单位", *(column.title for column in _FIXED), *(one.label for one in fields),
         "报送日期", "是否逾期报送", "报送人"],
        [[row.recipient.name, *_fixed(row), *_handed(row, fields)] for row in rows],
        lead=lead,
    )  # fmt: skip
    return downloads.xlsx([whole, detail])


def _counts(one: Tally) -> list[Any]:
    part = one.rate.share
    return [
        one.name, one.rate.asked, one.rate.answered,
        Decimal(percent(part)) if part is not None else "—", one.rate.late, one.overdue_then,
        one.overdue_now,
    ]  # fmt: skip


def _handed(row: Row, fields: Sequence[Field]) -> list[Any]:
    answer = answer_of(row)
    if answer is None or answer.answered_on is None:
        return [*("" for _ in fields), None, "未报送", ""]
    late = "逾期报送" if answer.late else "按期"
    return [*_answers(row, fields), answer.answered_on, late, answer.answered_by]
