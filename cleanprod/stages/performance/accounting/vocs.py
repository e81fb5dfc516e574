"""VOCs: balance, low-VOC substitution, better treatment; generation and emission kept apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.stages.performance.accounting.rates import EXACT, plain
from cleanprod.stages.performance.accounting.results import (
    UNCONFIRMED_METHOD,
    Result,
    added,
    divided,
    rounded,
)

_ONE = Decimal(1)


def _share(value: Decimal, name: str) -> Decimal:
    if not value.is_finite() or not 0 <= value <= 1:
        raise Refused(f"{name}应在 0 与 1 之间（100% 写 1）")
    return value


@dataclass(frozen=True, slots=True)
class Solvent:
    """A material with VOCs: what was used of it, and its mass fraction of VOCs as applied."""

    name: str
    used: Quantity
    share: Decimal

    def __post_init__(self) -> None:
        if self.used.amount < 0:
            raise Refused(f"{self.name}的用量不能是负数")
        _share(self.share, f"{self.name}的VOCs质量分数")
        self.used.to(Unit.T)

    @property
    def tonnes(self) -> Decimal:
        """Return the VOCs it brings in, in tonnes."""
        return EXACT.multiply(self.used.to(Unit.T).amount, self.share)

    @property
    def text(self) -> str:
        """Return use × share as it stands in formulas."""
        return f"{plain(self.used.to(Unit.T).amount)} t × {plain(self.share)}"


@dataclass(frozen=True, slots=True)
class Treatment:
    """How much is collected, and how much of that is destroyed, as shares of one."""

    collected: Decimal
    removed: Decimal

    def __post_init__(self) -> None:
        _share(self.collected, "收集效率")
        _share(self.removed, "去除效率")

    @property
    def destroyed(self) -> Decimal:
        """Return the share of all VOCs that is destroyed."""
        return EXACT.multiply(self.collected, self.removed)

    @property
    def text(self) -> str:
        """Return the product as it stands in formulas."""
        return f"{plain(self.collected)} × {plain(self.removed)}"


@dataclass(frozen=True, slots=True)
class Vocs:
    """What is generated and what is emitted, never added to each other."""

    generation: Result
    emission: Result


NOTHING_TREATED = Treatment(Decimal(0), Decimal(0))


def share_of(grams_per_litre: Decimal, kilograms_per_litre: Decimal) -> Decimal:
    """Return the mass fraction of a content in g/L, by the density in kg/L of the test report."""
    if grams_per_litre < 0 or kilograms_per_litre <= 0:
        raise Refused("VOCs含量不能是负数，密度必须大于 0")
    # A gram per litre and a kilogram per litre lie three powers of ten apart.
    share = divided(grams_per_litre.scaleb(-3), kilograms_per_litre)
    return _share(rounded(share), "由 g/L 和密度换算的VOCs质量分数")


def balance(
    solvents: Sequence[Solvent], recovered: Quantity, treatment: Treatment = NOTHING_TREATED
) -> Vocs:
    """Return generation = Σ(use × share) − recovered, and emission = generation × (1 − η1 × η2)."""
    brought = added(one.tonnes for one in solvents)
    kept = recovered.to(Unit.T).amount
    if not 0 <= kept <= brought:
        raise Refused(
            f"进入产品或回收的VOCs {plain(kept)} t 应在 0 与投入量 {plain(brought)} t 之间"
        )
    left = EXACT.subtract(brought, kept)
    sum_ = " + ".join(one.text for one in solvents) or "0 t"
    inputs = (
        *((one.name, one.text) for one in solvents), ("进入产品或回收", f"{plain(kept)} t"),
        ("收集效率 × 去除效率", treatment.text),
    )  # fmt: skip
    return _both(left, f"{sum_} − {plain(kept)} t", "", treatment, inputs)


def substitution(
    before: Solvent, after: Solvent, *, output_before: Decimal, output_after: Decimal,
    treatment: Treatment = NOTHING_TREATED,
) -> Vocs:  # fmt: skip
    """Return what a low-VOC material cuts: M0×w0 − M1×w1×k, k = output before ÷ output after."""
    if output_before <= 0 or output_after <= 0:
        raise Refused("产量必须大于 0，否则不能按产量修正")
    later = divided(EXACT.multiply(after.tonnes, output_before), output_after)
    ratio = f"{plain(output_before)} ÷ {plain(output_after)}"
    inputs = (
        (f"替代前 {before.name}", before.text), (f"替代后 {after.name}", after.text),
        ("产量修正", ratio), ("收集效率 × 去除效率", treatment.text),
    )  # fmt: skip
    cut = before.tonnes - later
    formula = f"{before.text} − {after.text} × {ratio}"
    return _both(cut, formula, "削减量", treatment, inputs)


def upgrade(generated: Quantity, *, before: Treatment, after: Treatment) -> Vocs:
    """Return what better treatment cuts: nothing of generation, VOC_in × (η1'η2' − η1η2)."""
    tonnes = generated.to(Unit.T).amount
    if tonnes < 0:
        raise Refused("VOCs产生量不能是负数")
    value = rounded(EXACT.multiply(tonnes, EXACT.subtract(after.destroyed, before.destroyed)))
    inputs = (
        ("产生量", f"{plain(tonnes)} t"), ("改造前", before.text), ("改造后", after.text),
    )  # fmt: skip
    return Vocs(
        _result("voc_generation", "VOCs产生量削减量", Decimal(0), inputs, "末端治理不改变产生量"),
        _result(
            "voc_emission", "VOCs排放量削减量", value, inputs,
            f"{plain(tonnes)} t × ({after.text} − {before.text}) = {plain(value)} t",
        ),
    )  # fmt: skip


def _both(
    exact: Decimal, formula: str, what: str, treatment: Treatment,
    inputs: tuple[tuple[str, str], ...],
) -> Vocs:  # fmt: skip
    generated = rounded(exact)
    emitted = rounded(exact * (_ONE - treatment.destroyed))
    return Vocs(
        _result(
            "voc_generation", f"VOCs产生量{what}", generated, inputs,
            f"{formula} = {plain(generated)} t",
        ),
        _result(
            "voc_emission", f"VOCs排放量{what}", emitted, inputs,
            f"({formula}) × (1 − {treatment.text}) = {plain(emitted)} t",
        ),
    )  # fmt: skip


def _result(
    key: str, name: str, value: Decimal, inputs: tuple[tuple[str, str], ...], formula: str
) -> Result:
    doubt = ("结果为负，没有削减",) if value < 0 else ()
    return Result(
        key, name, value, Unit.T, inputs=inputs, warnings=(UNCONFIRMED_METHOD, *doubt),
        method_confirmed=False, writer=(str, formula),
    )  # fmt: skip
