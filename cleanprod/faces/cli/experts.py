"""`cleanprod experts`: draw again from the record of a draw and say whether it is the same."""

import sys
from typing import Any

import click

from cleanprod.faces.cli.session import database
from cleanprod.foundation.web import downloads
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import queries
from cleanprod.stages.experts.models import Draw


@click.group()
def experts() -> None:
    """专家抽取：核对抽取记录。"""


@experts.command()
@click.argument("draw", type=int, metavar="抽取编号")
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json（含冻结的专家库）。",
)  # fmt: skip
def redraw(draw: int, shape: str) -> None:
    """按冻结的专家库和随机种子重新抽取，与记录核对。不一致时退出码为 1。"""
    with database():
        found = Draw.objects.filter(pk=draw).first()
        if found is None:
            raise Refused(f"没有编号为{draw}的抽取记录")
        told = queries.as_record(found)
    if shape == "json":
        click.echo(downloads.json(told).decode())
    else:
        _print(told)
    sys.exit(0 if told["identical"] else 1)


def _print(told: dict[str, Any]) -> None:
    names = {one["id"]: one["name"] for one in told["pool"]}
    click.echo(
        f"评审组 {told['panel']} 第{told['number']}次抽取，{told['drawn_on']} {told['office']}"
    )
    click.echo(f"随机种子 {told['seed']}，算法版本 {told['algorithm']}")
    click.echo(f"专家库 {len(names)} 人，回避、排除 {len(told['excluded'])} 人")
    click.echo(f"记录 {'、'.join(names.get(pk, str(pk)) for pk in told['result'])}")
    click.echo(f"重抽 {'、'.join(names.get(pk, str(pk)) for pk in told['redrawn'])}")
    click.echo("结果一致" if told["identical"] else "结果不一致")
