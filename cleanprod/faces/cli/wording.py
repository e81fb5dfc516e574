"""The Chinese of the command line: headings of the help, usage errors, errors from outside."""

import re
from collections.abc import Iterable

import click

_HEADINGS = {"Options": "选项", "Commands": "命令", "Arguments": "参数"}
_LINES = {"Show this message and exit.": "显示本说明。"}

_PROBLEMS = (
    (r"No such command (.+)\.", "没有命令 {0}"),
    (r"Got unexpected extra arguments? \((.+)\)", "多余的参数 {0}"),
    (r"Option (.+) requires an argument\.", "选项 {0} 需要一个值"),
    (r"(.+) is not a valid .+\.", "{0} 不是有效的值"),
    (r"(.+) is not in the range (.+)\.", "{0} 不在范围 {1} 内"),
    (r"(.+) is not one of (.+)\.", "{0} 应为 {1} 之一"),
    (r"(.+) does not match the format '%Y-%m-%d'\.", "{0} 不是日期，应为 2023-02-22 的形式"),
    (r"(.+) does not match the formats? (.+)\.", "{0} 应为 {1} 的形式"),
    (r"\w+ ('.+') does not exist\.", "{0} 不存在"),
    (r"\w+ ('.+') is a directory\.", "{0} 是文件夹"),
    (r"\w+ ('.+') is a file\.", "{0} 是文件，不是文件夹"),
    (r"\w+ ('.+') is not (?:readable|writable)\.", "{0} 不能读写"),
)

# Compared by name, so that `--help` need not import the database's libraries.
_KNOWN = {
    "django.core.exceptions.ImproperlyConfigured": "设置有误",
    "django.db.utils.OperationalError": "数据库不可用",
    "psycopg.OperationalError": "数据库不可用",
    "builtins.PermissionError": "没有权限",
    "builtins.OSError": "读写失败",
}


class Formatter(click.HelpFormatter):
    """Click's help with Chinese headings."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the usage line."""
        super().write_usage(prog, args, prefix="用法：")

    def write_heading(self, heading: str) -> None:
        """Write a heading in Chinese."""
        super().write_heading(_HEADINGS.get(heading, heading))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write a list of terms; click's own lines are translated."""
        translated = [(term, _LINES.get(line, line)) for term, line in rows]
        super().write_dl(translated, col_max, col_spacing)


class Context(click.Context):
    """A context whose help is Chinese."""

    formatter_class = Formatter


def speak_chinese(command: click.Command) -> None:
    """Give a loaded command, and what lies under it, the Chinese help."""
    command.context_class = Context
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        for below in command.commands.values():
            speak_chinese(below)


def of_usage_error(error: click.UsageError) -> str:
    """Return what is wrong with the words that were typed, and where help is."""
    hint = f"（用法见 {error.ctx.command_path} --help）" if error.ctx else ""
    return f"{_usage_problem(error)}{hint}"


def _usage_problem(error: click.UsageError) -> str:
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.MissingParameter):
        name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
        return f"缺少 {name or error.param_hint or ''}".rstrip()
    if isinstance(error, click.BadParameter):
        name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
        return f"{name or error.param_hint or '参数'} 的值不能用：{_translated(error.message)}"
    return _translated(error.format_message())


def _translated(problem: str) -> str:
    for pattern, words in _PROBLEMS:
        found = re.fullmatch(pattern, problem)
        if found:
            return words.format(*found.groups())
    return problem


def of_known_error(error: Exception) -> str | None:
    """Return one line for an error that comes from outside, None for a mistake of ours."""
    for kind in type(error).__mro__:
        words = _KNOWN.get(f"{kind.__module__}.{kind.__qualname__}")
        if words:
            return f"{words}：{_first_line(error)}"
    return None


def _first_line(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}（{error.strerror}）"
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
