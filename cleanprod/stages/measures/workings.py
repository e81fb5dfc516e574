"""Workings 核算底稿 behind a number of the sheet: VOCs, savings at equal output, reuse, money.

What an enterprise typed is kept as texts; the results are computed anew whenever they are read.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Quantity, Unit
from cleanprod.kernel.term import Term
from cleanprod.stages.measures.rules import Field
from cleanprod.stages.performance.accounting.rates import EXACT, number
from cleanprod.stages.performance.accounting.results import Result, added
from cleanprod.stages.performance.accounting.savings import net_saving, reuse_rate, worth
from cleanprod.stages.performance.accounting.vocs import (
    Solvent,
    Treatment,
    Vocs,
    balance,
    share_of,
    substitution,
    upgrade,
)

_HUNDRED = Decimal(100)


class Method(Term):
    """How a number was worked out."""

    SUBSTITUTION = "substitution", "低VOCs原辅料替代"
    TREATMENT = "treatment", "VOCs收集治理提升"
    BALANCE = "balance", "VOCs物料衡算"
    NET = "net", "按产量修正的净节约量"
    REUSE = "reuse", "水重复利用率"
    WORTH = "worth", "节约金额"


class Shape(Term):
    """What is typed into a field."""

    TEXT = "text", "文字"
    NUMBER = "number", "数"
    PERCENT = "percent", "百分数"
    COLUMN = "column", "绩效表栏目"


@dataclass(frozen=True, slots=True)
class Ask:
    """One field of a method; an optional one may stay empty."""

    key: str
    label: str
    shape: Shape = Shape.NUMBER
    optional: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a method comes to: results to show, and the column that one of them backs."""

    results: tuple[Result, ...]
    column: Field | None = None
    amount: Decimal | None = None


class BadInputs(Refused):
    """Inputs cannot be computed; `problems` says what is wrong with which field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        """Keep what is wrong by the key of the field; an empty key is the whole."""
        self.problems = dict(problems)
        super().__init__("；".join(self.problems.values()))


# The columns whose use can be compared at equal output, or priced.
SAVED = (
    Field.ELECTRICITY, Field.NATURAL_GAS, Field.COAL, Field.OIL, Field.STEAM, Field.WATER,
    Field.MATERIAL,
)  # fmt: skip
MATERIALS = 3  # of a balance


def _solvent(key: str, what: str, *, optional: bool = False) -> tuple[Ask, ...]:
    content = "含量填 %；检测报告为 g/L 的，填 g/L 和密度"
    return (
        Ask(f"{key}_name", f"{what}名称", Shape.TEXT, optional),
        Ask(f"{key}_used", f"{what}年用量（t）", optional=optional),
        Ask(f"{key}_share", f"{what}VOCs含量（%）", Shape.PERCENT, True, content),
        Ask(f"{key}_grams", f"{what}VOCs含量（g/L）", optional=True),
        Ask(f"{key}_density", f"{what}密度（kg/L）", optional=True),
    )


_TREATED = (
    Ask("collected", "收集效率（%）", Shape.PERCENT, True, "没有收集治理的留空"),
    Ask("removed", "去除效率（%）", Shape.PERCENT, True),
)
_OUTPUTS = (
    Ask("output_before", "改造前年产量"),
    Ask("output_after", "改造后年产量"),
)
ASKED: Mapping[Method, tuple[Ask, ...]] = {
    Method.SUBSTITUTION: (
        *_solvent("before", "替代前原辅料"), *_solvent("after", "替代后原辅料"), *_OUTPUTS,
        *_TREATED,
    ),
    Method.TREATMENT: (
        Ask("generated", "VOCs年产生量（t）"),
        Ask("collected_before", "改造前收集效率（%）", Shape.PERCENT),
        Ask("removed_before", "改造前去除效率（%）", Shape.PERCENT),
        Ask("collected_after", "改造后收集效率（%）", Shape.PERCENT),
        Ask("removed_after", "改造后去除效率（%）", Shape.PERCENT),
    ),
    Method.BALANCE: (
        *(ask for n in range(1, MATERIALS + 1)
          for ask in _solvent(f"m{n}", f"原辅料{n}", optional=n > 1)),
        Ask("recovered", "进入产品或回收的VOCs（t）", optional=True), *_TREATED,
    ),
    Method.NET: (
        Ask("column", "节约的项目", Shape.COLUMN, help="用量按绩效表该栏的单位填写"),
        Ask("use_before", "改造前年用量"), Ask("use_after", "改造后年用量"), *_OUTPUTS,
        Ask("output_unit", "产量单位", Shape.TEXT, True),
    ),
    Method.REUSE: (
        Ask("fresh_before", "改造前新水量（t）"), Ask("reused_before", "改造前回用水量（t）"),
        Ask("fresh_after", "改造后新水量（t）"), Ask("reused_after", "改造后回用水量（t）"),
    ),
    Method.WORTH: (
        Ask("column", "节约的项目", Shape.COLUMN, help="数量和单价按绩效表该栏的单位填写"),
        Ask("saved", "年节约量"), Ask("price", "单价（元/单位）"),
    ),
}  # fmt: skip


class _Inputs:
    """The texts of one working, read with every mistake named at once."""

    def __init__(self, asked: Iterable[Ask], texts: Mapping[str, str]) -> None:
        self.asked = {ask.key: ask for ask in asked}
        self.texts = {key: texts.get(key, "").strip() for key in self.asked}
        self.problems: dict[str, str] = {}
        self.numbers: dict[str, Decimal] = {}
        for ask in self.asked.values():
            self._read(ask)

    def _read(self, ask: Ask) -> None:
        text = self.texts[ask.key]
        if not text:
            if not ask.optional:
                self.problems[ask.key] = "没有填写"
        elif ask.shape is Shape.COLUMN:
            if text not in {column.value for column in SAVED}:
                self.problems[ask.key] = "请选择栏目"
        elif ask.shape is not Shape.TEXT:
            self._number(ask, text.removesuffix("%") if ask.shape is Shape.PERCENT else text)

    def _number(self, ask: Ask, text: str) -> None:
        try:
            value = number(text)
        except Refused as refusal:
            self.problems[ask.key] = f"“{text[:40]}”{refusal}；填一个数，如 12.5"
            return
        if value < 0 or (ask.shape is Shape.PERCENT and value > _HUNDRED):
            limits = "0 至 100" if ask.shape is Shape.PERCENT else "不小于 0 的数"
            self.problems[ask.key] = f"“{text[:40]}”不对；应填 {limits}"
            return
        self.numbers[ask.key] = value

    def given(self, key: str) -> Decimal:
        """Return a number, zero where it was left empty."""
        return self.numbers.get(key, Decimal(0))

    def share(self, key: str) -> Decimal:
        """Return a per cent as a part of one."""
        return EXACT.divide(self.given(key), _HUNDRED)

    def amount(self, key: str, unit: Unit) -> Quantity:
        """Return a number in a unit."""
        return Quantity(self.given(key), unit)

    def solvent(self, key: str) -> Solvent:
        """Return a material with its content as a mass fraction."""
        name = self.texts[f"{key}_name"]
        share, grams, density = (f"{key}_{part}" for part in ("share", "grams", "density"))
        if share in self.numbers:
            part = self.share(share)
        elif grams in self.numbers and density in self.numbers:
            part = share_of(self.numbers[grams], self.numbers[density])
        else:
            raise BadInputs({share: "没有填写；填 %，或填 g/L 和密度"})
        return Solvent(name, self.amount(f"{key}_used", Unit.T), part)

    def treatment(self, after: str = "") -> Treatment:
        """Return collection and removal as shares."""
        return Treatment(self.share(f"collected{after}"), self.share(f"removed{after}"))

    @property
    def column(self) -> Field:
        """Return the column that was chosen."""
        return Field(self.texts["column"])


def compute(method: Method, texts: Mapping[str, str]) -> Outcome:
    """Return what the inputs of a method come to, or raise BadInputs with all that is wrong."""
    inputs = _Inputs(ASKED[method], texts)
    if inputs.problems:
        raise BadInputs(inputs.problems)
    try:
        return _METHODS[method](inputs)
    except BadInputs:
        raise
    except Refused as refusal:
        raise BadInputs({"": str(refusal)}) from refusal


def _vocs(found: Vocs) -> Outcome:
    return Outcome((found.generation, found.emission), Field.VOC, found.emission.value)


def _substitution(given: _Inputs) -> Outcome:
    return _vocs(
        substitution(
            given.solvent("before"), given.solvent("after"), treatment=given.treatment(),
            output_before=given.given("output_before"), output_after=given.given("output_after"),
        )
    )  # fmt: skip


def _treatment(given: _Inputs) -> Outcome:
    return _vocs(
        upgrade(
            given.amount("generated", Unit.T),
            before=given.treatment("_before"),
            after=given.treatment("_after"),
        )
    )


def _balance(given: _Inputs) -> Outcome:
    used = [f"m{n}" for n in range(1, MATERIALS + 1) if f"m{n}_used" in given.numbers]
    found = balance(
        [given.solvent(key) for key in used], given.amount("recovered", Unit.T), given.treatment()
    )
    return Outcome((found.generation, found.emission))


# What is saved, in words that can stand alone.
_SAVED = {
    Field.ELECTRICITY: "电力", Field.NATURAL_GAS: "天然气", Field.COAL: "原煤", Field.OIL: "柴油",
    Field.WATER: "新水",
}  # fmt: skip


def _net(given: _Inputs) -> Outcome:
    column = given.column
    found = net_saving(
        _SAVED.get(column, column.label.partition("（")[0].removeprefix("节约")),
        before=given.amount("use_before", column.unit),
        after=given.amount("use_after", column.unit),
        output_before=given.given("output_before"), output_after=given.given("output_after"),
        output_unit=given.texts["output_unit"],
    )  # fmt: skip
    return Outcome((found,), column, found.value)


def _reuse(given: _Inputs) -> Outcome:
    before, after = (
        reuse_rate(
            given.amount(f"fresh_{when}", Unit.T), given.amount(f"reused_{when}", Unit.T),
            when=told,
        )
        for when, told in (("before", "改造前"), ("after", "改造后"))
    )  # fmt: skip
    return Outcome((before, after))


def _worth(given: _Inputs) -> Outcome:
    unit = given.column.unit
    found = worth(given.amount("saved", unit), given.given("price"), unit)
    money = Quantity(found.value, Unit.YUAN).to(Field.BENEFIT.unit).amount
    return Outcome((found,), Field.BENEFIT, money)


_METHODS: Mapping[Method, Callable[[_Inputs], Outcome]] = {
    Method.SUBSTITUTION: _substitution,
    Method.TREATMENT: _treatment,
    Method.BALANCE: _balance,
    Method.NET: _net,
    Method.REUSE: _reuse,
    Method.WORTH: _worth,
}


@dataclass(frozen=True, slots=True)
class Backed:
    """What the workings of one measure come to for one column, in the unit of the column."""

    code: str
    column: Field
    amount: Decimal


def backed(outcomes: Iterable[tuple[str, Outcome]]) -> list[Backed]:
    """Return the exact sums of workings by measure and column."""
    parts: dict[tuple[str, Field], list[Decimal]] = {}
    for code, outcome in outcomes:
        if outcome.column is not None and outcome.amount is not None:
            parts.setdefault((code, outcome.column), []).append(outcome.amount)
    return [Backed(code, column, added(amounts)) for (code, column), amounts in parts.items()]
