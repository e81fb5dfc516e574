"""Turn the data rows of one sheet into values and findings.

Cells are read column by column in blocks of rows, with each distinct text of a column parsed
once: that keeps a clean file of 100,000 rows near the time of merely reading it.
"""

import gc
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

from cleanprod.foundation.intake.containers import Grid
from cleanprod.foundation.intake.headers import Heading, Merge
from cleanprod.foundation.intake.rules import (
    LONGEST_PLACEHOLDER,
    Cell,
    Column,
    Parser,
    Problem,
    Row,
    Skip,
    Table,
    Unreadable,
    letter,
    shown,
)
from cleanprod.foundation.intake.skips import (
    DITTO,
    GOES_ON,
    MARKS,
    OPENINGS,
    TOTAL_COUNT,
    kind_of_words,
    says_nothing,
)
from cleanprod.kernel.finding import Finding, Level
from cleanprod.kernel.text import tidy

_BLOCK = 1000
_REMEMBERED = 20_000


class _Bad:
    """A cell with a problem, on its way from the parser to the findings."""

    __slots__ = ("problem",)

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


class _Memo(dict[Any, Any]):
    """Reads the cells of one column and remembers what it read."""

    __slots__ = ("bad", "parser", "read")

    def __init__(self, parser: Parser) -> None:
        super().__init__({"": parser.blank})
        self.parser = parser
        self.read = parser.read
        self.bad = False

    def __missing__(self, cell: Cell) -> Any:
        try:
            # Most cells cannot be blank: a number, or a text that is long and begins plainly.
            if cell.__class__ is str and (
                len(cell) <= LONGEST_PLACEHOLDER or not cell[0].isalnum()
            ):
                value = self.parser(cell)
            else:
                value = self.read(cell)
        except Problem as problem:
            self.bad = True
            # Its frames would hold the whole block of rows.
            return _Bad(problem.with_traceback(None))
        # Numbers are not kept: 1, 1.0 and TRUE are one key to a dictionary.
        if not isinstance(cell, (int, float)) and len(self) < _REMEMBERED:
            self[cell] = value
        return value


class _Filler:
    """Writes merged cells out downwards in one column, inside the merged range only."""

    def __init__(self, spans: Sequence[tuple[int, int]]) -> None:
        self.spans = list(spans)
        self.value: Cell = ""

    def fill(self, cells: list[Cell], start: int) -> None:
        """Fill the cells of a block whose first row is `start`."""
        end = start + len(cells)
        while self.spans and self.spans[0][0] < end:
            first, last = self.spans[0]
            if first >= start:
                self.value = cells[first - start]
            for row in range(max(first + 1, start), min(last + 1, end)):
                if cells[row - start] == "":
                    cells[row - start] = self.value
            if last >= end:
                return
            self.spans.pop(0)


@dataclass(slots=True)
class _Field:
    """One column of the template as this sheet has it."""

    column: Column
    place: int | None
    memo: _Memo
    filler: _Filler | None
    above: Cell = ""


class Reader:
    """Reads the data rows of one sheet into its table."""

    def __init__(self, table: Table, grid: Grid, heading: Heading, max_rows: int) -> None:
        """Set up one field for each column of the template."""
        self.table, self.grid, self.heading, self.max_rows = table, grid, heading, max_rows
        spans = _spans(grid.merges, heading.first)
        self.fields = [
            self._field(column, heading.places.get(column.key), spans)
            for column in table.template.columns
        ]
        present = [field for field in self.fields if field.place is not None]
        self.required = [field for field in present if field.column.required]
        lead = min(field.place or 0 for field in self.required)
        self.leads = range(lead + 1)
        self.counters = {field.place for field in present if field.column.counts}
        self.captions = {row for (row, first), (_, last) in grid.merges if last - first >= 2}
        self.repeats = self._header_cells(lead)
        self.totals: list[tuple[int, int]] = []
        self.remarks: set[int] = set()

    def _field(
        self, column: Column, place: int | None, spans: dict[int, list[tuple[int, int]]]
    ) -> _Field:
        filler = None
        if place in spans and not column.counts:
            filler = _Filler(sorted(spans[place]))
        return _Field(column, place, _Memo(column.parse), filler)

    def _header_cells(self, place: int) -> frozenset[Cell]:
        rows = islice(self.grid.rows(), self.heading.row + 1)
        cells = (row[place] for row in list(rows)[-self.heading.depth :] if place < len(row))
        return frozenset(cell for cell in cells if cell != "")

    def run(self) -> None:
        """Read all rows, then say what the sheet as a whole lacks."""
        # A hundred thousand new tuples would set off the collector again and again, for nothing.
        collecting = gc.isenabled()
        gc.disable()
        try:
            self._rows()
        finally:
            if collecting:
                gc.enable()
        self._whole()

    def _rows(self) -> None:
        rows = self.grid.rows()
        start = self.heading.first
        for _ in range(start):
            next(rows, None)
        while block := list(islice(rows, _BLOCK)):
            self._block(block, start)
            start += len(block)
            if len(self.table.rows) > self.max_rows:
                raise Unreadable(
                    f"数据超过{self.max_rows}行的上限",
                    "请分成几个文件上传，或由管理员在服务器上导入",
                )

    def _whole(self) -> None:
        table = self.table
        if not table.rows:
            finding = Finding(
                Level.BLOCK, "表头下没有数据行", "请填写后重新上传", table.sheet,
                f"A{table.header_row + 1}",
            )  # fmt: skip
            table.findings.append(finding)
        for number, said in self.totals[-1:]:
            if said != table.rows_read:
                table.findings.append(
                    Finding(
                        Level.INFORM,
                        f"合计行写{said}家，实际读到{table.rows_read}行",
                        "核对是否漏填或重复",
                        table.sheet,
                        f"A{number}",
                        str(said),
                    )
                )

    def _block(self, block: list[list[Cell]], start: int) -> None:
        problems: dict[int, list[tuple[_Field, Problem]]] = {}
        columns = [self._column(field, block, start, problems) for field in self.fields]
        suspects, missing = self._suspects(block, columns)
        skipped = {k for k in suspects if self._skips(block[k], start + k, k in missing)}
        if self.remarks:
            skipped |= self._going_on(block, start, skipped)
        for k in sorted((missing.keys() | problems.keys()) - skipped):
            self._mark(block[k], start + k + 1, missing.get(k, ()), problems.get(k, ()))
        marks = self.table.marks
        numbers = range(start + 1, start + len(block) + 1)
        made = map(Row._make, zip(numbers, zip(*columns, strict=True), repeat(False)))
        if not skipped and not problems and not missing:
            self.table.rows.extend(made)
            return
        for k, row in enumerate(made):
            if k not in skipped:
                blocks = any(m.level is Level.BLOCK for m in marks.get(row.number, ()))
                self.table.rows.append(row._replace(blocked=True) if blocks else row)

    def _column(
        self,
        field: _Field,
        block: list[list[Cell]],
        start: int,
        problems: dict[int, list[tuple[_Field, Problem]]],
    ) -> list[Any]:
        memo, place = field.memo, field.place
        if place is None:
            return [memo.parser.blank] * len(block)
        cells = [row[place] for row in block]
        if field.filler is not None and field.filler.spans:
            field.filler.fill(cells, start)
        if not (field.column.required or DITTO.isdisjoint(cells)):
            for k, cell in enumerate(cells):
                if cell in DITTO:
                    cells[k] = cells[k - 1] if k else field.above
        if cells:
            field.above = cells[-1]
        values = list(map(memo.__getitem__, cells))
        if memo.bad:
            memo.bad = False
            for k, value in enumerate(values):
                if value.__class__ is _Bad:
                    problem = value.problem
                    blocks = problem.level is Level.BLOCK
                    values[k] = memo.parser.blank if blocks else problem.value
                    problems.setdefault(k, []).append((field, problem))
        return values

    def _suspects(
        self, block: list[list[Cell]], columns: list[list[Any]]
    ) -> tuple[set[int], dict[int, list[_Field]]]:
        """Return the rows that may be no data, and the required cells that may be missing."""
        missing: dict[int, list[_Field]] = {}
        for field, values in zip(self.fields, columns, strict=True):
            if field.column.required and field.memo.parser.blank in values:
                blank = field.memo.parser.blank
                for k, value in enumerate(values):
                    if value == blank and field.memo.parser.sees_blank(block[k][field.place or 0]):
                        missing.setdefault(k, []).append(field)
        suspects = set(missing)
        for place in self.leads:
            suspects.update(
                k for k, row in enumerate(block)
                if (cell := row[place]) in MARKS or cell in self.repeats
                or (cell.__class__ is str and cell.startswith(OPENINGS))
            )  # fmt: skip
        return suspects, missing

    def _skips(self, row: list[Cell], index: int, lacks: bool) -> bool:
        kind = self._kind(row, index, lacks)
        if kind is None:
            return False
        self.table.skipped[kind] = self.table.skipped.get(kind, 0) + 1
        if kind is Skip.TOTAL:
            self.table.totals[index + 1] = {
                field.column.key: row[field.place]
                for field in self.fields
                if field.place is not None and not says_nothing(row[field.place])
            }
            said = "".join(tidy(shown(cell)) for cell in row)
            found = TOTAL_COUNT.search(said)
            if found and "小计" not in said:
                self.totals.append((index + 1, int(found[1])))
        if kind is Skip.CAPTION:
            self._tell_passed(row, index, "小标题")
        if kind is Skip.NOTE:
            self.remarks.add(index)
        return True

    def _going_on(self, block: list[list[Cell]], start: int, skipped: set[int]) -> set[int]:
        """Return the rows right under a remark that go on with it in one cell."""
        found = set()
        for k, row in enumerate(block):
            filled = [cell for cell in row if not says_nothing(cell)]
            if start + k - 1 not in self.remarks or k in skipped or len(filled) != 1:
                continue
            if GOES_ON.search(tidy(shown(filled[0]))):
                self.remarks.add(start + k)
                self.table.skipped[Skip.NOTE] = self.table.skipped.get(Skip.NOTE, 0) + 1
                self._tell_passed(row, start + k, "说明的续行")
                found.add(k)
        return found

    def _kind(self, row: list[Cell], index: int, lacks: bool) -> Skip | None:
        """Tell which sort of row without data this is, or None for a data row."""
        filled = [(place, cell) for place, cell in enumerate(row) if not says_nothing(cell)]
        if not [place for place, _ in filled if place not in self.counters]:
            words = [tidy(shown(cell)) for _, cell in filled]
            return kind_of_words(words) or Skip.BLANK
        if any(row[place] in self.repeats for place in self.leads) and self._is_header(row):
            return Skip.HEADER
        alone = len(filled) == 1
        kind = kind_of_words([tidy(shown(cell)) for _, cell in filled[:2]])
        if kind is Skip.CAPTION:
            return kind if alone else None
        if kind is not None and (lacks or alone or kind is Skip.TOTAL):
            return kind
        if all(kind_of_words([tidy(shown(cell))]) is Skip.NOTE for _, cell in filled):
            return Skip.NOTE
        if alone and index in self.captions:
            return Skip.CAPTION
        return None

    def _is_header(self, row: list[Cell]) -> bool:
        headers = self.table.template.headers
        known = [cell for cell in row if isinstance(cell, str) and tidy(cell) in headers]
        return len(known) > 1 or len(self.heading.places) == 1

    def _tell_passed(self, row: list[Cell], index: int, kind: str) -> None:
        text = next(shown(cell) for cell in row if not says_nothing(cell))
        self.table.findings.append(
            Finding(
                Level.INFORM, f"该行按{kind}跳过", "如是数据行，请取消合并并补齐各列",
                self.table.sheet, f"A{index + 1}", text,
            )
        )  # fmt: skip

    def _mark(
        self,
        row: list[Cell],
        number: int,
        missing: Sequence[_Field],
        problems: Sequence[tuple[_Field, Problem]],
    ) -> None:
        found = [(field, Problem("不能为空", "请补填")) for field in missing] + list(problems)
        found.sort(key=lambda pair: pair[0].place or 0)
        for field, problem in found:
            finding = Finding(
                problem.level,
                f"{field.column.title}：{problem.rule}",
                _advice(field.column, problem),
                self.table.sheet,
                f"{letter(field.place or 0)}{number}",
                shown(row[field.place or 0]),
            )
            self.table.findings.append(finding)
            self.table.marks.setdefault(number, []).append(finding)


def _spans(merges: Sequence[Merge], first: int) -> dict[int, list[tuple[int, int]]]:
    """Return the merged ranges that reach down over data rows, by column."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for (row, column), (last_row, _) in merges:
        if last_row > row >= first:
            spans.setdefault(column, []).append((row, last_row))
    return spans


def _advice(column: Column, problem: Problem) -> str:
    parts = [problem.advice or column.advice]
    if column.advice and problem.advice:
        parts.append(column.advice)
    if column.example:
        parts.append(f"例：{column.example}")
    return "；".join(part for part in parts if part)
