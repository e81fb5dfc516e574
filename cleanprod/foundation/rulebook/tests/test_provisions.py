"""What the shipped rulebook says, and how it is amended."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.rulebook import actions, queries, shipped
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.rulebook.rules import Status
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.kernel.period import Period

pytestmark = pytest.mark.django_db

DAY = date(2023, 9, 28)
PROVINCE = Standing(
    person_id=1, person_name="省甲", role=Role.PROVINCE, office_id=2, office_name="省厅",
    line=Line.INDUSTRY, province="440000",
)  # fmt: skip
CITY = Standing(person_id=3, person_name="市乙", role=Role.CITY, city="440600")


def amend(key="round.start.months", **changes):
    said = {
        "value": 3,
        "effective_from": date(2024, 1, 1),
        "basis": "粤工信节能函〔2024〕1号",
        "source": "原文",
        "confirmed": True,
        "by": PROVINCE,
    }
    return actions.amend(key, **said | changes)


def periods(key):
    return [(row.effective_from, row.effective_to) for row in queries.history(key)]


@pytest.mark.parametrize(
    "key, value",
    [
        ("round.register.months", 1),
        ("round.start.months", 2),
        ("round.finish.months", 12),
        ("round.interval.double_toxic.years", 5),
        ("calendar.lists", "03-10"),
        ("statistics.cities_see_all", True),
        ("result.publicity", {"days": 7, "counted": "calendar"}),
        ("training.per_city_year", 1),
        ("candidates.interval.years", 5),
        ("candidates.kinds", {"vocs": "other", "industry": "voluntary"}),
        ("log.retention_days", 184),
    ],
)
def test_the_shipped_numbers_are_there_after_migrate(key, value):
    rule = queries.value(key, on=DAY)
    assert rule.value == value
    assert rule.basis
    assert rule.source
    assert Provision.objects.get(pk=rule.version).key == key


def test_ecology_leads_all_but_voluntary_and_high_energy():
    leads = queries.value("programme.leads", on=DAY).value
    assert {key for key, lead in leads.items() if lead == "industry"} == {
        "voluntary",
        "high_energy",
    }
    assert set(leads.values()) == {"industry", "ecology"}


def test_a_round_is_judged_by_the_law_of_its_day():
    old = queries.value("round.start.months", on=date(2026, 8, 14))
    new = queries.value("round.start.months", on=date(2026, 8, 15))
    assert "清洁生产促进法" in old.basis
    assert "生态环境法典" in new.basis
    assert (old.confirmed, new.confirmed) == (True, False)
    assert old.version != new.version


def test_shipped_provisions_of_one_key_share_no_day():
    rows = list(Provision.objects.all())
    for one in rows:
        for two in rows:
            if one.key == two.key and one.pk < two.pk:
                first = Period(one.effective_from, one.effective_to)
                assert not first.overlaps(Period(two.effective_from, two.effective_to))


def test_nothing_in_force_is_refused_in_plain_words():
    with pytest.raises(Refused, match="没有2000-01-01有效的规定“名单公布后启动清洁生产审核的期限”"):
        queries.value("round.start.months", on=date(2000, 1, 1))
    with pytest.raises(Refused, match="规定“no.such.key”"):
        queries.value("no.such.key", on=DAY)


def test_an_amendment_closes_the_earlier_provision_and_adds_a_version():
    before = queries.value("round.start.months", on=DAY)
    row = amend()
    assert periods("round.start.months") == [
        (date(2012, 7, 1), date(2023, 12, 31)),
        (date(2024, 1, 1), date(2026, 8, 14)),
        (date(2026, 8, 15), None),
    ]
    assert row.version == 3
    assert row.status == Status.CONFIRMED
    assert queries.value("round.start.months", on=date(2023, 12, 31)) == before
    assert queries.value("round.start.months", on=date(2024, 1, 1)).value == 3
    assert queries.value("round.start.months", on=date(2026, 8, 15)).value == 2


def test_an_amendment_after_the_last_stays_open():
    amend(effective_from=date(2027, 1, 1))
    assert periods("round.start.months")[-2:] == [
        (date(2026, 8, 15), date(2026, 12, 31)),
        (date(2027, 1, 1), None),
    ]


def test_an_amendment_before_the_first_ends_where_the_first_begins():
    amend(effective_from=date(2005, 1, 1))
    assert periods("round.start.months")[0] == (date(2005, 1, 1), date(2012, 6, 30))


@pytest.mark.parametrize(
    "changes, error, words",
    [
        ({"by": CITY}, NotAllowed, "只有省级主管部门"),
        ({"basis": "  "}, Refused, "写明依据"),
        ({"value": 0}, Refused, "大于0的整数"),
        ({"key": "no.such.key"}, Refused, "没有规定"),
        ({"effective_from": date(2026, 8, 15)}, Conflict, "另选施行日期"),
    ],
)
def test_a_bad_amendment_changes_nothing(changes, error, words):
    before = list(Provision.objects.values())
    with pytest.raises(error, match=words):
        amend(**changes)
    assert list(Provision.objects.values()) == before


def test_loading_again_never_overwrites_what_an_administrator_changed():
    amend()
    amend("calendar.lists", value="03-05", effective_from=date(2024, 1, 1))
    Provision.objects.filter(key="training.per_city_year").delete()
    before = list(Provision.objects.order_by("pk").values())
    assert shipped.load() == 1
    after = [row for row in Provision.objects.order_by("pk").values() if row in before]
    assert after == before
    assert queries.value("training.per_city_year", on=DAY).value == 1
    assert shipped.load() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"effective_from": date(2012, 7, 1), "version": 9},
        {"effective_from": date(2030, 1, 1), "version": 1},
        {"effective_from": date(2030, 1, 2), "effective_to": date(2030, 1, 1), "version": 9},
    ],
)
def test_the_database_itself_refuses_doubles_and_reversed_periods(changes):
    row = Provision.objects.get(key="calendar.lists")
    row.pk = None
    for field, value in changes.items():
        setattr(row, field, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_an_amendment_is_written_to_the_trail():
    row = amend()
    line = Entry.objects.get(subject=f"provision:{row.pk}")
    assert (line.act, line.verb, line.label) == ("provision:amend", "修改规定", row.title)
    assert (line.before["value"], line.after["value"]) == (2, 3)
    assert line.reason == "粤工信节能函〔2024〕1号"
    assert line.person_name == "省甲"
