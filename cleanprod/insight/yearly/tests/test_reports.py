"""Half-year and annual reports say what the records and the official tables say."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations.rules import Line
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.yearly import actions, queries
from cleanprod.insight.yearly.models import Remark
from cleanprod.insight.yearly.rules import Figures, Scope, Span, last_day, percent, sections
from cleanprod.kernel.errors import Conflict, NotAllowed
from tests.flow import KEY, at_once, firms, listed, take_results
from tests.world import FOSHAN

ECOLOGY, INDUSTRY = "foshan-ecology", "foshan-industry"
YEAR, DAY = 2022, date(2022, 12, 31)


@pytest.fixture
def year(cast):
    """Four firms of ecology and two of industry listed, three accepted, one deferred."""
    listed(cast, firms(4))
    listed(cast, firms(2, 20), replace(KEY, lead=Line.INDUSTRY), by=INDUSTRY)
    take_results(
        cast, (*firms(1)[0][:2], "2022-05-12", "通过"), (*firms(1, 2)[0][:2], "2022-10-12", "通过"),
        (*firms(1, 3)[0][:2], "2022-06-02", "暂缓"),
    )  # fmt: skip
    take_results(cast, (*firms(1, 20)[0][:2], "2022-11-02", "通过"), by=INDUSTRY)


def told(figures, scope=Scope.CITY):
    return "".join(text for _, texts in sections(figures, scope) for text in texts)


@given(st.fractions(0, 3))
def test_shares_are_rounded_half_up_from_the_exact_value(share):
    assert abs(Fraction(percent(share)) - share * 100) <= Fraction(1, 200)


def test_nobody_accepted_gives_a_dash():
    assert percent(None) == "—"


def test_a_report_never_counts_beyond_its_part_of_the_year_or_today():
    today = date(2023, 9, 28)
    assert last_day(Span.HALF, 2023, today) == date(2023, 6, 30)
    assert last_day(Span.ANNUAL, 2023, today) == today
    assert last_day(Span.ANNUAL, 2022, today) == date(2022, 12, 31)


def test_the_figures_are_those_of_the_official_tables(cast, year):
    figures = queries.figures(cast[ECOLOGY], Scope.CITY, YEAR, DAY)
    row = next(one for one in statistics.counts(statistics.AsOf(YEAR, DAY)) if one.code == FOSHAN)
    assert (figures.listed, figures.accepted, figures.completed) == (
        row.listed, row.total, row.platform_completed,
    )  # fmt: skip
    assert (figures.industry, figures.ecology) == (row.industry, row.ecology) == (1, 2)
    assert (figures.lists, figures.deferred, figures.failed) == (2, 1, 0)
    assert "通过清洁生产审核验收企业3家（工业和信息化牵头1家，生态环境牵头2家）" in told(figures)


def test_a_department_reports_the_rounds_it_leads(cast, year):
    own = queries.figures(cast[INDUSTRY], Scope.OWN, YEAR, DAY)
    assert (own.lists, own.listed, own.accepted, own.deferred) == (1, 2, 1, 0)
    assert "两部门合计" in told(own, Scope.OWN)


def test_what_was_overdue_on_the_day_is_told_though_it_was_done_later(cast, year):
    late = queries.figures(cast[ECOLOGY], Scope.OWN, YEAR, date(2022, 6, 15)).overdue
    assert late == 2  # of four firms one was accepted before and one deferred
    assert queries.figures(cast[ECOLOGY], Scope.OWN, YEAR, DAY).overdue == 1
    office = cast[ECOLOGY]
    obligations.open_many(
        [
            obligations.Duty(
                "check:1:1", office.office_id, "核对数据", "check:1", "/", office.city,
                "ecology", date(2022, 1, 1), date(2022, 1, 2), "省级发起数据核对",
            )
        ]
    )  # fmt: skip
    told = queries.figures(office, Scope.OWN, YEAR, DAY).overdue
    assert told == 1  # what an office owes is no enterprise's


def test_half_a_year_counts_only_what_happened_until_june(cast, year):
    half = queries.figures(cast[ECOLOGY], Scope.CITY, YEAR, date(2022, 6, 30))
    assert (half.accepted, half.deferred) == (1, 1)


def test_a_target_gives_the_progress():
    empty = Figures(DAY, *[0] * 13, target=None)
    assert "尚未确定" in told(empty)
    assert "见全市报告" in told(empty, Scope.OWN)
    assert "目标完成进度30.00%" in told(replace(empty, accepted=3, target=10))


def test_a_remark_is_kept_once_and_never_overwritten_unseen(cast):
    first = actions.remark(Span.HALF, Scope.OWN, YEAR, "甲", version=0, by=cast[ECOLOGY])
    assert first.version == 1
    with pytest.raises(Conflict, match="第1稿"):
        actions.remark(Span.HALF, Scope.OWN, YEAR, "乙", version=0, by=cast[ECOLOGY])
    again = actions.remark(Span.HALF, Scope.OWN, YEAR, "甲", version=1, by=cast[ECOLOGY])
    assert again.version == 1
    for name in set(cast.standings) - {ECOLOGY, INDUSTRY, "huizhou-industry"}:
        with pytest.raises(NotAllowed):
            actions.remark(Span.HALF, Scope.OWN, YEAR, "丙", version=0, by=cast[name])
    assert Remark.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_keep_a_remark_at_once_and_one_is_kept(cast):
    came = at_once(
        *[
            lambda n=n: actions.remark(
                Span.HALF, Scope.OWN, YEAR, str(n), version=0, by=cast[ECOLOGY]
            )
            for n in range(8)
        ]
    )
    assert sum(isinstance(one, Conflict) for one in came) == 7
    assert Remark.objects.count() == 1


def test_the_page_prefills_keeps_and_prints(cast, year, client):
    client.force_login(cast.people[ECOLOGY])
    query = f"?year={YEAR}&span=annual&scope=city"
    address = reverse("yearly:report") + query
    assert "佛山市2022年度清洁生产审核工作情况报告" in client.get(address).content.decode()
    assert (
        client.post(address, {"version": 0, "text": "进度偏慢。\r\n加强调度。"}).status_code == 302
    )
    late = client.post(address, {"version": 0, "text": "我写的"})
    page = late.content.decode()
    assert late.status_code == 422
    assert "我写的" in page
    assert "进度偏慢。" in page
    for shape, head in (("docx", b"PK"), ("pdf", b"%P")):
        paper = client.get(reverse("yearly:paper", args=[shape]) + query)
        assert paper.content[:2] == head
    assert client.get(reverse("yearly:paper", args=["exe"])).status_code == 404
    with clock.fixed(date(2023, 1, 10)):
        assert (
            "年度清洁生产审核工作情况报告" in client.get(reverse("yearly:report")).content.decode()
        )
