"""Breakdowns: every group, every cut, exactly the records, and what targets may stand beside."""

import random
from datetime import date

import pytest

from cleanprod.insight.statistics import queries
from cleanprod.insight.statistics.breakdowns import compile_breakdown
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.reports import compile_report
from cleanprod.insight.statistics.rules import OVER_YEARS, Cut, Dimension, Report
from cleanprod.insight.statistics.tests.worlds import make_world
from cleanprod.stages.audits.models import Round
from tests.world import FOSHAN, NANHAI

MOMENT = AsOf(2022, date(2023, 2, 22))
SHOWN_FIGURES = [
    "listed", "registered", "planned", "total", "platform_completed", "not_completed",
]  # fmt: skip


@pytest.fixture
def rounds(db):
    return make_world(random.Random(11), 80)


@pytest.mark.parametrize("by", [one for one in Dimension if one not in OVER_YEARS])
def test_every_breakdown_of_a_year_adds_up_to_the_official_total(rounds, by):
    official = compile_report(Report.OVERVIEW, MOMENT).total
    found = compile_breakdown(by, MOMENT)
    for figure in SHOWN_FIGURES:
        assert found.total[figure] == official[figure], figure
        assert sum(row[figure] for row in found.rows) == official[figure], figure


@pytest.mark.parametrize("by", Dimension)
def test_every_figure_opens_as_many_records_as_it_says(rounds, by):
    found = compile_breakdown(by, MOMENT)
    assert found.rows
    for row in found.rows:
        link = dict(row["link"])
        moment = AsOf(link.pop("year", 2022), MOMENT.as_of)
        for column in found.columns:
            if column.figure:
                behind = queries.behind(column.figure, moment, cut=Cut(**link))
                assert behind.count() == row[column.key], (row["name"], column)


def test_a_year_of_lists_and_a_year_of_acceptance_are_kept_apart(rounds):
    Round.objects.update(
        list_year=2021, listed_on=date(2021, 3, 8), accepted_on=date(2022, 5, 1), completed_on=None
    )
    by_list = compile_breakdown(Dimension.LIST_YEAR, MOMENT).rows
    by_year = compile_breakdown(Dimension.YEAR, MOMENT).rows
    assert [(row["code"], row["total"]) for row in by_list] == [("2021", 80)]
    assert [(row["code"], row["total"]) for row in by_year if row["total"]] == [("2022", 80)]
    assert compile_breakdown(Dimension.YEAR, MOMENT).total == {}  # years are never added up


def test_the_counties_of_a_city_stand_there_even_with_nothing_to_count(db):
    found = compile_breakdown(Dimension.COUNTY, MOMENT, Cut(FOSHAN))
    assert [row["name"] for row in found.rows] == ["禅城区", "南海区", "顺德区", "三水区", "高明区"]
    assert all(row["total"] == 0 and row["rate"] is None for row in found.rows)
    assert compile_breakdown(Dimension.COUNTY, MOMENT).rows == []


def test_targets_stand_only_beside_whole_cities(rounds):
    whole = compile_breakdown(Dimension.YEAR, MOMENT, Cut(FOSHAN))
    assert "target" in {column.key for column in whole.columns}
    for part in (Cut(FOSHAN, NANHAI), Cut(FOSHAN, lead="industry"), Cut(kind="mandatory")):
        found = compile_breakdown(Dimension.YEAR, MOMENT, part)
        assert "target" not in {column.key for column in found.columns}


def test_targets_of_past_days_are_those_of_the_version_then(cast, rounds):
    for moment in (AsOf(2022, date(2022, 6, 1)), AsOf(2022, date(2022, 12, 1))):
        official = compile_report(Report.PROGRESS, moment)
        by_city = compile_breakdown(Dimension.CITY, moment)
        assert [row["target"] for row in by_city.rows] == [row["target"] for row in official.rows]


def test_a_completion_before_the_acceptance_is_listed_and_not_counted(rounds):
    Round.objects.update(accepted_on=date(2022, 5, 1), completed_on=date(2022, 4, 1))
    total = compile_report(Report.OVERVIEW, MOMENT).total
    assert (total["total"], total["platform_completed"], total["not_completed"]) == (80, 0, 80)
    assert queries.discrepancies().count() == 80


def test_counting_takes_two_reads_however_many_groups(rounds, django_assert_max_num_queries):
    for by in Dimension:
        compile_breakdown(by, MOMENT)  # which remembers the regions
        with django_assert_max_num_queries(3):
            compile_breakdown(by, MOMENT)
