"""Many rows at once inside the running transaction: ids from the sequence, rows by COPY."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.transaction import TransactionManagementError
from psycopg import sql


def take_ids(table: str, count: int) -> list[int]:
    """Take that many ids from the table's own sequence."""
    if count <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows by COPY and return how many; refused outside a transaction.

    Values are None, str, int, Decimal, bool, date or datetime; JSON is passed as text.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("copy_rows needs a running transaction")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    written = 0
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
            written += 1
    return written
