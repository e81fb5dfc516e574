"""An indicator system as a workbook, there and back, and any file of one read.

A finding about a workbook names the sheet and the cell, whatever part of the system it is about.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleanprod.foundation.intake.containers import MIB, grids
from cleanprod.foundation.intake.rules import Cell, Unreadable, letter, shown
from cleanprod.foundation.web import downloads
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.text import tidy
from cleanprod.stages.performance.indicators.loading import BadSystem, load
from cleanprod.stages.performance.indicators.numbers import printed
from cleanprod.stages.performance.indicators.system import (
    FORMAT,
    Benchmark,
    Group,
    Item,
    Span,
    System,
)

MAX_BYTES = 5 * MIB
MAX_ROWS = 2000

FACTS, RULES, INPUTS = "体系", "评定规则", "原始数据"
GROUPS, POOLS, ITEMS = "一级指标", "共享权重", "二级指标"
_MUST = (FACTS, RULES, GROUPS, ITEMS)
_GRADES = ("I", "II", "III")
_BETWEEN = re.compile(r"[、,，;；\s]+")
_SPAN = re.compile(r"\s*(\S+?)\s*[～~至]\s*(\S+?)\s*")

_FACTS = {
    "代码": "code",
    "名称": "name",
    "发布机关": "issuer",
    "行业代码": "trades",
    "施行日期": "effective_from",
    "基准等级": "grades",
    "出处": "source",
    "已核实": "confirmed",
    "说明": "note",
}
_RULES = {
    "等级": "level",
    "名称": "name",
    "限定性指标": "limiting",
    "非限定性指标": "others",
    "已核实": "confirmed",
}
_INPUTS = {"编号": "id", "名称": "name", "单位": "unit", "说明": "note"}
_GROUPS = {
    "编号": "id",
    "名称": "name",
    "权重": "weight",
    "加分": "bonus",
    "已核实": "confirmed",
    "说明": "note",
}
_POOLS = {"一级指标": "group", "编号": "id", "名称": "name", "权重": "weight", "分配方式": "by"}
_ITEMS = {
    "一级指标": "group",
    "编号": "id",
    "名称": "name",
    "类型": "kind",
    "单位": "unit",
    "权重": "weight",
    "共享权重": "pool",
    "产量": "output",
    "限定性": "limiting",
    "方向": "direction",
    "公式": "formula",
    "已核实": "confirmed",
    "说明": "note",
}
_NUMBERS = ("weight",)
_BOOKS = (b"PK", b"\xd0\xcf\x11\xe0")
_SIGNS = {
    "<=": "lower",
    "≤": "lower",
    "<": "below",
    ">=": "higher",
    "≥": "higher",
    ">": "above",
    "=": "equal",
    "越低越好": "lower",
    "越高越好": "higher",
}


def workbook(system: System) -> bytes:
    """Return the system as a workbook of six sheets."""
    return downloads.xlsx(_sheets(system))


def blank_workbook() -> bytes:
    """Return the workbook with its heads only, for typing a system in."""
    return workbook(System(code="", name="", grades=_GRADES, rules=(), groups=()))


def _sheets(system: System) -> Iterator[downloads.Sheet]:
    facts = {
        "代码": system.code,
        "名称": system.name,
        "发布机关": system.issuer,
        "行业代码": "、".join(system.trades),
        "施行日期": system.effective_from.isoformat() if system.effective_from else "",
        "基准等级": "、".join(system.grades),
        "出处": system.source,
        "已核实": _yes(system.confirmed),
        "说明": system.note,
    }
    yield downloads.Sheet(FACTS, ["项目", "内容"], list(facts.items()))
    least = [f"Y_{grade}不低于" for grade in system.grades]
    yield downloads.Sheet(
        RULES,
        ["等级", "名称", *least, "限定性指标", "非限定性指标", "已核实"],
        [
            [
                one.level, one.name, *(dict(one.least).get(grade) for grade in system.grades),
                one.limiting, one.others, _yes(one.confirmed),
            ]
            for one in system.rules
        ],
    )  # fmt: skip
    yield downloads.Sheet(
        INPUTS, [*_INPUTS], [[one.id, one.name, one.unit, one.note] for one in system.inputs]
    )
    yield downloads.Sheet(
        GROUPS,
        [*_GROUPS],
        [
            [one.id, one.name, one.weight, _yes(one.bonus), _yes(one.confirmed), one.note]
            for one in system.groups
        ],
    )
    yield downloads.Sheet(
        POOLS,
        [*_POOLS],
        [
            [group.id, one.id, one.name, one.weight, one.by.label]
            for group in system.groups
            for one in group.pools
        ],
    )
    heads = list(_ITEMS)
    at = heads.index("公式")
    yield downloads.Sheet(
        ITEMS,
        [*heads[:at], *(f"{grade}级" for grade in system.grades), *heads[at:]],
        [_item_row(system, group, item) for group, item in system.items()],
    )


def _item_row(system: System, group: Group, item: Item) -> list[Any]:
    benchmarks = item.benchmarks or (None,) * len(system.grades)
    return [
        group.id, item.id, item.name, item.kind.label, item.unit, item.weight, item.pool,
        item.output, _yes(item.limiting), item.direction.label if item.direction else "",
        *map(_benchmark, benchmarks), item.formula.text if item.formula else "",
        _yes(item.confirmed), item.note,
    ]  # fmt: skip


def _benchmark(value: Benchmark | None) -> Any:
    if isinstance(value, Span):
        return f"{printed(value.low)}～{printed(value.high)}"
    return value


def _yes(flag: bool) -> str:
    return "是" if flag else "否"


def read(data: bytes, name: str) -> System:
    """Return the system of a file, JSON or workbook, or raise BadSystem with every finding."""
    if len(data) > MAX_BYTES:
        finding = Finding(Level.BLOCK, "文件超过 5 MB", "指标体系只有几百行，请核对是否选错文件")
        raise BadSystem([finding])
    if data.startswith(_BOOKS) or name.lower().endswith((".xlsx", ".xls", ".xlsm")):
        return _read_workbook(data, name)
    return load(data)


def _read_workbook(data: bytes, name: str) -> System:
    try:
        book = {
            grid.name.strip(): list(grid.rows())
            for grid in grids(data, name=name, max_rows=MAX_ROWS, max_bytes=MAX_BYTES)
        }
    except Unreadable as refusal:
        raise BadSystem([refusal.finding]) from None
    reader = _Reader(book)
    written = reader.system()
    try:
        system = load(written)
    except BadSystem as bad:
        raise BadSystem([*reader.findings, *map(reader.placed, bad.findings)]) from None
    if reader.findings:
        raise BadSystem(reader.findings)
    return system


@dataclass(slots=True)
class _Row:
    """One row of a sheet: the cells that say something by field, and where each stands."""

    sheet: str
    number: int
    cells: dict[str, Any] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Turns the sheets into the JSON form and remembers where each part stood."""

    def __init__(self, book: Mapping[str, Sequence[Sequence[Cell]]]) -> None:
        self.book = book
        self.findings: list[Finding] = []
        self.places: dict[str, tuple[str, str]] = {}
        self.grades: tuple[str, ...] = _GRADES
        for sheet in _MUST:
            if sheet not in book:
                self._note(sheet, "", "", f"缺少工作表“{sheet}”", "可先下载模板，再按模板填写")

    def system(self) -> dict[str, Any]:
        """Return the system in JSON form."""
        written = {"format": FORMAT} | self._facts()
        rules = self._rows(RULES, _RULES | {f"Y_{one}不低于": f"={one}" for one in self.grades})
        written["rules"] = self._many(rules, "rules", self._rule)
        written["inputs"] = self._many(self._rows(INPUTS, _INPUTS), "inputs")
        groups = self._many(self._rows(GROUPS, _GROUPS), "groups")
        by_id = {str(group.get("id")): place for place, group in reversed([*enumerate(groups)])}
        for key, rows in (
            ("pools", self._rows(POOLS, _POOLS)),
            ("items", self._rows(ITEMS, _ITEMS | {f"{one}级": f"={one}" for one in self.grades})),
        ):
            self._hang(groups, by_id, key, rows)
        return written | {"groups": groups}

    def placed(self, finding: Finding) -> Finding:
        """Return the finding with sheet and cell in the place of the path."""
        path = finding.cell
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        sheet, cell = self.places.get(path, ("", ""))
        return Finding(finding.level, finding.rule, finding.advice, sheet, cell, finding.value)

    def _note(self, sheet: str, cell: str, value: str, rule: str, advice: str) -> None:
        self.findings.append(Finding(Level.BLOCK, rule, advice, sheet, cell, value[:100]))

    def _facts(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for number, row in enumerate(self.book.get(FACTS, ()), 1):
            cells = [*map(shown, row), "", ""]
            label, value = tidy(cells[0]), cells[1].strip()
            if not label or label == "项目":
                continue
            key = _FACTS.get(label)
            if key is None:
                self._note(FACTS, f"A{number}", cells[0], f"不认识的项目“{cells[0][:40]}”",
                           f"可填：{'、'.join(_FACTS)}")  # fmt: skip
            elif value:
                found[key] = value
                self.places[key] = (FACTS, f"B{number}")
        for key in ("trades", "grades"):
            if key in found:
                found[key] = [part for part in _BETWEEN.split(found[key]) if part]
        self.grades = tuple(found.get("grades", _GRADES))
        return found

    def _rows(self, sheet: str, heads: Mapping[str, str]) -> list[_Row]:
        """Return the rows of a sheet, its first row being the head."""
        lines = self.book.get(sheet, ())
        if not lines:
            return []
        known = {tidy(label): key for label, key in heads.items()}
        keys: dict[int, str] = {}
        for place, cell in enumerate(lines[0]):
            label = tidy(shown(cell))
            if label in known and known[label] not in keys.values():
                keys[place] = known[label]
            elif label:
                rule = f"不认识或重复的列“{label[:40]}”"
                advice = f"可用的列：{'、'.join(heads)}"
                self._note(sheet, f"{letter(place)}1", shown(cell), rule, advice)
        found = []
        for number, line in enumerate(lines[1:], 2):
            row = _Row(sheet, number)
            for place, key in keys.items():
                cell = line[place] if place < len(line) else ""
                if shown(cell).strip():
                    row.cells[key] = _value(key, cell)
                    row.places[key] = f"{letter(place)}{number}"
            if row.cells:
                found.append(row)
        return found

    def _many(self, rows: list[_Row], path: str, shape: Any = None) -> list[dict[str, Any]]:
        made = []
        for number, row in enumerate(rows):
            self._remember(row, f"{path}[{number}]")
            made.append(shape(row) if shape else dict(row.cells))
        return made

    def _remember(self, row: _Row, path: str) -> None:
        self.places.setdefault(path.partition("[")[0], (row.sheet, ""))
        self.places[path] = (row.sheet, f"A{row.number}")
        for key, cell in row.places.items():
            if key.startswith("="):
                key = "least" if row.sheet == RULES else f"benchmarks.{key[1:]}"
            self.places[f"{path}.{key}"] = (row.sheet, cell)

    def _rule(self, row: _Row) -> dict[str, Any]:
        cells, least = _parted(row.cells)
        return cells | {"least": least}

    def _hang(
        self, groups: list[dict[str, Any]], by_id: Mapping[str, int], key: str, rows: list[_Row]
    ) -> None:
        """Hang pools or items under their group."""
        for row in rows:
            cells, benchmarks = _parted(row.cells)
            group = str(cells.pop("group", ""))
            if group not in by_id:
                place = row.places.get("group", f"A{row.number}")
                rule = f"没有编号为“{group[:40]}”的一级指标"
                self._note(row.sheet, place, group, rule, "请填写“一级指标”表中的编号")
                continue
            if key == "items" and benchmarks:
                cells["benchmarks"] = _benchmarks(cells, benchmarks)
            below = groups[by_id[group]].setdefault(key, [])
            self._remember(row, f"groups[{by_id[group]}].{key}[{len(below)}]")
            below.append(cells)


def _value(key: str, cell: Cell) -> Any:
    if key in _NUMBERS or key.startswith("="):
        return repr(cell) if isinstance(cell, float) else cell
    text = shown(cell)
    return _SIGNS.get(tidy(text), text) if key == "direction" else text


def _parted(cells: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plain fields and those that stand for grades."""
    plain_ones = {key: value for key, value in cells.items() if not key.startswith("=")}
    return plain_ones, {key[1:]: value for key, value in cells.items() if key.startswith("=")}


def _benchmarks(cells: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for grade, value in written.items():
        span = _SPAN.fullmatch(str(value))
        ranged = span and tidy(str(cells.get("direction", ""))) in ("在范围内", "range")
        found[grade] = [span[1], span[2]] if span and ranged else value
    return found
