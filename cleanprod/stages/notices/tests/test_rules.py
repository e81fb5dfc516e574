"""Numbers of notices, and what a service must say."""

from datetime import date

import pytest

from cleanprod.kernel.errors import Refused
from cleanprod.stages.notices import rules
from cleanprod.stages.notices.rules import Delivery, Way

TODAY = date(2022, 4, 1)


def test_serials_run_on_and_leave_out_what_is_taken():
    assert rules.serials(3, 4, {4, 6}) == [3, 5, 7, 8]
    assert rules.serials(1, 0, {1}) == []
    assert rules.number("佛环清通〔2022〕", 7) == "佛环清通〔2022〕7号"


@pytest.mark.parametrize("typed", ["", "  ", "佛环清通〔2022〕7", "佛环清通〔2022〕7号", "号"])
def test_a_head_that_could_not_stand_before_a_serial_is_refused(typed):
    with pytest.raises(Refused, match="字头"):
        rules.checked_head(typed)


def test_a_head_is_tidied():
    assert rules.checked_head(" 佛环清通〔2022〕 ") == "佛环清通〔2022〕"


@pytest.mark.parametrize(
    ("delivery", "said"),
    [
        (Delivery(date(2022, 4, 2), Way.HAND, "李四", 1), "晚于今天"),
        (Delivery(date(2022, 3, 9), Way.HAND, "李四", 1), "早于通知日期 2022-03-10"),
        (Delivery(date(2022, 3, 20), Way.HAND, " ", 1), "签收人"),
        (Delivery(date(2022, 3, 20), Way.PUBLIC, "", None, " "), "说明原因"),
    ],
)
def test_a_service_is_refused_with_the_reason(delivery, said):
    with pytest.raises(Refused, match=said):
        rules.checked_delivery(delivery, [date(2022, 3, 8), date(2022, 3, 10)], today=TODAY)


@pytest.mark.parametrize(
    "delivery",
    [
        Delivery(date(2022, 3, 10), Way.HAND, "李四", 1),
        Delivery(TODAY, Way.PUBLIC, "", None, "已在网站公告"),
    ],
)
def test_a_service_with_proof_or_reason_stands(delivery):
    rules.checked_delivery(delivery, [date(2022, 3, 10)], today=TODAY)


@pytest.mark.parametrize(
    ("on", "said"), [(date(2022, 3, 7), "早于名单公布"), (date(2022, 4, 2), "晚于今天")]
)
def test_a_notice_is_of_a_day_between_its_list_and_today(on, said):
    with pytest.raises(Refused, match=said):
        rules.checked_issue(on=on, published_on=date(2022, 3, 8), today=TODAY)
