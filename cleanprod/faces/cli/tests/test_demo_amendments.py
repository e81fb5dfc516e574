"""The demo's notices of change, on lists as small as they may be."""

from dataclasses import replace
from datetime import date

import pytest

from cleanprod.faces.cli.demo import amendments
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import queries
from cleanprod.stages.audits.models import Amendment
from cleanprod.stages.programme.models import Entry
from tests.flow import KEY, LEAD, firms, listed
from tests.world import FOSHAN


def publish(cast, number, count, day):
    rows = firms(count, first=100 * number)
    return listed(cast, rows, replace(KEY, year=2023, number=number), on=day).batch


def test_rows_are_cancelled_and_deferred_and_one_rolls_into_the_second_list(cast):
    first = publish(cast, 1, 7, date(2023, 3, 6))
    second = publish(cast, 2, 2, date(2023, 6, 5))
    amendments.amend({"city-440600-ecology": cast[LEAD]}, [FOSHAN])
    told = [(one.batch_id, one.counts) for one in Amendment.objects.order_by("pk")]
    assert told == [
        (first.pk, [("取消", 2), ("暂缓", 3), ("滚动纳入", 0)]),
        (second.pk, [("取消", 0), ("暂缓", 0), ("滚动纳入", 1)]),
    ]
    assert Entry.objects.filter(batch=second).count() == 3
    assert queries.differing() == []


def test_a_list_with_too_few_rows_is_said_to_be_wrong(cast):
    publish(cast, 1, 4, date(2023, 3, 6))
    publish(cast, 2, 2, date(2023, 6, 5))
    with pytest.raises(Refused, match="演示数据有误"):
        amendments.amend({"city-440600-ecology": cast[LEAD]}, [FOSHAN])
