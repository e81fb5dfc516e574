"""The Jinja2 environment of all our pages: strict names, few globals, a few ways to print."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any

from django.contrib.messages import get_messages
from django.core.files.storage import Storage, storages
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import NoReverseMatch, get_script_prefix, get_urlconf, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from jinja2 import Environment, StrictUndefined

from cleanprod.foundation.web.forms import control, field_kind

NOTHING = "—"


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named route; those without arguments are looked up once."""
    if not args and not kwargs:
        return _address(get_urlconf(), get_script_prefix(), name)
    return reverse(name, args=args or None, kwargs=kwargs or None)


@lru_cache(maxsize=500)
def _address(urlconf: str | None, _prefix: str, name: str) -> str:
    return reverse(name, urlconf)


def url_if(name: str, *args: Any, **kwargs: Any) -> str:
    """Return the address of a named route, or nothing where the route is not installed."""
    try:
        return url(name, *args, **kwargs)
    except NoReverseMatch:
        return ""


def static(path: str) -> str:
    """Return the address of a static file; it is looked up once, since a page draws many icons."""
    return _static(storages["staticfiles"], path)


@lru_cache(maxsize=500)
def _static(storage: Storage, path: str) -> str:
    return storage.url(path)


def csrf(request: HttpRequest) -> SafeString:
    """Return the hidden field that every POST form carries."""
    return format_html(
        '<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request)
    )


def day(value: date | None, style: str = "long") -> str:
    """Print a day: `long` 2023年3月8日, `short` 2023-03-08, `month` 2023年3月."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = local(value)
    if style == "short":
        return value.isoformat()[:10]
    if style == "month":
        return f"{value.year}年{value.month}月"
    return f"{value.year}年{value.month}月{value.day}日"


def moment(value: datetime | None, style: str = "minute") -> str:
    """Print a time of the record in Beijing time, to the `minute` or the `second`."""
    if value is None:
        return NOTHING
    return f"{local(value):%Y-%m-%d %H:%M:%S}"[: 19 if style == "second" else 16]


def local(value: datetime) -> datetime:
    """Return an aware time in the zone of the settings."""
    return timezone.localtime(value) if timezone.is_aware(value) else value


def count(value: int | Decimal | None) -> str:
    """Print a number as the notice does, without separators; nothing known is a dash."""
    return NOTHING if value is None else str(value)


def percent(fraction: Fraction | Decimal | float | None, digits: int = 2) -> str:
    """Print a share of one as per cent without the sign, rounded half up from the exact value."""
    if fraction is None:
        return NOTHING
    units = floor(Fraction(fraction) * 100 * 10**digits + Fraction(1, 2))
    return f"{Decimal(units).scaleb(-digits):f}"


GLOBALS: dict[str, Callable[..., Any]] = {
    "url": url,
    "url_if": url_if,
    "static": static,
    "csrf": csrf,
    "get_messages": get_messages,
    "control": control,
    "field_kind": field_kind,
}
FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "moment": moment,
    "count": count,
    "percent": percent,
}


def environment(**options: Any) -> Environment:
    """Build the environment; a name a page does not know is an error, never a blank."""
    options |= {
        "autoescape": True,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    made = Environment(**options)  # noqa: S701 - autoescape is set above
    made.globals.update(GLOBALS)
    made.filters.update(FILTERS)
    return made
