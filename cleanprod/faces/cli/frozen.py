"""`cleanprod snapshot` and `cleanprod bulletin`: freeze figures, compare them, write papers."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.utils.timezone import localtime

from cleanprod.faces.cli import layout
from cleanprod.faces.cli.acting import standing
from cleanprod.faces.cli.session import database
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents.models import Produced
from cleanprod.foundation.engine import clock
from cleanprod.foundation.territory import queries as territory
from cleanprod.insight.bulletins import actions, papers, queries
from cleanprod.insight.bulletins.models import Bulletin, Snapshot
from cleanprod.insight.bulletins.queries import Difference
from cleanprod.insight.bulletins.rules import Changed, Kind, Moved, State
from cleanprod.insight.statistics.queries import FIGURE_LABELS, AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.kernel.errors import Refused

_FORMAT = click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
_ID = click.argument("number", metavar="编号", type=click.IntRange(1))


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


@click.group()
def snapshot() -> None:
    """数据封存：封存、列出、查看、与今天的记录比较。"""


@snapshot.command()
@click.option(
    "--year", required=True, type=click.IntRange(2000, 2100), metavar="年度", help="统计年度。"
)
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="日期",
    help="统计截至日期，默认今天。",
)  # fmt: skip
@click.option("--note", default="", metavar="文字", help="说明。")
@click.option("--as", "username", required=True, metavar="账号", help="以谁的身份办理。")
@_FORMAT
def create(year: int, as_of: date | None, note: str, username: str, shape: str) -> None:
    """封存某一年度、截至某日的数据。"""
    with database():
        moment = AsOf(year, as_of or clock.today())
        made = actions.freeze(moment, note=note, by=standing(username))
        answer = {"id": made.pk, **_facts(made)}
    if shape == "json":
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        click.echo(f"已封存：第{made.pk}号，{year}年，截至{moment.as_of}，指纹 {made.sha256}")


@snapshot.command("list")
@_FORMAT
def list_(shape: str) -> None:
    """列出封存的数据，最近的在前。"""
    with database():
        found = [{"id": one.pk, **_facts(one)} for one in Snapshot.objects.order_by("-pk")]
    if shape == "json":
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for one in found:
        frozen_at = str(one["frozen_at"])[:16].replace("T", " ")
        click.echo(
            f"第{one['id']}号  {one['year']}年  截至{one['as_of']}  {frozen_at}封存  "
            f"{one['by']}  {one['sha256'][:12]}"
        )
    if not found:
        click.echo("还没有封存数据")


@snapshot.command()
@_ID
@_FORMAT
def show(number: int, shape: str) -> None:
    """查看封存的数据，各市逐项。"""
    with database():
        found = _snapshot(number)
        tabled = compile_report(Report.PLATFORM_USE, found.moment, found.rows)
        whole = number not in queries.altered()
        unconfirmed = [row.city for row in found.rows if row.code in found.unconfirmed]
    answer = {
        "id": found.pk, **_facts(found), "intact": whole, "unconfirmed": found.unconfirmed,
        "rules": found.rules, **tabled.as_json(),
    }  # fmt: skip
    if shape == "json":
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    click.echo(
        f"第{found.pk}号，{found.year}年，截至{found.as_of}，{'完好' if whole else '有改动'}"
    )
    if found.unconfirmed:
        click.echo(f"未经两部门都确认的地市{len(found.unconfirmed)}个：{'、'.join(unconfirmed)}")
    click.echo("\n".join(["", *layout.of_tabled(tabled)]))


@snapshot.command()
@_ID
@_FORMAT
def diff(number: int, shape: str) -> None:
    """与今天的记录比较，逐个数字、逐条记录。"""
    with database():
        found = _snapshot(number)
        cells, moved = queries.changed_since(found), queries.moved_since(found)
        records = [_record(one) for one in queries.differences(found)]
    if shape == "json":
        answer = {
            "id": number,
            "changed": [asdict(one) for one in cells],
            "moved": [asdict(one) for one in moved],
            "records": records,
        }
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    names = {city.code: city.short_name for city in territory.cities(settings.PROVINCE_CODE)}
    for line in (*map(_of_cell(names), cells), *map(_of_moved(names), moved)):
        click.echo(line)
    for one in records:
        click.echo(_of_record(one))
    if not (cells or moved):
        click.echo("与今天的记录一致")


def _record(one: Difference) -> dict[str, Any]:
    facts = [
        {
            "kind": fact.get_kind_display(),
            "happened_on": fact.happened_on.isoformat(),
            "recorded_at": localtime(fact.recorded_at).isoformat(timespec="seconds"),
            "withdrawn": hasattr(fact, "withdrawal"),
        }
        for fact in one.facts
    ]
    return {
        "id": one.audit.pk, "name": one.audit.name, "city": one.audit.city_id,
        "came": one.came, "left": one.left, "facts": facts,
    }  # fmt: skip


def _of_cell(names: Mapping[str, str]) -> Callable[[Changed], str]:
    return lambda one: (
        f"{FIGURE_LABELS[one.figure]}  {names.get(one.city, one.city)}  {one.frozen} → {one.now}  "
        f"新进入 {len(one.came)}  不再计入 {len(one.left)}"
    )


def _of_moved(names: Mapping[str, str]) -> Callable[[Moved], str]:
    return lambda one: (
        f"{one.label}  {names.get(one.city, one.city)}  "
        f"{'—' if one.frozen is None else one.frozen} → {'—' if one.now is None else one.now}"
    )


def _of_record(one: Mapping[str, Any]) -> str:
    said = [
        f"{word}：{'、'.join(FIGURE_LABELS[figure] for figure in one[key])}"
        for word, key in (("新进入", "came"), ("不再计入", "left"))
        if one[key]
    ]
    said += [
        f"封存以来{'撤回' if fact['withdrawn'] else '登记'}：{fact['kind']} {fact['happened_on']}"
        for fact in one["facts"]
    ]
    return f"  第{one['id']}号记录  {one['name']}  {'；'.join(said)}"


@click.command()
@click.option(
    "--snapshot", "number", required=True, type=click.IntRange(1), metavar="编号",
    help="封存数据的编号。",
)  # fmt: skip
@click.option(
    "--kind", type=click.Choice([one.value for one in Kind]), default=Kind.PLATFORM_USE.value,
    metavar="文种", help="platform-use（默认）、progress 或 brief。",
)  # fmt: skip
@click.option(
    "-o", "--output", "folder", required=True, metavar="文件夹",
    type=click.Path(file_okay=False, path_type=Path), help="写入的文件夹，没有的自动建立。",
)  # fmt: skip
@click.option(
    "--format", "shape", type=click.Choice(["both", *papers.FORMATS]), default="both",
    metavar="形式", help="both（默认，docx 和 pdf）、docx 或 pdf。",
)  # fmt: skip
def bulletin(number: int, kind: str, folder: Path, shape: str) -> None:
    """写出通报：同一封存、同一稿次的文件逐字节相同；已定稿的取存档件。"""
    with database():
        draft = _draft(_snapshot(number), Kind(kind))
        shown = papers.paper(draft, actions.issuers(draft.joint))
        kept = {one.format: one.file for one in queries.archive(draft) if _is_of(one, draft)}
        folder.mkdir(parents=True, exist_ok=True)
        for file_format in list(papers.FORMATS) if shape == "both" else [shape]:
            path = folder / f"{papers.file_title(draft)}（封存第{number}号）.{file_format}"
            if file_format in kept:
                with attachments.open_file(kept[file_format]) as content:
                    path.write_bytes(content.read())
            else:
                path.write_bytes(papers.render(shown, file_format))
            click.echo(f"已写入 {path}")


def _draft(found: Snapshot, kind: Kind) -> Bulletin:
    """Return the bulletin that is worked on, else the newest issued, else what writes itself."""
    known = Bulletin.objects.filter(snapshot=found, kind=kind).order_by("number", "-pk").first()
    return known or actions.words(found, kind)


def _is_of(kept: Produced, draft: Bulletin) -> bool:
    """Tell whether an archived file is the text as it stands, which is then handed out."""
    return draft.state != State.DRAFT and kept.key.endswith(f":v{draft.version}")


def _snapshot(number: int) -> Snapshot:
    found = Snapshot.objects.filter(pk=number).first()
    if found is None:
        raise Refused(f"没有第{number}号封存数据")
    return found


def _facts(one: Snapshot) -> dict[str, Any]:
    return {
        "year": one.year,
        "as_of": one.as_of.isoformat(),
        "sha256": one.sha256,
        "frozen_at": localtime(one.frozen_at).isoformat(timespec="seconds"),
        "by": f"{one.person_name}（{one.office_name}）",
        "note": one.note,
    }
