"""Lines to write, a second connection, and what only the owner of the database can do."""

from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from cleanprod.foundation.trail import actions
from cleanprod.foundation.trail.actions import SYSTEM, Line

BARE = (
    "INSERT INTO trail_entry (person_name, office_name, via, act, verb, subject, label, reason,"
    " city) VALUES ('张三', '', '', 'round:publish', '公布', %s, '名单', '', '') RETURNING id"
)


def line(number=1, **more):
    named = {
        "act": "round:publish", "verb": "公布", "subject": f"round:{number}",
        "label": f"第{number}轮", "after": {"stage": "published"},
    }  # fmt: skip
    return Line(**(named | more))


def write(*numbers):
    """Write a line for each number, committed unless a transaction runs."""
    with transaction.atomic():
        actions.record_many((line(number) for number in numbers), by=SYSTEM)


@contextmanager
def unguarded(table="trail_entry"):
    """Give a cursor of the owner who has switched the triggers off."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def elsewhere():
    """Give a second connection to the same database, with a transaction of its own."""
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.rollback()
    other.close()
