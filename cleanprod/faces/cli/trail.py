"""`cleanprod trail`: prove that the trail was not altered."""

import json
import sys
from dataclasses import asdict

import click

from cleanprod.faces.cli.session import database
from cleanprod.foundation.trail import actions, queries
from cleanprod.foundation.trail.queries import Verification


@click.group()
def trail() -> None:
    """操作记录：核验、封存。"""


@trail.command()
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
@click.option(
    "--seal", "known", default="", metavar="封存值",
    help="此前抄存在别处的封存值；它不在链上即说明整条链被改写。",
)  # fmt: skip
def verify(shape: str, known: str) -> None:
    """核验全部操作记录：逐条校验值、逐次封存、前后相接。有问题时退出码为 1。"""
    with database():
        found = queries.verify(known)
    if shape == "json":
        click.echo(json.dumps({**asdict(found), "good": found.good}, ensure_ascii=False, indent=2))
    else:
        _print(found)
    sys.exit(0 if found.good else 1)


def _print(found: Verification) -> None:
    click.echo(f"操作记录 {found.rows} 条，已封存 {found.sealed} 条（{found.seals} 次）")
    if found.oldest_unsealed_seconds is not None:
        age = round(found.oldest_unsealed_seconds)
        click.echo(f"未封存 {found.unsealed} 条，最早的已等待 {age} 秒")
    click.echo(f"最近封存值 {found.last_seal or '—'}")
    click.echo("核验通过，没有发现改动" if found.good else "发现问题：")
    for fault in found.broken:
        click.echo(f"  {fault}")


@trail.command()
def seal() -> None:
    """立即封存已完成的操作记录（平时由后台任务每 10 秒封存一次）。"""
    with database():
        click.echo(f"已封存 {actions.seal()} 条")
