"""`cleanprod report`: the official tables on the terminal or as files."""

import sys
from datetime import date, datetime
from pathlib import Path

import click

from cleanprod.faces.cli import layout
from cleanprod.faces.cli.session import database
from cleanprod.foundation.engine import clock
from cleanprod.insight.statistics import files
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tabled import Tabled


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.command()
@click.argument("name", metavar="报表", type=click.Choice([one.value for one in Report]))
@click.option(
    "--year", required=True, type=click.IntRange(2000, 2100), metavar="年度", help="统计年度。"
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="日期",
    help="统计截至日期，默认今天。",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["table", *files.FORMATS]), default="table",
    metavar="形式", help="table（默认）、json、csv、xlsx、docx 或 pdf。",
)  # fmt: skip
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="文件",
    help="写入文件，不写则输出到终端。",
)  # fmt: skip
def report(name: str, year: int, as_of: date | None, shape: str, output: Path | None) -> None:
    """输出统计表：终端、xlsx、docx、pdf、csv、json。

    报表：annex1（通过验收）、annex2（预期目标）、platform-use（“平台”使用情况）、
    progress（目标完成进度）、overview（总表）、effects（绩效成果）。
    """
    with database():
        tabled = compile_report(Report(name), AsOf(year, as_of or clock.today()))
    content = _text(tabled).encode() if shape == "table" else files.render(tabled, shape)
    if output is not None:
        output.write_bytes(content)
        click.echo(f"已写入 {output}", err=True)
        return
    if shape in ("xlsx", "docx", "pdf") and sys.stdout.isatty():
        raise click.UsageError("请用 -o 指明文件名，或把输出转到文件")
    sys.stdout.buffer.write(content if content.endswith(b"\n") else content + b"\n" * _lines(shape))


def _lines(shape: str) -> int:
    """Return 1 for text, which ends its last line, and 0 for files of bytes."""
    return int(shape in ("table", "json", "csv"))


def _text(tabled: Tabled) -> str:
    """Return the table for a terminal with its title and note."""
    return "\n".join([tabled.title, "", *layout.of_tabled(tabled), "", tabled.note])
