"""Pages by key: every row once, in order, at a constant number of queries, whatever is asked."""

import base64
import json

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.territory.models import Region
from cleanprod.foundation.web import tables

FIELDS = [
    ["pk"],
    ["-pk"],
    ["notice_order", "pk"],
    ["-notice_order", "pk"],
    ["level", "-notice_order", "pk"],
    ["parent__name", "pk"],
]


@pytest.fixture
def regions(db):
    top = Region.objects.create(code="990000", name="某省", short_name="某", level="province")
    Region.objects.bulk_create(
        Region(
            code=f"99{at:04}",
            name=f"第{at}市",
            short_name=f"{at % 3}",
            level="city" if at % 2 else "county",
            parent=top,
            notice_order=None if at % 5 == 0 else at % 7,
        )
        for at in range(1, 24)
    )
    return Region.objects.filter(parent=top)


def ask(query=""):
    return RequestFactory().get(f"/list{query}")


def walk(queryset, fields, start="", step="next_url", size=5):
    pages, address = [], start
    for _ in range(20):
        page = tables.page(queryset, fields, ask(address), size)
        pages.append(page)
        address = getattr(page, step).removeprefix("/list")
        if not address:
            return pages
    raise AssertionError("The way has no end.")


@pytest.mark.parametrize("fields", FIELDS, ids=" ".join)
def test_forth_and_back_show_every_row_once_in_order(regions, fields):
    forth = walk(regions, fields)
    whole = list(regions.order_by(*fields))
    assert [row for page in forth for row in page.rows] == whole
    last = forth[-1]
    back = walk(regions, fields, last.previous_url.removeprefix("/list"), "previous_url")
    assert [row for page in back[::-1] for row in page.rows] == whole[: -len(last.rows)]


def test_rows_of_values_can_be_paged_too(regions):
    pages = walk(regions.values("pk", "notice_order"), ["notice_order", "pk"])
    assert sum(len(page.rows) for page in pages) == 23


def test_filters_stay_in_the_addresses(regions):
    page = tables.page(regions, ["pk"], ask("?q=%E7%AC%AC&city=1&after=x"), 5)
    assert page.next_url.startswith("/list?q=%E7%AC%AC&city=1&after=")
    assert page.previous_url == ""


def test_a_page_costs_one_query_and_its_total_one_more(regions, django_assert_num_queries):
    second = tables.page(regions, ["pk"], ask(), 5).next_url.removeprefix("/list")
    with django_assert_num_queries(1):
        tables.page(regions, ["pk"], ask(second), 5)
    with django_assert_num_queries(2):
        assert tables.page(regions, ["pk"], ask(second), 20, total=True).total == 23


def test_rows_gone_meanwhile_leave_a_way_back(regions):
    mark = tables.page(regions, ["pk"], ask(), 20).next_url.removeprefix("/list")
    regions.filter(pk__gte="990020").delete()
    page = tables.page(regions, ["pk"], ask(mark), 20)
    assert page.rows == []
    assert page.previous_url == "/list?"


@pytest.mark.parametrize(
    "mark",
    ["x", "%00", "AAAA", "W10", *(base64.urlsafe_b64encode(json.dumps(key).encode()).decode()
     for key in (["x", "y"], [1e400, "a"], [10**30, "a"], [{}, "a"], ["\x00", "a"], [True, None]))],
)  # fmt: skip
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_mark_of_nonsense_is_answered_without_an_error(regions, side, mark):
    page = tables.page(regions, ["notice_order", "pk"], ask(f"?{side}={mark}"), 5)
    assert len(page.rows) <= 5


@given(st.text(max_size=60))
def test_no_text_as_a_mark_raises(text):
    tables.read_mark(text, ["a", "b"])


def test_orders_that_are_not_offered_mean_the_default():
    offered = {"name": ["name", "pk"], "order": ["notice_order", "pk"]}
    assert tables.sort(ask("?sort=password"), offered, "-order").fields == ["-notice_order", "-pk"]
    chosen = tables.sort(ask("?sort=name&q=a&after=z"), offered, "order")
    assert chosen.fields == ["name", "pk"]
    assert chosen.column("名称", "name") == {
        "label": "名称",
        "kind": "",
        "url": "/list?sort=-name&q=a",
        "sorted": "ascending",
    }
    assert chosen.column("排序", "order", "num")["url"] == "/list?sort=order&q=a"


def test_a_search_wants_every_word_in_some_field(regions):
    assert tables.search(regions, "第２１市", ["name", "code"]).count() == 1
    assert tables.search(regions, "市  990007", ["name", "code"]).count() == 1
    assert tables.search(regions, "市 无此", ["name", "code"]).count() == 0
    assert tables.search(regions, " \x00 ", ["name"]).count() == 23
    assert tables.search(regions, "%", ["name"]).count() == 0
