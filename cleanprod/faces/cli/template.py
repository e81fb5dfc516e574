"""`cleanprod template`: the blank official workbooks of the imports; needs no database."""

from pathlib import Path

import click

from cleanprod.foundation.intake.marked import blank_template
from cleanprod.stages.candidates.template import CANDIDATES, KEY_LIST
from cleanprod.stages.measures.template import SHEET
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review.template import COMPLETIONS, RESULTS

TEMPLATES = {one.name: one for one in (LIST, RESULTS, COMPLETIONS, KEY_LIST, CANDIDATES, SHEET)}


@click.command()
@click.argument("kind", type=click.Choice(list(TEMPLATES)), metavar="类别")
@click.option(
    "-o", "output", type=click.Path(dir_okay=False, path_type=Path), metavar="文件",
    help="输出文件（.xlsx），默认按类别命名，存入当前目录。",
)  # fmt: skip
def template(kind: str, output: Path | None) -> None:
    """导出一种导入的空白模板：名单、验收结果、旧平台办结数据、VOCs重点监管企业、候选企业、绩效表。

    类别：list、results、completions、vocs、candidates、performance-sheet。
    """
    found = TEMPLATES[kind]
    path = output or Path(f"{found.title}（模板）.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise click.UsageError("空白模板是 .xlsx 工作簿")
    path.write_bytes(blank_template(found))
    click.echo(f"{found.title}：{path}")
