"""Words and shapes of reading a workbook: templates, rows, outcomes, reports.

A template names the columns of one kind of workbook; reading gives a table of rows with every
finding; the caller judges the rows and gives back a report and one outcome a row.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy, upper

Cell = str | float | int | bool | date | datetime | time | timedelta

_SHOWN = 200
_PLACEHOLDERS = frozenset(
    ("", "无", "暂无", "没有", "空", "NULL", "NONE", "NAN", "N/A", "NA", "#N/A")
    + ("/", "//", "\\", "-", "--", "---", "—", "——", "_", "…")
)
LONGEST_PLACEHOLDER = 8
_BRACKETS = re.compile(r"[(\[【〔〈{][^)\]】〕〉}]*[)\]】〕〉}]")
_NUMBERING = re.compile(r"^(?:\d{1,2}|[一二三四五六七八九十]{1,3})[.、)]")
_OR = re.compile("[/及或]")
_HEADER_SIGNS = "*★☆※:;,.。、-_'\""
COUNTERS = frozenset(("序号", "编号", "NO", "序", "行号"))


class Outcome(Term):
    """What became of one row."""

    CREATED = "created", "新增"
    MATCHED = "matched", "一致"
    CHANGED = "changed", "变更"
    REFUSED = "refused", "未导入"
    TO_DECIDE = "to_decide", "待决定"


class State(Term):
    """What became of a workbook as a whole."""

    EMPTY = "empty", "空白模板（没有填写数据行）"
    WRONG = "wrong", "模板不对（表头不符）"
    BLOCKED = "blocked", "不能导入"
    TO_DECIDE = "to_decide", "待决定"
    PARTLY = "partly", "部分导入（经同意）"
    TAKEN = "taken", "已导入"


class How(Term):
    """Why a column of the sheet is read as a column of the template."""

    WORDS = "words", "按表头"
    LEARNED = "learned", "按本单位上次的对应"
    CHOSEN = "chosen", "本次指定"


class Problem(Exception):  # noqa: N818 - a cell has a problem; the word is the trade's
    """What is wrong with one cell.

    A problem below `Level.BLOCK` carries the value that is kept nevertheless.
    """

    def __init__(
        self, rule: str, advice: str = "", *, level: Level = Level.BLOCK, value: Any = None
    ) -> None:
        """Say which rule the cell breaks and how to put it right."""
        super().__init__(rule)
        self.rule, self.advice, self.level, self.value = rule, advice, level, value


class Unreadable(Refused):
    """The file as a whole cannot be read; `finding` says why in one sentence."""

    def __init__(self, rule: str, advice: str, *, sheet: str = "", value: str = "") -> None:
        """Say what is wrong with the file and what to do."""
        super().__init__(f"{rule}。{advice}")
        self.finding = Finding(Level.BLOCK, rule, advice, sheet=sheet, value=value)

    @property
    def report(self) -> "Report":
        """Return the report of a file of which no row was read."""
        return Report(findings=(self.finding,))


@dataclass(frozen=True, slots=True)
class Parser:
    """How the cells of a column are read, and what a blank workbook must know about them.

    `read` gets a cell that is not blank and returns its value or raises Problem; `blank` is the
    value of a blank cell; `choices` become a list to choose from; `as_text` keeps long digits
    from being lost; `answers` are placeholders that are an answer in this column.
    """

    read: Callable[[Cell], Any]
    blank: Any = None
    choices: tuple[str, ...] = ()
    as_text: bool = False
    number_format: str = ""
    answers: frozenset[str] = frozenset()

    def __call__(self, cell: Cell) -> Any:
        """Return the value of a cell, the blank value for a blank cell, or raise Problem."""
        return self.blank if self.sees_blank(cell) else self.read(cell)

    def sees_blank(self, cell: Cell) -> bool:
        """Tell whether the cell says nothing in this column."""
        return is_blank(cell) and not (isinstance(cell, str) and tidy(cell) in self.answers)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a template, with the other headers under which offices write it."""

    key: str
    title: str
    parse: Parser
    synonyms: tuple[str, ...] = ()
    required: bool = False
    example: str = ""
    advice: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether the column only numbers the rows."""
        return header_forms(self.title)[0] in COUNTERS


@dataclass(frozen=True)
class Template:
    """The columns of one kind of workbook; `name` is for machines, `title` for people.

    `others` names workbooks that are taken for this one by mistake, with headers that tell.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    others: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    headers: dict[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the headers; two columns under one header would be a mistake of ours."""
        headers: dict[str, str] = {}
        for column in self.columns:
            for text in (column.title, *column.synonyms):
                form = header_forms(text)[0]
                if headers.setdefault(form, column.key) != column.key:
                    raise ValueError(f"{text} names two columns of {self.name}")
        if not any(column.required for column in self.columns):
            raise ValueError(f"{self.name} has no required column")
        object.__setattr__(self, "headers", headers)

    def mistaken(self, unknown: Iterable[str]) -> str:
        """Return the title of another workbook that the unknown headers tell of, else nothing."""
        forms = {form for text in unknown for form in header_forms(text)}
        for title, signs in self.others.items():
            told = sum(header_forms(sign)[0] in forms for sign in signs)
            if told >= 2:
                return title
        return ""

    def place(self, key: str) -> int:
        """Return where the values of a column stand in `Row.values`."""
        return next(i for i, column in enumerate(self.columns) if column.key == key)


class Row(NamedTuple):
    """One data row: its number in the sheet, its values in the order of the template.

    In a blocked row the cells with a problem hold the blank value of their column.
    """

    number: int
    values: tuple[Any, ...]
    blocked: bool = False


class Skip(Term):
    """Rows among the data that are no data."""

    BLANK = "blank", "空行"
    TOTAL = "total", "合计行"
    NOTE = "note", "说明行"
    CAPTION = "caption", "小标题行"
    HEADER = "header", "重复表头"


@dataclass(frozen=True, slots=True)
class Picked:
    """How a person wants a workbook read: which sheet, which header, which columns.

    `columns` maps keys of the template to letters, an empty letter leaving the column out; keys
    that are not named go by the words of the header. `header` is the last row of the header
    counted from 1 and how many rows it takes; None lets the reading find it.
    """

    sheet: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    header: tuple[int, int] | None = None


@dataclass(slots=True)
class Table:
    """A sheet that was read: where its columns are, its rows, everything that was found.

    `columns` gives the letter of each template column that the sheet has, `how` why; `marks` the
    findings by row number; `unknown` the headers that no column of the template answers to, by
    letter; `headers` all of them and `examples` the first value below each; `sheets` the sheets
    that one may choose from; `totals` what rows of totals say by column, for who adds up. A sheet
    that could not be understood has no rows, at least one blocking finding, and in `lacks` what is
    the matter with it.
    """

    template: Template
    sheet: str
    header_row: int = 0
    header_depth: int = 1
    columns: dict[str, str] = field(default_factory=dict)
    how: dict[str, How] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    examples: dict[str, str] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()
    lacks: State | None = None
    rows: list[Row] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    marks: dict[int, list[Finding]] = field(default_factory=dict)
    skipped: dict[Skip, int] = field(default_factory=dict)
    totals: dict[int, dict[str, Cell]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def rows_read(self) -> int:
        """Return how many data rows the sheet has, good or bad."""
        return len(self.rows)

    @property
    def picked(self) -> Picked:
        """Return what reads this workbook in exactly this way again."""
        columns = {c.key: self.columns.get(c.key, "") for c in self.template.columns}
        if self.lacks is State.TO_DECIDE:
            return Picked()
        header = (self.header_row, self.header_depth) if self.header_row else None
        return Picked(self.sheet, columns if header else {}, header)

    @property
    def mapping(self) -> dict[str, str]:
        """Return for people which column of the sheet each column of the template was."""
        titles = {column.key: column.title for column in self.template.columns}
        return {
            titles[key]: f"{name}列 {self.headers.get(name, '')}".strip()
            for key, name in self.columns.items()
        }

    def cell(self, number: int, key: str) -> str:
        """Return the cell like C12 of a row and a column; column A when the sheet lacks it."""
        return f"{self.columns.get(key, 'A')}{number}"

    def found(
        self, number: int, key: str, level: Level, rule: str, advice: str, value: str = ""
    ) -> Finding:
        """Return a finding at one cell of this sheet, for the caller's own checks."""
        return Finding(level, rule, advice, self.sheet, self.cell(number, key), value)

    def why(self, number: int) -> str:
        """Return in one line what blocks a row."""
        return "；".join(
            f"{mark.cell} {mark.rule}"
            for mark in self.marks.get(number, ())
            if mark.level is Level.BLOCK
        )


class RowOutcome(NamedTuple):
    """One line of a receipt; `subject` like `round:12` names the record, `note` says why."""

    number: int
    outcome: Outcome
    label: str
    subject: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What reading a workbook came to, in counts and findings.

    `lacks` says what is the matter with a workbook of which no row could be read.
    """

    rows_read: int = 0
    created: int = 0
    matched: int = 0
    changed: int = 0
    refused: int = 0
    to_decide: int = 0
    findings: Sequence[Finding] = ()
    lacks: State | None = None

    @classmethod
    def of(cls, table: Table, outcomes: Iterable[Outcome], findings: Sequence[Finding]) -> "Report":
        """Count the outcomes of the rows of a table."""
        counted = Counter(outcomes)
        return cls(
            rows_read=table.rows_read,
            **{outcome.value: counted[outcome] for outcome in Outcome},
            findings=sorted(findings, key=_line),
            lacks=table.lacks,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the report as the commands and the API print it."""
        counts: dict[str, Any] = {name: getattr(self, name) for name in COUNTS}
        counts["findings"] = [finding_json(finding) for finding in self.findings]
        return counts

    @property
    def state(self) -> State:
        """Return what became of the workbook, going by the counts."""
        if self.lacks:
            return self.lacks
        if self.created + self.matched + self.changed:
            return State.PARTLY if self.refused + self.to_decide else State.TAKEN
        return State.TO_DECIDE if self.to_decide else State.BLOCKED

    @property
    def moves(self) -> bool:
        """Tell whether taking the workbook would change anything."""
        return self.created + self.changed > 0

    @property
    def outlook(self) -> State:
        """Return what the preview has to call a workbook that is not taken yet."""
        if self.lacks or self.to_decide:
            return self.lacks or State.TO_DECIDE
        return State.BLOCKED if self.refused and not self.moves else self.state

    @property
    def outlook_words(self) -> str:
        """Return the outlook as a person reads it before anything is taken."""
        if self.outlook is State.PARTLY:
            return "可以部分导入（须经同意）"
        if self.outlook is State.TAKEN:
            return "可以导入" if self.moves else "与已有记录一致"
        return self.outlook.label


def checked_consent(report: Report, *, left: int, consent: bool) -> None:
    """Refuse a workbook without rows, and good rows alone unless the others are left out knowingly.

    `left` rows are left out without a decision on each of them.
    """
    if report.lacks:
        raise Refused(f"{report.lacks.label}：没有可以导入的行")
    if left and not consent:
        raise Refused(
            f"有{left}行不予导入或待决定，没有导入任何内容。"
            f"请改正或逐行决定，或勾选“{PARTLY_CONSENT}”后再确认"
        )


PARTLY_CONSENT = "同意只导入没有问题的行"
COUNTS = ("rows_read", "created", "matched", "changed", "refused", "to_decide")


def _line(finding: Finding) -> int:
    """Return the row of a finding, so that all about one row stands together."""
    return int("".join(filter(str.isdecimal, finding.cell)) or 0)


def finding_json(finding: Finding) -> dict[str, str]:
    """Return a finding as the commands and the API print it."""
    return {
        "sheet": finding.sheet,
        "cell": finding.cell,
        "value": finding.value,
        "rule": finding.rule,
        "level": finding.level.value,
        "advice": finding.advice,
    }


def finding_of(kept: Mapping[str, str]) -> Finding:
    """Return the finding that `finding_json` wrote down."""
    return Finding(
        Level(kept["level"]),
        kept["rule"],
        kept["advice"],
        kept["sheet"],
        kept["cell"],
        kept["value"],
    )


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell says nothing: empty, blanks, or a placeholder like 无 or NULL.

    0 is a value.
    """
    if not isinstance(cell, str):
        return False
    if len(cell) > LONGEST_PLACEHOLDER:
        cell = cell.strip()
        if len(cell) > LONGEST_PLACEHOLDER:
            return not tidy(cell)
    return upper(tidy(cell)) in _PLACEHOLDERS


def shown(cell: Cell) -> str:
    """Return a cell as a person reads it in the workbook."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, float):
        return f"{cell:.15g}"
    text = str(cell)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def header_forms(text: str) -> tuple[str, ...]:
    """Return the forms under which a header is looked up, the nearest first.

    Width, blanks, line breaks, case and stars do not count; the later forms leave out brackets
    with units or remarks, numbering, and what follows 及, 或 or a stroke.
    """
    full = upper(tidy(text)).strip(_HEADER_SIGNS)
    bare = _BRACKETS.sub("", full).strip(_HEADER_SIGNS)
    forms = [full, _NUMBERING.sub("", full), bare, _NUMBERING.sub("", bare)]
    forms.append(_OR.split(forms[-1])[0].strip(_HEADER_SIGNS))
    return tuple(dict.fromkeys(form for form in forms if form)) or ("",)


def letter(place: int) -> str:
    """Return the letter of a column counted from 0: 0 gives A, 26 gives AA."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(name: str) -> int:
    """Return the column counted from 0 that a letter names: A gives 0, AA gives 26."""
    place = 0
    for sign in name.upper():
        place = place * 26 + ord(sign) - 64
    return place - 1
