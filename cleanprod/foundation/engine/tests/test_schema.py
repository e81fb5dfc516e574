"""The two roles: on a PostgreSQL of every kind, set up by a user without special rights."""

import json
import os
import subprocess
import sys

import pytest
from django.db import ProgrammingError, connection, transaction

from cleanprod.foundation.engine import schema, server
from cleanprod.foundation.engine.home import APP_ROLE, Home

ASK = """
import json, django
django.setup()
from django.db import connection, ProgrammingError
from cleanprod.foundation.engine import schema
def may(statement):
    try:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + statement)
        return True
    except ProgrammingError:
        return False
with connection.cursor() as cursor:
    cursor.execute("SELECT current_user")
    who = cursor.fetchone()[0]
print(json.dumps([who, schema.is_current(), may("DELETE FROM accounts_person"),
    may("DELETE FROM trail_entry"), may("UPDATE trail_entry SET act = ''"),
    may("SELECT 1 FROM trail_entry"), may("DELETE FROM django_migrations")]))
"""


@pytest.fixture
def app_role(db):
    """The app role with its rights in the test database; rolled back with the test."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {APP_ROLE}")
    schema.grant(APP_ROLE)
    return APP_ROLE


def may(role, statement):
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {role}")
            cursor.execute(statement)
            transaction.set_rollback(True)
    except ProgrammingError:
        return False
    return True


@pytest.mark.parametrize("table", ["trail_entry", "trail_seal"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}", "ALTER TABLE {} ADD x int"],
)
def test_the_app_cannot_change_what_is_kept(app_role, table, statement):
    assert table in schema.append_only_tables()
    assert not may(app_role, statement.format(table))


def test_the_app_reads_and_appends_what_is_kept(app_role):
    assert may(app_role, "SELECT * FROM trail_entry")
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'trail_entry', 'INSERT')", [app_role])
        assert cursor.fetchone() == (True,)


def test_the_app_writes_rows_and_nothing_but_rows(app_role):
    assert may(app_role, "DELETE FROM django_session")
    assert may(app_role, "SELECT nextval(pg_get_serial_sequence('django_content_type', 'id'))")
    assert not may(app_role, "TRUNCATE django_session")
    assert not may(app_role, "CREATE TABLE more (id int)")
    assert not may(app_role, "DELETE FROM django_migrations")


def test_rights_are_granted_anew_each_time(app_role):
    schema.grant(app_role)
    assert not may(app_role, "DELETE FROM trail_entry")


def test_a_user_without_special_rights_sets_up_an_outside_database(home, programs, command):
    outside = Home(home.path.with_name("outside"))
    outside.make()
    elsewhere = server.embedded(outside)
    elsewhere.start()
    try:
        with server.connect(outside.socket) as owner:
            owner.execute("CREATE ROLE province LOGIN CREATEROLE")
            owner.execute("CREATE DATABASE province OWNER province")
        address = f"postgresql://province@/province?host={outside.socket}&port=5432"
        for _ in range(2):
            answer = command("migrate", DATABASE_URL=address)
            assert (answer.returncode, answer.stdout) == (0, "数据库已是最新\n"), answer.stderr
        asked = subprocess.run(
            [sys.executable, "-c", ASK],
            env=os.environ | {"DATABASE_URL": address},
            capture_output=True,
            check=True,
        )
        assert json.loads(asked.stdout) == [APP_ROLE, True, True, False, False, True, False]

        missing = command("migrate", DATABASE_URL=address.replace("/province?", "/nowhere?"))
        assert missing.returncode == 1
        assert missing.stderr.startswith("无法使用数据库：")
        assert missing.stderr.count("\n") == 1
    finally:
        elsewhere.stop()


def test_a_user_who_may_not_make_roles_is_told_what_to_ask_for(home, command):
    outside = Home(home.path.with_name("outside"))
    outside.make()
    elsewhere = server.embedded(outside)
    elsewhere.start()
    try:
        with server.connect(outside.socket) as owner:
            owner.execute("CREATE ROLE clerk LOGIN")
            owner.execute("CREATE DATABASE clerks OWNER clerk")
        address = f"postgresql://clerk@/clerks?host={outside.socket}&port=5432"
        answer = command("migrate", DATABASE_URL=address)
    finally:
        elsewhere.stop()
    assert answer.returncode == 1
    assert "CREATE ROLE cleanprod_app NOLOGIN; GRANT cleanprod_app TO clerk;" in answer.stderr
    assert answer.stderr.count("\n") == 1
