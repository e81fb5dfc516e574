"""The performance sheet as a workbook: out for editing offline, and in again."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cleanprod.foundation.intake.parsers import decimal
from cleanprod.foundation.intake.rules import Cell, Problem, Table
from cleanprod.foundation.web import downloads
from cleanprod.kernel.finding import Level
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet, plain
from cleanprod.stages.measures.template import SHEET
from cleanprod.stages.performance.accounting.computation import Computation


def export(measures: Sequence[Typed], which: ValueSet, account: Computation, title: str) -> bytes:
    """Return one value set as a workbook in the printed order, with the sums as the last row."""
    sums = account.measures
    rows = []
    for place, one in enumerate(measures, 1):
        values = _values(one, which)
        found = sums.get(one.code)
        for field, amount in ((Field.TCE, found.tce if found else None),
                              (Field.CO2, found.co2_t if found else None)):  # fmt: skip
            if values.get(field.value) is None and amount:
                values[field.value] = amount
        rows.append([place if column.key == "no" else values.get(column.key) for column in _COLS])
    sheet = downloads.Sheet(
        which.label, [column.title for column in _COLS], [*rows, _sums(rows)],
        lead=(title,), total=True,
    )  # fmt: skip
    return downloads.xlsx([sheet])


_COLS = SHEET.columns
_DECIMAL = decimal()
_FLOAT = Decimal("1e-9")  # spreadsheets add in binary; a share below this is theirs
_NUMBERS = {field.value for field in Field}
_BRACKETS = re.compile(r"[（(]([^（()）]*)[)）]")
_YEARLY = re.compile(r"(?i)[，,、]?\s*(?:[/／]\s*(?:年|a|yr)|每年)$")
_CODED = re.compile(r"(?i)(?:WD|ZG)[-\s]?\d+")


def _values(one: Typed, which: ValueSet) -> dict[str, Any]:
    numbers = {field.value: amount for field, amount in one.of(which).items()}
    return numbers | {
        "name": one.name, "content": one.content, "other": one.other, "code": one.code,
        "cost": one.cost.label, "phase": one.phase,
        "tags": "、".join(tag.label for tag in one.tags),
        "planned_days": one.planned_days, "actual_days": one.actual_days,
    }  # fmt: skip


def _sums(rows: Sequence[Sequence[Any]]) -> list[Any]:
    total: list[Any] = []
    for place, column in enumerate(_COLS):
        numbers = [row[place] for row in rows if isinstance(row[place], Decimal)]
        total.append(sum(numbers, Decimal(0)) if column.key in _NUMBERS and numbers else None)
    total[1] = "合计"
    return total


def miscounted(table: Table) -> list[str]:
    """Say where the last row of totals differs from the sum of the rows above it.

    What a total leaves out in decimal places is no difference.
    """
    if not table.totals:
        return []
    number, cells = max(table.totals.items())
    said = []
    for place, column in enumerate(_COLS):
        total = _number(cells.get(column.key)) if column.key in _NUMBERS else None
        if total is None:
            continue
        parts = [row.values[place] for row in table.rows if row.values[place] is not None]
        whole = sum(parts, Decimal(0))
        if abs(whole - total) > _leeway(total, whole):
            cell = table.cell(number, column.key)
            said.append(f"{cell} “{column.title}”合计写{plain(total)}，各方案之和为{plain(whole)}")
    return said


def _number(cell: Cell | None) -> Decimal | None:
    try:
        return None if cell is None else _DECIMAL(cell)
    except Problem:
        return None


def _leeway(total: Decimal, whole: Decimal) -> Decimal:
    exponent = int(total.as_tuple().exponent)
    return max(Decimal(5).scaleb(min(exponent, 0) - 1), abs(whole) * _FLOAT)


def in_own_units(table: Table) -> Table:
    """Return the table with the numbers of each column in its own unit.

    A title that names another unit, like 节电（kWh） above 万kWh, is converted by and told; one
    that cannot be converted blocks.
    """
    findings = list(table.findings)
    steps: dict[str, tuple[Unit, Unit]] = {}
    for field, letter in ((one, table.columns.get(one.value)) for one in Field):
        title = table.headers.get(letter or "", "")
        written = _unit_in(title, field)
        if written is None or written is field.unit:
            continue
        alike = written.dimension is field.unit.dimension
        steps |= {field.value: (written, field.unit)} if alike else {}
        rule, advice = (
            (f"按表头单位{written.value}换算为{field.unit.value}", "请核对换算后的数值") if alike
            else (f"表头单位{written.value}不能换算为{field.unit.value}", "改用本列单位后重新上传")
        )  # fmt: skip
        level = Level.INFORM if alike else Level.BLOCK
        findings.append(table.found(table.header_row, field.value, level, rule, advice, title))
    if len(findings) == len(table.findings):
        return table
    totals = {
        number: {key: _moved(key, _number(cell), steps) or cell for key, cell in cells.items()}
        for number, cells in table.totals.items()
    }
    return replace(
        table, findings=findings, totals=totals,
        rows=[
            row._replace(values=tuple(
                _moved(column.key, value, steps)
                for column, value in zip(_COLS, row.values, strict=True)
            ))
            for row in table.rows
        ],
    )  # fmt: skip


def _unit_in(title: str, field: Field) -> Unit | None:
    """Return the unit that the last brackets of a title name; cubic metres of water are tons."""
    found = _BRACKETS.findall(title)
    text = _YEARLY.sub("", found[-1].replace("，", ",").split(",")[-1].strip()) if found else ""
    unit = Unit.read(text)
    if unit is None:
        return None
    if field in (Field.WATER, Field.WASTEWATER):
        unit = {Unit.M3: Unit.T, Unit.WAN_M3: Unit.WAN_T}.get(unit, unit)
    return unit.standing_for(field.unit.dimension)


def _moved(key: str, value: Any, steps: Mapping[str, tuple[Unit, Unit]]) -> Any:
    if key not in steps or not isinstance(value, Decimal):
        return value
    written, own = steps[key]
    return Quantity(value, written).to(own).amount


def taken(
    table: Table, which: ValueSet, known: Sequence[Typed], account: Computation
) -> list[Typed]:
    """Return the measures after a workbook of one value set: its rows, with what is known of them.

    A row is told by its code, else by its name; the numbers of the other value sets stay. Known
    measures that the workbook leaves out stay, without numbers in this set. Coal and carbon that
    an export filled in from the account are not taken for typed ones.
    """
    by_code = {one.code: one for one in known if one.code}
    by_name = {one.name: one for one in known}
    found: list[Typed] = []
    met: set[int] = set()
    for row in table.rows:
        values = dict(zip((column.key for column in _COLS), row.values, strict=True))
        if not values["code"] and _CODED.fullmatch(values["no"] or ""):
            values["code"] = values["no"]
        before = by_code.get(values["code"] or "") or by_name.get(values["name"])
        if before is not None:
            met.add(id(before))
            values = _without_computed(values, before, which, account)
        found.append(_taken(values, which, before))
    left = [
        replace(one, values={**(one.values or {}), which: {}})
        for one in known
        if id(one) not in met
    ]
    return [*found, *left]


def _without_computed(
    values: dict[str, Any], before: Typed, which: ValueSet, account: Computation
) -> dict[str, Any]:
    sums = account.measures.get(before.code)
    told = {Field.TCE: sums.tce, Field.CO2: sums.co2_t} if sums else {}
    filled = {
        field.value
        for field, amount in told.items()
        if field not in before.of(which) and values.get(field.value) == amount
    }
    return {key: None if key in filled else value for key, value in values.items()}


def _taken(values: dict[str, Any], which: ValueSet, before: Typed | None) -> Typed:
    numbers = {field: values[field.value] for field in Field if values.get(field.value) is not None}
    cost = values["cost"] or (before.cost if before else _by_code(values["code"]))
    kept = dict(before.values or {}) if before else {}
    code = values["code"] or (before.code if before else "")
    return Typed(
        name=values["name"] or "", cost=cost, code=code,
        content=values["content"] or "", phase=values["phase"] or "",
        tags=tuple(values["tags"] or ()), planned_days=values["planned_days"],
        actual_days=values["actual_days"], other=values["other"] or "",
        values=kept | {which: numbers},
    )  # fmt: skip


def _by_code(code: str | None) -> Cost:
    return Cost.HIGH if (code or "").upper().startswith("ZG") else Cost.LOW
