"""What a notice of change must say, purely; and which changes the table of moves allows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.rules import (
    CHANGES,
    WORKING,
    Change,
    ChangeLine,
    Notice,
    Stage,
    changes_open,
    checked_notice,
)

PUBLISHED, TODAY = date(2023, 3, 6), date(2023, 9, 28)
NOTICE = Notice("佛环函〔2023〕86号", date(2023, 6, 1), "佛山市生态环境局", "部分企业关停")
LINE = ChangeLine(1, Change.CANCEL, "已关停")
DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 31))


def check(notice=NOTICE, lines=(LINE,), previous=None):
    checked_notice(
        notice, lines, list_number="佛环函〔2023〕3号", published_on=PUBLISHED,
        previous_on=previous, today=TODAY,
    )  # fmt: skip


@given(DAYS, st.none() | DAYS)
def test_a_day_is_taken_exactly_from_the_publication_and_the_last_notice_to_today(day, previous):
    earliest = max(PUBLISHED, previous or PUBLISHED)
    if earliest <= day <= TODAY:
        check(replace(NOTICE, on=day), previous=previous)
    else:
        with pytest.raises(Refused, match="变更日期"):
            check(replace(NOTICE, on=day), previous=previous)


def test_the_first_and_the_last_day_count():
    check(replace(NOTICE, on=PUBLISHED))
    check(replace(NOTICE, on=TODAY))
    check(replace(NOTICE, on=PUBLISHED + timedelta(1)), previous=PUBLISHED + timedelta(1))


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(Refused, match="文号、发布机关、变更事由"):
        check(replace(NOTICE, document_number="", issuers=" ", reason="\n"))


def test_each_line_is_explained_and_names_its_own_firm():
    with pytest.raises(Refused, match="有2家企业没有填写变更理由"):
        check(lines=(LINE, ChangeLine(2, Change.DEFER, ""), ChangeLine(3, Change.ROLL, " ")))
    with pytest.raises(Refused, match="出现两次"):
        check(lines=(LINE, ChangeLine(1, Change.DEFER, "停产")))
    with pytest.raises(Refused, match="没有企业"):
        check(lines=())


@pytest.mark.parametrize("stage", Stage)
def test_a_row_changes_while_its_round_is_open(stage):
    wanted = {Change.CANCEL, Change.DEFER} if stage in WORKING else set()
    if stage is Stage.DEFERRED:
        wanted = {Change.CANCEL}
    assert set(changes_open(stage)) == wanted


def test_every_change_but_the_roll_is_an_act_on_the_round():
    assert set(CHANGES) == set(Change) - {Change.ROLL}
