"""Rows that people wrote, read with every mistake named at once and with its place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy
from cleanprod.stages.performance.accounting.factors import (
    Carrier,
    FactorSet,
    Kind,
    folded,
)
from cleanprod.stages.performance.accounting.rates import Rate, checked, number, plain


class Field(Term):
    """The columns of a sheet of amounts."""

    MEASURE = "measure", "方案"
    CARRIER = "carrier", "载体或指标"
    AMOUNT = "amount", "数量"
    UNIT = "unit", "单位"
    FACTOR = "factor", "采用系数"
    KIND = "kind", "类别"


REQUIRED = (Field.MEASURE, Field.CARRIER, Field.AMOUNT, Field.UNIT)

_HEADERS = {
    Field.MEASURE: ("方案名称", "方案编号", "项目", "项目名称", "措施", "措施名称"),
    Field.CARRIER: ("载体", "能源", "能源品种", "能源种类", "品种", "指标", "indicator"),
    Field.AMOUNT: ("数值", "数额", "节约量", "削减量", "value"),
    Field.UNIT: ("计量单位",),
    Field.FACTOR: ("系数", "采用值", "折标系数", "折标准煤系数", "填报系数"),
    Field.KIND: ("类型", "种类"),
}
_WORDS = {
    folded(word): field for field in Field for word in (field.value, field.label, *_HEADERS[field])
}

# The kinds of a measure explain it and change nothing in the account.
_MEASURE_KINDS = frozenset(
    map(
        folded,
        ("无低费", "无/低费", "无费", "低费", "中高费", "中/高费", "中费", "高费", "WD", "ZG"),
    )
)
_GENERATION = frozenset(map(folded, ("generation", "产生量")))
_EMISSION = frozenset(map(folded, ("emission", "排放量", "saving", "节约", "节约量", "削减量")))
_TOTALS = frozenset(("合计", "总计", "小计", "total"))
_PER_YEAR = ("/a", "/年", "/yr", "每年")
_LONGEST = 200
_INVESTMENT = "investment"
_TITLES = 10  # lines that may stand above the data, the header among them


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or with a row or sheet when no column is named."""

    row: int
    column: str
    value: str
    rule: str
    advice: str

    @property
    def text(self) -> str:
        """Return the problem as one line."""
        place = (f"第{self.row}行" if self.row else "表格") + (
            f" “{self.column}”列" if self.column else ""
        )
        value = f" 值“{self.value}”" if self.value else ""
        return f"{place}{value}：{self.rule}；{self.advice}"

    def as_json(self) -> dict[str, Any]:
        """Return the problem as the command prints it."""
        return asdict(self)


class BadRows(Refused):
    """Rows cannot be computed; `problems` names every mistake."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems."""
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text for problem in problems))


@dataclass(frozen=True, slots=True)
class Stated:
    """A factor that those who report put in; without a unit it is in the published one."""

    value: Decimal
    rate: Rate | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One amount of one carrier or indicator that a measure saves or cuts."""

    measure: str
    carrier: Carrier
    given: Quantity
    stated: Stated | None = None
    written: str = ""
    number: int = 0
    kind: str = ""
    counts_as: Kind = Kind.ENERGY
    as_equal: bool = False
    warnings: tuple[str, ...] = ()


def row(
    factors: FactorSet, *, measure: str, carrier: str, amount: Any, unit: str, factor: Any = "",
    kind: str = "", number: int = 0,
) -> Row:  # fmt: skip
    """Return one row of written or typed values, or raise BadRows with all that is wrong."""
    cells = {
        Field.MEASURE: measure, Field.CARRIER: carrier, Field.AMOUNT: amount, Field.UNIT: unit,
        Field.FACTOR: factor, Field.KIND: kind,
    }  # fmt: skip
    reader = _Reader(factors, cells, {field: field.label for field in Field}, number)
    found = reader.read()
    if found is None:
        raise BadRows(reader.problems)
    return found


def read(sheet: Iterable[Sequence[Any]], factors: FactorSet) -> list[Row]:
    """Return the rows below the header of a sheet, or raise BadRows with all that is wrong."""
    lines = [
        (place, cells) for place, cells in enumerate(sheet, 1) if any(not _blank(c) for c in cells)
    ]
    if not lines:
        raise BadRows([Problem(0, "", "", "没有内容", "第一行写表头，其下每行写一个数量")])
    lines = lines[_header_place([cells for _, cells in lines]) :]
    titles, problems = _header(lines[0])
    rows: list[Row] = []
    if all(field in titles for field in REQUIRED):
        for place, cells in lines[1:]:
            reader = _reader(factors, titles, place, cells)
            found = reader.read()
            problems += reader.problems
            if found:
                rows.append(found)
    if len(lines) == 1:
        problems.append(Problem(0, "", "", "没有数据行", "在表头下面每行写一个数量"))
    if problems:
        raise BadRows(problems)
    return rows


def _header_place(lines: Sequence[Sequence[Any]]) -> int:
    """Return which of the first lines names most columns; titles may stand above the header."""
    known = [
        len({_WORDS.get(folded(str(cell))) for cell in line} - {None}) for line in lines[:_TITLES]
    ]
    return known.index(max(known))


_Titles = dict[Field, tuple[int, str]]


def _header(line: tuple[int, Sequence[Any]]) -> tuple[_Titles, list[Problem]]:
    """Return where each column stands and how it is called, and what is wrong with the header."""
    place, cells = line
    titles: _Titles = {}
    problems = []
    for index, cell in enumerate(cells):
        field = _WORDS.get(folded(str(cell)))
        if field is None:
            continue
        if field in titles:
            problems.append(
                Problem(place, str(cell), "", "同一列出现两次", f"只留一个“{field.label}”列")
            )
        titles.setdefault(field, (index, str(cell).strip()))
    lacking = [field for field in REQUIRED if field not in titles]
    if lacking:
        named = "、".join(f"{field.value}（{field.label}）" for field in lacking)
        advice = "表头须有 measure、carrier、amount、unit，也可写方案、载体、数量、单位"
        problems.append(Problem(place, "", "", f"表头缺少 {named}", advice))
    return titles, problems


def _reader(factors: FactorSet, titles: _Titles, place: int, line: Sequence[Any]) -> "_Reader":
    cells = {
        field: line[index] if index < len(line) else "" for field, (index, _) in titles.items()
    }
    return _Reader(factors, cells, {field: name for field, (_, name) in titles.items()}, place)


def _blank(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not tidy(cell))


def _written(cell: Any) -> str:
    """Return a cell as it was written; spreadsheets give whole numbers as floats."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


class _Reader:
    """Reads the cells of one row and collects what is wrong with them."""

    def __init__(
        self, factors: FactorSet, cells: Mapping[Field, Any], titles: Mapping[Field, str],
        place: int,
    ) -> None:  # fmt: skip
        """Take the cells of a row under the titles of its columns."""
        self.factors, self.cells, self.titles, self.place = factors, cells, titles, place
        self.problems: list[Problem] = []
        self.warnings: list[str] = []

    def read(self) -> Row | None:
        """Return the row, or None when something is wrong with it."""
        measure = self._measure()
        carrier, written = self._carrier()
        amount, unit = self._amount(carrier), self._unit(carrier)
        stated = self._stated(carrier)
        kind = self.text(Field.KIND)
        counted, counts_as = self._kind(carrier, kind)
        if self.problems or counted is None or amount is None or unit is None:
            return None
        return Row(
            measure, counted, Quantity(amount, unit), stated, written, self.place, kind, counts_as,
            self.factors.says_equal_value(written), tuple(self.warnings),
        )  # fmt: skip

    def text(self, field: Field) -> str:
        """Return a cell as text, blank where the sheet has no such column."""
        return _written(self.cells.get(field))

    def bad(self, field: Field, rule: str, advice: str) -> None:
        """Note what is wrong with a cell."""
        title = self.titles.get(field, field.label)
        self.problems.append(Problem(self.place, title, self.text(field)[:40], rule, advice))

    def _measure(self) -> str:
        text = self.text(Field.MEASURE)
        if not text:
            self.bad(Field.MEASURE, "没有填写", "写方案名称或编号")
        elif len(text) > _LONGEST:
            self.bad(Field.MEASURE, f"超过{_LONGEST}个字", "缩短名称")
        elif folded(text) in _TOTALS:
            self.bad(Field.MEASURE, "合计行不能参与核算", "删去合计行，合计由平台计算")
        return text

    def _carrier(self) -> tuple[Carrier | None, str]:
        text = self.text(Field.CARRIER)
        if not text:
            self.bad(Field.CARRIER, "没有填写", "写能源品种或指标，如 电力、天然气、COD")
            return None, ""
        carrier = self.factors.carrier(text)
        if carrier is None:
            near = "、".join(self.factors.similar(text))
            advice = f"是否指 {near}" if near else "用 cleanprod performance factors 查看可用的名称"
            self.bad(Field.CARRIER, "没有这个载体或指标", advice)
        return carrier, text

    def _amount(self, carrier: Carrier | None) -> Decimal | None:
        value = self._number(Field.AMOUNT, self.cells.get(Field.AMOUNT), "写一个数，如 12000.5")
        if value is None or value >= 0:
            return value
        if carrier is not None and carrier.key == _INVESTMENT:
            self.bad(Field.AMOUNT, "投资额不能是负数", "没有投资的写 0")
            return None
        # A measure may cost energy or water; leaving that out would make the total too good.
        self.warnings.append(f"负数 {plain(value)} 按增加的用量或排放从合计中扣减，请确认")
        return value

    def _number(self, field: Field, cell: Any, advice: str) -> Decimal | None:
        try:
            return _as_number(cell)
        except Refused as refusal:
            self.bad(field, str(refusal), advice)
            return None

    def _unit(self, carrier: Carrier | None) -> Unit | None:
        text = self.text(Field.UNIT)
        if not text:
            self.bad(Field.UNIT, "没有填写", "写计量单位，如 kWh、万kWh、t、m3")
            return None
        unit = _read_unit(text)
        if unit is not None and carrier is not None:
            unit = unit.standing_for(carrier.unit.dimension)
        if unit is None:
            known = "、".join(one.value for one in Unit)
            self.bad(Field.UNIT, "没有这个单位", f"可用的单位有 {known}")
        elif carrier is not None and not carrier.takes(unit):
            fit = "、".join(one.value for one in Unit if carrier.takes(one))
            self.bad(
                Field.UNIT, f"单位的量纲不对，{carrier.name}不能用{unit.dimension.label}单位",
                f"改用 {fit}",
            )  # fmt: skip
            return None
        return unit

    def _stated(self, carrier: Carrier | None) -> Stated | None:
        cell = self.cells.get(Field.FACTOR)
        if _blank(cell) or carrier is None:
            return None
        advice = "写一个大于 0 的数，可带单位，如 1.2143 或 1.2143 kgce/m3"
        rate, amount = None, cell
        if isinstance(cell, str):
            figure, sign = _split(cell)
            rate, amount = Rate.read(sign) if sign else None, figure
            if sign and rate is None:
                self.bad(Field.FACTOR, "系数的单位无法识别", advice)
                return None
        value = self._number(Field.FACTOR, amount, advice)
        if value is None:
            return None
        if value <= 0:
            self.bad(Field.FACTOR, "必须大于 0", advice)
            return None
        return self._fitting(carrier, Stated(value, rate))

    def _fitting(self, carrier: Carrier, stated: Stated) -> Stated | None:
        """Return a stated factor that can be applied to the carrier."""
        if not carrier.tce:
            self.warnings.append(f"{carrier.name}不折算，所填系数 {plain(stated.value)} 未采用")
            return None
        published = self.factors.factor(carrier.tce)
        if stated.rate and not stated.rate.alike(published.ratio):
            advice = f"这一列只填折标准煤系数，单位如 {published.unit}"
            self.bad(Field.FACTOR, "系数的单位量纲不对", advice)
            return None
        return stated

    def _kind(self, carrier: Carrier | None, text: str) -> tuple[Carrier | None, Kind]:
        """Return what the row counts as; a word that says nothing to us is told and kept."""
        if carrier is None:
            return None, Kind.ENERGY
        sign = folded(text)
        if not sign or sign in _MEASURE_KINDS or sign in _EMISSION:
            return carrier, carrier.kind
        if sign in _GENERATION and carrier.generation:
            return self.factors.carriers[carrier.generation], carrier.kind
        kind = Kind.from_label(text) or Kind.from_label(sign)
        if kind is None and sign not in _GENERATION:
            self.warnings.append(f"类别“{text}”无法识别，不影响核算")
            return carrier, carrier.kind
        if kind is Kind.MATERIAL and carrier.kind is Kind.ENERGY:
            return carrier, Kind.MATERIAL
        if kind is not carrier.kind and sign not in _GENERATION:
            fits = [carrier.kind.label]
            if carrier.kind is Kind.ENERGY:
                fits.append(f"{Kind.MATERIAL.label}（用作原料，不折算）")
            self.bad(Field.KIND, f"与{carrier.name}不符", f"删去，或写 {'、'.join(fits)}")
        return carrier, carrier.kind


def _as_number(cell: Any) -> Decimal:
    """Return the number in a cell exactly as it is written, or refuse it."""
    if _blank(cell):
        raise Refused("没有填写")
    if isinstance(cell, bool):
        raise Refused("不是数")
    if isinstance(cell, Decimal):
        return checked(cell)
    if isinstance(cell, int | float):
        return checked(Decimal(repr(cell)))
    return number(cell) if isinstance(cell, str) else _no_number()


def _no_number() -> Decimal:
    raise Refused("不是数")


def _split(text: str) -> tuple[str, str]:
    """Part a written factor into its number and its unit."""
    bare = tidy(text)
    end = next((i for i, sign in enumerate(bare) if sign not in "0123456789.,+-eE"), len(bare))
    return (bare[:end], bare[end:]) if end else (bare, "")


@lru_cache(maxsize=1024)
def _read_unit(text: str) -> Unit | None:
    """Read a unit without the words for a year: amounts are yearly anyway."""
    bare = tidy(text)
    for ending in _PER_YEAR:
        bare = bare.removesuffix(ending)
    return Unit.read(bare)
