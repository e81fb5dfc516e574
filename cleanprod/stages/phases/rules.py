"""What an audit plan, a phase and a table of three years may say; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cleanprod.kernel.quantity import Dimension, Unit
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Stage


class Mode(Term):
    """How thorough the audit is."""

    FULL = "full", "完整"
    SIMPLIFIED = "simplified", "简化"


class Duty(Term):
    """What somebody is in the audit team."""

    LEADER = "leader", "组长"
    DEPUTY = "deputy", "副组长"
    MEMBER = "member", "成员"


class Kind(Term):
    """What a row of the tables of three years is about."""

    OUTPUT = "output", "产值"
    PRODUCT = "product", "产品产量"
    ENERGY = "energy", "能源消耗"
    WATER = "water", "新鲜水用量"
    MATERIAL = "material", "主要原辅材料"
    WASTE = "waste", "废物产生"
    DISCHARGE = "discharge", "污染物排放"


class State(Term):
    """Where a phase stands on a day."""

    DONE = "done", "已完成"
    RUNNING = "running", "进行中"
    LATE = "late", "已逾期"
    WAITING = "waiting", "未开始"


# The enterprise changes its plan until the round ends, its phases once the audit has started.
PLANNABLE = (
    Stage.REGISTERED, Stage.PLANNED, Stage.STARTED, Stage.SUBMITTED, Stage.IN_ASSESSMENT,
    Stage.ASSESSED, Stage.IN_ACCEPTANCE,
)  # fmt: skip
WORKABLE = (*PLANNABLE[2:], Stage.ACCEPTED)
TABLED = (*PLANNABLE, Stage.ACCEPTED)
MOST_PEOPLE = 30
MOST_ROWS = 200
LONGEST_NOTE = 1000


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the audit team."""

    name: str
    post: str
    duty: Duty


@dataclass(frozen=True, slots=True)
class Slot:
    """The planned days of one phase."""

    title: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class PlanContent:
    """What an enterprise says in its plan; the focus may be set later."""

    team: tuple[Member, ...]
    schedule: tuple[Slot, ...]
    focus: str = ""
    consultancy: str = ""


def titles(said: str) -> tuple[str, ...]:
    """Return the phases that a provision names, in order."""
    return tuple(part.strip() for part in said.split("、") if part.strip())


def faults_of_team(team: Sequence[Member]) -> list[str]:
    """Tell what is wrong with a team."""
    if not team:
        return ["请填写审核小组成员"]
    faults = []
    leaders = sum(one.duty is Duty.LEADER for one in team)
    if leaders != 1:
        faults.append(f"审核小组应有1名组长，现有{leaders}名")
    names = [one.name for one in team]
    twice = sorted({name for name in names if names.count(name) > 1})
    return faults + [f"“{name}”重复" for name in twice]


def faults_of_schedule(schedule: Sequence[Slot]) -> dict[int, str]:
    """Tell what is wrong with the planned days, by place; phases may overlap but not swap."""
    faults = {}
    for place, slot in enumerate(schedule):
        if slot.last < slot.first:
            faults[place] = "计划完成日期不能早于计划开始日期"
        elif place and slot.first < schedule[place - 1].first:
            faults[place] = f"不能早于“{schedule[place - 1].title}”的开始日期"
    return faults


def state_of(
    planned_last: date | None, first: date | None, last: date | None, today: date
) -> State:
    """Tell where a phase stands: it is late from the day after its planned last day."""
    if last is not None:
        return State.DONE
    if planned_last is not None and today > planned_last:
        return State.LATE
    return State.RUNNING if first is not None else State.WAITING


@dataclass(frozen=True, slots=True)
class YearRow:
    """One row of the tables: empty means not reported, 0 means none."""

    kind: Kind
    item: str
    unit: str
    amounts: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class YearValue:
    """One number of the tables, as other slices read it; None means not reported."""

    year: int
    kind: Kind
    item: str
    amount: Decimal | None
    unit: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with one cell of the tables; `row` counts from 1."""

    row: int
    field: str
    value: str
    rule: str
    advice: str

    @property
    def text(self) -> str:
        """Return it as one line."""
        value = f"“{self.value}”" if self.value else ""
        place = f"第{self.row}行：" if self.row else ""
        return f"{place}{value}{self.rule}；{self.advice}"


# Kinds whose unit must be of certain dimensions; others are counted as the trade counts them.
_DIMENSIONS: Mapping[Kind, tuple[frozenset[Dimension], str]] = {
    Kind.OUTPUT: (frozenset({Dimension.MONEY}), "元、万元"),
    Kind.ENERGY: (
        frozenset(
            {
                Dimension.ELECTRICITY, Dimension.MASS, Dimension.VOLUME, Dimension.HEAT,
                Dimension.COAL,
            }
        ),
        "kWh、万kWh、t、m3、GJ、tce",
    ),
    Kind.WATER: (frozenset({Dimension.MASS, Dimension.VOLUME}), "t、m3、万m3"),
    Kind.WASTE: (frozenset({Dimension.MASS, Dimension.VOLUME}), "kg、t、m3、万m3"),
    Kind.DISCHARGE: (frozenset({Dimension.MASS, Dimension.VOLUME}), "kg、t、m3、万m3"),
}  # fmt: skip


def years_before(list_year: int) -> tuple[int, int, int]:
    """Return the three years before the year of the list, the earliest first."""
    return (list_year - 3, list_year - 2, list_year - 1)


def unit_sign(text: str) -> str:
    """Return the sign of a known unit, else the text as it was written."""
    known = Unit.read(text)
    return known.value if known else text.strip()


def troubles_of(rows: Sequence[YearRow]) -> list[Trouble]:
    """Tell every mistake of the tables in one pass."""
    found: list[Trouble] = []
    seen: dict[tuple[Kind, str], int] = {}
    for number, row in enumerate(rows, 1):
        found += _faults_of_words(number, row)
        key = (row.kind, row.item)
        if row.item and key in seen:
            said = f"与第{seen[key]}行重复"
            found.append(Trouble(number, "item", row.item, said, "合并为一行，或写明区别"))
        seen.setdefault(key, number)
        found += [
            Trouble(number, f"y{year}", str(amount), "不能是负数", "按实际数量填写，没有的填0")
            for year, amount in row.amounts.items()
            if amount < 0
        ]
    return found


def _faults_of_words(number: int, row: YearRow) -> list[Trouble]:
    found = []
    if not row.item:
        found.append(Trouble(number, "item", "", "没有填写名称", "如：电、天然气、新鲜水"))
    if not row.unit:
        found.append(Trouble(number, "unit", "", "没有填写单位", "如：万kWh、t、万元"))
    elif row.kind in _DIMENSIONS:
        allowed, example = _DIMENSIONS[row.kind]
        known = Unit.read(row.unit)
        if known is None or known.dimension not in allowed:
            said = f"不是{row.kind.label}的单位"
            found.append(Trouble(number, "unit", row.unit, said, f"可用：{example}"))
    return found
