"""Units of factors: so much of one thing for each unit of another."""

import re
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.kernel.text import tidy

# Products and sums are computed in a context that raises instead of rounding.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])
_NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
)
_LARGEST, _FINEST = 15, -30  # powers of ten; what lies beyond is a slip and costs memory


@dataclass(frozen=True, slots=True)
class Rate:
    """The unit of a factor, like kgce/kWh."""

    of: Unit
    per: Unit

    @property
    def sign(self) -> str:
        """Return the unit as it is printed."""
        return f"{self.of.value}/{self.per.value}"

    @classmethod
    def read(cls, text: str) -> "Rate | None":
        """Return the unit that a person wrote, or None."""
        above, _, below = text.partition("/")
        of, per = Unit.read(above), Unit.read(below)
        return cls(of, per) if of and per else None

    def apply(self, value: Decimal, quantity: Quantity) -> Quantity:
        """Return what a quantity comes to at so much for each unit, without rounding."""
        return Quantity(EXACT.multiply(value, quantity.to(self.per).amount), self.of)

    def convert(self, value: Decimal, target: "Rate") -> Decimal:
        """Return a value of this unit in another one of the same kind, without rounding."""
        above = Quantity(value, self.of).to(target.of).amount
        # A step between two units of one dimension is a power of ten, so this division ends.
        below = Quantity(Decimal(1), self.per).to(target.per).amount
        return EXACT.divide(above, below)

    def alike(self, other: "Rate") -> bool:
        """Tell whether both relate the same two kinds of things."""
        return (self.of.dimension, self.per.dimension) == (other.of.dimension, other.per.dimension)


def number(text: str) -> Decimal:
    """Read a written number, with separators of thousands or in full width, or refuse it."""
    bare = tidy(text)
    if not _NUMBER.fullmatch(bare):
        raise Refused("不是数")
    return checked(Decimal(bare.replace(",", "")))


def checked(value: Decimal) -> Decimal:
    """Return a number of a size that can be meant, or refuse it."""
    if not value.is_finite():
        raise Refused("不是数")
    exponent = int(value.as_tuple().exponent)
    if value and value.adjusted() >= _LARGEST:
        raise Refused("数值过大")
    if exponent < _FINEST or exponent > _LARGEST:
        raise Refused("小数位数过多" if exponent < 0 else "数值过大")
    return value or Decimal(0)


def plain(value: Decimal) -> str:
    """Return a number as people write it: no exponent, no zeros at the end."""
    text = format(value, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"
