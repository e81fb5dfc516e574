"""Look up regions and industries; both tables are read once per process.

The tables are reference data that only `shipped.load` changes; it calls `forget`.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from cleanprod.foundation.territory.models import Industry, Level, Region
from cleanprod.foundation.territory.rules import stem
from cleanprod.kernel.text import tidy

LATEST_EDITION = 2017

_SECTIONS = "ABCDEFGHIJKLMNOPQRST"
_TRADE_CODE = re.compile(r"\d{2,4}")
_HEIGHT = {level.value: height for height, level in enumerate(Level)}
_LONGEST_NAME = 12


def region(code: str) -> Region | None:
    """Return the region with this code."""
    return _book().regions.get(code)


def cities(province_code: str) -> list[Region]:
    """Return the units right below a province, in the order of official notices, then by code."""
    units = _book().children.get(province_code, [])
    return sorted(units, key=lambda unit: (unit.notice_order or len(units) + 1, unit.code))


def below(city_code: str) -> list[Region]:
    """Return counties, then towns, then zones right below a city, each by code."""
    return sorted(_book().children.get(city_code, []), key=lambda one: (_height(one), one.code))


def by_name(text: str, within: str = "") -> Region | None:
    """Find the one region that people mean by a name, or None if none or several fit.

    Accepted: the code, the full, short or an older name, with or without 市/区/县/镇/街道 and with
    the names of the regions above in front. `within` is a province's or a city's code.
    """
    wanted = tidy(text)
    if not wanted:
        return None
    return _named(wanted, within) or _below_a_named_place(wanted, within)


def industry_by_code(code: str, edition: int = LATEST_EDITION) -> Industry | None:
    """Return the industry with this code; a section letter in front (C3360) may be there."""
    wanted = tidy(code).upper()
    entries = _book().industries
    return entries.get((edition, wanted)) or entries.get((edition, wanted.lstrip(_SECTIONS)))


def nearest_industry(text: str, edition: int = LATEST_EDITION) -> Industry | None:
    """Return the industry that a text names: the finest known, down to the division.

    3360, C3360金属表面处理 and 木质家具制造（2110） go by the code, 木质家具制造 by its name.
    """
    said = tidy(text)
    book = _book()
    code = _TRADE_CODE.search(said)
    if not code:
        return book.trades.get((edition, said))
    steps = (
        book.industries.get((edition, code[0][:length])) for length in range(len(code[0]), 1, -1)
    )
    return next((entry for entry in steps if entry), None)


def industries(edition: int = LATEST_EDITION) -> list[Industry]:
    """Return the sections, divisions and classes of an edition by code."""
    entries = _book().industries
    return [entries[key] for key in sorted(entries) if key[0] == edition]


def forget() -> None:
    """Drop what this process remembers of both tables."""
    _remembered.cache_clear()


class _Book:
    """Both tables in memory with the indexes that the look-ups need."""

    def __init__(self, regions: Iterable[Region], industries: Iterable[Industry]) -> None:
        self.regions = {one.code: one for one in regions}
        self.industries = {(one.edition, one.code): one for one in industries}

    @cached_property
    def trades(self) -> dict[tuple[int, str], Industry]:
        return {(one.edition, tidy(one.name)): one for one in self.industries.values()}

    @cached_property
    def children(self) -> dict[str, list[Region]]:
        return _grouped((one.parent_id or "", one) for one in self.regions.values())

    @cached_property
    def full_names(self) -> dict[str, list[Region]]:
        return _grouped((one.name, one) for one in self.regions.values())

    @cached_property
    def short_names(self) -> dict[str, list[Region]]:
        return _grouped((one.short_name, one) for one in self.regions.values())

    @cached_property
    def other_names(self) -> dict[str, list[Region]]:
        return _grouped(
            (name, one) for one in self.regions.values() for name in one.other_names.split("、")
        )

    @cached_property
    def stems(self) -> dict[str, list[Region]]:
        return _grouped(
            (stem(name), one)
            for one in self.regions.values()
            for name in (one.name, one.short_name, *one.other_names.split("、"))
        )

    def above(self, one: Region) -> Iterator[Region]:
        """Yield the region itself and the regions above it, from the bottom up."""
        place: Region | None = one
        while place is not None:
            yield place
            place = self.regions.get(place.parent_id or "")


@cache
def _remembered() -> _Book:
    return _Book(Region.objects.all(), Industry.objects.all())


def _book() -> _Book:
    book = _remembered()
    if not book.regions:
        forget()  # empty only before the first load
    return book


def _grouped(pairs: Iterable[tuple[str, Region]]) -> dict[str, list[Region]]:
    groups = defaultdict(list)
    for name, one in pairs:
        groups[name].append(one)
    return groups


def _named(wanted: str, within: str) -> Region | None:
    book = _book()
    tiers = (
        [one for one in [book.regions.get(wanted)] if one],
        book.full_names.get(wanted, []),
        book.short_names.get(wanted, []),
        book.other_names.get(wanted, []),
        book.stems.get(stem(wanted), []),
    )
    for tier in tiers:
        fitting = {one for one in tier if _lies_in(one, within)}
        if fitting:
            return _only_highest(fitting)
    return None


def _below_a_named_place(wanted: str, within: str) -> Region | None:
    book = _book()
    for end in range(min(len(wanted) - 1, _LONGEST_NAME), 1, -1):
        front, rest = wanted[:end], wanted[end:]
        places = [*book.full_names.get(front, ()), *book.short_names.get(front, ())]
        for place in places:
            inner = _inner(place, within)
            if inner and (found := by_name(rest, inner)):
                return found
    return None


def _inner(place: Region, within: str) -> str:
    """Return the narrower of the two regions, or nothing if they lie apart."""
    book = _book()
    if not within or any(one.code == within for one in book.above(place)):
        return place.code
    outer = book.regions.get(within)
    if outer and any(one.code == place.code for one in book.above(outer)):
        return within
    return ""


def _lies_in(one: Region, within: str) -> bool:
    return not within or any(place.parent_id == within for place in _book().above(one))


def _height(one: Region) -> int:
    return _HEIGHT[one.level]


def _only_highest(fitting: set[Region]) -> Region | None:
    top = min(_height(one) for one in fitting)
    highest = [one for one in fitting if _height(one) == top]
    return highest[0] if len(highest) == 1 else None
