"""The `cleanprod` command: a list of sub-commands, each loaded only when it is asked for."""

import sys
from dataclasses import dataclass
from importlib import import_module, metadata

import click

from cleanprod.faces.cli import wording
from cleanprod.kernel.errors import Refused


@dataclass(frozen=True)
class Entry:
    """A sub-command: where it is, its line in the help, whether its module imports models."""

    place: str
    line: str
    models: bool = True


COMMANDS = {
    "demo": Entry("cleanprod.faces.cli.demo.command:demo", "装入演示省并启动平台", False),
    "serve": Entry("cleanprod.faces.cli.serve:serve", "启动平台（数据库、网页、后台任务）", False),
    "migrate": Entry("cleanprod.faces.cli.migrate:migrate", "建立或升级数据库，不启动平台", False),
    "create-admin": Entry("cleanprod.faces.cli.people:create_admin", "创建系统管理员"),
    "import-list": Entry("cleanprod.faces.cli.imports:import_list", "导入名单，可同时公布"),
    "import-results": Entry("cleanprod.faces.cli.imports:import_results", "导入验收结果"),
    "migrate-completions": Entry(
        "cleanprod.faces.cli.imports:migrate_completions", "导入旧平台的办结数据（省级）"
    ),
    "template": Entry("cleanprod.faces.cli.template:template", "导出各种导入的空白模板", False),
    "report": Entry(
        "cleanprod.faces.cli.report:report", "统计表：终端、xlsx、docx、pdf、csv、json"
    ),
    "snapshot": Entry("cleanprod.faces.cli.frozen:snapshot", "数据封存：封存、列出、查看、比较"),
    "bulletin": Entry("cleanprod.faces.cli.frozen:bulletin", "从封存的数据写出通报代拟稿"),
    "indicators": Entry(
        "cleanprod.faces.cli.indicators:indicators", "清洁生产评价指标体系：检查、评分", False
    ),
    "performance": Entry(
        "cleanprod.faces.cli.performance:performance",
        "绩效核算：折标煤、二氧化碳，不用数据库",
        False,
    ),
    "experts": Entry("cleanprod.faces.cli.experts:experts", "专家抽取：按记录重新抽取并核对"),
    "trail": Entry("cleanprod.faces.cli.trail:trail", "核验操作记录"),
    "check": Entry("cleanprod.faces.cli.check:check", "体检：重算并核对"),
}


class Commands(click.Group):
    """A group that knows its commands by name and loads one when it is used."""

    context_class = wording.Context

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the list above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command; its module may import models, so Django is set up first."""
        entry = COMMANDS.get(cmd_name)
        if not entry:
            return None
        if entry.models:
            import_module("django").setup()
        module, _, name = entry.place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        wording.speak_chinese(command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list without loading anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])


def _tell_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Print the version of the installed package; a source tree is not installed and says so."""
    if not wanted:
        return
    try:
        click.echo(metadata.version("cleanprod"))
    except metadata.PackageNotFoundError:
        click.echo("没有安装，正在从源码目录运行")
    ctx.exit()


@click.group(
    cls=Commands,
    name="cleanprod",
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]...",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_tell_version,
    help="显示版本号。",
)  # fmt: skip
def cleanprod() -> None:
    """清洁生产审核管理平台。

    数据目录由环境变量 CLEANPROD_HOME 指定；用 DATABASE_URL 可改用外部 PostgreSQL（15 至 18）。
    """


def run() -> None:
    """Run the command line; what people can mend ends as one line, never as a traceback."""
    try:
        sys.exit(cleanprod.main(prog_name="cleanprod", standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(0)
    except click.UsageError as error:
        _fail(f"用法错误：{wording.of_usage_error(error)}", 2)
    except click.ClickException as error:
        _fail(error.format_message(), 1)
    except click.Abort:
        _fail("已中断", 130)
    except Refused as error:
        _fail(str(error), 1)
    except Exception as error:
        known = wording.of_known_error(error)
        if known is None:
            raise
        _fail(known, 1)


def _fail(message: str, code: int) -> None:
    click.echo(" ".join(message.split()), err=True)
    sys.exit(code)
