import pytest
from django.db import transaction

from cleanprod.foundation.trail import actions, queries
from cleanprod.foundation.trail.models import Entry, Seal
from cleanprod.foundation.trail.tests.conftest import line, unguarded, write

HASHED = [f.column for f in Entry._meta.fields if f.column != "row_hash"]
OTHER = {
    "id": "id + 1000", "epoch": "epoch + 1", "txid": "txid - 1", "person_id": "9",
    "recorded_at": "recorded_at + interval '1 microsecond'", "office_id": "9", "dossier": "9",
    "before": """'{"a": 2}'""", "after": """'{"a": 2}'""",
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("column", HASHED)
def test_a_change_of_any_field_is_found(column):
    write(1, 2, 3)
    victim = Entry.objects.order_by("id")[1].pk
    with unguarded() as cursor:
        changed = OTHER.get(column, "'x'")
        cursor.execute(f"UPDATE trail_entry SET {column} = {changed} WHERE id = %s", [victim])
    found = queries.verify()
    assert not found.good
    assert "内容与校验值不符" in found.broken[0]


@pytest.mark.django_db
@pytest.mark.parametrize("moment", ["'infinity'", "recorded_at - interval '4050 years'"])
def test_a_time_out_of_this_world_is_found_without_an_error(moment):
    write(1)
    with unguarded() as cursor:
        cursor.execute(f"UPDATE trail_entry SET recorded_at = {moment}")
    assert not queries.verify().good


@pytest.mark.django_db
def test_a_null_is_not_an_empty_word():
    actions.record_many([line(before={})], by=actions.SYSTEM)
    with unguarded() as cursor:
        cursor.execute("UPDATE trail_entry SET before = NULL")
    assert not queries.verify().good


@pytest.mark.django_db
def test_many_faults_are_counted_and_not_all_named():
    write(*range(30))
    with unguarded() as cursor:
        cursor.execute("UPDATE trail_entry SET reason = 'x'")
    broken = queries.verify().broken
    assert len(broken) == 21
    assert broken[-1] == "另有10条记录不符，未逐一列出"


@pytest.mark.django_db(transaction=True)
def test_a_sealed_trail_is_good_and_counted():
    write(1, 2)
    assert actions.seal() == 2
    write(3)
    found = queries.verify()
    assert found.good
    assert (found.rows, found.sealed, found.unsealed, found.seals) == (3, 2, 1, 1)
    assert found.oldest_unsealed_seconds >= 0
    assert actions.seal() == 1
    found = queries.verify()
    assert (found.good, found.unsealed, found.oldest_unsealed_seconds) == (True, 0, None)
    assert found.last_seal == bytes(Seal.objects.latest("id").seal_hash).hex()


@pytest.mark.django_db(transaction=True)
def test_a_dropped_altered_or_swapped_row_is_missed_though_its_hash_is_made_to_fit():
    write(1, 2, 3)
    actions.seal()
    first, second, _ = Entry.objects.order_by("id").values_list("pk", flat=True)
    count, content = "记录条数不符", "记录内容或次序不符"
    for statement, faults in (
        ("DELETE FROM trail_entry WHERE id = %(second)s", f"{count}、{content}"),
        ("UPDATE trail_entry SET reason = 'x' WHERE id = %(second)s", content),
        # Swap two rows: what one says stands under the other's number.
        ("UPDATE trail_entry SET id = %(first)s + %(second)s - id"
         " WHERE id IN (%(first)s, %(second)s)", content),
    ):  # fmt: skip
        with transaction.atomic():
            with unguarded() as cursor:
                cursor.execute("ALTER TABLE trail_entry DROP CONSTRAINT trail_entry_pkey")
                cursor.execute(statement, {"first": first, "second": second})
                cursor.execute("UPDATE trail_entry e SET row_hash = trail_row_hash(e)")
            found = queries.verify()
            transaction.set_rollback(True)
        assert found.broken == [f"第{Seal.objects.get().pk}次封存：{faults}"]
    assert queries.verify().good


@pytest.mark.django_db(transaction=True)
def test_a_row_smuggled_into_a_sealed_batch_is_found():
    write(1, 2)
    actions.seal()
    with unguarded() as cursor:
        cursor.execute(
            "INSERT INTO trail_entry (epoch, recorded_at, txid, person_name, via, act, verb,"
            " subject, label, reason, city, office_name, row_hash) SELECT epoch, recorded_at, txid,"
            " '', '', '', '', '', '', '', '', '', '' FROM trail_entry LIMIT 1"
        )
        cursor.execute("UPDATE trail_entry e SET row_hash = trail_row_hash(e)")
    assert "记录条数不符" in queries.verify().broken[0]


@pytest.mark.django_db(transaction=True)
def test_a_broken_chain_is_found():
    for number in range(3):
        write(number)
        actions.seal()
    middle = Seal.objects.order_by("id")[1].pk
    for statement, broken in (
        ("UPDATE trail_seal SET sealed_at = sealed_at + interval '1 day' WHERE id = %s", 1),
        ("UPDATE trail_seal SET entries = 9 WHERE id = %s", 1),
        ("UPDATE trail_seal SET digest = sha256('x') WHERE id = %s", 1),
        ("UPDATE trail_seal SET previous = '' WHERE id = %s", 1),
        ("UPDATE trail_seal SET upto_txid = upto_txid + 1 WHERE id = %s", 2),
        ("UPDATE trail_seal SET seal_hash = sha256('x') WHERE id = %s", 2),
        ("UPDATE trail_seal SET id = 99999 WHERE id = %s", 2),
        ("DELETE FROM trail_seal WHERE id = %s", 1),
    ):
        with transaction.atomic():
            with unguarded("trail_seal") as cursor:
                cursor.execute(statement, [middle])
            found = queries.verify()
            transaction.set_rollback(True)
        assert len(found.broken) == broken, statement
    assert queries.verify().good


@pytest.mark.django_db(transaction=True)
def test_a_chain_rewritten_from_the_start_is_shown_by_a_seal_written_down_before():
    write(1)
    actions.seal()
    known = queries.verify().last_seal
    assert queries.verify(known).good
    with unguarded() as cursor:
        cursor.execute("UPDATE trail_entry SET reason = 'x'")
        cursor.execute("UPDATE trail_entry e SET row_hash = trail_row_hash(e)")
    with unguarded("trail_seal") as cursor:
        cursor.execute("DELETE FROM trail_seal")
    actions.seal()
    assert queries.verify().good
    assert queries.verify(known).broken == [f"此前抄存的封存值{known}不在链上"]
    assert not queries.verify("不是十六进制").good


@pytest.mark.django_db
def test_an_empty_trail_is_good():
    found = queries.verify()
    assert (found.good, found.rows, found.seals, found.last_seal) == (True, 0, 0, "")


@pytest.mark.django_db
def test_history_is_read_newest_first_page_by_page():
    lines = [line(n, dossier=n % 2, city="4406" if n < 4 else "4413") for n in range(6)]
    actions.record_many(lines, by=actions.SYSTEM)
    page = queries.history(dossier=1, limit=2)
    assert [entry.subject for entry in page] == ["round:5", "round:3"]
    rest = queries.history(dossier=1, before=page[-1].pk, limit=2)
    assert [entry.subject for entry in rest] == ["round:1"]
    assert [entry.subject for entry in queries.history(dossier=1, city="4413")] == ["round:5"]
    assert len(queries.history(subject="round:2")) == 1
