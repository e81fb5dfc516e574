import json

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from cleanprod.faces.cli import acting
from cleanprod.faces.cli.main import cleanprod
from cleanprod.faces.cli.people import make_admin
from cleanprod.foundation.trail.actions import SYSTEM, Line, record


def run(*words):
    return CliRunner().invoke(cleanprod, ["trail", *words])


def write(subject):
    with transaction.atomic():
        record(Line("round:publish", "公布", subject, "红星水泥"), by=SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_trail_is_sealed_and_verified_and_a_change_ends_with_1():
    write("round:1")
    assert "未封存 1 条" in run("verify").output
    assert run("seal").output == "已封存 1 条\n"
    good = run("verify")
    assert good.exit_code == 0
    assert "核验通过" in good.output
    told = json.loads(run("verify", "--format", "json").output)
    assert (told["rows"], told["sealed"], told["unsealed"], told["good"]) == (1, 1, 0, True)
    assert run("verify", "--seal", told["last_seal"]).exit_code == 0
    assert run("verify", "--seal", "00" * 32).exit_code == 1
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trail_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE trail_entry SET label = '红星'")
        cursor.execute("ALTER TABLE trail_entry ENABLE TRIGGER USER")
    bad = run("verify")
    assert bad.exit_code == 1
    assert "（round:1）的内容与校验值不符" in bad.output
    told = run("verify", "--format", "json")
    assert told.exit_code == 1
    assert not json.loads(told.output)["good"]


@pytest.mark.django_db
def test_a_command_says_in_the_trail_that_it_was_one():
    make_admin("guanli", "赵管", "Chushi-mima-77")
    assert acting.standing("guanli").via == "命令行"
