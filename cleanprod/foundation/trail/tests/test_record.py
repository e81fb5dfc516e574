from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from cleanprod.foundation.engine import schema
from cleanprod.foundation.trail import actions, queries
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.foundation.trail.models import Entry
from cleanprod.foundation.trail.tests.conftest import BARE, line, write

OFFICER = SimpleNamespace(
    person_id=7, person_name="李四", office_id=3, office_name="佛山市生态环境局", via="命令行"
)


@pytest.mark.django_db
def test_a_line_keeps_who_did_what_and_why_in_the_words_of_that_day():
    actions.record(
        line(
            12, before={"day": date(2023, 9, 28)}, after={"cost": Decimal("1.50"), "名": "红星"},
            reason="粤环函〔2023〕1号", dossier=5, city="440600",
        ),
        by=OFFICER,
    )  # fmt: skip
    entry = Entry.objects.get()
    assert (entry.person_id, entry.person_name, entry.office_id) == (7, "李四", 3)
    assert (entry.office_name, entry.via) == ("佛山市生态环境局", "命令行")
    assert (entry.act, entry.verb) == ("round:publish", "公布")
    assert (entry.subject, entry.label) == ("round:12", "第12轮")
    assert entry.before == {"day": "2023-09-28"}
    assert entry.after == {"cost": "1.50", "名": "红星"}
    assert (entry.reason, entry.dossier, entry.city) == ("粤环函〔2023〕1号", 5, "440600")
    assert len(entry.row_hash) == 32


@pytest.mark.django_db
def test_an_actor_need_not_say_by_which_way_it_came():
    actions.record(line(), by=SimpleNamespace(**{**vars(OFFICER), "via": ""}))
    plain = SimpleNamespace(person_id=1, person_name="王五", office_id=None, office_name="")
    actions.record(line(), by=plain)
    actions.record(line(), by=SYSTEM)
    assert [entry.via for entry in Entry.objects.order_by("id")] == ["", "", "系统"]


@pytest.mark.django_db
def test_a_long_reason_is_kept_whole():
    actions.record(line(label="名" * 400, reason="因" * 3000), by=SYSTEM)
    entry = Entry.objects.get()
    assert (len(entry.label), len(entry.reason)) == (400, 3000)


@pytest.mark.django_db
def test_many_lines_are_written_at_once_and_counted():
    shared = {"stage": "published"}
    lines = (line(n, before={"n": n}, after=shared) for n in range(300))
    assert actions.record_many(lines, by=OFFICER) == 300
    stored = Entry.objects.order_by("id").values_list("subject", "before", "after")
    assert list(stored) == [(f"round:{n}", {"n": n}, shared) for n in range(300)]
    assert queries.verify().good


@pytest.mark.django_db(transaction=True)
def test_a_line_without_a_transaction_is_refused():
    with pytest.raises(TransactionManagementError):
        actions.record(line(), by=SYSTEM)
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_line_of_a_transaction_that_failed_never_was():
    with transaction.atomic():
        actions.record(line(), by=SYSTEM)
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db
def test_what_a_client_supplies_for_the_proof_is_ignored():
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    forged = Entry.objects.create(
        act="a", verb="b", subject="c", label="d", person_name="e", epoch=99, txid=1,
        recorded_at=long_ago, row_hash=b"forged",
    )  # fmt: skip
    entry = Entry.objects.get(pk=forged.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()")
        assert entry.txid == cursor.fetchone()[0]
    assert entry.epoch == 0
    assert entry.recorded_at > long_ago + timedelta(days=365)
    assert bytes(entry.row_hash) != b"forged"
    assert queries.verify().good


@pytest.mark.django_db
def test_time_is_that_of_the_row_not_of_the_transaction():
    write(1, 2)
    first, second = Entry.objects.order_by("id").values_list("recorded_at", flat=True)
    assert first < second


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE trail_entry SET reason = 'x'", "DELETE FROM trail_entry"]
)
def test_a_line_cannot_be_changed_or_dropped_even_by_the_owner(statement):
    write(1)
    with (
        pytest.raises(ProgrammingError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Entry.objects.get().reason == ""


@pytest.mark.django_db
def test_the_app_role_appends_and_nothing_else():
    role = "trail_test_app"
    refused = (
        "UPDATE {} SET epoch = 0", "DELETE FROM {}", "TRUNCATE {}",
        "ALTER TABLE {} DISABLE TRIGGER USER",
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        schema.grant(role)
        cursor.execute(f"SET LOCAL ROLE {role}")
        cursor.execute(BARE, ["round:1"])
        cursor.execute("INSERT INTO trail_seal (upto_txid) VALUES (txid_current() + 1)")
        for table in ("trail_entry", "trail_seal"):
            for statement in refused:
                with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
                    cursor.execute(statement.format(table))
        cursor.execute("RESET ROLE")
    assert queries.verify().rows == 1
