"""`cleanprod trail`: prove that the trail was not altered."""

import json
import sys
from dataclasses import asdict

import click

from cleanprod.faces.cli.session import database
from cleanprod.foundation.trail import actions, queries


@click.group()
def trail() -> None:
    """操作记录：核验、封存。"""


@trail.command()
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
def verify(shape: str) -> None:
    """核验全部操作记录：逐条校验值、逐次封存、前后相接。有问题时退出码为 1。"""
    with database():
        found = queries.verify()
    if shape == "json":
        click.echo(json.dumps({**asdict(found), "good": found.good}, ensure_ascii=False, indent=2))
    else:
        click.echo(
            f"操作记录 {found.rows} 条，已封存 {found.sealed} 条（{found.seals} 次），"
            f"未封存 {found.unsealed} 条；最近封存值 {found.last_seal or '—'}"
        )
        click.echo("核验通过，没有发现改动" if found.good else "发现问题：")
        for fault in found.broken:
            click.echo(f"  {fault}")
    sys.exit(0 if found.good else 1)


@trail.command()
def seal() -> None:
    """立即封存已完成的操作记录（平时由后台任务每 10 秒封存一次）。"""
    with database():
        click.echo(f"已封存 {actions.seal()} 条")
