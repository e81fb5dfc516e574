"""Working days by the State Council's calendar, months with the last-day rule, and the table.

`reckonings.csv` was worked out apart from this code: the holidays and worked weekends of 2022 to
2025 were typed from the yearly notices and counted day by day, the months by another library.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.rulebook import shipped_days, workdays
from cleanprod.foundation.rulebook.models import SpecialDay
from cleanprod.foundation.rulebook.rules import Status
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.period import add_months

with (Path(__file__).parent / "reckonings.csv").open(encoding="utf-8") as told:
    CASES = [
        (one["kind"], date.fromisoformat(one["start"]), int(one["count"]), one["expected"])
        for one in csv.DictReader(told)
    ]

UNKNOWN = 2031  # no calendar is kept for it


def test_there_are_more_than_two_hundred_cases_of_each_sort():
    assert len(CASES) > 300
    assert {kind for kind, *_ in CASES} == {"months", "workdays"}


@pytest.mark.parametrize(
    "start, months, expected", [one[1:] for one in CASES if one[0] == "months"]
)
def test_calendar_months_end_with_the_month(start, months, expected):
    assert add_months(start, months).isoformat() == expected


@pytest.mark.django_db
def test_working_days_follow_the_yearly_notices():
    wrong = [
        (start, count, expected, found)
        for kind, start, count, expected in CASES
        if kind == "workdays"
        and (found := workdays.reckon(start, count).day.isoformat()) != expected
    ]
    assert wrong == []


@pytest.mark.django_db
def test_a_reckoning_says_what_it_left_out_and_took_in():
    found = workdays.reckon(date(2023, 9, 28), 5)
    assert found.day == date(2023, 10, 11)
    assert found.words == (
        "2023-09-28 之后第5个工作日"
        "（扣除放假9月29日、10月2日、10月3日、10月4日、10月5日、10月6日，计入调休上班10月7日、10月8日）"
    )
    assert found.uncovered == ()
    assert workdays.reckon(date(2023, 3, 6), 5).words == "2023-03-06 之后第5个工作日"


@pytest.mark.django_db
def test_a_year_without_a_calendar_says_so():
    found = workdays.reckon(date(UNKNOWN, 3, 3), 5)
    assert found.uncovered == (UNKNOWN,)
    assert "2031年的放假安排尚未录入，暂按周一至周五计算，请核对" in found.words
    over = workdays.reckon(date(2026, 12, 30), 3)
    assert over.uncovered == (2027,)


@pytest.mark.django_db
def test_the_first_day_may_count_itself():
    assert workdays.including(date(2023, 9, 28), 1).day == date(2023, 9, 28)
    assert workdays.including(date(2023, 9, 28), 2).day == date(2023, 10, 7)
    assert workdays.including(date(2023, 9, 30), 1).day == date(2023, 10, 7)
    assert "起2个工作日" in workdays.including(date(2023, 9, 28), 2).words


@pytest.mark.parametrize("count", [0, -1, 367])
def test_only_so_many_working_days_can_be_counted(count):
    with pytest.raises(Refused):
        workdays.reckon(date(2023, 1, 1), count)


@given(st.dates(date(2022, 1, 1), date(2025, 6, 1)), st.integers(1, 40))
@pytest.mark.django_db
def test_more_working_days_never_end_earlier(start, count):
    first, second = workdays.reckon(start, count).day, workdays.reckon(start, count + 1).day
    assert start < first < second


@pytest.mark.django_db
def test_a_keeper_corrects_a_day_and_takes_it_back(cast):
    free = date(UNKNOWN, 10, 1)
    said = {"working": False, "note": "国庆节", "source": "国办发明电〔2030〕1号"}
    with pytest.raises(NotAllowed):
        workdays.keep(free, **said, by=cast["foshan-ecology"])
    for _ in range(2):
        kept = workdays.keep(free, **said, by=cast["admin"])
    assert kept.status == Status.CONFIRMED
    assert Entry.objects.filter(act="day:keep").count() == 1
    assert workdays.reckon(free - timedelta(1), 1).day == date(UNKNOWN, 10, 2)
    with pytest.raises(Refused, match="理由"):
        workdays.drop(free, reason=" ", by=cast["admin"])
    assert workdays.drop(free, reason="登记有误", by=cast["admin"])
    assert not workdays.drop(free, reason="登记有误", by=cast["admin"])


@pytest.mark.django_db
def test_a_day_that_is_free_or_worked_anyway_is_not_kept(cast):
    for day, working in ((date(2031, 3, 3), True), (date(2031, 3, 1), False)):
        with pytest.raises(Refused, match="不需要登记"):
            workdays.keep(day, working=working, note="x", source="x", by=cast["admin"])


@pytest.mark.django_db
def test_loading_again_adds_nothing_and_leaves_a_kept_year_alone(cast):
    assert shipped_days.load() == 0
    SpecialDay.objects.filter(day__year=2025).exclude(day=date(2025, 1, 1)).delete()
    assert workdays.load_new(by=cast["admin"]) == 0
    SpecialDay.objects.filter(day__year=2025).delete()
    assert workdays.load_new(by=cast["admin"]) > 20


@pytest.mark.django_db
def test_the_page_shows_a_year_and_keeps_a_day(cast):
    client = Client()
    client.force_login(cast.people["admin"])
    address = reverse("rulebook:days")
    assert "国庆节调休上班" in client.get(address, {"year": "2023"}).content.decode()
    assert "尚未录入" in client.get(address, {"year": str(UNKNOWN)}).content.decode()
    wrong = client.post(address, {"day": "", "working": "no", "note": "国庆节", "source": ""})
    assert wrong.status_code == 422
    assert 'value="国庆节"' in wrong.content.decode()
    right = {"day": "2031-10-01", "working": "no", "note": "国庆节", "source": "通知"}
    assert client.post(address, right).status_code == 302
    assert SpecialDay.objects.filter(day=date(2031, 10, 1)).exists()
    drop = reverse("rulebook:days-drop")
    assert client.post(drop, {"day": "nonsense"}).status_code == 404
    assert client.post(drop, {"day": "2031-10-01", "reason": "有误"}).status_code == 302
    assert not SpecialDay.objects.filter(day=date(2031, 10, 1)).exists()
