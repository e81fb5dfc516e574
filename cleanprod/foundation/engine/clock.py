"""One clock: the business date that rules see, and the real time that records carry."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from cleanprod.foundation.engine.home import Home

ZONE = ZoneInfo("Asia/Shanghai")
_fixed: ContextVar[date | None] = ContextVar("fixed business date", default=None)


def now() -> datetime:
    """Return the real time, aware, in UTC."""
    return datetime.now(timezone.utc)


def today() -> date:
    """Return the business date: that of a demo home, else today in Beijing time."""
    fixed = _fixed.get()
    if fixed is not None:
        return fixed
    return Home.from_environment().business_date or now().astimezone(ZONE).date()


@contextmanager
def fixed(day: date) -> Iterator[None]:
    """Hold the business date at a day, for tests and for loading the demo province."""
    token = _fixed.set(day)
    try:
        yield
    finally:
        _fixed.reset(token)
