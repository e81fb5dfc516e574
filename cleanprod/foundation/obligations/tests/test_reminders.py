"""Reminders: on which days, to whom, how often."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations import actions
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.obligations.rules import how_long, is_reminding_day
from tests.world import FOSHAN, TODAY

BEFORE, EVERY = (30, 7, 1), 7


@pytest.mark.parametrize(
    ("ahead", "told"),
    [
        (31, False), (30, True), (29, False), (8, False), (7, True), (2, False), (1, True),
        (0, False), (-1, True), (-2, False), (-7, False), (-8, True), (-15, True), (-16, False),
    ],
)  # fmt: skip
def test_people_are_reminded_on_these_days(ahead, told):
    due = TODAY + timedelta(ahead)
    assert is_reminding_day(due, TODAY, before=BEFORE, every=EVERY) is told


@given(st.integers(0, 400))
def test_once_overdue_every_week_has_exactly_one_reminder(late):
    due = TODAY - timedelta(late + 7)
    week = [TODAY - timedelta(day) for day in range(7)]
    assert sum(is_reminding_day(due, day, before=BEFORE, every=EVERY) for day in week) == 1


def test_the_distance_is_told_in_words():
    assert how_long(TODAY + timedelta(3), TODAY) == "还有3天"
    assert how_long(TODAY, TODAY) == "今天到期"
    assert how_long(TODAY - timedelta(3), TODAY) == "已逾期3天"


def owe(cast, owner, key, due, **more):
    actions.open_many(
        [
            actions.Duty(
                key, cast.offices[owner].pk, f"事项{key}", "round:1", "/rounds/1/", FOSHAN,
                "ecology", date(2023, 1, 1), due, "名单公布",
            )
        ]
    )  # fmt: skip
    Obligation.objects.filter(key=key).update(**more)


def test_those_who_owe_get_one_message_a_day(cast):
    owe(cast, "red-star", "a", TODAY + timedelta(7))
    owe(cast, "red-star", "b", TODAY - timedelta(8))
    owe(cast, "red-star", "c", TODAY + timedelta(8))  # not its day
    owe(cast, "blue-sea", "d", TODAY - timedelta(1), done_on=TODAY)
    owe(cast, "blue-sea", "e", TODAY - timedelta(1), voided_on=TODAY)
    assert actions.remind(TODAY) == 1
    assert actions.remind(TODAY) == 0
    message = Message.objects.get()
    assert message.person_id == cast["red-star"].person_id
    assert "事项a" in message.body
    assert "已逾期8天" in message.body
    assert "事项c" not in message.body
    assert "其中逾期1项" in message.subject
    assert actions.remind(TODAY + timedelta(1)) == 1  # c, seven days ahead


def test_reminding_of_many_takes_few_reads(cast, django_assert_max_num_queries):
    for number in range(50):
        owe(cast, "red-star", f"k{number}", TODAY + timedelta(1))
    with django_assert_max_num_queries(8):
        actions.remind(TODAY)
    assert "另有30项" in Message.objects.get().body
