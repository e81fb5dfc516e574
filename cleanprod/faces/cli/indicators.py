"""`cleanprod indicators`: check, score and convert indicator systems, without a database.

Exit codes: 0 done; 2 what was handed in cannot be used, every finding printed; 1 anything else
that people can mend, such as a file that cannot be written.
"""

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import click

from cleanprod.foundation.web import downloads
from cleanprod.kernel.finding import Finding
from cleanprod.stages.performance import shipped_systems, system_sheets, value_sheets
from cleanprod.stages.performance.indicators import printing
from cleanprod.stages.performance.indicators.dumping import dumped
from cleanprod.stages.performance.indicators.loading import BadSystem
from cleanprod.stages.performance.indicators.scoring import Result, score
from cleanprod.stages.performance.indicators.system import System
from cleanprod.stages.performance.indicators.values import BadValues

BAD_INPUT = 2

_SYSTEM = click.argument("system", metavar="体系")
_FORMAT = click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
_OUTPUT = click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="文件",
    help="写入文件，形式由扩展名决定；不写则输出到终端。",
)  # fmt: skip


@click.group(subcommand_metavar="命令 [参数]...")
def indicators() -> None:
    """清洁生产评价指标体系：检查、评分、空白填报表、格式转换。

    “体系”可以是 JSON 或 Excel 文件，也可以是随附体系的代码（见 list）。

    输入有误时列出全部问题，退出码为 2。
    """


@indicators.command("list")
@_FORMAT
def list_shipped(shape: str) -> None:
    """列出随附的指标体系。"""
    found = [shipped_systems.system(code) for code in shipped_systems.codes()]
    if shape == "json":
        rows = [
            {"code": one.code, "name": one.name, "confirmed": not one.unconfirmed} for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for one in found:
        click.echo(f"{one.code}  {one.name}{'（待核实）' if one.unconfirmed else ''}")


@indicators.command("check")
@_SYSTEM
@_FORMAT
def check_system(system: str, shape: str) -> None:
    """检查指标体系文件，一次列出全部错误和待核实的内容。"""
    found = _system(system, shape)
    if shape == "json":
        answer: dict[str, Any] = {
            "good": True,
            "code": found.code,
            "name": found.name,
            "items": sum(1 for _ in found.items()),
            "unconfirmed": [*found.unconfirmed],
            "findings": [],
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    count = sum(1 for _ in found.items())
    click.echo(f"{found.name}：一级指标 {len(found.groups)} 个，二级指标 {count} 个，没有错误")
    for line in found.unconfirmed:
        click.echo(f"  [待核实] {line}")


@indicators.command("score")
@_SYSTEM
@click.argument(
    "values", metavar="填报值", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_FORMAT
def score_values(system: str, values: Path, shape: str) -> None:
    """按填报值评分：各级综合评价指数、达到的等级、与上一等级的差距。

    填报值为 CSV 或 Excel，列为编号（id）或名称（name）和填报值（value）。

    留空为未填，“不适用”为不适用。
    """
    found = _system(system, shape)
    try:
        written = value_sheets.read(found, values.read_bytes(), values.name)
    except BadValues as bad:
        _refuse(bad.findings, shape)
    result = score(found, written)
    if shape == "json":
        click.echo(json.dumps(printing.as_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo(_told(result))


@indicators.command("template")
@_SYSTEM
@_OUTPUT
def template(system: str, output: Path | None) -> None:
    """导出空白填报表（.csv 或 .xlsx）。"""
    found = _system(system, "table")
    if _suffix(output, ".csv", ".xlsx") == ".xlsx":
        _write(output, value_sheets.blank_workbook(found))
    else:
        _write(output, value_sheets.blank_csv(found))


@indicators.command("convert")
@_SYSTEM
@_OUTPUT
def convert(system: str, output: Path | None) -> None:
    """转换体系文件的格式：.json 或 .xlsx。"""
    found = _system(system, "table")
    if _suffix(output, ".json", ".xlsx") == ".xlsx":
        _write(output, system_sheets.workbook(found))
    else:
        _write(output, downloads.json(dumped(found)) + b"\n")


def _system(written: str, shape: str) -> System:
    """Return the system of a file or a shipped code; end with its findings when it is bad."""
    path = Path(written)
    try:
        if path.is_file():
            return system_sheets.read(path.read_bytes(), path.name)
        if written in shipped_systems.codes():
            return shipped_systems.system(written)
    except BadSystem as bad:
        _refuse(bad.findings, shape)
    codes = "、".join(shipped_systems.codes())
    raise click.UsageError(f"没有文件“{written}”，也没有这个代码的随附体系（随附：{codes}）")


def _refuse(findings: Sequence[Finding], shape: str) -> NoReturn:
    if shape == "json":
        answer = {"good": False, "findings": [one.as_json() for one in findings]}
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        click.echo(f"有 {len(findings)} 处错误", err=True)
        for one in findings:
            place = " ".join(part for part in (one.sheet, one.cell) if part)
            value = f"“{one.value}”" if one.value else ""
            parts = (place, value, f"{one.rule}；{one.advice}")
            click.echo("  " + " ".join(part for part in parts if part), err=True)
    sys.exit(BAD_INPUT)


def _suffix(output: Path | None, *allowed: str) -> str:
    """Return the ending of the file to write; the first one where it goes to the terminal."""
    suffix = output.suffix.lower() if output else allowed[0]
    if suffix not in allowed:
        raise click.UsageError(f"-o 的扩展名应为 {' 或 '.join(allowed)}")
    return suffix


def _write(output: Path | None, content: bytes) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    output.write_bytes(content)
    click.echo(f"已写入 {output}", err=True)


def _told(result: Result) -> str:
    """Return the result for a terminal."""
    lines = [result.system.name, ""]
    lines += [f"Y_{one.grade} = {printing.index_said(one.total)}" for one in result.indices]
    lines += [f"评定结果：{printing.level_said(result)}"]
    if not result.complete:
        lines.append("（有指标未填，按未填不得分计；补齐后结果可能更高）")
    lines += ["", *_grid([printing.ITEM_COLUMNS, *printing.item_rows(result)])]
    if result.next:
        lines += ["", f"距离“{result.next.rule.name}”："]
        lines += [f"  {line}" for line in printing.obstacle_lines(result)]
        gains = printing.gain_lines(result)
        lines += ["可增加的分值：", *(f"  {line}" for line in gains)] if gains else []
    lines += ["", *(f"注意：{note}" for note in result.warnings)] if result.warnings else []
    unconfirmed = result.system.unconfirmed
    lines += ["", f"待核实，不宜直接作为评定依据：{'、'.join(unconfirmed)}"] if unconfirmed else []
    return "\n".join(lines)


def _grid(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return rows in columns; Chinese characters take two places."""
    table = [*rows]
    widths = [max(map(_width, cells)) for cells in zip(*table, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
