"""Frozen figures: they never change, every cell has its records, what changed since is told."""

from datetime import date

import pytest
from django.db import connection

from cleanprod.foundation.engine import schema
from cleanprod.insight.bulletins import access, actions, queries
from cleanprod.insight.bulletins.models import Cell, Snapshot
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.audits.rules import Milestone
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme.models import Batch
from tests import world
from tests.frozen import MOMENT, accepted, freeze

NOW = AsOf(2022, world.TODAY)


def test_frozen_figures_equal_the_tables_and_every_cell_its_records(cast):
    accepted(cast)
    snapshot = freeze(cast, NOW)
    assert snapshot.rows == statistics.counts(NOW)
    for (figure, city), ids in queries.frozen(snapshot).items():
        if figure in statistics.FIGURES:
            records = statistics.behind(figure, NOW, city).values_list("pk", flat=True)
            assert sorted(records) == ids, figure
    foshan = next(row for row in snapshot.rows if row.code == world.FOSHAN)
    assert (foshan.listed, foshan.ecology, foshan.platform_completed) == (4, 4, 2)


def test_what_came_later_is_told_record_by_record_and_the_snapshot_stays(cast):
    ids = accepted(cast)
    snapshot = freeze(cast, NOW)
    assert queries.changed_since(snapshot) == []
    gone = Fact.objects.get(round=ids[3], kind=Milestone.ACCEPTED)
    audits.withdraw(gone.pk, reason="登记有误", by=cast["foshan-ecology"])
    changed = {one.figure: one for one in queries.changed_since(snapshot)}
    assert changed["total"].left == (ids[3],)
    assert changed["not_completed"].left == (ids[3],)
    assert set(changed) == {"total", "ecology", "not_completed"}
    (told,) = queries.differences(snapshot)
    assert told.audit.pk == ids[3]
    assert [fact.pk for fact in told.facts] == [gone.pk]
    again = Snapshot.objects.get(pk=snapshot.pk)
    assert again.rows == snapshot.rows
    assert queries.altered() == []


def test_targets_and_lists_that_changed_since_are_told(cast):
    accepted(cast)
    snapshot = freeze(cast, NOW)
    assert queries.moved_since(snapshot) == []
    Batch.objects.update(published_on=date(2024, 1, 1))
    told = {(one.label, one.city): (one.frozen, one.now) for one in queries.moved_since(snapshot)}
    assert told["公布名单（份）", world.FOSHAN] == (1, None)
    numbers = {row.code: 10 for row in snapshot.rows}
    programme.fix_targets(
        2022, numbers, total=210, document_number="演示〔2022〕1号", on=date(2022, 3, 2),
        by=cast["province-industry"],
    )  # fmt: skip
    told = {(one.label, one.city): (one.frozen, one.now) for one in queries.moved_since(snapshot)}
    assert told["预期目标", world.FOSHAN] == (None, 10)


def test_a_touched_snapshot_is_found(cast):
    accepted(cast)
    whole, touched = freeze(cast, NOW), freeze(cast, NOW)
    Cell.objects.filter(snapshot=touched, figure="total").update(records=[1])
    assert queries.altered() == [touched.pk]
    Snapshot.objects.filter(pk=whole.pk).update(unconfirmed=[])
    assert queries.altered() == [whole.pk, touched.pk]


def test_the_database_lets_nobody_change_what_is_frozen(cast):
    tables = schema.append_only_tables()
    assert {Snapshot._meta.db_table, Cell._meta.db_table} <= set(tables)


def test_all_cells_are_read_in_one_statement(cast, django_assert_num_queries):
    accepted(cast)
    with django_assert_num_queries(1):
        assert queries.behind(NOW)
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (AsOf(2023, date(2023, 9, 29)), "晚于今天"),
        (AsOf(2023, date(2022, 12, 31)), "早于统计年度"),
    ],
)
def test_a_moment_that_cannot_be_counted_is_refused(cast, moment, said):
    with pytest.raises(Refused, match=said):
        freeze(cast, moment)


def test_only_the_province_freezes_and_reads(cast):
    snapshot = freeze(cast)
    for name in sorted({*world.ROLES} - {"province-industry", "province-ecology"}):
        with pytest.raises(NotAllowed):
            actions.freeze(MOMENT, by=cast[name])
        assert not access.snapshots_visible_to(cast[name]).exists(), name
    assert access.snapshots_visible_to(cast["province-ecology"]).get() == snapshot
    assert not access.snapshots_visible_to(None).exists()


def test_without_a_data_check_no_city_is_confirmed(cast):
    assert len(freeze(cast).unconfirmed) == 21
