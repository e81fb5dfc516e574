"""The board of rounds: filters, ticks over pages, bulk acts, the list as a file."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.obligations.models import Obligation
from cleanprod.stages.audits.models import Round
from cleanprod.stages.dispatch.tests.cast import overdue_rounds
from cleanprod.stages.registration.models import Engagement
from tests.world import NANHAI, SHUNDE

pytestmark = pytest.mark.django_db
BOARD = "desk:rounds"


@pytest.fixture
def rounds(cast):
    return overdue_rounds(cast)


def signed_in(cast, name="foshan-industry"):
    client = Client()
    client.force_login(cast.people[name])
    return client


def names(client, question):
    page = client.get(f"{reverse(BOARD)}?{question}").content.decode()
    return {n for n in range(1, 99) if f"佛山第{n}电镀有限公司" in page}


def test_every_filter_narrows_the_board(cast, rounds):
    client = signed_in(cast)
    Round.objects.filter(pk=rounds[1].pk).update(stage="registered", kind="mandatory")
    Round.objects.exclude(pk=rounds[1].pk).update(kind="voluntary")
    Obligation.objects.filter(key__startswith=f"round:{rounds[2].pk}:register").update(
        done_on=date(2022, 4, 1)
    )
    Engagement.objects.create(
        round=rounds[3], consultancy=cast.offices["consultancy"], scope="view",
        begins_on=date(2023, 1, 1), ends_on=date(2023, 12, 31), person_name="x",
    )  # fmt: skip
    everything = {1, 2, 3, 4}
    for question, wanted in (
        ("", everything), ("stage=registered", {2}), ("kind=mandatory", {2}),
        (f"county={NANHAI}", {1, 2}), (f"county={SHUNDE}", {3, 4}), ("year=2022", everything),
        ("year=2021", set()), ("year=nonsense", set()), ("lead=ecology", set()),
        ("lead=industry", everything), ("overdue=any", everything), ("overdue=register", {1, 2, 4}),
        ("overdue=nonsense", set()), ("helped=yes", {4}), ("helped=no", {1, 2, 3}),
        (f"q={rounds[0].code}", {1}), ("q=第3电镀", {3}), ("stage=nonsense", set()),
        ("stage=going", everything),
    ):  # fmt: skip
        assert names(client, question) == wanted, question


def test_an_enterprise_sees_its_rounds_without_the_filters_of_a_department(cast, rounds):
    Round.objects.filter(pk=rounds[0].pk).update(enterprise=cast.offices["red-star"])
    client = signed_in(cast, "red-star")
    assert names(client, "") == {1}
    page = client.get(reverse(BOARD)).text
    assert "推行工作" not in page
    assert 'class="filters"' not in page
    assert 'class="filters"' in client.get(f"{reverse(BOARD)}?year=2021").text  # to be cleared


def test_a_county_has_its_own_rounds_and_no_filter_of_places(cast, rounds):
    client = signed_in(cast, "nanhai-industry")
    assert names(client, "") == {1, 2}
    assert names(client, f"county={SHUNDE}") == set()
    assert 'name="county"' not in client.get(reverse(BOARD)).content.decode()


def test_only_own_open_rounds_can_be_ticked(cast, rounds):
    Round.objects.filter(pk=rounds[0].pk).update(stage="failed")
    Round.objects.filter(pk=rounds[1].pk).update(lead="ecology")
    for who, number in (
        ("foshan-industry", 2), ("foshan-ecology", 1), ("province-ecology", 3),
        ("nanhai-industry", 0), ("shunde-industry", 2), ("red-star", 0),
    ):  # fmt: skip
        page = signed_in(cast, who).get(reverse(BOARD)).content.decode()
        assert page.count('type="checkbox" name="round"') == number, who


def test_ticks_survive_paging(cast):
    rounds = overdue_rounds(cast, 60)
    client = signed_in(cast)
    first = client.get(reverse(BOARD), {"round": [rounds[0].pk, 99_999_999]}).content.decode()
    assert "checked>" in first
    after = first.split('name="after" value="')[1].split('"')[0]
    second = client.get(
        reverse(BOARD), {"round": [rounds[0].pk], "after": after, "year": "2022"}
    ).content.decode()
    assert f'type="hidden" name="round" value="{rounds[0].pk}"' in second
    assert "其中其他页 1 家" in second
    assert 'name="before"' in second


def test_ticked_rounds_are_urged_or_asked_about(cast, rounds):
    client = signed_in(cast)
    for route in ("notices:urge", "dispatch:new"):
        answer = client.get(reverse(route), {"round": [rounds[0].pk, rounds[1].pk]})
        assert answer.status_code == 200
        assert str(rounds[0].pk) in answer.content.decode()


def test_the_list_goes_out_as_it_is_filtered(cast, rounds):
    client = signed_in(cast)
    got = client.get(f"{reverse('desk:rounds-file', args=['xlsx'])}?county={NANHAI}")
    sheet = load_workbook(BytesIO(got.content)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][1] == "企业名称"
    assert [line[1] for line in lines[1:]] == [one.name for one in rounds[:2]]
    assert "完成本轮" in lines[1][14]
    assert lines[1][15] == (date(2023, 9, 28) - date(2022, 4, 8)).days
    got = client.get(reverse("desk:rounds-file", args=["csv"]))
    assert len(b"".join(got.streaming_content).splitlines()) == 5
    assert client.get(reverse("desk:rounds-file", args=["exe"])).status_code == 404


def test_a_long_list_goes_out_whole(cast, monkeypatch, rounds):
    monkeypatch.setattr("cleanprod.faces.desk.board._AT_ONCE", 3)
    got = signed_in(cast).get(reverse("desk:rounds-file", args=["csv"]))
    lines = b"".join(got.streaming_content).decode().splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["1", "2", "3", "4"]


def test_the_board_asks_as_often_for_many_rounds_as_for_few(cast, django_assert_max_num_queries):
    overdue_rounds(cast, 80)
    client = signed_in(cast)
    for question in ("", "overdue=any", "helped=no", "q=电镀", "stage=listed&round=1&round=2"):
        client.get(f"{reverse(BOARD)}?{question}")
        with django_assert_max_num_queries(12):
            client.get(f"{reverse(BOARD)}?{question}")


def test_a_line_of_the_first_page_opens_just_the_rounds_that_it_counts(cast, rounds):
    client = signed_in(cast)
    Round.objects.filter(pk=rounds[0].pk).update(lead="ecology")
    Round.objects.filter(pk=rounds[1].pk).update(stage="cancelled")
    page = client.get(reverse("desk:home")).content.decode()
    assert f"{reverse(BOARD)}?lead=industry&amp;stage=going" in page
    assert names(client, "lead=industry&stage=going") == {3, 4}
    assert f'href="{reverse(BOARD)}?lead=industry"' in page  # the menu
