"""Charts and the tile map as shapes: pure numbers in, widths, places and classes out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

# Where a city's tile stands: row and column, roughly as on the ground; no borders are drawn.
PLACES: Mapping[str, tuple[int, int]] = {
    "440200": (1, 4), "441400": (1, 7),
    "441200": (2, 2), "441800": (2, 3), "441600": (2, 6), "445200": (2, 7), "445100": (2, 8),
    "445300": (3, 2), "440600": (3, 3), "440100": (3, 4), "441900": (3, 5), "441300": (3, 6),
    "441500": (3, 7), "440500": (3, 8),
    "440900": (4, 1), "441700": (4, 2), "440700": (4, 3), "442000": (4, 4), "440300": (4, 5),
    "440800": (5, 1), "440400": (5, 4),
}  # fmt: skip
WIDTH = 8
STEPS = 5


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of a bar in hundredths of the chart's length: where it starts, how long, what."""

    start: float
    length: float
    kind: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with its name, what is written beside it, and where it leads."""

    name: str
    said: str
    pieces: Sequence[Piece]
    url: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One city of the tile map; `step` 0 means nothing to show, 1 to 5 from little to much."""

    name: str
    said: str
    step: int
    url: str = ""


Number = int | Decimal


def bars(rows: Sequence[tuple[str, str, Sequence[Number], str]], kinds: Sequence[str]) -> list[Bar]:
    """Return bars of (name, text, numbers, address), the longest filling the length."""
    longest = max((sum(numbers) for _, _, numbers, _ in rows), default=0)
    return [
        Bar(name, said, _pieces(numbers, kinds, longest), url) for name, said, numbers, url in rows
    ]


def _pieces(numbers: Sequence[Number], kinds: Sequence[str], longest: Number) -> list[Piece]:
    found: list[Piece] = []
    before: Number = 0
    for number, kind in zip(numbers, kinds, strict=True):
        if number > 0:
            found.append(Piece(_part(before, longest), _part(number, longest), kind))
        before += number
    return found


def _part(number: Number, whole: Number) -> float:
    return round(100 * float(number) / float(whole), 2)


def tiles(cities: Sequence[tuple[str, Tile]]) -> list[list[Tile | None]]:
    """Return the map row by row with gaps; a province without a layout is filled in order."""
    laid = all(code in PLACES for code, _ in cities)
    spots = {
        PLACES[code] if laid else (1 + n // WIDTH, 1 + n % WIDTH): tile
        for n, (code, tile) in enumerate(cities)
    }
    rows = max((row for row, _ in spots), default=0)
    return [
        [spots.get((row, column)) for column in range(1, WIDTH + 1)] for row in range(1, rows + 1)
    ]


@dataclass(frozen=True, slots=True)
class Scale:
    """How values fall into steps, and what the legend says of each step, from little to much."""

    step: Callable[[Fraction | int | None], int]
    legend: Sequence[str]


def share_scale() -> Scale:
    """Return the steps of shares: fifths of the whole; above the whole counts as the last."""
    width = 100 // STEPS

    def step(value: Fraction | int | None) -> int:
        return 0 if value is None else 1 + min(int(value * 100) // width, STEPS - 1)

    legend = [f"{n * width}%—{(n + 1) * width}%" for n in range(STEPS - 1)]
    return Scale(step, [*legend, f"{(STEPS - 1) * width}%以上"])


def count_scale(values: Sequence[int | None]) -> Scale:
    """Return the steps of counts: five of equal width up to the largest; nothing is step 0."""
    largest = max((value for value in values if value), default=0)
    width = max(-(-largest // STEPS), 1)

    def step(value: Fraction | int | None) -> int:
        return min(-(-int(value) // width), STEPS) if value else 0

    return Scale(
        step,
        [_from_to(n * width + 1, (n + 1) * width) for n in range(STEPS) if n * width < largest],
    )


def _from_to(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}—{last}"
