"""What the owner of the database does: roles, migrations, rights, static files.

Run as `python -m cleanprod.foundation.engine.schema` by `prepare`.
"""

import hashlib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, LiteralString

import django
import psycopg
from django.apps import apps
from django.contrib.staticfiles.finders import get_finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from cleanprod.foundation.engine.binaries import NEWEST, OLDEST
from cleanprod.foundation.engine.home import DATABASE_NAME, Home
from cleanprod.foundation.engine.prepare import REFUSAL
from cleanprod.foundation.engine.server import connect
from cleanprod.kernel.errors import Refused

_LOCK = 0x636C65616E  # two installations on one outside server migrate one after the other


def main() -> int:
    """Bring everything up to date, or end with one line and a code that says what it is."""
    home = Home.from_environment()
    try:
        _ensure_roles(home)
        django.setup()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        call_command("migrate", interactive=False, verbosity=0)
        grant(home.app_role)
        collect_static(home.static)
    except (Refused, ImproperlyConfigured) as error:
        return _end(str(error))
    except (psycopg.OperationalError, OperationalError) as error:
        return _end(f"无法使用数据库：{str(error).strip().splitlines()[0]}")
    return 0


def is_current() -> bool:
    """Tell whether the database has all migrations of this version."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def append_only_tables() -> list[str]:
    """Return the tables of models that say `append_only = True`."""
    return sorted(
        model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)
    )


@transaction.atomic
def grant(role: str) -> None:
    """Give the app role its rights: rows everywhere, but only new ones where the past is kept."""
    tables = _owned("pg_class", "relname", "relnamespace", "relowner", "relkind IN ('r','p','v')")
    sequences = _owned("pg_class", "relname", "relnamespace", "relowner", "relkind = 'S'")
    to = sql.Identifier(role)
    _run("GRANT USAGE ON SCHEMA {} TO {}", sql.Identifier(_schema()), to)
    _run("REVOKE ALL ON {} FROM {}", _names(tables), to)
    _run("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}", _names(tables), to)
    _run("GRANT USAGE, SELECT ON SEQUENCE {} TO {}", _names(sequences), to)
    for routine in _owned("pg_proc", "oid::regprocedure::text", "pronamespace", "proowner"):
        # The text comes from the server with every name quoted where it must be.
        _run("GRANT EXECUTE ON ROUTINE {} TO {}", sql.SQL(routine), to)
    kept = append_only_tables()
    if kept:
        _run("REVOKE UPDATE, DELETE, TRUNCATE ON {} FROM {}, PUBLIC", _names(kept), to)
    migrations = _names(["django_migrations"])
    _run("REVOKE INSERT, UPDATE, DELETE ON {} FROM {}", migrations, to)


def collect_static(target: Path) -> None:
    """Collect the static files into the home, unless exactly these are there already."""
    stamp, wanted = target / ".collected", _fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path}\0{storage.size(path)}\0".encode())
            digest.update(f"{storage.get_modified_time(path).timestamp()}\n".encode())
    return digest.hexdigest()


def _ensure_roles(home: Home) -> None:
    if home.embedded:
        with connect(home.socket) as owner:
            _ensure_role(owner, home.app_role, login=True)
            if not _exists(owner, "SELECT 1 FROM pg_database WHERE datname = %s", DATABASE_NAME):
                owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE_NAME)))
        return
    with _connect_outside(home.django_database()) as owner:
        _demand_fit(owner)
        if os.environ.get("DATABASE_APP_URL") or os.environ.get("DATABASE_APP_URL_FILE"):
            if not _exists(owner, "SELECT 1 FROM pg_roles WHERE rolname = %s", home.app_role):
                raise Refused(f"DATABASE_APP_URL：数据库中没有用户 {home.app_role}，请先建立")
            return
        _ensure_role(owner, home.app_role, login=False)
        _ensure_membership(owner, home.app_role)


def _ensure_role(owner: psycopg.Connection[Any], role: str, *, login: bool) -> None:
    if _exists(owner, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
        return
    kind = sql.SQL("LOGIN" if login else "NOLOGIN")
    try:
        owner.execute(sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(role), kind))
    except psycopg.errors.InsufficientPrivilege as error:
        user = owner.info.user
        raise Refused(
            f"用户 {user} 无权建立角色 {role}：请管理员执行 CREATE ROLE {role} NOLOGIN; "
            f"GRANT {role} TO {user}; 或用 DATABASE_APP_URL 指定另一用户"
        ) from error


def _ensure_membership(owner: psycopg.Connection[Any], role: str) -> None:
    """Let the login become the app role; since PostgreSQL 16 its maker may not do so by itself."""
    try:
        owner.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        owner.execute("RESET ROLE")
    except psycopg.errors.InsufficientPrivilege:
        try:
            owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        except psycopg.errors.InsufficientPrivilege as error:
            user = owner.info.user
            raise Refused(
                f"用户 {user} 不能使用角色 {role}：请管理员执行 GRANT {role} TO {user};"
            ) from error


def _demand_fit(owner: psycopg.Connection[Any]) -> None:
    major = owner.info.server_version // 10000
    if not OLDEST <= major <= NEWEST:
        raise Refused(f"数据库服务器为 PostgreSQL {major}，本系统支持 {OLDEST} 至 {NEWEST}")
    encoding = owner.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise Refused(f"数据库的编码为 {encoding}，应为 UTF8")


def _connect_outside(database: dict[str, Any]) -> psycopg.Connection[Any]:
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    told = {name: value for name, value in named.items() if value}
    return psycopg.connect(**told, **database["OPTIONS"], autocommit=True)


def _exists(owner: psycopg.Connection[Any], query: LiteralString, name: str) -> bool:
    return owner.execute(query, [name]).fetchone() is not None


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _owned(
    catalogue: LiteralString,
    name: LiteralString,
    schema: LiteralString,
    owner: LiteralString,
    condition: LiteralString = "true",
) -> list[str]:
    """Return names of what we own in the schema; an extension's things belong to somebody else."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {name} FROM {catalogue} WHERE {schema} = current_schema()::regnamespace"  # noqa: S608
            f" AND pg_has_role(current_user, {owner}, 'USAGE') AND {condition}"
        )
        return [row[0] for row in cursor.fetchall()]


def _names(names: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _run(statement: LiteralString, *parts: sql.Composable) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(*parts))


def _end(message: str) -> int:
    sys.stderr.write(message + "\n")
    return REFUSAL


if __name__ == "__main__":
    sys.exit(main())
