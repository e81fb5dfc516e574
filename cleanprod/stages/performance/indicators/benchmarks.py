"""Read the benchmarks of an item: what each grade asks for, and whether they fit together."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from cleanprod.stages.performance.indicators.fields import LONGEST_TEXT, Fields
from cleanprod.stages.performance.indicators.numbers import number_of, printed
from cleanprod.stages.performance.indicators.system import Benchmark, Direction, Kind, Span

_RISING = (Direction.LOWER, Direction.BELOW)
_FALLING = (Direction.HIGHER, Direction.ABOVE)


def read(
    fields: Fields, kind: Kind | None, direction: Direction | None, grades: tuple[str, ...]
) -> tuple[Benchmark | None, ...]:
    """Return one benchmark a grade; None is "as the grade before", never the first."""
    written = fields.get("benchmarks")
    if kind is Kind.REPORT:
        if written or direction:
            fields.wrong(
                "benchmarks", "仅报告，不应有基准值和方向", "请删去 benchmarks 和 direction"
            )
        return ()
    if kind is Kind.QUANTITATIVE and direction is None and "direction" not in fields.data:
        allowed = "、".join(f"{one.value}（{one.label}）" for one in Direction)
        fields.wrong("direction", "是定量指标，缺少方向", f"可填：{allowed}")
    if kind is Kind.QUALITATIVE and direction is not None:
        fields.wrong("direction", "是定性指标，不应有方向", "请删去 direction")
    if not isinstance(written, Mapping):
        fields.wrong("benchmarks", "缺少各级基准值（benchmarks）", f"请按{'、'.join(grades)}级填写")
        return (None,) * len(grades)
    _check_keys(fields, written, grades)
    found = tuple(_one(fields, written.get(grade), grade, kind, direction) for grade in grades)
    if found[0] is None and written.get(grades[0]) in (None, "", []):
        fields.wrong(
            "benchmarks", f"缺少{grades[0]}级基准值", "最优一级不能留空，其余留空表示同上一级"
        )
    elif kind is Kind.QUANTITATIVE and direction is not None:
        _check_order(fields, found, direction, grades)
    return found


def _check_keys(fields: Fields, written: Mapping[str, Any], grades: tuple[str, ...]) -> None:
    for grade in written:
        if grade not in grades:
            rule = f"的基准值等级“{str(grade)[:20]}”不在基准等级之中"
            fields.wrong("benchmarks", rule, f"可填：{'、'.join(grades)}")


def _one(
    fields: Fields, value: Any, grade: str, kind: Kind | None, direction: Direction | None
) -> Benchmark | None:
    if value is None or value in ("", []) or kind is None:
        return None
    if kind is Kind.QUALITATIVE:
        return _text(fields, value, grade)
    if direction is Direction.RANGE:
        return _span(fields, value, grade)
    number = number_of(value)
    if number is None:
        fields.notes.wrong(
            fields.at(f"benchmarks.{grade}"), value, f"{fields.title}的{grade}级基准值应为数字",
            "请只填数字，单位写在 unit 中",
        )  # fmt: skip
    return number


def _text(fields: Fields, value: Any, grade: str) -> str | None:
    parts = value if isinstance(value, list) else [value]
    if all(isinstance(part, str) and part.strip() for part in parts):
        text = "；".join(part.strip() for part in parts)
        if len(text) <= LONGEST_TEXT:
            return text
    fields.notes.wrong(
        fields.at(f"benchmarks.{grade}"), value, f"{fields.title}的{grade}级要求应为文字",
        f"请写明要求，不超过{LONGEST_TEXT}字",
    )  # fmt: skip
    return None


def _span(fields: Fields, value: Any, grade: str) -> Span | None:
    ends = [number_of(one) for one in value] if isinstance(value, list) else []
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
        return Span(ends[0], ends[1])
    fields.notes.wrong(
        fields.at(f"benchmarks.{grade}"), value, f"{fields.title}的{grade}级范围不对",
        "请写成 [下限, 上限]，如 [6, 9]",
    )  # fmt: skip
    return None


def _check_order(
    fields: Fields,
    found: tuple[Benchmark | None, ...],
    direction: Direction,
    grades: tuple[str, ...],
) -> None:
    """Note benchmarks of which a lesser grade asks for more than a better one."""
    known = [(grade, one) for grade, one in zip(grades, found, strict=True) if one is not None]
    for (better, above), (lesser, below) in zip(known, known[1:], strict=False):
        if not _eases(above, below, direction):
            rule = f"{fields.title}的{lesser}级基准值{_shown(below)}比{better}级{_shown(above)}更严"
            fields.notes.wrong(
                fields.at(f"benchmarks.{lesser}"), _shown(below), rule,
                "各级基准值应从优到低依次放宽，请核对数值和方向",
            )  # fmt: skip


def _eases(above: Benchmark, below: Benchmark, direction: Direction) -> bool:
    if isinstance(above, Span) and isinstance(below, Span):
        return below.low <= above.low and above.high <= below.high
    if isinstance(above, Decimal) and isinstance(below, Decimal):
        if direction in _RISING:
            return below >= above
        return direction not in _FALLING or below <= above
    return True


def _shown(benchmark: Benchmark) -> str:
    if isinstance(benchmark, Span):
        return f"[{printed(benchmark.low)}, {printed(benchmark.high)}]"
    return printed(benchmark) if isinstance(benchmark, Decimal) else benchmark
