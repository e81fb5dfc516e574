"""Read rows of factors and carriers from data, naming every mistake at once."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.quantity import Dimension, Unit
from cleanprod.stages.performance.accounting.factors import Carrier, Factor, Kind, Status
from cleanprod.stages.performance.accounting.rates import Rate, number

COLUMNS = (
    "key", "name", "value", "unit", "low", "high", "basis", "source", "year", "region", "status",
)  # fmt: skip
_MARK = "|"

# What a factor of each wing of keys measures, per what; None stands for a bare number.
_MEASURES = {
    "tce": (Dimension.COAL, None),
    "equal": (Dimension.COAL, None),
    "grid": (Dimension.CO2, Dimension.ELECTRICITY),
    "co2": (Dimension.CO2, Dimension.HEAT),
    "ncv": (Dimension.HEAT, None),
    "carbon": (Dimension.CARBON, Dimension.HEAT),
    "density": (Dimension.MASS, Dimension.VOLUME),
}
_BARE = ("oxidation", "molar")


class BadFactors(Refused):
    """A set of factors cannot be used; `problems` names every mistake."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Keep the problems, one line each."""
        self.problems = tuple(problems)
        super().__init__("因子集有误：" + "；".join(self.problems))


class Problems:
    """Collects the mistakes of one table under the place where they are."""

    def __init__(self) -> None:
        """Begin with none."""
        self.found: list[str] = []

    def add(self, place: str, what: str) -> None:
        """Note a mistake."""
        self.found.append(f"{place}：{what}")

    def end(self) -> None:
        """Raise everything that was found."""
        if self.found:
            raise BadFactors(self.found)


def factors(rows: Iterable[Mapping[str, Any]], place: str, problems: Problems) -> dict[str, Factor]:
    """Read rows of factors; what is wrong goes to the problems."""
    read: dict[str, Factor] = {}
    for line, row in enumerate(rows, 2):
        where = f"{place} 第{line}行"
        lacking = [name for name in ("key", "name", "unit", "source") if not _text(row, name)]
        if lacking:
            problems.add(where, f"缺少 {'、'.join(lacking)}")
            continue
        factor = _factor(row, where, problems)
        if factor.key in read:
            problems.add(where, f"因子 {factor.key} 重复")
        read[factor.key] = factor
    return read


def _factor(row: Mapping[str, Any], where: str, problems: Problems) -> Factor:
    value, low, high = (_number(row, name, where, problems) for name in ("value", "low", "high"))
    if (low is None) != (high is None):
        problems.add(where, "low 和 high 要么都填，要么都不填")
    elif low is not None and high is not None:
        if low > high:
            problems.add(where, f"区间下限 {low} 大于上限 {high}")
        elif value is not None and not low <= value <= high:
            problems.add(where, f"value {value} 不在区间 {low}–{high} 内")
    unit = _text(row, "unit")
    rate = Rate.read(unit)
    if rate is None and unit != "1":
        problems.add(where, f"单位“{unit}”无法识别，应如 kgce/kg、kgCO2/kWh，无单位写 1")
    elif not _fits(_text(row, "key"), rate):
        problems.add(where, f"因子 {_text(row, 'key')} 的单位“{unit}”量纲不对")
    status = Status.from_label(_text(row, "status"))
    if status not in (Status.CONFIRMED, Status.UNCONFIRMED):
        problems.add(where, f"status“{_text(row, 'status')}”应为 confirmed 或 unconfirmed")
    return Factor(
        key=_text(row, "key"), name=_text(row, "name"), value=value, unit=unit, low=low, high=high,
        basis=_text(row, "basis"), source=_text(row, "source"),
        year=_year(row, where, problems), region=_text(row, "region"),
        status=status or Status.UNCONFIRMED, rate=rate,
    )  # fmt: skip


def _fits(key: str, rate: Rate | None) -> bool:
    """Tell whether a unit suits what factors of this wing measure."""
    wing = key.partition(":")[0]
    if wing in _BARE or rate is None:
        return wing in _BARE and rate is None
    above, below = _MEASURES.get(wing, (None, None))
    return rate.of.dimension is above and below in (None, rate.per.dimension)


def carriers(
    rows: Iterable[Mapping[str, Any]], place: str, problems: Problems
) -> dict[str, Carrier]:
    """Read rows of carriers and indicators; what is wrong goes to the problems."""
    read: dict[str, Carrier] = {}
    for line, row in enumerate(rows, 2):
        kind, unit = Kind.from_label(_text(row, "kind")), Unit.read(_text(row, "unit"))
        key = _text(row, "key")
        if kind is None or unit is None or not key or key in read:
            problems.add(f"{place} 第{line}行", f"载体“{key}”的 key、kind 或 unit 有误")
            continue
        read[key] = Carrier(
            key, _text(row, "name") or key, kind, unit,
            fixed=_text(row, "fixed") == "yes",
            aliases=_words(row, "aliases"), as_equal=_words(row, "as_equal"),
            **{name: _text(row, name) for name in ("tce", "equal", "co2", "density", "generation")},
        )  # fmt: skip
    return read


def day(value: Any, where: str, problems: Problems) -> date | None:
    """Read a day like 2025-12-31, or nothing."""
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        problems.add(where, f"日期“{value}”应如 2025-12-31")
        return None


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None else str(value).strip()


def _words(row: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return tuple(word for word in _text(row, name).split(_MARK) if word)


def _number(row: Mapping[str, Any], name: str, where: str, problems: Problems) -> Decimal | None:
    text = _text(row, name)
    if not text:
        return None
    try:
        value = number(text)
    except Refused as refusal:
        problems.add(where, f"{name}“{text}”{refusal}")
        return None
    if value <= 0:
        problems.add(where, f"{name}“{text}”应大于 0")
        return None
    return value


def _year(row: Mapping[str, Any], where: str, problems: Problems) -> int | None:
    text = _text(row, "year")
    if not text:
        return None
    if len(text) == 4 and text.isascii() and text.isdigit():
        return int(text)
    problems.add(where, f"year“{text}”应为四位年份")
    return None
