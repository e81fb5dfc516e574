"""What the public reads: only what the province marked, as it stood, until it is withdrawn."""

import csv
import io
import random
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from cleanprod.foundation.trail.models import Entry as Line
from cleanprod.insight.statistics import access, actions
from cleanprod.insight.statistics.models import Disclosure
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import Report
from cleanprod.insight.statistics.tests.worlds import make_world
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from tests.flow import at_once
from tests.world import TODAY

MOMENT = AsOf(2022, date(2023, 2, 22))
BY = "province-ecology"


@pytest.fixture
def rounds(cast):
    return make_world(random.Random(3), 40)


def cells_of(page):
    body = page.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    lines = re.findall(r"<tr.*?</tr>", body, re.S)
    return [re.findall(r"<t[dh][^>]*>([^<]*)</t[dh]>", line) for line in lines]


@pytest.mark.parametrize("report", Report)
def test_the_public_page_and_its_files_say_what_the_table_says(report, cast, rounds, client):
    told = actions.disclose(report, MOMENT, by=cast[BY])
    table = compile_report(report, MOMENT)
    address = reverse("statistics:public-table", args=[told.pk])
    wanted = [table.printed(row) for row in table.rows]
    found = cells_of(client.get(address))
    assert found[:-1] == wanted
    assert found[-1] == ["", *table.printed(table.total)[1:]]
    text = b"".join(client.get(f"{address}?format=csv")).decode("utf-8-sig")
    body = list(csv.reader(io.StringIO(text)))[1:]
    assert body == found
    book = client.get(f"{address}?format=xlsx").content
    lines = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert sum(isinstance(line[0], float) for line in lines) == len(wanted)
    assert client.get(f"{address}?format=docx").status_code == 404


def test_nothing_is_public_before_the_province_says_so(cast, rounds, client):
    assert access.public().count() == 0
    assert "还没有公开的统计表" in client.get(reverse("statistics:public")).content.decode()
    assert "统计公开" not in client.get(reverse("portal:home")).content.decode()
    told = actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY])
    assert told.title in client.get(reverse("portal:home")).content.decode()


@pytest.mark.parametrize("name", ["foshan-ecology", "nanhai-industry", "red-star", "support"])
def test_only_the_province_decides(name, cast, rounds):
    told = actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY])
    with pytest.raises(NotAllowed):
        actions.disclose(Report.ANNEX2, MOMENT, by=cast[name])
    with pytest.raises(NotAllowed):
        actions.withdraw(told.pk, reason="数字有误", by=cast[name])


def test_what_is_public_stays_as_it_was_and_the_province_sees_the_difference(cast, rounds, client):
    told = actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY])
    page = reverse("statistics:public-table", args=[told.pk])
    before = client.get(page).content
    client.force_login(cast.people[BY])
    own = reverse("statistics:disclosure", args=[told.pk])
    assert "与公开的数字一致" in client.get(own).content.decode()
    Round.objects.filter(accepted_on__year=2022).update(accepted_on=None)
    shown = client.get(own).content.decode()
    assert "数字与公开时不同" in shown
    assert "现在的数字" in shown
    client.logout()
    assert client.get(page).content == before


def test_repeating_changes_nothing_and_new_figures_take_the_place_of_the_old(cast, rounds):
    first = actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY])
    assert actions.disclose(Report.ANNEX1, MOMENT, by=cast["province-industry"]).pk == first.pk
    later = AsOf(2022, MOMENT.as_of + timedelta(30))
    second = actions.disclose(Report.ANNEX1, later, by=cast[BY])
    first.refresh_from_db()
    assert first.withdrawn_on == TODAY
    assert "2023-03-24" in first.withdrawn_why
    assert list(access.public()) == [second]
    acts = Line.objects.filter(act__startswith="figures:").order_by("id")
    assert [line.act for line in acts] == [
        "figures:disclose", "figures:withdraw", "figures:disclose",
    ]  # fmt: skip


def test_a_withdrawal_wants_a_reason_and_happens_once(cast, rounds, client):
    told = actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY])
    with pytest.raises(Refused):
        actions.withdraw(told.pk, reason=" ", by=cast[BY])
    actions.withdraw(told.pk, reason="数字有误", by=cast["province-industry"])
    with pytest.raises(Conflict):
        actions.withdraw(told.pk, reason="数字有误", by=cast[BY])
    assert client.get(reverse("statistics:public-table", args=[told.pk])).status_code == 404
    assert actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY]).pk != told.pk


def test_a_day_to_come_cannot_be_made_public(cast, rounds):
    with pytest.raises(Refused):
        actions.disclose(Report.ANNEX1, AsOf(2023, TODAY + timedelta(1)), by=cast[BY])


def test_the_province_makes_public_what_it_looks_at(cast, rounds, client):
    client.force_login(cast.people[BY])
    table = reverse("statistics:report", args=["annex1"]) + "?year=2022&as_of=2023-02-22"
    form = re.search(r'action="([^"]*disclosures/new[^"]*)"', client.get(table).content.decode())
    answer = client.post(form[1].replace("&amp;", "&"))
    told = Disclosure.objects.get()
    assert (told.year, told.as_of) == (2022, MOMENT.as_of)
    assert answer.url == reverse("statistics:disclosure", args=[told.pk])
    client.post(form[1].replace("&amp;", "&"))  # pressed twice
    assert Disclosure.objects.count() == 1
    gone = reverse("statistics:withdraw", args=[told.pk])
    assert client.post(gone, {"reason": ""}).status_code == 422
    assert client.post(gone, {"reason": "数字有误"}).status_code == 302
    assert client.get(reverse("statistics:disclosures")).content.decode().count("数字有误") == 1
    client.force_login(cast.people["foshan-ecology"])
    assert "主动公开" not in client.get(table).content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_that_press_at_once_make_one_table_public(cast):
    made = at_once(
        lambda: actions.disclose(Report.ANNEX1, MOMENT, by=cast[BY]),
        lambda: actions.disclose(Report.ANNEX1, MOMENT, by=cast["province-industry"]),
    )
    assert {one.pk for one in made} == {Disclosure.objects.get().pk}
