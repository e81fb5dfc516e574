from threading import Barrier, Thread

import pytest
from django.db import ProgrammingError, connection, transaction

from cleanprod.foundation.engine.jobs import app
from cleanprod.foundation.trail import actions, jobs, queries
from cleanprod.foundation.trail.models import Entry, Seal
from cleanprod.foundation.trail.tests.conftest import BARE, line, write

pytestmark = pytest.mark.django_db(transaction=True)


def test_sealing_again_makes_no_empty_seal():
    write(1)
    assert actions.seal() == 1
    assert actions.seal() == 0
    assert Seal.objects.count() == 1


def test_each_seal_carries_the_one_before():
    for number in range(3):
        write(number)
        jobs.seal()
    first, second, third = Seal.objects.order_by("id")
    assert bytes(first.previous) == b""
    assert bytes(second.previous) == bytes(first.seal_hash)
    assert bytes(third.previous) == bytes(second.seal_hash)
    assert (first.from_txid, second.from_txid) == (0, first.upto_txid)


def test_a_transaction_that_commits_late_is_sealed_later_and_not_lost(elsewhere):
    with elsewhere.cursor() as cursor:
        cursor.execute(BARE, ["round:early"])
    write(1, 2)
    assert actions.seal() == 0  # the older transaction may still add rows
    found = queries.verify()
    assert (found.good, found.rows, found.unsealed) == (True, 2, 2)
    elsewhere.commit()
    assert actions.seal() == 3
    found = queries.verify()
    assert (found.good, found.sealed, found.unsealed) == (True, 3, 0)


def test_what_was_committed_before_a_running_transaction_is_sealed_at_once(elsewhere):
    write(1)
    with elsewhere.cursor() as cursor:
        cursor.execute(BARE, ["round:late"])
    write(2)
    assert actions.seal() == 1
    elsewhere.commit()
    assert actions.seal() == 2
    assert queries.verify().good


def test_rows_of_a_transaction_that_failed_leave_no_gap(elsewhere):
    with elsewhere.cursor() as cursor:
        cursor.execute(BARE, ["round:never"])
    write(1)
    elsewhere.rollback()
    assert actions.seal() == 1
    assert queries.verify().good


def test_rows_inside_a_savepoint_belong_to_the_transaction_around_it():
    with transaction.atomic():
        actions.record(line(1), by=actions.SYSTEM)
        with transaction.atomic():
            actions.record(line(2), by=actions.SYSTEM)
        assert actions.seal() == 0
    assert Entry.objects.values("txid").distinct().count() == 1
    assert actions.seal() == 2


def test_two_sealers_at_once_make_one_chain():
    write(*range(200))
    start, sealed = Barrier(2), []

    def work():
        start.wait()
        sealed.append(actions.seal())
        connection.close()

    sealers = [Thread(target=work) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    for sealer in sealers:
        sealer.join()
    assert sorted(sealed) == [0, 200]
    assert (Seal.objects.count(), queries.verify().good) == (1, True)


def test_a_second_sealer_waits_for_the_first(elsewhere):
    write(1)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [actions._LOCK])
    done = []

    def work():
        done.append(actions.seal())
        connection.close()

    sealer = Thread(target=work)
    sealer.start()
    sealer.join(0.3)
    assert sealer.is_alive()
    elsewhere.rollback()
    sealer.join(10)
    assert done == [1]


def test_a_seal_or_an_epoch_cannot_be_changed_or_dropped():
    write(1)
    actions.seal()
    actions.start_epoch("测试恢复")
    for table in ("trail_seal", "trail_epoch"):
        for statement in ("DELETE FROM {}", "UPDATE {} SET id = id + 1"):
            with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
                connection.cursor().execute(statement.format(table))


def test_a_new_epoch_seals_the_rest_of_the_old_one_and_goes_on_with_the_chain():
    write(1)
    actions.seal()
    write(2)
    epoch = actions.start_epoch("由备份恢复")
    write(3)
    assert actions.seal() == 1
    found = queries.verify()
    assert (found.good, found.rows, found.sealed, found.seals) == (True, 3, 3, 3)
    assert list(Entry.objects.order_by("id").values_list("epoch", flat=True)) == [0, 0, epoch.pk]
    second, third = Seal.objects.order_by("id")[1:]
    assert bytes(third.previous) == bytes(second.seal_hash)
    assert third.from_txid == 0


def test_a_row_left_unsealed_in_an_epoch_that_ended_is_a_fault():
    write(1)
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO trail_epoch (started_at, note) VALUES (now(), '未封存即开始')")
    assert queries.verify().broken == ["1条记录属于已结束的时段却未封存"]


def test_the_sealer_runs_every_ten_seconds():
    crons = {key[0]: one.cron for key, one in app.periodic_registry.periodic_tasks.items()}
    assert crons["trail.seal"] == "*/10 * * * * *"
