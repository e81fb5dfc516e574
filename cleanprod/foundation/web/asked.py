"""What the address or a form asks for, read with care: years, keys; nonsense is left out."""

from collections.abc import Iterable
from datetime import date

from django.http import HttpRequest

from cleanprod.foundation.engine import clock

YEARS = range(2000, 2101)
_FIRST_OFFERED = 2020
_LONGEST_KEY = 18  # digits; longer ones are no key of any table


def whole(text: str) -> int | None:
    """Return the number that a text of plain digits writes, else None."""
    plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_KEY
    return int(text) if plain else None


def keys(texts: Iterable[str]) -> list[int]:
    """Return the keys that were ticked; what cannot be a key is left out."""
    return [key for text in texts if (key := whole(text)) is not None]


def year(request: HttpRequest) -> int:
    """Return the year of the address; what cannot be a year means this one."""
    asked = whole(request.GET.get("year", ""))
    return asked if asked is not None and asked in YEARS else clock.today().year


def years(chosen: int | None = None, today: date | None = None) -> list[tuple[int, str]]:
    """Return the years to choose from, newest first, next year and the chosen one included."""
    this = (today or clock.today()).year
    offered = {*range(_FIRST_OFFERED, this + 2), *([chosen] if chosen else [])}
    return [(one, f"{one}年") for one in sorted(offered, reverse=True)]
