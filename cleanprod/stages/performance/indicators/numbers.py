"""Numbers as people write them, exact inside, and the few ways they are printed."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cleanprod.kernel.text import tidy

LONGEST = 40
_WRITTEN = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_FARTHEST = 40  # powers of ten beyond which nothing in this trade is measured


def number_of(value: Any) -> Decimal | None:
    """Return the number that was written, None when it is none or beyond all measure."""
    if isinstance(value, bool) or value is None:
        return None
    text = tidy(repr(value) if isinstance(value, float) else str(value))[: LONGEST + 1]
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if len(text) > LONGEST or not _WRITTEN.fullmatch(text):
        return None
    number = Decimal(text)
    return number if not number or abs(number.adjusted()) <= _FARTHEST else None


def rounded_down(number: Fraction, places: int = 6) -> Decimal:
    """Return the number cut after so many places, so that 84.9999999 never prints as 85."""
    scaled = number.numerator * 10**places // number.denominator
    return trimmed(Decimal(f"{scaled}e-{places}"))


def nearest(number: Fraction, places: int = 6) -> Decimal:
    """Return the number rounded half to even after so many places."""
    return trimmed(Decimal(f"{round(number * 10**places)}e-{places}"))


def trimmed(number: Decimal) -> Decimal:
    """Return the same number without zeros at its end and without an exponent."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Decimal("0" if text in ("", "-0") else text)


def plain(number: Decimal) -> int | float | str:
    """Return the number for JSON; what a float would change stays text."""
    short = trimmed(number)
    if short == short.to_integral_value() and abs(short) < 10**15:
        return int(short)
    return float(short) if Decimal(repr(float(short))) == short else f"{short:f}"


def printed(number: Decimal) -> str:
    """Return the number as pages and terminals print it."""
    return f"{trimmed(number):f}"
