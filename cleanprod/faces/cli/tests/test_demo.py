"""The demo province: its plan equals the notice's annexes, and loading it gives these numbers."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine.home import DATABASE_NAME, OWNER_ROLE, Home
from cleanprod.foundation.engine.server import answers, running
from cleanprod.foundation.organisations.rules import Line
from cleanprod.kernel import credit_code
from cleanprod.stages.review.rules import Conclusion

OURS = ("DATABASE_URL", "DATABASE_APP_URL", "CLEANPROD_DB_AS", "CLEANPROD_PORT")
NOTICE = ("--year", "2022", "--as-of", "2023-02-22")
SHANWEI = "441500"
CHANGE = """
import django
django.setup()
from datetime import date
from cleanprod.faces.cli.acting import standing
from cleanprod.faces.cli.session import database
with database():
    from cleanprod.stages.audits import actions as audits
    from cleanprod.stages.audits.models import Fact
    from cleanprod.stages.programme import actions as programme

    of_2022 = Fact.objects.filter(
        round__city="441800", round__lead="ecology", round__accepted_on__year=2022
    ).order_by("pk")
    accepted = of_2022.filter(kind="accepted", round__completed_on=None)[0]
    audits.withdraw(accepted.pk, reason="登记错误", by=standing("city-441800-ecology"))
    for done in of_2022.filter(kind="completed", happened_on__lte=date(2023, 2, 22))[:2]:
        audits.withdraw(done.pk, reason="迁移错误", by=standing("province-ecology"))
    numbers = {target.city_id: target.number for target in programme.targets(2023)}
    programme.fix_targets(
        2023, numbers | {"440600": 151}, total=1271, document_number="演示〔2023〕99号",
        on=date(2023, 9, 28), by=standing("province-industry"),
    )
"""


@pytest.fixture(scope="module")
def cities():
    places = {city.code: ["甲区", "乙县"] for city in plan.notice()}
    return plan.make(places)


def passed(firms):
    return [f for f in firms if f.result is Conclusion.PASSED and f.on.year == 2022]


def completed(firms):
    return [f for f in firms if f.completed_on and f.completed_on <= plan.AS_OF]


def test_the_plan_equals_both_annexes_city_by_city(cities):
    notice = {city.code: city for city in plan.notice()}
    assert sum(sum(city.accepted.values()) for city in notice.values()) == 1945
    assert sum(city.target for city in notice.values()) == 1270
    for one in cities:
        by_lead = {lead: [] for lead in Line}
        for batch in one.lists:
            by_lead[batch.lead] += batch.firms
        accepted = {lead: passed(firms) for lead, firms in by_lead.items()}
        numbers = notice[one.city.code]
        assert {lead: len(firms) for lead, firms in accepted.items()} == numbers.accepted
        assert len(completed(passed(one.firms()))) == numbers.completed


def test_the_plan_has_every_kind_of_end_and_lists_beyond_the_targets(cities):
    firms = [firm for one in cities for firm in one.firms()]
    assert set(Counter(firm.result for firm in firms)) == {*Conclusion, None}
    months = Counter(firm.on.month for firm in passed(firms))
    assert sum(months[month] for month in (9, 10, 11, 12)) > 0.85 * 1945
    assert all(firm.on.weekday() < 5 for firm in firms if firm.on)
    assert any(f.on and f.on.year == 2022 for o in cities for b in o.lists if b.year == 2021
               for f in b.firms)  # fmt: skip
    for one in cities:
        again = {firm.code for batch in one.lists if batch.year < 2023 for firm in batch.firms}
        of_2023 = [f for batch in one.lists if batch.year == 2023 for f in batch.firms]
        fresh = sum(firm.code not in again for firm in of_2023)
        assert 1.15 * one.city.target <= fresh <= 1.55 * one.city.target, one.city.name
        if one.city.code == SHANWEI:
            assert of_2023
            assert not any(f.result is Conclusion.PASSED for f in one.firms())


def test_every_firm_is_plainly_invented_and_each_has_one_code_of_its_own(cities):
    names = {}
    for one in cities:
        for firm in one.firms():
            assert names.setdefault(firm.code, firm.name) == firm.name
            assert "示例" in firm.name
            assert firm.code.startswith(f"91{one.city.code}MAYX")
            assert credit_code.inspect(firm.code).kind is credit_code.Kind.VALID
    assert len(set(names.values())) == len(names)


def test_one_seed_makes_one_province(cities):
    places = {city.code: ["甲区", "乙县"] for city in plan.notice()}
    assert plan.make(places) == cities
    assert plan.make(places, seed="another") != cities


@pytest.fixture
def folder():
    """A folder for homes that the account of the database can reach."""
    place = Path(tempfile.mkdtemp(prefix="cleanprod-demo-", dir="/tmp"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    return kept | {
        "CLEANPROD_HOME": str(home.path),
        "DJANGO_SETTINGS_MODULE": "cleanprod.config.settings",
    } | more  # fmt: skip


def cleanprod(home, *words, **more):
    return subprocess.run(
        [sys.executable, "-m", "cleanprod", *words],
        env=environment(home, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def report(home, name, *words):
    answer = cleanprod(home, "report", name, *words, "--format", "json")
    assert answer.returncode == 0, answer.stderr
    return json.loads(answer.stdout)


def test_a_home_or_database_with_other_data_never_becomes_a_demo(folder, monkeypatch):
    real, fresh = Home(folder / "real"), Home(folder / "fresh")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert cleanprod(real, "migrate").returncode == 0
    assert cleanprod(real, "create-admin", "guanli", "--name", "赵管").returncode == 0
    with running(real):
        url = f"postgresql://{OWNER_ROLE}@/{DATABASE_NAME}?host={real.socket}&port=5432"
        for home, more in ((real, {}), (fresh, {"DATABASE_URL": url})):
            answer = cleanprod(home, "demo", "--no-serve", **more)
            assert answer.returncode == 1
            assert "已有" in answer.stderr.splitlines()[-1]
            assert not home.is_demo


def break_off(home):
    """Start to load and kill the command in the middle."""
    loader = subprocess.Popen(
        [sys.executable, "-m", "cleanprod", "demo", "--no-serve"],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 60
    while not (home.files.exists() and any(home.files.iterdir())):
        assert loader.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    loader.kill()
    loader.wait()
    while answers(home.socket):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.slow
@pytest.mark.demo
def test_the_demo_province_gives_the_numbers_of_the_notice_and_each_follows_its_record(
    folder, monkeypatch
):
    home = Home(folder / "home")
    break_off(home)
    loaded = cleanprod(home, "demo", "--no-serve")
    assert loaded.returncode == 0, loaded.stderr
    assert "上次装入演示数据中断" in loaded.stderr
    assert "演示数据已装入" in loaded.stdout
    again = cleanprod(home, "demo", "--no-serve")
    assert (again.returncode, again.stdout) == (0, "演示数据已装入\n")
    assert home.business_date == date(2023, 9, 28)

    monkeypatch.delenv("DATABASE_URL")
    with running(home):
        the_numbers_are_those_of_the_notice(home)
        changed = subprocess.run(
            [sys.executable, "-c", CHANGE], env=environment(home), capture_output=True, text=True
        )
        assert changed.returncode == 0, changed.stderr
        assert figures(report(home, "annex1", *NOTICE)["total"]) == (811, 1133, 1944, 1339)
        assert report(home, "platform-use", *NOTICE)["total"]["not_completed"] == 605
        assert report(home, "annex2", "--year", "2023")["total"]["target"] == 1271


def the_numbers_are_those_of_the_notice(home):
    annex = report(home, "annex1", *NOTICE)
    total = annex["total"]
    assert figures(total) == (811, 1134, 1945, 1341)
    assert figures(row_of(annex, SHANWEI)) == (0, 0, 0, 0)
    assert [figures(row) for row in annex["rows"]] == [numbers(city) for city in plan.notice()]
    use = report(home, "platform-use", *NOTICE)
    ranked = [row for row in use["rows"] if row["rank"]]
    ranked.sort(key=lambda row: row["rank"])
    assert [row["city"] for row in ranked[:6]] == ["河源", "中山", "阳江", "佛山", "惠州", "肇庆"]
    assert len(ranked) == 20
    assert row_of(use, SHANWEI)["rank"] is None
    assert use["total"]["not_completed"] == 604
    assert report(home, "annex2", "--year", "2023")["total"]["target"] == 1270
    checked = cleanprod(home, "check")
    assert checked.returncode == 0, checked.stdout
    assert "没有通过验收记录的办结：1 条" in checked.stdout  # one stands in the discrepancy list
    assert cleanprod(home, "trail", "verify").returncode == 0


def figures(row):
    return row["industry"], row["ecology"], row["total"], row["platform_completed"]


def row_of(table, code):
    return next(row for row in table["rows"] if row["code"] == code)


def numbers(city):
    industry, ecology = city.accepted[Line.INDUSTRY], city.accepted[Line.ECOLOGY]
    return industry, ecology, industry + ecology, city.completed
