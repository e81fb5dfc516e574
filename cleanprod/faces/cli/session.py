"""What a command needs before it can work: the home's database, at this version."""

from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import OperationalError, connections

from cleanprod.foundation.engine import schema
from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.server import running
from cleanprod.kernel.errors import Refused

_HOW = "请先执行 cleanprod migrate（serve 启动时也会自动完成）"


@contextmanager
def database() -> Iterator[None]:
    """Make the home's database available inside a `with` block, or say in one line why not."""
    with running(Home.from_environment()):
        django.setup()
        try:
            _demand_current()
            yield
        finally:
            connections.close_all()


def _demand_current() -> None:
    try:
        current = schema.is_current()
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        raise Refused(f"数据库不可用或尚未建立（{reason}）：{_HOW}") from error
    if not current:
        raise Refused(f"数据库版本与程序不一致：{_HOW}")
