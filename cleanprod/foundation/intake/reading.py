"""Read a workbook into checked rows: every finding in one pass, never stopping at the first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from cleanprod.foundation.intake.blocks import Reader
from cleanprod.foundation.intake.containers import Grid, Source, grids
from cleanprod.foundation.intake.headers import SEARCHED, Heading, guessed, recognise
from cleanprod.foundation.intake.rules import (
    Cell,
    Picked,
    State,
    Table,
    Template,
    Unreadable,
    is_blank,
    letter,
    shown,
)
from cleanprod.kernel.finding import Finding, Level

_TOP = SEARCHED + 10


def read(
    source: Source,
    template: Template,
    *,
    max_rows: int,
    max_bytes: int,
    name: str = "",
    sheet: str = "",
    columns: Mapping[str, str] | None = None,
    header: tuple[int, int] | None = None,
    learned: Mapping[str, str] | None = None,
) -> Table:
    """Return the rows of the one sheet that answers to the template, with every finding.

    `name` is the name of the file where bytes are given; `sheet`, `columns` and `header` are what
    a person picked (see `Picked`); `learned` maps headers as they are looked up to keys of the
    template. Raises Unreadable for a file that cannot be read at all. A sheet whose header does
    not do, or one of several that answer alike, gives a table without rows whose findings say so.
    """
    picked = Picked(sheet, columns or {}, header)
    found: list[_Candidate] = []
    hidden: list[_Candidate] = []
    sheets: list[str] = []
    for grid in grids(source, name=name, max_rows=max_rows, max_bytes=max_bytes, hidden=True):
        new = _Candidate.of(grid, template, picked, learned or {})
        if grid.hidden:
            hidden.append(new)
            continue
        if not new.empty:
            sheets.append(grid.name)
        if sheet in ("", grid.name):
            found.append(new)
    if not found:
        raise _no_sheet(sheet)
    # Of equals the first counts.
    best = max(found, key=lambda candidate: candidate.weight)
    table = best.table(template)
    table.sheets = tuple(sheets)
    alike = [one.grid.name for one in found if one.complete and one.filled]
    if len(alike) > 1:
        table.findings = [_several(alike, template)]
        table.lacks = State.TO_DECIDE
        return table
    if best.complete and best.heading is not None:
        Reader(table, best.grid, best.heading, max_rows).run()
        table.lacks = None if table.rows else State.EMPTY
    for other in found:
        if other is not best:
            table.findings.extend(_left_out(other))
    table.findings.extend(_hidden(one) for one in hidden if one.complete and one.filled)
    return table


def _several(names: Sequence[str], template: Template) -> Finding:
    listed = "、".join(f"“{one}”" for one in names)
    rule = f"工作表{listed}都像“{template.title}”"
    return Finding(Level.DECIDE, rule, "请指定读取哪一张，或只保留一张")


def _no_sheet(sheet: str) -> Unreadable:
    if sheet:
        return Unreadable(f"没有名为“{sheet}”的可见工作表", "请核对工作表名称")
    return Unreadable("工作簿中没有可见的工作表", "请取消隐藏后重新上传")


@dataclass(slots=True)
class _Candidate:
    """One sheet and how well its header answers to the template."""

    grid: Grid
    top: list[list[Cell]]
    heading: Heading | None
    empty: bool
    filled: bool
    complete: bool
    other: str

    @classmethod
    def of(
        cls, grid: Grid, template: Template, picked: Picked, learned: Mapping[str, str]
    ) -> "_Candidate":
        """Look at the first rows of a sheet."""
        top = list(islice(grid.rows(), _TOP))
        heading = recognise(top, grid.merges, template, picked, learned)
        empty = not any(cell != "" for row in top for cell in row)
        below = top[heading.first :] if heading else []
        filled = any(cell != "" for row in below for cell in row)
        # What a person mapped by hand is what they mean.
        mapped = heading is None or picked.columns
        other = "" if mapped or not heading else template.mistaken(heading.unknown.values())
        complete = heading is not None and heading.does(template) and not other
        return cls(grid, top, heading, empty, filled, complete, other)

    @property
    def weight(self) -> tuple[bool, bool, int, bool]:
        """Return what makes one sheet a better candidate than another."""
        score = self.heading.score if self.heading else 0
        return self.complete, self.filled, score, not self.empty

    def table(self, template: Template) -> Table:
        """Return a table without rows, with what is wrong with the header."""
        table = Table(template, self.grid.name)
        heading = self.heading or guessed(self.top, self.grid.merges, template)
        table.headers, table.unknown = heading.headers, heading.unknown
        table.examples = _examples(self.top[heading.first :])
        if self.heading is None:
            table.findings.append(_no_header(self, template))
            table.lacks = State.EMPTY if self.empty else State.WRONG
            table.header_row = 0 if self.empty else heading.row + 1
            return table
        table.header_row, table.header_depth = heading.row + 1, heading.depth
        table.how = heading.how
        table.columns = {key: letter(place) for key, place in heading.places.items()}
        if self.other:
            table.findings.append(_mistaken(table, self.other))
        table.findings.extend(_header_findings(table, heading))
        table.lacks = None if self.complete else State.WRONG
        return table


def _examples(below: Sequence[Sequence[Cell]]) -> dict[str, str]:
    """Return by letter the first value that stands below the header."""
    examples: dict[str, str] = {}
    for row in below:
        for place, cell in enumerate(row):
            if not is_blank(cell):
                examples.setdefault(letter(place), shown(cell))
    return examples


def _left_out(candidate: _Candidate) -> Iterator[Finding]:
    """Tell of a sheet that resembles the template and is not read."""
    if candidate.heading and candidate.filled:
        yield Finding(
            Level.INFORM,
            "该工作表未读入：表头不全或另有更符合的工作表",
            "如需导入，请单独成表并补齐必填列",
            sheet=candidate.grid.name,
        )


def _hidden(candidate: _Candidate) -> Finding:
    rule, advice = "该工作表已隐藏，未读入", "如需导入，请取消隐藏后重新上传"
    return Finding(Level.INFORM, rule, advice, sheet=candidate.grid.name)


def _no_header(candidate: _Candidate, template: Template) -> Finding:
    wanted = "、".join(column.title for column in template.columns if column.required)
    if candidate.empty:
        rule, advice = "工作簿是空的，没有任何内容", "请填写后重新上传"
    else:
        rule = f"前{SEARCHED}行中没有找到“{template.title}”的表头，可能选错了文件"
        advice = f"表头至少应有：{wanted}；可下载空白模板填写"
    return Finding(Level.BLOCK, rule, advice, sheet=candidate.grid.name, cell="A1")


def _mistaken(table: Table, other: str) -> Finding:
    return Finding(
        Level.BLOCK,
        f"从表头看这是“{other}”，不是“{table.template.title}”",
        "换一个文件，或到相应页面导入；确是本表的，请指定各列的对应后重新预检",
        table.sheet,
        f"A{table.header_row}",
    )


def _header_findings(table: Table, heading: Heading) -> Iterator[Finding]:
    row, titles = table.header_row, {c.key: c.title for c in table.template.columns}
    for column in heading.missing(table.template):
        also = "、".join(column.synonyms[:4])
        yield Finding(
            Level.BLOCK,
            f"缺少必填列“{column.title}”",
            "在表头中增加该列" + (f"（也可写作：{also}）" if also else ""),
            table.sheet,
            f"A{row}",
        )
    for key, places in heading.twice.items():
        where = "、".join(f"{letter(place)}列" for place in places)
        yield Finding(
            Level.BLOCK,
            f"{where}都像“{titles[key]}”，无法确定取哪一列",
            "只保留一列，或把另一列改名",
            table.sheet,
            f"{letter(places[-1])}{row}",
        )
    for place, keys in heading.shared.items():
        named = "".join(f"“{titles[key]}”" for key in keys)
        yield Finding(
            Level.BLOCK,
            f"{letter(place)}列同时对应{named}",
            "工作簿的一列只能对应一个模板列，请改选",
            table.sheet,
            f"{letter(place)}{row}",
        )
    for name, text in heading.unknown.items():
        yield Finding(
            Level.INFORM,
            "表头未识别，该列不导入",
            "如应导入，请指定它对应的模板列，或按空白模板改正表头",
            table.sheet,
            f"{name}{row}",
            shown(text),
        )
