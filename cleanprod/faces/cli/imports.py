"""Commands that take workbooks in: lists, results, completions of the old platform."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from django.conf import settings
from django.db import transaction

from cleanprod.faces.cli.acting import standing
from cleanprod.faces.cli.session import database
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake import queries as intake_queries
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Report, Table, Template, Unreadable
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import imports as lists
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.programme.template import LIST
from cleanprod.stages.review import imports as results
from cleanprod.stages.review.template import COMPLETIONS, RESULTS

NO_NUMBER = "未登记文号"

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_AS = click.option("--as", "username", required=True, metavar="账号", help="以谁的身份办理。")
_DRY = click.option("--dry-run", is_flag=True, help="只预检，不保存任何内容。")
_ROWS = click.option(
    "--max-rows", type=click.IntRange(1), metavar="行数", help="放宽一次导入的行数上限。"
)
_SHEET = click.option(
    "--sheet", default="", metavar="工作表", help="读取哪一张工作表；默认按表头识别。"
)
_FORMAT = click.option(
    "--format", "shape", type=click.Choice(["table", "json"]), default="table", metavar="形式",
    help="输出形式：table（默认）或 json。",
)  # fmt: skip
_CITY = click.option("--city", required=True, metavar="代码", help="地市代码，如 440600。")
_LEAD = click.option(
    "--lead", type=click.Choice([line.value for line in Line]), metavar="部门",
    help="牵头部门：industry（工业和信息化）或 ecology（生态环境）；默认为办理人所在部门。",
)  # fmt: skip


def _day(_ctx: click.Context, _param: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def _table(path: Path, template: Template, max_rows: int | None, sheet: str, by: Standing) -> Table:
    return read(
        path,
        template,
        sheet=sheet,
        max_rows=max_rows or settings.INTAKE_MAX_ROWS,
        max_bytes=max(settings.INTAKE_MAX_BYTES, path.stat().st_size if max_rows else 0),
        learned=intake_queries.learned(by.office_id, template.name),
    )


def _store(path: Path, by: Standing) -> File:
    with path.open("rb") as stream:
        return attachments.store(stream, path.name, by=by)


def _read_or_keep(
    path: Path, template: Template, max_rows: int | None, sheet: str, by: Standing, *, dry: bool
) -> Table | Report:
    """Read the workbook; one of which no row can be read is kept with its report."""
    try:
        table = _table(path, template, max_rows, sheet, by)
    except Unreadable as refusal:
        report = refusal.report
    else:
        if not table.lacks:
            return table
        report = Report.of(table, (), table.findings)
    if not dry:
        intake.keep_refused(
            template.name, title=f"未导入：{path.name}", file=_store(path, by), report=report,
            by=by, city=by.city,
        )  # fmt: skip
    return report


def _lead(by: Standing, lead: str | None) -> Line:
    if lead:
        return Line(lead)
    if by.line is None:
        raise Refused("请用 --lead 指明牵头部门")
    return by.line


def _answer(report: Report, shape: str, *, dry: bool = False, **more: Any) -> None:
    """Print the report; a workbook of which nothing was taken ends with exit code 1."""
    state = report.outlook if dry else report.state
    words = report.outlook_words if dry else state.label
    if shape == "json":
        told = {"state": state.value, "state_label": words, **report.as_json(), **more}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        click.echo(f"{'预检' if dry else '结果'}：{words}")
        _print(report)
    taken = report.created + report.changed + report.matched
    left = report.refused + report.to_decide + (0 if report.rows_read else 1)
    sys.exit(1 if left and not taken else 0)


def _print(report: Report) -> None:
    click.echo(
        f"读取 {report.rows_read} 行：新增 {report.created}，一致 {report.matched}，变更 "
        f"{report.changed}，不予导入 {report.refused}，待决定 {report.to_decide}"
    )
    for finding in report.findings:
        place = " ".join(part for part in (finding.sheet, finding.cell) if part)
        value = f"“{finding.value}”" if finding.value else ""
        click.echo(f"  [{finding.level.label}] {place} {value} {finding.rule}；{finding.advice}")


@click.command("import-list")
@_FILE
@_CITY
@click.option(
    "--year", required=True, type=click.IntRange(2000, 2100), metavar="年度", help="名单年度。"
)
@click.option(
    "--batch", "number", required=True, type=click.IntRange(1, 999), metavar="批次", help="第几批。"
)
@_LEAD
@click.option(
    "--published", type=click.DateTime(["%Y-%m-%d"]), callback=_day, metavar="日期",
    help="导入后即公布，写明公布日期，如 2022-03-08。",
)  # fmt: skip
@click.option("--document-number", default=NO_NUMBER, metavar="文号", help="公布名单的文号。")
@click.option(
    "--issuers", default="", metavar="机关", help="发布机关，多个用顿号分开；默认为办理单位。"
)
@click.option("--title", default="", metavar="名称", help="名单名称，默认自动命名。")
@_DRY
@_SHEET
@_ROWS
@_AS
@_FORMAT
def import_list(
    file: Path, city: str, year: int, number: int, lead: str | None, published: date | None,
    document_number: str, issuers: str, title: str, dry_run: bool, sheet: str,
    max_rows: int | None, username: str, shape: str,
) -> None:  # fmt: skip
    """导入一份名单（Excel 工作簿），可同时公布。

    好的行导入，有问题的行列出全部问题；同一工作簿再导入一次不会改变任何内容。
    """
    with database():
        by = standing(username)
        key = BatchKey(year, city, _lead(by, lead), number, title)
        if not by.leads(city=city, lead=key.lead):
            raise NotAllowed(f"账号“{username}”不是该市{key.lead.label}主管部门，不能导入其名单")
        table = _read_or_keep(file, LIST, max_rows, sheet, by, dry=dry_run)
        if isinstance(table, Report):
            return _answer(table, shape, dry=dry_run)
        if dry_run:
            return _answer(lists.assess(table, key).report, shape, dry=True)
        with transaction.atomic():
            taken = lists.import_list(table, key, file=_store(file, by), by=by)
            if published is not None and taken.batch.entries.exists():
                names = issuers.split("、") if issuers else [by.office_name]
                _publish(taken.batch, published, document_number, names, by)
        return _answer(taken.report, shape, batch=taken.batch.pk, receipt=taken.receipt.pk)


def _publish(
    batch: Batch, on: date, document_number: str, issuers: list[str], by: Standing
) -> None:
    """Publish the list unless it was published on this very day already."""
    batch.refresh_from_db()
    if batch.stage == BatchStage.PUBLISHED and batch.published_on == on:
        return
    if batch.stage == BatchStage.DRAFT:
        programme.finish(batch.pk, by=by)
    audits.publish_list(batch.pk, on=on, document_number=document_number, issuers=issuers, by=by)


@click.command("import-results")
@_FILE
@_CITY
@click.option(
    "--year", required=True, type=click.IntRange(2000, 2100), metavar="年度", help="验收年度。"
)
@_LEAD
@click.option("--document-number", default="", metavar="文号", help="表中没有文号列时的统一文号。")
@_DRY
@_SHEET
@_ROWS
@_AS
@_FORMAT
def import_results(
    file: Path, city: str, year: int, lead: str | None, document_number: str, dry_run: bool,
    sheet: str, max_rows: int | None, username: str, shape: str,
) -> None:  # fmt: skip
    """导入验收结果：通过、未通过、取消、暂缓。"""
    with database():
        by = standing(username)
        key = results.ResultKey(year, city, _lead(by, lead), document_number)
        table = _read_or_keep(file, RESULTS, max_rows, sheet, by, dry=dry_run)
        if isinstance(table, Report):
            return _answer(table, shape, dry=dry_run)
        if dry_run:
            return _answer(results.assess_results(table, key).report, shape, dry=True)
        with transaction.atomic():
            taken = results.import_results(table, key, file=_store(file, by), by=by)
        return _answer(taken.report, shape, receipt=taken.receipt.pk)


@click.command("migrate-completions")
@_FILE
@_DRY
@_SHEET
@_ROWS
@_AS
@_FORMAT
def migrate_completions(
    file: Path, dry_run: bool, sheet: str, max_rows: int | None, username: str, shape: str
) -> None:
    """导入旧平台的办结数据，标记为历史数据迁移；只有省级主管部门可以导入。"""
    with database():
        by = standing(username)
        table = _read_or_keep(file, COMPLETIONS, max_rows, sheet, by, dry=dry_run)
        if isinstance(table, Report):
            return _answer(table, shape, dry=dry_run)
        if dry_run:
            report = results.assess_completions(table, by.province).report
            return _answer(report, shape, dry=True)
        with transaction.atomic():
            taken = results.import_completions(table, file=_store(file, by), by=by)
        return _answer(taken.report, shape, receipt=taken.receipt.pk)
