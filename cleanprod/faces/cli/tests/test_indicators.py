"""The command scores without a database, and says everything that is wrong at once."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cleanprod.faces.cli.indicators import indicators
from cleanprod.stages.performance.tests.indicator_systems import plain


def run(*words):
    answer = CliRunner().invoke(indicators, [str(word) for word in words])
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    return answer


@pytest.fixture
def trial(tmp_path):
    path = tmp_path / "system.json"
    path.write_text(json.dumps(plain()), encoding="utf-8")
    return path


def values(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "values.csv"
    path.write_bytes(text.encode(encoding))
    return path


def test_the_command_needs_neither_database_nor_home(tmp_path):
    file = values(tmp_path, "编号,填报值\n5,8\n", "gb18030")
    answer = subprocess.run(
        [sys.executable, "-m", "cleanprod", "indicators", "score", "electroplating-2015", file,
         "--format", "json"],
        env={"PATH": "/usr/bin:/bin", "CLEANPROD_HOME": "/nonexistent/home",
             "DATABASE_URL": "postgresql://a@127.0.0.1:1/c"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert (answer.returncode, answer.stderr) == (0, "")
    told = json.loads(answer.stdout)
    assert told["indices"] == {"Y_I": 10, "Y_II": 10, "Y_III": 10}
    assert told["level"] is None
    assert told["level_name"].startswith("未达到")
    assert len(told["missing"]) == 24
    assert told["next"]["level"] == "III"
    assert not told["system"]["confirmed"]


def test_a_score_is_printed_for_people(trial, tmp_path):
    answer = run("score", trial, values(tmp_path, "id,value\nwater,8\nreuse,50\nph,7\ncare,I\n"))
    assert answer.exit_code == 0
    assert "Y_I = 70" in answer.stdout
    assert "评定结果：国内清洁生产先进水平" in answer.stdout
    assert "Y_I 为 70，要求不低于 85，还差 15" in answer.stdout
    assert "+30　指标reuse：填报50，要求≥60 %" in answer.stdout


@pytest.mark.parametrize("shape", ["table", "json"])
def test_bad_values_end_with_2_and_every_finding(trial, tmp_path, shape):
    file = values(tmp_path, "id,value\nwater,much\nnobody,1\n")
    answer = run("score", trial, file, "--format", shape)
    assert answer.exit_code == 2
    for said in ("B2", "A3", "应填数字", "没有指标“nobody”"):
        assert said in answer.output
    if shape == "json":
        assert len(json.loads(answer.stdout)["findings"]) == 2


def test_a_bad_system_ends_with_2_and_every_finding(trial):
    data = plain()
    data["groups"][0]["weight"] = 0.9
    del data["rules"][1]
    trial.write_text(json.dumps(data))
    answer = run("check", trial)
    assert answer.exit_code == 2
    assert "有 2 处错误" in answer.output
    assert "一级指标权重之和为1.5" in answer.output


def test_a_sound_system_is_told_with_what_is_not_confirmed(trial):
    assert "没有错误" in run("check", trial).stdout
    told = json.loads(run("check", "electroplating-2015", "--format", "json").stdout)
    assert (told["good"], told["items"]) == (True, 25)
    assert len(told["unconfirmed"]) == 20


def test_an_unknown_system_is_a_usage_error(tmp_path):
    answer = run("check", "nothing")
    assert answer.exit_code == 2
    assert "没有文件“nothing”" in answer.output


def test_templates_and_conversions_come_back(trial, tmp_path):
    for name in ("blank.csv", "blank.xlsx"):
        assert run("template", trial, "-o", tmp_path / name).exit_code == 0
        answer = run("score", trial, tmp_path / name, "--format", "json")
        assert len(json.loads(answer.stdout)["missing"]) == 4
    assert run("template", trial).stdout_bytes.startswith(b"\xef\xbb\xbf")
    book, again = tmp_path / "s.xlsx", tmp_path / "again.json"
    assert run("convert", trial, "-o", book).exit_code == 0
    assert run("convert", book, "-o", again).exit_code == 0
    assert run("convert", again).stdout == run("convert", trial).stdout
    assert run("template", trial, "-o", tmp_path / "blank.pdf").exit_code == 2


def test_the_shipped_systems_are_listed():
    assert "electroplating-2015" in run("list").stdout
    assert json.loads(run("list", "--format", "json").stdout)[0]["confirmed"] is False
