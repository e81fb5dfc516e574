"""Whether a measure pays: payback, net present value, internal rate of return, flows shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import pairwise

from cleanprod.kernel.errors import Refused
from cleanprod.stages.performance.accounting.rates import plain
from cleanprod.stages.performance.accounting.results import UNCONFIRMED_METHOD, rounded

_DIGITS = 60
_CLOSE = Decimal("1e-30")  # the share of a discount factor to which it is found
_SAME = Decimal("1e-12")  # two that differ by less are one that touches zero
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a measure costs and brings, in one unit of money; shares and rates as parts of one.

    `saving` is the yearly benefit before tax, `residual` what the equipment is worth at the end,
    `rate` the discount rate.
    """

    investment: Decimal
    saving: Decimal
    years: int
    tax: Decimal
    rate: Decimal
    residual: Decimal = _ZERO

    def __post_init__(self) -> None:
        figures = (self.investment, self.saving, self.residual, self.rate, self.tax)
        if not all(one.is_finite() for one in figures):
            raise Refused("投资、效益和比率必须是有限的数")
        if self.investment < 0 or not 0 <= self.residual <= self.investment:
            raise Refused("投资不能是负数，残值应在 0 与投资之间")
        if not 1 <= self.years <= 100:
            raise Refused("年限应为 1 至 100 年")
        if not 0 <= self.tax < 1 or self.rate <= -1:
            raise Refused("税率应在 0 与 1 之间，折现率应大于 -1")


@dataclass(frozen=True, slots=True)
class Answer:
    """A number, or why there is none, with the formula."""

    value: Decimal | None
    formula: str
    note: str = ""
    candidates: tuple[Decimal, ...] = ()


@dataclass(frozen=True, slots=True)
class Appraisal:
    """The flows of each year, the first being the investment, and what follows from them."""

    flows: tuple[Decimal, ...]
    yearly: Answer
    payback: Answer
    npv: Answer
    irr: Answer
    warnings: tuple[str, ...] = (UNCONFIRMED_METHOD,)


def appraise(plan: Plan) -> Appraisal:
    """Return the flows of a plan with payback, net present value and rate of return."""
    with localcontext() as context:
        context.prec = _DIGITS
        depreciation = (plan.investment - plan.residual) / plan.years
        taxed = max(plan.saving - depreciation, _ZERO) * plan.tax
        net = plan.saving - taxed
        flows = [-plan.investment, *([net] * plan.years)]
        flows[-1] += plan.residual
    formula = (
        f"折旧 ({plain(plan.investment)} − {plain(plan.residual)}) ÷ {plan.years}"
        f" = {_short(depreciation)}；税 max({plain(plan.saving)} − {_short(depreciation)}, 0)"
        f" × {plain(plan.tax)} = {_short(taxed)}；"
        f"年净现金流量 {plain(plan.saving)} − {_short(taxed)} = {_short(net)}"
    )
    return Appraisal(
        tuple(flows), Answer(rounded(net), formula), payback(plan.investment, net),
        npv(flows, plan.rate), irr(flows),
    )  # fmt: skip


def payback(investment: Decimal, yearly: Decimal) -> Answer:
    """Return the years after which the investment is back: I ÷ F."""
    written = f"{plain(investment)} ÷ {_short(yearly)}"
    if yearly <= 0:
        return Answer(None, written, "年净现金流量不为正，投资收不回")
    with localcontext() as context:
        context.prec = _DIGITS
        years = rounded(investment / yearly)
    return Answer(years, f"{written} = {plain(years)} 年")


def npv(flows: Sequence[Decimal], rate: Decimal) -> Answer:
    """Return the present value of the flows at a rate: Σ F_t ÷ (1 + i)^t."""
    if rate <= -1:
        raise Refused("折现率应大于 -1")
    with localcontext() as context:
        context.prec = _DIGITS
        value = rounded(_worth(flows, 1 / (1 + rate)))
    parts = [f"{_short(flow)} ÷ (1 + {plain(rate)})^{year}" for year, flow in enumerate(flows)]
    return Answer(value, f"{' + '.join(parts)} = {plain(value)}")


def irr(flows: Sequence[Decimal]) -> Answer:
    """Return the rate at which the present value is zero, only when there is exactly one.

    With x = 1 ÷ (1 + i) the present value is a polynomial; each of its positive zeros is a rate.
    Flows without a change of sign have none, flows with several changes may have several: both are
    said, and no number is given.
    """
    formula = "Σ F_t ÷ (1 + i)^t = 0，现金流量 " + "、".join(map(_short, flows))
    signs = [flow > 0 for flow in flows if flow]
    changes = sum(one is not other for one, other in pairwise(signs))
    if not changes:
        return Answer(None, formula, "现金流量没有正负变化，内部收益率不存在")
    with localcontext() as context:
        context.prec = _DIGITS
        zeros = _positive_zeros(list(flows))
        rates = tuple(sorted(rounded(1 / zero - 1) for zero in zeros))
    if not rates:
        return Answer(None, formula, "没有使净现值为零的折现率，内部收益率不存在")
    if len(rates) > 1:
        found = "、".join(plain(rate) for rate in rates)
        note = f"现金流量正负变化 {changes} 次，有 {len(rates)} 个解（{found}），内部收益率不唯一"
        return Answer(None, formula, note, rates)
    return Answer(rates[0], f"{formula}，i = {plain(rates[0])}")


def _worth(flows: Sequence[Decimal], x: Decimal) -> Decimal:
    value = _ZERO
    for flow in reversed(flows):
        value = value * x + flow
    return value


def _trimmed(flows: Sequence[Decimal]) -> list[Decimal]:
    """Return the flows without zeros at either end, which change no rate."""
    kept = list(flows)
    while kept and not kept[-1]:
        kept.pop()
    while kept and not kept[0]:
        kept.pop(0)
    return kept


def _positive_zeros(flows: list[Decimal]) -> list[Decimal]:
    """Return the positive zeros of the polynomial with these coefficients, the constant first.

    Between two neighbouring zeros of the derivative it only rises or only falls, so that it has at
    most one zero there, which bisection finds; it may also just touch zero where it turns.
    """
    flows = _trimmed(flows)
    if len(flows) < 2:
        return []
    turns = _positive_zeros([flow * power for power, flow in enumerate(flows)][1:])
    farthest = 1 + max(map(abs, flows[:-1])) / abs(flows[-1])
    places = [_ZERO, *[turn for turn in turns if turn < farthest], farthest]
    size = max(map(abs, flows))
    zeros = [turn for turn in turns if abs(_worth(flows, turn)) <= size * _CLOSE]
    for low, high in pairwise(places):
        zero = _bisected(flows, low, high)
        if zero is not None and all(abs(zero - known) > _SAME * known for known in zeros):
            zeros.append(zero)
    return sorted(zero for zero in zeros if zero > 0)


def _bisected(flows: list[Decimal], low: Decimal, high: Decimal) -> Decimal | None:
    at_low, at_high = _worth(flows, low), _worth(flows, high)
    if not at_low or not at_high or (at_low > 0) is (at_high > 0):
        return None
    while high - low > _CLOSE * high:
        middle = (low + high) / 2
        if (_worth(flows, middle) > 0) is (at_low > 0):
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _short(value: Decimal) -> str:
    return plain(rounded(value))
