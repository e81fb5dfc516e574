"""One clock: the business date, which a demo home or a test may fix, and the real time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

CHINA = ZoneInfo("Asia/Shanghai")

# Plain module state, not a context variable: the server thread of a browser test must see it too.
_fixed: list[date] = []


def today() -> date:
    """Return the business date: fixed by a test or a demo home, else today's date in China."""
    if _fixed:
        return _fixed[-1]
    day: date | None = settings.HOME.business_date
    return day or now().astimezone(CHINA).date()


def now() -> datetime:
    """Return the real time, aware; a fixed business date does not touch it."""
    return timezone.now()


@contextmanager
def fixed(day: date) -> Iterator[None]:
    """Fix the business date inside a `with` block; calls nest."""
    _fixed.append(day)
    try:
        yield
    finally:
        _fixed.pop()
