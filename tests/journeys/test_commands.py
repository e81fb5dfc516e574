"""The thread by the command line, as a person types it: real processes, a database of their own."""

import json
import os
import subprocess
import sys
from datetime import date

import psycopg
import pytest

from tests.house.source import ROOT
from tests.workbooks import code, list_book, results_book, workbook
from tests.world import FOSHAN

FIRMS = [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(1, 4)]
LEAD = ("--as", "foshan-ecology")
LISTED = (
    *("--city", FOSHAN, "--year", "2022", "--batch", "1", "--published", "2022-03-08"),
    *("--document-number", "演示〔2022〕3号", *LEAD, "--format", "json"),
)
RESULTED = ("--city", FOSHAN, "--year", "2022", *LEAD, "--format", "json")
CAST = "import django; django.setup(); from tests.world import make_cast; make_cast()"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Yield a function that runs a command in a home of its own, with the cast in it."""
    server = os.environ["DATABASE_URL"]
    place = tmp_path_factory.mktemp("commands")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE commands")
    environment = {
        name: value for name, value in os.environ.items() if name != "CLEANPROD_DB_AS"
    } | {
        "DATABASE_URL": server.replace("/postgres?", "/commands?"),
        "CLEANPROD_HOME": str(place / "home"),
        "DJANGO_SETTINGS_MODULE": "cleanprod.config.settings",
    }

    def run(*words):
        return subprocess.run(
            [sys.executable, *map(str, words)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def command(*words):
        return run("-m", "cleanprod", *words)

    made = command("migrate")
    assert made.returncode == 0, made.stderr
    made = run("-c", CAST)
    assert made.returncode == 0, made.stderr
    yield command
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP DATABASE commands WITH (FORCE)")


@pytest.fixture
def book(tmp_path):
    """Return a function that writes a workbook and returns its path."""

    def write(content):
        path = tmp_path / "表.xlsx"
        path.write_bytes(content)
        return path

    return write


def report_of(answer):
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def counts(answer):
    told = report_of(answer)
    return tuple(told[key] for key in ("created", "matched", "changed", "refused", "to_decide"))


def test_the_whole_thread_by_commands(home, book):
    names = book(list_book(*FIRMS))
    seen = home("import-list", names, *LISTED, "--dry-run")
    assert counts(seen) == (3, 0, 0, 0, 0)
    assert (report_of(seen)["state"], report_of(seen)["state_label"]) == ("taken", "可以导入")
    assert counts(home("import-list", names, *LISTED)) == (3, 0, 0, 0, 0)
    assert counts(home("import-list", names, *LISTED)) == (0, 3, 0, 0, 0)
    passed = book(results_book(*((*firm[:2], "2022-10-12", "通过") for firm in FIRMS)))
    assert counts(home("import-results", passed, *RESULTED)) == (3, 0, 0, 0, 0)
    assert counts(home("import-results", passed, *RESULTED)) == (0, 3, 0, 0, 0)
    done = book(
        workbook(
            ("企业名称", "统一社会信用代码", "办结日期", "旧平台编号"),
            (*FIRMS[0][:2], date(2022, 12, 20), "GD-1"),
        )
    )
    refused = home("migrate-completions", done, *LEAD)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    province = ("--as", "province-ecology", "--format", "json")
    assert counts(home("migrate-completions", done, *province)) == (1, 0, 0, 0, 0)
    annex = ("--year", "2022", "--as-of", "2023-02-22", "--format", "json")
    row = next(
        row for row in report_of(home("report", "annex1", *annex))["rows"] if row["code"] == FOSHAN
    )
    assert (row["ecology"], row["total"], row["platform_completed"]) == (3, 3, 1)
    frozen(home, annex)
    checked = home("check", "--format", "json")
    assert json.loads(checked.stdout)["rounds_differing"] == []
    assert home("trail", "verify").returncode == 0


def frozen(home, annex):
    """Freeze the figures, compare them with today."""
    made = report_of(home("snapshot", "create", *annex, "--as", "province-ecology"))
    newest, *_ = report_of(home("snapshot", "list", "--format", "json"))
    assert (newest["id"], newest["frozen_at"][-6:]) == (made["id"], "+08:00")
    shown = report_of(home("snapshot", "show", made["id"], "--format", "json"))
    assert (shown["intact"], shown["total"]["total"]) == (True, 3)
    assert report_of(home("snapshot", "diff", made["id"], "--format", "json"))["changed"] == []
    for name in ("foshan-ecology", "nobody"):
        refused = home("snapshot", "create", *annex, "--as", name)
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
    said = home("snapshot", "show", made["id"]).stdout
    assert "已填报审核计划" in said
    assert "未经两部门都确认的地市21个：广州、深圳" in said
    assert "与今天的记录一致" in home("snapshot", "diff", made["id"]).stdout
    missing = home("bulletin", "--snapshot", "99", "-o", "/nonexistent")
    assert missing.returncode == 1
    assert "没有第99号" in missing.stderr


def test_the_same_snapshot_gives_the_same_files(home, tmp_path):
    annex = ("--year", "2022", "--as-of", "2023-02-22", "--format", "json")
    made = report_of(home("snapshot", "create", *annex, "--as", "province-ecology"))
    for folder in ("one", "two"):
        answer = home("bulletin", "--snapshot", made["id"], "-o", tmp_path / folder)
        assert answer.returncode == 0, answer.stderr
    files = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert [name.rsplit(".")[-1] for name in files] == ["docx", "pdf"]
    for name in files:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_neighbour_cannot_import_anothers_list(home, book):
    names = book(list_book(*FIRMS))
    answer = home("import-list", names, *LISTED[:-4], "--as", "huizhou-industry")
    assert answer.returncode == 1
    assert "Traceback" not in answer.stderr
    assert answer.stderr.count("\n") == 1


def test_the_first_administrator_gets_a_password_once(home):
    made = home("create-admin", "guanli", "--name", "赵管")
    assert made.returncode == 0, made.stderr
    assert "初始密码" in made.stdout
    again = home("create-admin", "guanli", "--name", "赵管")
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
