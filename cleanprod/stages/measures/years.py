"""Figures of the three years before an audit 近三年: what was made, used and let out each year.

Nothing reported and nought are two things: an empty cell is kept as nothing, a typed 0 as zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanprod.kernel.quantity import Dimension, Quantity, Unit, total
from cleanprod.kernel.term import Term
from cleanprod.stages.measures.findings import (
    YearFigure,
)
from cleanprod.stages.measures.rules import Field, Trouble

SPAN = 3


class Sort(Term):
    """What a line of the table is about."""

    OUTPUT = "output", "产量产值"
    ENERGY = "energy", "能源"
    WATER = "water", "水"
    MATERIAL = "material", "原辅材料"
    WASTE = "waste", "固体废物"
    DISCHARGE = "discharge", "排放"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, in which unit, and the amounts of the years that were reported.

    `item` is the key by which the checks know it, empty for what the enterprise added itself.
    """

    sort: Sort
    name: str
    unit: str
    item: str = ""
    amounts: Mapping[int, Decimal] | None = None

    def of(self, year: int) -> Decimal | None:
        """Return the amount of a year, None where nothing was reported."""
        return (self.amounts or {}).get(year)

    def as_json(self) -> dict[str, object]:
        """Return the line as it is kept."""
        return {
            "sort": self.sort.value, "name": self.name, "unit": self.unit, "item": self.item,
            "amounts": {str(year): str(amount) for year, amount in (self.amounts or {}).items()},
        }  # fmt: skip

    @classmethod
    def read(cls, kept: Mapping[str, object]) -> "Line":
        """Return the line that was kept."""
        amounts = kept["amounts"]
        assert isinstance(amounts, Mapping)  # noqa: S101 - as `as_json` wrote it
        return cls(
            Sort(str(kept["sort"])), str(kept["name"]), str(kept["unit"]), str(kept["item"]),
            {int(year): Decimal(text) for year, text in amounts.items()},
        )  # fmt: skip


USUAL: tuple[Line, ...] = (
    Line(Sort.OUTPUT, "主要产品产量", "t", "output"),
    Line(Sort.OUTPUT, "工业总产值", "万元", "value"),
    Line(Sort.ENERGY, "电力", "万kWh", Field.ELECTRICITY.value),
    Line(Sort.ENERGY, "天然气", "万m3", Field.NATURAL_GAS.value),
    Line(Sort.ENERGY, "原煤", "t", Field.COAL.value),
    Line(Sort.ENERGY, "柴油", "t", Field.OIL.value),
    Line(Sort.ENERGY, "蒸汽（低压）", "t", Field.STEAM.value),
    Line(Sort.WATER, "新水取水量", "t", Field.WATER.value),
    Line(Sort.DISCHARGE, "废水排放量", "t", Field.WASTEWATER.value),
    Line(Sort.DISCHARGE, "COD", "t", Field.COD.value),
    Line(Sort.DISCHARGE, "氨氮", "t", Field.AMMONIA.value),
    Line(Sort.DISCHARGE, "SO2", "t", Field.SO2.value),
    Line(Sort.DISCHARGE, "NOx", "t", Field.NOX.value),
    Line(Sort.DISCHARGE, "VOCs", "t", Field.VOC.value),
    Line(Sort.WASTE, "一般固体废物", "t", Field.GENERAL_WASTE.value),
    Line(Sort.WASTE, "危险废物", "t", Field.HAZARDOUS.value),
)


def years_of(list_year: int) -> tuple[int, ...]:
    """Return the three years before the list year, the earliest first."""
    return tuple(range(list_year - SPAN, list_year))


def prefilled(known: Sequence[Line], earlier: Sequence[Line], years: Sequence[int]) -> list[Line]:
    """Return the lines to show: what is kept, else the usual ones with an earlier round's amounts.

    Of an earlier round only the years that both tables share are taken over.
    """
    if known:
        there = {line.item for line in known if line.item}
        return [*known, *(line for line in USUAL if line.item not in there)]
    by_item = {line.item or line.name: line for line in earlier}
    lines = [replace(line, amounts=_shared(by_item.pop(line.item, None), years)) for line in USUAL]
    return lines + [replace(line, amounts=_shared(line, years)) for line in by_item.values()]


def _shared(line: Line | None, years: Sequence[int]) -> dict[int, Decimal]:
    amounts = line.amounts if line and line.amounts else {}
    return {year: amount for year, amount in amounts.items() if year in years}


def checked(lines: Sequence[Line]) -> list[Trouble]:
    """Return everything that is wrong with the lines, in one pass."""
    troubles = []
    seen: dict[tuple[str, str], int] = {}
    for row, line in enumerate(lines, 1):
        if not line.name:
            troubles.append(Trouble(row, "项目", "没有填写", "写明产品、能源、物料或污染物的名称"))
        if not line.unit:
            troubles.append(Trouble(row, "单位", "没有填写", "每个数值都要有单位"))
        if line.item and not _fits(line):
            rule = f"“{line.unit}”不能用于{line.name}"
            usual = next(one.unit for one in USUAL if one.item == line.item)
            troubles.append(Trouble(row, "单位", rule, f"用“{usual}”或与它同类的单位"))
        key = (line.sort.value, line.name)
        if line.name and key in seen:
            rule = f"与第{seen[key]}行重复"
            troubles.append(Trouble(row, "项目", rule, "合并为一行，或写明区别"))
        seen.setdefault(key, row)
        for year, amount in (line.amounts or {}).items():
            if amount < 0:
                troubles.append(Trouble(row, f"{year}年", f"不能是负数（{amount}）", "没有的填 0"))
    return troubles


def _fits(line: Line) -> bool:
    """Tell whether the unit of a usual line measures the same; output may count in pieces."""
    usual = next((one for one in USUAL if one.item == line.item), None)
    if usual is None or line.item == "output":
        return True
    unit, wanted = Unit.read(line.unit), Unit.read(usual.unit)
    return unit is not None and wanted is not None and unit.dimension is wanted.dimension


def figures(lines: Sequence[Line], years: Sequence[int]) -> list[YearFigure]:
    """Return the figures as the checks read them; units that cannot be converted are left out."""
    found = []
    for line in lines:
        unit = Unit.read(line.unit)
        if not line.item or (unit is None and line.item != "output"):
            continue
        for year in years:
            amount = line.of(year)
            # Output is only ever compared with itself, so that pieces may stand for tonnes.
            given = None if amount is None else Quantity(amount, unit or Unit.T)
            found.append(YearFigure(year, line.item, line.name, given))
    return found + _materials(lines, years)


def _materials(lines: Sequence[Line], years: Sequence[int]) -> list[YearFigure]:
    """Return all that went in by year, where every material is told and weighed."""
    told = [line for line in lines if line.sort is Sort.MATERIAL and line.amounts]
    listed = [(line, Unit.read(line.unit)) for line in told]
    if not listed or any(
        unit is None or unit.dimension is not Dimension.MASS for _, unit in listed
    ):
        return []
    found = []
    for year in years:
        given = [
            Quantity(amount, unit)
            for line, unit in listed
            if unit is not None and (amount := line.of(year)) is not None
        ]
        if len(given) == len(listed):
            whole = total(given, Unit.T)
            found.append(YearFigure(year, Field.MATERIAL.value, "原辅材料合计", whole))
    return found
