"""Read a workbook into checked rows: every finding in one pass, never stopping at the first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from cleanprod.foundation.intake.blocks import Reader
from cleanprod.foundation.intake.containers import Grid, Source, grids
from cleanprod.foundation.intake.headers import SEARCHED, Heading, recognise
from cleanprod.foundation.intake.rules import Table, Template, Unreadable, letter, shown
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
) -> Table:
    """Return the rows of the one sheet that answers to the template, with every finding.

    `name` is the name of the file where bytes are given; `sheet` names the sheet when several
    answer to the template; `columns` maps keys to letters where a person corrected the mapping.
    Raises Unreadable for a file that cannot be read at all. A sheet whose header does not do gives
    a table without rows whose findings say so.
    """
    best: _Candidate | None = None
    doubles: list[str] = []
    others: list[Finding] = []
    for grid in grids(source, name=name, max_rows=max_rows, max_bytes=max_bytes):
        if sheet and grid.name != sheet:
            continue
        new = _Candidate.of(grid, template, columns)
        if best is not None and best.complete and new.complete and best.filled and new.filled:
            doubles.append(grid.name)
        elif best is None or new.weight > best.weight:
            others.extend(_left_out(best))
            best = new
        else:
            others.extend(_left_out(new))
    if best is None:
        raise _no_sheet(sheet)
    if doubles:
        names = "、".join(f"“{one}”" for one in (best.grid.name, *doubles))
        raise Unreadable(f"工作表{names}都像“{template.title}”", "请指定读取哪一张，或只保留一张")
    table = best.table(template)
    if best.complete and best.heading is not None:
        Reader(table, best.grid, best.heading, max_rows).run()
    table.findings.extend(others)
    return table


def _no_sheet(sheet: str) -> Unreadable:
    if sheet:
        return Unreadable(f"没有名为“{sheet}”的可见工作表", "请核对工作表名称")
    return Unreadable("工作簿中没有可见的工作表", "请取消隐藏后重新上传")


@dataclass(slots=True)
class _Candidate:
    """One sheet and how well its header answers to the template."""

    grid: Grid
    heading: Heading | None
    empty: bool
    filled: bool
    complete: bool

    @classmethod
    def of(cls, grid: Grid, template: Template, columns: Mapping[str, str] | None) -> "_Candidate":
        """Look at the first rows of a sheet."""
        top = list(islice(grid.rows(), _TOP))
        heading = recognise(top, grid.merges, template, columns)
        empty = not any(cell != "" for row in top for cell in row)
        below = top[heading.first :] if heading else []
        filled = any(cell != "" for row in below for cell in row)
        complete = bool(heading and not heading.twice and not heading.missing(template))
        return cls(grid, heading, empty, filled, complete)

    @property
    def weight(self) -> tuple[bool, bool, int, bool]:
        """Return what makes one sheet a better candidate than another."""
        score = self.heading.score if self.heading else 0
        return self.complete, self.filled, score, not self.empty

    def table(self, template: Template) -> Table:
        """Return a table without rows, with what is wrong with the header."""
        table = Table(template, self.grid.name)
        heading = self.heading
        if heading is None:
            table.findings.append(_no_header(self, template))
            return table
        table.header_row = heading.row + 1
        table.columns = {key: letter(place) for key, place in heading.places.items()}
        table.unknown = heading.unknown
        table.findings.extend(_header_findings(table, heading))
        return table


def _left_out(candidate: _Candidate | None) -> Iterator[Finding]:
    """Tell of a sheet that resembles the template and is not read."""
    if candidate and candidate.heading and candidate.filled:
        yield Finding(
            Level.INFORM,
            "该工作表未读入：表头不全或另有更符合的工作表",
            "如需导入，请单独成表并补齐必填列",
            sheet=candidate.grid.name,
        )


def _no_header(candidate: _Candidate, template: Template) -> Finding:
    wanted = "、".join(column.title for column in template.columns if column.required)
    if candidate.empty:
        rule, advice = "工作簿是空的，没有任何内容", "请填写后重新上传"
    else:
        rule = f"前{SEARCHED}行中没有找到“{template.title}”的表头，可能选错了文件"
        advice = f"表头至少应有：{wanted}；可下载空白模板填写"
    return Finding(Level.BLOCK, rule, advice, sheet=candidate.grid.name, cell="A1")


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
    for name, text in heading.unknown.items():
        yield Finding(
            Level.INFORM,
            "表头未识别，该列不导入",
            "如应导入，请按空白模板改正表头",
            table.sheet,
            f"{name}{row}",
            shown(text),
        )
