"""Measures 方案, the columns of the performance sheet 绩效表, and what its numbers add up to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.kernel.term import Term
from cleanprod.stages.performance.accounting.computation import Computation, Options, compute
from cleanprod.stages.performance.accounting.economics import Appraisal, Plan, appraise
from cleanprod.stages.performance.accounting.factors import FactorSet
from cleanprod.stages.performance.accounting.rates import EXACT
from cleanprod.stages.performance.accounting.rows import Row


class Cost(Term):
    """How a measure is classed by its cost."""

    LOW = "low", "无/低费"
    HIGH = "high", "中/高费"


class ValueSet(Term):
    """When the effects of a measure were told; statistics read the verified ones alone."""

    EXPECTED = "expected", "预期"
    ASSESSED = "assessed", "评估时"
    VERIFIED = "verified", "验收核定"


class Tag(Term):
    """What a measure is, where the notice asks for it to be counted (notice 2023, 二(一))."""

    LOW_VOC = "low_voc", "低VOCs原辅料替代"
    ENCLOSED = "enclosed", "全封闭"
    CONTINUOUS = "continuous", "连续化"
    AUTOMATED = "automated", "自动化"


class State(Term):
    """Where the sheet of a round stands."""

    OPEN = "open", "填报中"
    CONFIRMED = "confirmed", "绩效数据已核定"


class Act(Term):
    """What can be done to the sheet of a round."""

    EDIT = "edit", "填报"
    CONFIRM = "confirm", "核定"
    REOPEN = "reopen", "退回修改"


_OWNER, _LEAD = frozenset({Part.ENTERPRISE}), frozenset({Part.LEAD})
LIFECYCLE: Lifecycle[State, Act, Part] = Lifecycle(
    [
        Move(Act.EDIT, State.OPEN, State.OPEN, _OWNER),
        Move(Act.CONFIRM, State.OPEN, State.CONFIRMED, _LEAD),
        Move(Act.REOPEN, State.CONFIRMED, State.OPEN, _LEAD, reason=True),
    ]
)


class Field(Term):
    """The numbers of one measure in the order of the printed sheet; the label names the unit."""

    INVESTMENT = "investment", "投资额（万元）"
    BENEFIT = "economic_benefit", "经济效益（万元/年）"
    ELECTRICITY = "electricity", "节电（万kWh/年）"
    TCE = "reported_tce", "节能量（tce/年）"
    CO2 = "reported_co2", "二氧化碳减排（t/年）"
    MATERIAL = "material", "节约原辅材料（t/年）"
    WATER = "fresh_water", "节水（t/年）"
    COD = "cod", "COD削减（t/年）"
    AMMONIA = "ammonia", "氨氮削减（t/年）"
    SMOKE = "smoke", "烟尘削减（t/年）"
    DUST = "dust", "粉尘削减（t/年）"
    SO2 = "so2", "SO2削减（t/年）"
    NOX = "nox", "NOx削减（t/年）"
    VOC = "voc", "VOCs削减（t/年）"
    SOLID_WASTE = "solid_waste", "固废削减（t/年）"
    LIQUID_WASTE = "liquid_waste", "废液削减（t/年）"
    HEAVY_METAL = "heavy_metal", "重金属削减（t/年）"
    NATURAL_GAS = "natural_gas", "节气（万m3/年）"
    COAL = "raw_coal", "节煤（原煤，t/年）"
    OIL = "diesel", "节油（柴油，t/年）"
    STEAM = "steam_low_pressure", "节约蒸汽（低压，t/年）"
    WASTEWATER = "wastewater", "废水减排（t/年）"
    WASTE_GAS = "waste_gas", "废气减排（万m3/年）"
    HAZARDOUS = "hazardous_waste", "危险废物削减（t/年）"
    GENERAL_WASTE = "general_solid_waste", "一般固废削减（t/年）"
    TOXIC = "toxic_material", "有毒有害原辅材料减量（t/年）"

    @property
    def unit(self) -> Unit:
        """Return the unit of the column."""
        return _UNITS.get(self, Unit.T)


_UNITS = {
    Field.INVESTMENT: Unit.WAN_YUAN,
    Field.BENEFIT: Unit.WAN_YUAN,
    Field.ELECTRICITY: Unit.WAN_KWH,
    Field.TCE: Unit.TCE,
    Field.CO2: Unit.TCO2,
    Field.NATURAL_GAS: Unit.WAN_M3,
    Field.WASTE_GAS: Unit.WAN_M3,
}
# A sheet states one value for a published range; left empty, the usual value is asked about.
_USUAL = Options(usual_values=True)
# What a person types when it differs from what is computed from the carriers is told, not summed.
REPORTED = frozenset({Field.TCE, Field.CO2})
# The columns of which standard coal and carbon are computed.
BURNT = (Field.ELECTRICITY, Field.NATURAL_GAS, Field.COAL, Field.OIL, Field.STEAM)
# What statistics sum, and under which key the totals of a sheet tell it.
SUMMED: Mapping[str, str] = {
    "investment": Field.INVESTMENT.value,
    "benefit": Field.BENEFIT.value,
    "tce": "tce",
    "co2": "co2_t",
    "water": Field.WATER.value,
    "voc": Field.VOC.value,
    "cod": Field.COD.value,
    "ammonia": Field.AMMONIA.value,
    "so2": Field.SO2.value,
    "nox": Field.NOX.value,
    "solid_waste": Field.SOLID_WASTE.value,
    "hazardous_waste": Field.HAZARDOUS.value,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One measure as it was typed: words, and numbers by value set in the units of the columns."""

    name: str
    cost: Cost
    code: str = ""
    content: str = ""
    phase: str = ""
    tags: tuple[Tag, ...] = ()
    planned_days: int | None = None
    actual_days: int | None = None
    other: str = ""
    values: Mapping[ValueSet, Mapping[Field, Decimal]] | None = None

    def of(self, which: ValueSet) -> Mapping[Field, Decimal]:
        """Return the numbers of one value set; nothing typed is nothing, not zero."""
        return (self.values or {}).get(which, {})

    def as_json(self) -> dict[str, dict[str, str]]:
        """Return the numbers as text, by value set and field."""
        return {
            which.value: {field.value: str(amount) for field, amount in self.of(which).items()}
            for which in ValueSet
            if self.of(which)
        }


def taken_over(one: Typed, source: ValueSet, target: ValueSet) -> Typed:
    """Return a measure with the numbers of one value set in another, to be changed from there."""
    return replace(one, values={**(one.values or {}), target: one.of(source)})


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one measure: which row from 1, which column, what to do."""

    row: int
    column: str
    rule: str
    advice: str

    @property
    def text(self) -> str:
        """Return it as one line."""
        place = f"第{self.row}行" if self.row else "绩效表"
        column = f"“{self.column}”" if self.column else ""
        return f"{place}{column}：{self.rule}；{self.advice}"


class BadSheet(Refused):
    """A sheet cannot be kept; `troubles` names every mistake."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        """Keep what is wrong."""
        self.troubles = tuple(troubles)
        super().__init__("；".join(one.text for one in troubles))


def coded(measures: Sequence[Typed]) -> list[str]:
    """Return the code of each measure: typed ones stay, others get the next WD or ZG number."""
    taken = {one.code for one in measures if one.code}
    counts = {Cost.LOW: 0, Cost.HIGH: 0}
    codes = []
    for one in measures:
        code = one.code
        while not code:
            counts[one.cost] += 1
            next_ = f"{_PREFIX[one.cost]}{counts[one.cost]}"
            code = "" if next_ in taken else next_
        taken.add(code)
        codes.append(code)
    return codes


_PREFIX = {Cost.LOW: "WD", Cost.HIGH: "ZG"}  # 无低费, 中高费 as reports number them


def corrections(before: Sequence[Typed], after: Sequence[Typed]) -> set[str]:
    """Return which verified values differ between two versions, as "code|column".

    What is added or taken away is a correction, too, unless there was nothing before.
    """
    if not any(one.of(ValueSet.VERIFIED) for one in before):
        return set()
    old, new = (
        {
            f"{one.code}|{name.value}": amount
            for one in version
            for name, amount in one.of(ValueSet.VERIFIED).items()
        }
        for version in (before, after)
    )
    return {key for key in {*old, *new} if old.get(key) != new.get(key)}


def checked(measures: Sequence[Typed]) -> None:
    """Raise BadSheet with everything that makes a sheet unusable, in one pass."""
    troubles = []
    seen: dict[str, int] = {}
    for row, one in enumerate(measures, 1):
        if not one.name.strip():
            troubles.append(Trouble(row, "方案名称", "没有填写", "填写方案的名称"))
        if one.code and one.code in seen:
            rule = f"编号“{one.code}”与第{seen[one.code]}行重复"
            troubles.append(Trouble(row, "编号", rule, "改用另一编号，或留空由系统编排"))
        seen.setdefault(one.code, row)
        for which in ValueSet:
            troubles += _negative(row, one, which)
    if troubles:
        raise BadSheet(troubles)


def _negative(row: int, one: Typed, which: ValueSet) -> Iterable[Trouble]:
    amount = one.of(which).get(Field.INVESTMENT)
    if amount is not None and amount < 0:
        label = f"{which.label}{Field.INVESTMENT.label}"
        yield Trouble(row, label, f"投资额不能是负数（{amount}）", "没有投资的填 0")


def rows_of(measures: Sequence[Typed], which: ValueSet, factors: FactorSet) -> list[Row]:
    """Return the amounts of one value set as the accounting engine takes them."""
    found = []
    for place, one in enumerate(measures, 1):
        for field, amount in one.of(which).items():
            carrier = factors.carriers.get(field.value)
            if carrier is None or field in REPORTED:
                continue
            found.append(
                Row(
                    measure=one.code or str(place),
                    carrier=carrier,
                    given=Quantity(amount, field.unit),
                    number=place,
                    counts_as=carrier.kind,
                )
            )
    return found


@dataclass(frozen=True, slots=True)
class Totals:
    """What a value set adds up to, exactly; None where nothing was typed."""

    sums: Mapping[Field, Decimal]
    tce: Decimal
    co2_t: Decimal
    measures: int
    low: int
    high: int
    differences: tuple[str, ...]

    def as_json(self) -> dict[str, str]:
        """Return the numbers as text, keyed by field."""
        kept = {field.value: str(amount) for field, amount in self.sums.items()}
        return kept | {
            "tce": str(self.tce), "co2_t": str(self.co2_t), "measures": str(self.measures),
            "low": str(self.low), "high": str(self.high),
        }  # fmt: skip


def computed(measures: Sequence[Typed], which: ValueSet, factors: FactorSet) -> Computation:
    """Return the account of one value set, line by line with formula, factor, source and year."""
    return compute(rows_of(measures, which, factors), factors, _USUAL)


def totals(
    measures: Sequence[Typed], which: ValueSet, factors: FactorSet, *, share: Decimal
) -> Totals:
    """Return the exact sums of a value set; what was typed for tce and CO2 is only compared.

    `share` is the part of the computed value by which a typed one may differ without being told.
    """
    account = computed(measures, which, factors)
    sums: dict[Field, Decimal] = {}
    filled = [one for one in measures if one.of(which)]
    for one in filled:
        for field, amount in one.of(which).items():
            sums[field] = EXACT.add(sums.get(field, Decimal(0)), amount)
    whole = account.total
    pairs = ((Field.TCE, whole.tce), (Field.CO2, whole.co2_t))
    said = tuple(
        f"{field.label}填报合计{_plain(sums[field])}，按各能源品种核算为{_plain(value)}"
        for field, value in pairs
        if field in sums and _differs(sums[field], value, share)
    )
    return Totals(
        sums, whole.tce, whole.co2_t, len(filled),
        sum(one.cost is Cost.LOW for one in filled), sum(one.cost is Cost.HIGH for one in filled),
        said,
    )  # fmt: skip


def tagged(measures: Sequence[Typed], which: ValueSet) -> dict[Tag, tuple[int, Decimal]]:
    """Return how many measures of a value set bear each tag, and the VOCs that these cut in t."""
    found: dict[Tag, tuple[int, Decimal]] = {}
    for one in measures:
        values = one.of(which)
        for tag in one.tags if values else ():
            number, voc = found.get(tag, (0, Decimal(0)))
            found[tag] = number + 1, EXACT.add(voc, values.get(Field.VOC, Decimal(0)))
    return found


def _differs(typed: Decimal, value: Decimal, share: Decimal) -> bool:
    return abs(typed - value) > abs(value) * share


def _plain(value: Decimal) -> str:
    """Return a number without needless zeros or an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


plain = _plain


def cost_by_money(investment: Decimal | None, border: Decimal) -> Cost | None:
    """Return how an investment in 万元 would be classed by the border of the round, in 元."""
    if investment is None:
        return None
    return Cost.LOW if investment * 10_000 <= border else Cost.HIGH


def misclassed(measures: Sequence[Typed], which: ValueSet, border: Decimal) -> list[Trouble]:
    """Return the measures whose investment does not go with their class; told, not refused."""
    found = []
    for row, one in enumerate(measures, 1):
        by_money = cost_by_money(one.of(which).get(Field.INVESTMENT), border)
        if by_money is not None and by_money is not one.cost:
            rule = f"按投资额应为{by_money.label}方案（界限{_plain(border / 10_000)}万元）"
            found.append(Trouble(row, "方案类型", rule, "核对投资额和类型，确属如此的可以保留"))
    return found


def tags_of(texts: Collection[str]) -> tuple[Tag, ...]:
    """Return the tags among texts, in the order of the vocabulary."""
    return tuple(tag for tag in Tag if tag.value in texts)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what measures are appraised: years of use, tax and discount rate in per cent."""

    years: int
    tax: Decimal
    rate: Decimal


def appraised(
    measures: Sequence[Typed], which: ValueSet, terms: Terms
) -> list[tuple[Typed, Appraisal]]:
    """Return payback, present value and rate of return in 万元 of measures that cost something.

    A measure without a typed investment or benefit is left out; nothing typed is not zero.
    """
    found = []
    for one in measures:
        values = one.of(which)
        investment, benefit = values.get(Field.INVESTMENT), values.get(Field.BENEFIT)
        if not investment or benefit is None:
            continue
        plan = Plan(investment, benefit, terms.years, terms.tax / 100, terms.rate / 100)
        found.append((one, appraise(plan)))
    return found
