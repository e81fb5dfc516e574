"""Many at once: ids ahead of time and COPY in the running transaction, counts in one read."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError
from psycopg import sql


def take_ids(table: str, count: int) -> list[int]:
    """Take primary keys from a table's `id` sequence, ascending, for rows that COPY will bring."""
    _demand_transaction()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows with COPY and return how many; `None` becomes NULL, JSON comes as text.

    Values are None, str, int, bool, Decimal, date or aware datetime. A broken constraint raises
    Django's own IntegrityError.
    """
    _demand_transaction()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    # Django wraps execute() only, so that without this a caller would see the driver's errors.
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def counts(found: Sequence[QuerySet[Any, Any]]) -> list[int]:
    """Return how many rows each query has, all counted in one read."""
    selects: list[str] = []
    values: list[Any] = []
    for one in found:
        try:
            statement, given = one.order_by().query.sql_with_params()
        except EmptyResultSet:  # Django knows without asking that there is nothing
            selects.append("0")
        else:
            selects.append(f"(SELECT count(*) FROM ({statement}) AS found)")  # noqa: S608
            values += given
    if set(selects) <= {"0"}:
        return [0] * len(selects)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(selects)}", values)
        return list(cursor.fetchone())


def in_order(keys: Iterable[int]) -> list[int]:
    """Return each key once, ascending: the order in which rows are locked."""
    return sorted(set(keys))


def _demand_transaction() -> None:
    if not connection.in_atomic_block:
        raise TransactionManagementError("bulk writes belong into a transaction.atomic block")
