"""Read the values of an enterprise from a sheet of id or name and value; write the blank sheet."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.text import tidy, upper
from cleanprod.stages.performance.indicators.numbers import number_of
from cleanprod.stages.performance.indicators.scoring import Mark, Value
from cleanprod.stages.performance.indicators.system import Input, Item, Kind, Sharing, System

Row = Sequence[str]

COLUMNS = ("编号", "名称", "填报值", "单位", "类型", "要求", "说明")
_KEYS = frozenset(
    ("ID", "编号", "指标编号", "代码", "CODE", "NO", "INDICATOR", "ITEM")
    + ("NAME", "NAME_ZH", "指标", "指标名称", "名称", "二级指标")
)
_COUNTERS = frozenset(("序号", "指标序号"))  # a key only where there is no other
_VALUES = frozenset(("VALUE", "VALUES", "值", "数值", "填报值", "指标值", "实际值", "现状值"))
_NOT_APPLICABLE = frozenset(("不适用", "N/A", "NA"))
_UNMET = frozenset(("达不到", "未达到", "未达标", "不符合", "不满足", "否", "NO", "NONE"))
_MET = frozenset(("是", "符合", "满足", "达到", "YES"))
_ORDINALS = "一二三四五六七八九"
_SEARCHED = 10  # rows in which the header is looked for
_MOST_ROWS = 5000


class BadValues(Refused):
    """A sheet of values that cannot be used; `findings` says everything that is wrong."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        """Keep the findings; the message tells the first and how many there are."""
        self.findings = tuple(findings)
        super().__init__(f"填报值有{len(self.findings)}处错误，第一处：{self.findings[0].rule}")


class BadValue(Exception):  # noqa: N818 - a value is bad; the word is the trade's
    """What is wrong with one value, and how to mend it."""

    def __init__(self, rule: str, advice: str) -> None:
        """Keep both sentences."""
        super().__init__(rule)
        self.rule, self.advice = rule, advice


class Asked:
    """What a system asks for: its items and inputs by id and by name."""

    def __init__(self, system: System) -> None:
        """Index the system."""
        self.system = system
        self.entries: dict[str, Input | Item] = {one.id: one for one in system.inputs}
        self.entries |= {item.id: item for _, item in system.items()}
        self.outputs = {
            item.output
            for group, item in system.items()
            if any(pool.id == item.pool and pool.by is Sharing.OUTPUT for pool in group.pools)
        }
        self._by_id = {_form(key): key for key in self.entries}
        self._by_name: dict[str, list[str]] = {}
        for key, entry in self.entries.items():
            self._by_name.setdefault(_form(entry.name), []).append(key)

    def find(self, written: str) -> list[str]:
        """Return the ids that a person can have meant by an id or a name."""
        form = _form(written).lstrip("*")
        if form in self._by_id:
            return [self._by_id[form]]
        return self._by_name.get(form, [])

    def value(self, key: str, written: str) -> Value | None:
        """Return the value that was written for an id; None when it is blank."""
        entry, text = self.entries[key], tidy(written)
        if not text:
            return None
        if upper(text) in _NOT_APPLICABLE:
            return self._not_applicable(entry)
        if isinstance(entry, Input):
            return self._number(entry, text)
        if entry.formula is not None:
            inputs = {one.id: one.name for one in self.system.inputs}
            needed = "、".join(inputs[name] for name in entry.formula.names)
            raise BadValue(
                f"“{entry.name}”由公式计算，不直接填写", f"请改填原始数据：{needed or '无'}"
            )
        if entry.kind is Kind.QUALITATIVE:
            return self._grade(entry, upper(text))
        if entry.kind is Kind.REPORT:
            return number_of(text) or written.strip()
        return self._number(entry, text)

    def _not_applicable(self, entry: Input | Item) -> Value:
        if isinstance(entry, Input):
            raise BadValue(
                f"原始数据“{entry.name}”不能填“不适用”",
                "没有这种产品的产量填0；不适用的请填在指标上",
            )
        return Mark.NOT_APPLICABLE

    def _number(self, entry: Input | Item, text: str) -> Value:
        bare = text.removesuffix("%") if entry.unit == "%" else text
        number = number_of(bare)
        if number is None:
            unit = f"，单位为{entry.unit}" if entry.unit else ""
            raise BadValue(
                f"“{entry.name}”应填数字", f"请只填数字{unit}；不适用的填“不适用”，没有数据的留空"
            )
        if entry.id in self.outputs and number < 0:
            raise BadValue(f"产量“{entry.name}”不能为负数", "请核对产量")
        if isinstance(entry, Item) and entry.never_negative and number < 0:
            raise BadValue(f"“{entry.name}”不能为负数", "请核对数值，确实没有的填0")
        return number

    def _grade(self, item: Item, text: str) -> Value:
        grades = self.system.grades
        if text in _UNMET:
            return Mark.UNMET
        if text in _MET and item.same_as(len(grades) - 1) == 0:
            return grades[0]
        bare = text.removesuffix("水平").removesuffix("级").removesuffix("LEVEL")
        for place, grade in enumerate(grades):
            if bare in (upper(tidy(grade)), str(place + 1), _ORDINALS[place]):
                return grade
        raise BadValue(
            f"“{item.name}”应填达到的等级",
            f"可填：{'、'.join(grades)}、达不到、不适用，没有结论的留空",
        )


def _form(text: str) -> str:
    return upper(tidy(text))


def from_texts(
    system: System, texts: Mapping[str, str]
) -> tuple[dict[str, Value], dict[str, BadValue]]:
    """Return the values of texts keyed by id, and what is wrong with the others."""
    asked = Asked(system)
    values: dict[str, Value] = {}
    problems: dict[str, BadValue] = {}
    for key in asked.entries:
        try:
            value = asked.value(key, texts.get(key, ""))
        except BadValue as problem:
            problems[key] = problem
        else:
            if value is not None:
                values[key] = value
    return values, problems


def from_csv(system: System, data: bytes) -> dict[str, Value]:
    """Return the values of a CSV file in UTF-8, UTF-16 or GB18030, or raise BadValues."""
    return from_rows(system, csv_rows(data))


def csv_rows(data: bytes) -> list[list[str]]:
    """Return the cells of a CSV file; raise BadValues for what is no text."""
    text = _decoded(data)
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max((",", "\t", ";", "，"), key=head.count)
    try:
        return [list(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    except csv.Error:
        raise _unusable("CSV 的引号或换行有误", "请用 Excel 或 WPS 另存为 CSV") from None


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise _unusable("文字编码无法识别", "请另存为 UTF-8 或 GB18030 编码的 CSV")


def _unusable(rule: str, advice: str) -> BadValues:
    return BadValues([Finding(Level.BLOCK, rule, advice)])


@dataclass(slots=True)
class _Columns:
    row: int
    keys: list[int]
    value: int


def from_rows(system: System, rows: Sequence[Row], *, sheet: str = "") -> dict[str, Value]:
    """Return the values of a table's cells, or raise BadValues with every finding."""
    if len(rows) > _MOST_ROWS:
        raise _unusable(f"填报值超过{_MOST_ROWS}行", "请删去无关的行")
    columns = _columns(rows)
    if columns is None:
        raise _unusable(
            "没有找到表头", "表头应有“编号”或“名称”一列和“填报值”一列（id 或 name，value）"
        )
    reader = _Reader(Asked(system), columns, sheet)
    for number, row in enumerate(rows[columns.row + 1 :], columns.row + 2):
        reader.take(number, row)
    if reader.findings:
        raise BadValues(reader.findings)
    return reader.values


def _columns(rows: Sequence[Row]) -> _Columns | None:
    for number, row in enumerate(rows[:_SEARCHED]):
        forms = [_form(cell) for cell in row]
        keys = [place for place, form in enumerate(forms) if form in _KEYS] or [
            place for place, form in enumerate(forms) if form in _COUNTERS
        ]
        value = next((place for place, form in enumerate(forms) if form in _VALUES), None)
        if keys and value is not None:
            return _Columns(number, keys, value)
    return None


class _Reader:
    """Takes the rows of a table one by one."""

    def __init__(self, asked: Asked, columns: _Columns, sheet: str) -> None:
        self.asked, self.columns, self.sheet = asked, columns, sheet
        self.values: dict[str, Value] = {}
        self.rows: dict[str, int] = {}
        self.findings: list[Finding] = []

    def take(self, number: int, row: Row) -> None:
        """Read one row; a row without id, name and value says nothing."""
        cells = [*row, *[""] * (self.columns.value + 1)]
        written = [(place, cells[place]) for place in self.columns.keys if cells[place].strip()]
        value = cells[self.columns.value]
        if not written:
            if value.strip():
                self._note(number, self.columns.value, value, "这一行有值，没有编号和名称",
                           "请填写编号或名称")  # fmt: skip
            return
        key = self._key(number, written, value)
        if key is None:
            return
        if key in self.rows:
            self._note(number, written[0][0], written[0][1],
                       f"“{self.asked.entries[key].name}”已在第{self.rows[key]}行填写",
                       "每个指标只填一行")  # fmt: skip
            return
        self.rows[key] = number
        try:
            found = self.asked.value(key, value)
        except BadValue as problem:
            self._note(number, self.columns.value, value, problem.rule, problem.advice)
        else:
            if found is not None:
                self.values[key] = found

    def _key(self, number: int, written: list[tuple[int, str]], value: str) -> str | None:
        """Return the id that a row speaks of; note why where there is not exactly one."""
        met = [set(found) for _, text in written if (found := self.asked.find(text))]
        place, text = written[0]
        if not met:
            if value.strip():  # headings between the rows carry no value
                self._note(number, place, text, f"体系中没有指标“{text.strip()[:40]}”",
                           "请核对编号或名称，可先导出空白填报表")  # fmt: skip
            return None
        common = set.intersection(*met)
        if len(common) == 1:
            return common.pop()
        if common:
            self._note(number, place, text, f"名为“{text.strip()[:40]}”的指标不止一个",
                       "请填写编号")  # fmt: skip
        else:
            self._note(number, place, text, "编号与名称不是同一个指标", "请核对编号和名称")
        return None

    def _note(self, number: int, place: int, value: str, rule: str, advice: str) -> None:
        cell = f"{_letter(place)}{number}"
        self.findings.append(
            Finding(Level.BLOCK, rule, advice, sheet=self.sheet, cell=cell, value=value[:100])
        )


def _letter(place: int) -> str:
    return chr(65 + place) if place < 26 else f"第{place + 1}列"


def blank_rows(system: System) -> list[tuple[str, ...]]:
    """Return the rows of a blank sheet for `COLUMNS`: the inputs first, then the items.

    Computed items have no row, unless to say that they do not apply.
    """
    rows: list[tuple[str, ...]] = [
        (one.id, one.name, "", one.unit, "原始数据", "", one.note) for one in system.inputs
    ]
    for group, item in system.items():
        wanted = "；".join(
            f"{grade}级：{item.demand(place)}"
            for place, grade in enumerate(system.grades)
            if item.kind is not Kind.REPORT and (not place or item.same_as(place) == place)
        )
        kind = f"{'限定性' if item.limiting else ''}{item.kind.label}"
        rows.append(
            (item.id, item.name, "", item.unit, kind, wanted, _hint(group.name, system, item))
        )
    return rows


def _hint(group: str, system: System, item: Item) -> str:
    if item.formula is not None:
        how = f"由公式 {item.formula.text} 计算，不用填写；不适用的填“不适用”"
    elif item.kind is Kind.QUALITATIVE:
        how = f"填达到的等级：{'、'.join(system.grades)}、达不到；不适用的填“不适用”"
    elif item.kind is Kind.REPORT:
        how = "仅报告，不参与评分"
    else:
        how = "填数字；不适用的填“不适用”"
    return f"{group}。{how}"
