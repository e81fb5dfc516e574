"""The grid and the workbook of three years: what was typed, read with every mistake at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import QueryDict

from cleanprod.foundation.intake.parsers import decimal, one_of, text
from cleanprod.foundation.intake.rules import Column, Problem, Table, Template
from cleanprod.foundation.web import downloads, tables
from cleanprod.kernel.finding import Finding, Level
from cleanprod.stages.phases.rules import (
    MOST_ROWS,
    Kind,
    Trouble,
    YearRow,
    troubles_of,
    unit_sign,
    years_before,
)

_ITEM, _UNIT = 60, 20


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the grid as it is shown: texts by cell, and what is wrong by cell."""

    place: int
    texts: Mapping[str, str]
    errors: Mapping[str, str]


# What an empty grid begins with: rows that every firm has.
_USUAL = (
    (Kind.OUTPUT, "工业总产值", "万元"),
    (Kind.PRODUCT, "", ""),
    (Kind.ENERGY, "电", "万kWh"),
    (Kind.ENERGY, "天然气", "万m3"),
    (Kind.WATER, "新鲜水", "t"),
    (Kind.MATERIAL, "", "t"),
    (Kind.WASTE, "危险废物", "t"),
    (Kind.DISCHARGE, "废水", "t"),
)


def shown(rows: Sequence[YearRow], spare: int = 3) -> list[Line]:
    """Return the grid of the rows with a few empty ones below; of none, the usual rows."""
    texts = [_texts(row) for row in rows] or [
        {"kind": kind.value, "item": item, "unit": unit} for kind, item, unit in _USUAL
    ]
    texts += [{"kind": Kind.PRODUCT.value}] * spare
    return [Line(place, one, {}) for place, one in enumerate(texts)]


def _texts(row: YearRow) -> dict[str, str]:
    numbers = {f"y{year}": plain(amount) for year, amount in row.amounts.items()}
    return {"kind": row.kind.value, "item": row.item, "unit": row.unit} | numbers


def plain(amount: Decimal) -> str:
    """Return a number with all its digits and no exponent."""
    said = format(amount, "f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def read(data: QueryDict, years: Sequence[int]) -> tuple[list[YearRow], list[Line], list[Trouble]]:
    """Return the rows that were typed, the grid as typed, and all that is wrong.

    Rows without any number are left out: what is not reported is not kept.
    """
    rows: list[YearRow] = []
    lines: list[Line] = []
    troubles: list[Trouble] = []
    keys = ("kind", "item", "unit", *(f"y{year}" for year in years))
    for place in _places(data):
        texts = {key: tables.tidy(data.get(f"r{place}-{key}")) for key in keys}
        if not any(texts[f"y{year}"] for year in years):
            continue
        number = len(rows) + 1
        amounts: dict[int, Decimal] = {}
        for year in years:
            _number(texts[f"y{year}"], year, number, amounts, troubles)
        for key, longest in (("item", _ITEM), ("unit", _UNIT)):
            if len(texts[key]) > longest:
                said = f"超过{longest}个字"
                troubles.append(Trouble(number, key, texts[key][:20], said, "缩短后重填"))
        kind = Kind(texts["kind"]) if texts["kind"] in set(Kind) else Kind.PRODUCT
        rows.append(YearRow(kind, texts["item"], unit_sign(texts["unit"]), amounts))
        lines.append(Line(place, texts, {}))
    troubles = sorted([*troubles, *troubles_of(rows)], key=lambda one: one.row)
    return rows, marked(lines, troubles), troubles


def marked(lines: Sequence[Line], troubles: Sequence[Trouble]) -> list[Line]:
    """Return the lines with what is wrong at each cell."""
    return [
        Line(
            line.place, line.texts,
            {one.field: f"{one.rule}；{one.advice}" for one in troubles if one.row == number},
        )
        for number, line in enumerate(lines, 1)
    ]  # fmt: skip


def _places(data: QueryDict) -> list[int]:
    found = set()
    for key in data:
        head, _, name = key.partition("-")
        digits = head[1:]
        if name == "item" and head[:1] == "r" and digits.isascii() and digits.isdigit():
            found.add(int(digits[:6]))
    return sorted(found)[:MOST_ROWS]


def _number(
    said: str, year: int, row: int, amounts: dict[int, Decimal], troubles: list[Trouble]
) -> None:
    if not said:
        return
    try:
        amounts[year] = decimal()(said)
    except Problem as problem:
        troubles.append(Trouble(row, f"y{year}", said, problem.rule, problem.advice))


def template(list_year: int) -> Template:
    """Return the workbook of a round: its three years are columns."""
    years = years_before(list_year)
    return Template(
        "three-years",
        "近三年生产经营和污染物情况",
        (
            Column("kind", "类别", one_of(Kind), required=True, example=Kind.ENERGY.label),
            Column("item", "名称", text(_ITEM), required=True, synonyms=("项目",), example="电"),
            Column("unit", "单位", text(_UNIT), required=True, example="万kWh"),
            *(Column(f"y{year}", f"{year}年", decimal(), synonyms=(str(year),)) for year in years),
        ),
    )


def taken(table: Table, years: Sequence[int]) -> tuple[list[YearRow], list[Finding]]:
    """Return the rows of a workbook that has no blocked row, and findings at their cells."""
    rows = []
    for row in table.rows:
        kind, item, unit, *numbers = row.values
        amounts = {
            year: number for year, number in zip(years, numbers, strict=True) if number is not None
        }
        rows.append(YearRow(kind, item, unit_sign(unit), amounts))
    findings = [
        table.found(
            table.rows[one.row - 1].number, one.field, Level.BLOCK, one.rule, one.advice, one.value
        )
        for one in troubles_of(rows)
    ]
    return rows, findings


def export(rows: Sequence[YearRow], years: Sequence[int], title: str) -> bytes:
    """Return the tables as a workbook that can be edited and taken in again."""
    columns = ["类别", "名称", "单位", *(f"{year}年" for year in years)]
    lines = [
        [row.kind.label, row.item, row.unit, *(row.amounts.get(year) for year in years)]
        for row in rows
    ] or [[kind.label, item, unit, *(None for _ in years)] for kind, item, unit in _USUAL]
    return downloads.xlsx([downloads.Sheet("近三年数据", columns, lines, lead=(title,))])
