"""The editable grid: what was typed cell by cell, read with every mistake in one pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from cleanprod.foundation.intake.parsers import decimal, whole_number
from cleanprod.foundation.intake.rules import Problem
from cleanprod.foundation.web import tables
from cleanprod.stages.measures.rules import Cost, Field, Trouble, Typed, ValueSet, plain, tags_of
from cleanprod.stages.measures.template import COSTS, SHEET

MOST = 200  # rows that one form may bring
_WORDS = {"code": 20, "name": 200, "content": 1000, "phase": 60, "other": 200}
_LABELS = {
    "code": "编号", "name": "方案名称", "content": "方案内容", "phase": "产生阶段", "other": "其他",
}  # fmt: skip
_DAYS = {"planned_days": "计划工期（天）", "actual_days": "实际工期（天）"}


# The columns of the grid in their order: what each is called, and its key in the workbook.
HEADS = (
    ("编号", "code"), ("方案名称", "name"), ("类型", "cost"),
    *((field.label, field.value) for field in Field),
    ("其他", "other"), ("方案内容", "content"), ("产生阶段", "phase"),
    ("计划工期（天）", "planned_days"), ("实际工期（天）", "actual_days"), ("标记", "tags"),
)  # fmt: skip
# Under which names a pasted title, or a pasted class of a measure, is known.
NAMES = {
    column.key: (*(label for label, key in HEADS if key == column.key), column.title,
                 *column.synonyms)
    for column in SHEET.columns
}  # fmt: skip
COST_NAMES = {
    cost.value: tuple(word for word, meant in COSTS.items() if meant is cost) for cost in Cost
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the grid as it is shown: texts by cell, and what is wrong by cell."""

    place: int
    texts: Mapping[str, str]
    tags: tuple[str, ...]
    errors: Mapping[str, str]


def shown(measures: Sequence[Typed], which: ValueSet, spare: int = 3) -> list[Line]:
    """Return the grid of a sheet with a few empty rows below."""
    lines = [
        Line(place, _texts(one, which), tuple(tag.value for tag in one.tags), {})
        for place, one in enumerate(measures)
    ]
    first = len(lines)
    return lines + [Line(first + n, {"cost": Cost.LOW.value}, (), {}) for n in range(spare)]


def _texts(one: Typed, which: ValueSet) -> dict[str, str]:
    words = {name: str(getattr(one, name)) for name in _WORDS}
    days = {name: "" if getattr(one, name) is None else str(getattr(one, name)) for name in _DAYS}
    numbers = {field.value: plain(amount) for field, amount in one.of(which).items()}
    return words | days | numbers | {"cost": one.cost.value}


def by_label(lines: Sequence[Line]) -> dict[str, str]:
    """Return a version of the grid by measure and column, for people to compare."""
    return {
        f"{line.texts.get('code') or line.texts['name']} {_label(name)}": text
        for line in lines
        if line.texts.get("name")
        for name, text in line.texts.items()
        if name not in ("code", "cost") and text
    }


def read(
    data: QueryDict, which: ValueSet, known: Sequence[Typed]
) -> tuple[list[Typed], list[Line], list[Trouble]]:
    """Return the measures that were typed, the grid as typed, and all that is wrong.

    Rows that say nothing are left out; the other value sets of a row stay as they are.
    """
    by_code = {one.code: one for one in known}
    measures: list[Typed] = []
    lines: list[Line] = []
    troubles: list[Trouble] = []
    rows: dict[str, int] = {}
    for place in _places(data):
        texts = {
            name: tables.tidy(data.get(f"r{place}-{name}"))
            for name in (*_WORDS, *_DAYS, *(field.value for field in Field), "cost")
        }
        tags = tuple(tag.value for tag in tags_of(data.getlist(f"r{place}-tags")))
        if not any(text for name, text in texts.items() if name != "cost"):
            continue
        row = len(measures) + 1
        errors, numbers, days = _numbers(texts)
        errors |= _too_long(texts)
        if not texts["name"]:
            errors["name"] = "没有填写；填写方案的名称"
        first = rows.setdefault(texts["code"], row) if texts["code"] else row
        if first != row:
            errors["code"] = f"与第{first}行重复；改用另一编号，或留空由系统编排"
        before = by_code.get(texts["code"])
        measures.append(_typed(texts, tags, numbers, days, which, before))
        lines.append(Line(place, texts, tags, errors))
        troubles += [Trouble(row, _label(name), *_split(said)) for name, said in errors.items()]
    if len(measures) > MOST:
        rule = f"共{len(measures)}个方案，一张表最多{MOST}个"
        troubles.append(Trouble(0, "", rule, "合并同类方案后再保存"))
    return measures, lines, troubles


def _places(data: QueryDict) -> list[int]:
    found = set()
    for key in data:
        head, _, name = key.partition("-")
        if name == "name" and head[:1] == "r" and head[1:].isascii() and head[1:].isdigit():
            found.add(int(head[1:]))
    return sorted(found)


def _numbers(
    texts: Mapping[str, str],
) -> tuple[dict[str, str], dict[Field, Decimal], dict[str, int]]:
    errors: dict[str, str] = {}
    numbers: dict[Field, Decimal] = {}
    days: dict[str, int] = {}
    for field in Field:
        least = 0 if field is Field.INVESTMENT else None
        value = _read(decimal(least), texts[field.value], field.value, errors)
        if value is not None:
            numbers[field] = value
    for name in _DAYS:
        value = _read(whole_number(0), texts[name], name, errors)
        if value is not None:
            days[name] = value
    return errors, numbers, days


def _read(parser: Any, text: str, name: str, errors: dict[str, str]) -> Any:
    if not text:
        return None
    try:
        return parser(text)
    except Problem as problem:
        errors[name] = f"“{text}”{problem.rule}；{problem.advice}"
        return None


def _too_long(texts: Mapping[str, str]) -> dict[str, str]:
    return {
        name: f"超过{most}个字；缩短后重填"
        for name, most in _WORDS.items()
        if len(texts[name]) > most
    }


def _typed(
    texts: Mapping[str, str], tags: Sequence[str], numbers: Mapping[Field, Decimal],
    days: Mapping[str, int], which: ValueSet, before: Typed | None,
) -> Typed:  # fmt: skip
    kept = dict(before.values or {}) if before else {}
    cost = texts["cost"] if texts["cost"] in set(Cost) else Cost.LOW
    return Typed(
        name=texts["name"], cost=Cost(cost), code=texts["code"], content=texts["content"],
        phase=texts["phase"], tags=tags_of(tags), planned_days=days.get("planned_days"),
        actual_days=days.get("actual_days"), other=texts["other"],
        values=kept | {which: dict(numbers)},
    )  # fmt: skip


def _label(name: str) -> str:
    return _LABELS.get(name) or _DAYS.get(name) or Field(name).label


def _split(said: str) -> tuple[str, str]:
    rule, _, advice = said.partition("；")
    return rule, advice
