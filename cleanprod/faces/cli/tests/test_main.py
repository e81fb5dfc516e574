"""The command line as people meet it: help without a database, one line for each refusal."""

import subprocess
import sys
import tempfile

import click
import pytest

from cleanprod.faces.cli import main, wording


def cleanprod(*words, **more):
    return subprocess.run(
        [sys.executable, "-m", "cleanprod", *words],
        env={"PATH": "/usr/bin:/bin", "CLEANPROD_HOME": "/nonexistent/home"} | more,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def test_the_help_names_every_command_and_needs_no_home():
    answer = cleanprod("--help")
    assert (answer.returncode, answer.stderr) == (0, "")
    for name in main.COMMANDS:
        assert f"  {name} " in answer.stdout
    for english in ("Usage", "Options", "Commands", "Show this"):
        assert english not in answer.stdout


def test_the_version_is_told_installed_or_not():
    told = cleanprod("--version")
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.strip()


def test_every_command_can_be_loaded():
    for name in main.COMMANDS:
        command = main.cleanprod.get_command(click.Context(main.cleanprod), name)
        assert command.context_class is wording.Context
        assert command.help


def test_the_demo_does_not_go_back_before_its_records():
    answer = cleanprod("demo", "--on", "2023-01-15")
    assert (answer.returncode, answer.stderr.count("\n")) == (1, 1)
    assert "不能拨到此前" in answer.stderr


@pytest.mark.parametrize(
    "words, message",
    [
        (("nothing",), "没有命令 'nothing'"),
        (("serve", "--prt"), "没有选项 --prt"),
        (("serve", "--port", "x"), "'x' 不是有效的值"),
        (("serve", "--port", "0"), "0 不在范围 1<=x<=65535 内"),
        (("serve", "--port"), "选项 '--port' 需要一个值"),
        (("serve", "more"), "多余的参数 more"),
    ],
)
def test_a_mistyped_command_is_answered_in_one_chinese_line(words, message):
    answer = cleanprod(*words)
    assert answer.returncode == 2
    assert answer.stderr.startswith("用法错误：")
    assert message in answer.stderr
    assert answer.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "more, message",
    [
        ({"DATABASE_URL": "mysql://a@b/c"}, "DATABASE_URL：应为"),
        ({"DATABASE_URL": "postgresql://a@127.0.0.1:1/c"}, "无法使用数据库："),
        ({"DATABASE_URL_FILE": "/nonexistent/url"}, "DATABASE_URL_FILE：无法读取"),
        ({"CLEANPROD_PG_BIN": "/nonexistent"}, "/nonexistent 中没有可运行的"),
    ],
)
def test_a_setting_that_cannot_be_used_is_answered_in_one_line(more, message):
    # Not pytest's own folder, which is closed to the account that runs the database under root.
    with tempfile.TemporaryDirectory(dir="/tmp") as home:
        answer = cleanprod("migrate", **({"CLEANPROD_HOME": home} | more))
    assert answer.returncode == 1
    assert message in answer.stderr
    assert answer.stderr.count("\n") == 1
