"""`cleanprod check`: recompute what is kept twice, and say what differs."""

import json
import sys

import click

from cleanprod.faces.cli.session import database
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.rulebook.rules import Status
from cleanprod.foundation.trail import queries as trail
from cleanprod.insight.bulletins import queries as bulletins
from cleanprod.insight.statistics import queries as statistics
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.experts import queries as experts
from cleanprod.stages.measures import effects
from cleanprod.stages.scoring import queries as scoring

LATE_SEAL = 300  # seconds; unsealed rows older than this mean that the sealer does not run


@click.command()
@click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
def check(shape: str) -> None:
    """体检：重算各轮审核的日期和状态、绩效表的合计，重做专家抽取，核对已确认的评分，核验操作记录，列出未确认的规则。

    有问题时退出码为 1。
    """
    with database():
        found = trail.verify()
        differing = audits.differing()
        altered = bulletins.altered()
        draws = experts.differing_draws()
        scores = scoring.altered()
        sheets = effects.differing()
        gaps = statistics.discrepancies().count()
        unconfirmed = Provision.objects.filter(status=Status.UNCONFIRMED).count()
    late = bool(found.unsealed and (found.oldest_unsealed_seconds or 0) > LATE_SEAL)
    result = {
        "trail": {"rows": found.rows, "unsealed": found.unsealed, "broken": list(found.broken)},
        "sealer_late": late,
        "rounds_differing": differing,
        "snapshots_altered": altered,
        "draws_differing": draws,
        "scores_altered": scores,
        "sheets_differing": sheets,
        "completions_without_acceptance": gaps,
        "unconfirmed_rules": unconfirmed,
        "good": found.good and not late and not any((differing, altered, draws, scores, sheets)),
    }
    if shape == "json":
        click.echo(json.dumps(result, ensure_ascii=False, indent=2))
    else:
        click.echo(f"操作记录 {found.rows} 条：{'完好' if found.good else '有改动'}")
        click.echo(f"未封存 {found.unsealed} 条{'，封存任务未运行' if late else ''}")
        click.echo(f"与登记事实不一致的审核：{len(differing)} 轮")
        click.echo(f"内容与指纹不符的封存数据：{len(altered)} 份")
        click.echo(f"按记录重新抽取、结果不一致的专家抽取：{len(draws)} 次")
        click.echo(f"评分与确认时的记录不一致的会议：{len(scores)} 场")
        click.echo(f"重算后合计不一致的绩效表：{len(sheets)} 份")
        click.echo(f"没有通过验收记录的办结：{gaps} 条（列入差异清单）")
        click.echo(f"未确认的规则：{unconfirmed} 条")
    sys.exit(0 if result["good"] else 1)
