"""The sets of factors that ship with the platform, and sets that an authority wrote itself."""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.stages.performance.accounting.factors import (
    Carrier,
    Factor,
    FactorSet,
    folded,
)
from cleanprod.stages.performance.accounting.rates import number
from cleanprod.stages.performance.accounting.tables import (
    COLUMNS,
    BadFactors,
    Problems,
    carriers,
    day,
    factors,
)

_FUEL = ("ncv", "carbon", "oxidation")
_FUEL_WIDE = ("molar:co2", "molar:carbon")


class UnknownSet(Refused):
    """No set of factors has this name."""


def _shelf() -> Traversable:
    return resources.files("cleanprod.stages.performance").joinpath("factors")


@cache
def _index() -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(_shelf().joinpath("sets.json").read_text(encoding="utf-8")))


def names() -> list[str]:
    """Return the names of all shipped sets."""
    return [str(one["id"]) for one in _index()]


def every() -> list[FactorSet]:
    """Return all shipped sets."""
    return [load(name) for name in names()]


def load(name: str) -> FactorSet:
    """Return a shipped set by its name or another usual form of it, or refuse."""
    sign = folded(name)
    for one in _index():
        if sign in map(folded, (one["id"], *one["aliases"])):
            return _shipped(one["id"])
    near = [known for known in names() if sign and (sign in known or known[:4] == sign[:4])]
    offered = "、".join((near or names())[:8])
    raise UnknownSet(
        f"没有因子集“{name}”，可用的有 {offered} 等（见 cleanprod performance factors）"
    )


@lru_cache(maxsize=256)
def stated(name: str, values: tuple[tuple[str, str], ...]) -> FactorSet:
    """Return a shipped set with values that somebody stated, by the keys of the factors."""
    under = load(name)
    told = {key: under.factor(key).state(number(text)) for key, text in values}
    return replace(under, factors={**under.factors, **told})


@cache
def _shipped(name: str) -> FactorSet:
    about = next(one for one in _index() if one["id"] == name)
    problems = Problems()
    read: dict[str, Factor] = {}
    for table in about["tables"]:
        read |= factors(_table(table), table, problems)
    built = _build(about, read, _carriers(), "sets.json", problems)
    problems.end()
    return built


def _table(name: str) -> list[dict[str, str]]:
    with _shelf().joinpath(name).open("r", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@cache
def _carriers() -> dict[str, Carrier]:
    problems = Problems()
    read = carriers(_table("carriers.csv"), "carriers.csv", problems)
    problems.end()
    return read


@cache
def _limits() -> dict[str, Decimal]:
    data = json.loads(_shelf().joinpath("plausibility.json").read_text(encoding="utf-8"))
    return {name: number(one["value"]) for name, one in data.items() if isinstance(one, dict)}


def from_document(document: Any, place: str) -> FactorSet:
    """Return a set that an authority wrote: what it changes in a shipped set, with sources."""
    problems = Problems()
    if not isinstance(document, Mapping):
        raise BadFactors([f"{place}：应为一个 JSON 对象"])
    for name in ("id", "name", "extends", "valid_from", "factors"):
        if not document.get(name):
            problems.add(place, f"缺少 {name}")
    rows = document.get("factors", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        problems.add(place, "factors 应为因子的列表")
    problems.end()
    under = load(str(document["extends"]))
    for line, row in enumerate(rows, 2):
        strange = sorted(str(key) for key in row if key not in COLUMNS)
        if strange:
            problems.add(f"{place} 第{line}行", f"不认识的栏目 {'、'.join(strange)}")
    read = {**under.factors, **factors(rows, place, problems)}
    about = {"year": under.year, "region": under.region, "grid": under.grid} | dict(document)
    built = _build(about, read, dict(under.carriers), place, problems)
    problems.end()
    return built


def _build(
    about: Mapping[str, Any], read: dict[str, Factor], known: dict[str, Carrier], place: str,
    problems: Problems,
) -> FactorSet:  # fmt: skip
    name = str(about["id"])
    where = f"{place} {name}"
    start = day(about["valid_from"], where, problems)
    end = day(about.get("valid_to"), where, problems)
    if start and end and start > end:
        problems.add(where, "valid_from 晚于 valid_to")
    year = str(about["year"])
    if not (len(year) == 4 and year.isdigit()):
        problems.add(where, f"year“{year}”应为四位年份")
        year = "1"
    grid = str(about["grid"])
    for problem in _lacking(known.values(), read, grid):
        problems.add(where, problem)
    return FactorSet(
        name=name, title=str(about["name"]), year=int(year), region=str(about["region"]),
        valid_from=start or date.min, valid_to=end, grid=grid, factors=read, carriers=known,
        limits=_limits(), words=_words(known.values(), where, problems),
        equal_words=frozenset(folded(word) for one in known.values() for word in one.as_equal),
    )  # fmt: skip


def _words(known: Iterable[Carrier], where: str, problems: Problems) -> dict[str, Carrier]:
    words: dict[str, Carrier] = {}
    for carrier in known:
        for word in map(folded, carrier.words):
            if words.setdefault(word, carrier) is not carrier:
                problems.add(where, f"名称“{word}”同时指 {words[word].name} 和 {carrier.name}")
    return words


def _lacking(known: Iterable[Carrier], read: Mapping[str, Factor], grid: str) -> list[str]:
    """Name the factors that carriers refer to and the set does not hold, or holds without unit."""
    wanted: dict[str, str] = {grid: "电网", **dict.fromkeys(_FUEL_WIDE, "燃料")}
    for carrier in known:
        keys = [carrier.tce, carrier.equal, carrier.density, *_carbon_keys(carrier)]
        wanted |= {key: carrier.name for key in keys if key}
    found = [f"缺少因子 {key}（{for_what}）" for key, for_what in wanted.items() if key not in read]
    valueless = [
        key for key in wanted
        if key in read and read[key].value is None and not key.startswith(("tce:", "equal:"))
    ]  # fmt: skip
    return found + [f"因子 {key} 没有数值" for key in valueless]


def _carbon_keys(carrier: Carrier) -> list[str]:
    wing, _, fuel = carrier.co2.partition(":")
    if wing == "fuel":
        return [f"{part}:{fuel}" for part in _FUEL]
    return [carrier.co2] if carrier.co2 not in ("", "grid") else []
