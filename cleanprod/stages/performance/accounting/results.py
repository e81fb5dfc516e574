"""One computed number with everything that explains it, and the one rounding of the engine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.factors import Factor, Status
from cleanprod.stages.performance.accounting.rates import EXACT, plain

# The only rounding: each result once, when it is formed; sums and tables show it as it is.
PLACES = 9
_STEP = Decimal(1).scaleb(-PLACES)
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)

UNCONFIRMED_METHOD = "公式依据通行做法，未经主管部门确认"


def rounded(value: Decimal) -> Decimal:
    """Return a value with at most nine decimal places, half up; shorter ones stay as they are."""
    if int(value.as_tuple().exponent) >= -PLACES:
        return value
    return value.quantize(_STEP, context=_WIDE)


def divided(above: Decimal, below: Decimal) -> Decimal:
    """Divide with far more digits than the rounding of results keeps."""
    return _WIDE.divide(above, below)


def added(values: Iterable[Decimal]) -> Decimal:
    """Return the exact sum."""
    sum_ = Decimal(0)
    for value in values:
        sum_ = EXACT.add(sum_, value)
    return sum_


@dataclass(frozen=True, slots=True)
class Result:
    """A number, how it came about, and how far it can be relied on.

    An amount that was `given`, or `inputs` with their names, went in. The formula carries the
    numbers and is written only when somebody reads it: `writer` is a function and what it is
    called with, in one tuple, because so many closures would cost more than the arithmetic.
    """

    key: str
    name: str
    value: Decimal
    unit: Unit | None
    given: Quantity | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    factors: tuple[Factor, ...] = ()
    warnings: tuple[str, ...] = ()
    method_confirmed: bool = True
    writer: tuple[Any, ...] = field(default=(str,), compare=False, repr=False)

    @property
    def formula(self) -> str:
        """Return the formula with its numbers."""
        write, *numbers = self.writer
        return str(write(*numbers))

    @property
    def status(self) -> Status:
        """Return the weakest status of what went in."""
        given = {factor.status for factor in self.factors}
        if not self.method_confirmed or Status.UNCONFIRMED in given:
            return Status.UNCONFIRMED
        return Status.STATED if Status.STATED in given else Status.CONFIRMED

    @property
    def text(self) -> str:
        """Return value and unit as they are printed."""
        return f"{plain(self.value)} {self.unit.value}" if self.unit else plain(self.value)

    @property
    def source(self) -> str:
        """Return where the factors come from, each source once."""
        return "；".join(dict.fromkeys(source_of(factor) for factor in self.factors))

    @property
    def year(self) -> int | None:
        """Return the latest year of the factors."""
        return max((factor.year for factor in self.factors if factor.year), default=None)

    def as_json(self) -> dict[str, Any]:
        """Return the result as the command prints it."""
        return {
            "key": self.key, "name": self.name, "value": self.value,
            "unit": self.unit.value if self.unit else "", "formula": self.formula,
            "inputs": {"数量": shown(self.given)} if self.given else dict(self.inputs),
            "factors": [
                {"key": one.key, "value": one.value, "unit": one.unit, "status": one.status.value}
                for one in self.factors
            ],
            "source": self.source, "year": self.year, "status": self.status.value,
            "warnings": list(self.warnings),
        }  # fmt: skip


def source_of(factor: Factor) -> str:
    """Return the source of a factor; a stated value says what it is compared with."""
    if factor.status is Status.STATED:
        return f"填报采用值（公布依据：{factor.source}）"
    return factor.source


def ending(exact: Quantity, value: Quantity) -> str:
    """Write the end of a formula; ≈ says that the rounding of results changed the number."""
    if exact == value:
        return f"= {shown(value)}"
    equals = "=" if exact.to(value.unit).amount == value.amount else "≈"
    return (f"= {shown(exact)} " if exact.unit is not value.unit else "") + (
        f"{equals} {shown(value)}"
    )


def chain(given: Quantity, base: Quantity, factors: Sequence[str], end: str) -> str:
    """Write a chain of factors: the amount as given, in the unit of the factor, times each."""
    start = f"{plain(base.amount)} {base.unit.value}"
    head = f"{plain(given.amount)} {given.unit.value}"
    prefix = "" if given.unit is base.unit else f"{head} = {start}；"
    return f"{prefix}{' '.join([start, *factors, end])}"


def shown(quantity: Quantity) -> str:
    """Return amount and unit as they are printed."""
    return f"{plain(quantity.amount)} {quantity.unit.value}"
