"""Find the header of a sheet: which rows it takes and which column is which.

Offices write titles above the header, merge it, split it over two rows, and vary the words; so
the rows near the top are tried one by one and two by two, and the one that answers to the most
columns of the template wins.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cleanprod.foundation.intake.rules import (
    COUNTERS,
    Cell,
    Column,
    Template,
    header_forms,
    letter,
    place_of,
    shown,
)
from cleanprod.kernel.text import tidy

Merge = tuple[tuple[int, int], tuple[int, int]]
Texts = list[tuple[str, ...]]

SEARCHED = 15
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"


@dataclass(slots=True)
class Heading:
    """Where the header stands and what it says; rows and columns are counted from 0.

    `first` is the first row below the header; `twice` gives columns of the template that
    several columns of the sheet answer to.
    """

    row: int
    depth: int
    first: int
    places: dict[str, int] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)

    @property
    def score(self) -> int:
        """Return how many columns of the template the header answers to."""
        return len(self.places) + len(self.twice)

    @property
    def weight(self) -> tuple[int, int]:
        """Return what makes one header better than another: more columns, then fewer rows."""
        return self.score, -self.depth

    def missing(self, template: Template) -> list[Column]:
        """Return the required columns that no header answers to."""
        return [
            column
            for column in template.columns
            if column.required and column.key not in self.places and column.key not in self.twice
        ]


def recognise(
    top: Sequence[Sequence[Cell]],
    merges: Sequence[Merge],
    template: Template,
    chosen: Mapping[str, str] | None = None,
) -> Heading | None:
    """Return the best header among the first rows, or None when no row resembles one.

    `chosen` maps keys of the template to letters that a person picked; they go before the words.
    """
    grid = _unmerged(top, merges)
    best: Heading | None = None
    for row in range(min(SEARCHED, len(grid))):
        for depth in (1, 2):
            if row + depth > len(grid):
                continue
            heading = _judge(grid, row, depth, template, chosen or {})
            if best is None or heading.weight > best.weight:
                best = heading
    if best is None or best.score < min(2, len(template.columns)):
        return None
    best.first = _first_below(top, merges, best)
    return best


def _unmerged(top: Sequence[Sequence[Cell]], merges: Sequence[Merge]) -> list[list[str]]:
    """Return the texts of the first rows with merged cells written out."""
    grid = [[tidy(shown(cell)) for cell in row] for row in top]
    for (row, column), (last_row, last_column) in merges:
        if row >= len(grid) or column >= len(grid[row]):
            continue
        for r in range(row, min(last_row + 1, len(grid))):
            for c in range(column, min(last_column + 1, len(grid[r]))):
                grid[r][c] = grid[row][column]
    return grid


def _judge(
    grid: list[list[str]], row: int, depth: int, template: Template, chosen: Mapping[str, str]
) -> Heading:
    texts = list(_texts(grid, row, depth))
    heading = Heading(row + depth - 1, depth, row + depth)
    answers: dict[str, list[tuple[int, int]]] = {}
    picked = {place_of(name): key for key, name in chosen.items()}
    for place, forms in enumerate(texts):
        key, rank = _lookup(forms, template)
        if place in picked:
            key, rank = picked[place], -1
        if key:
            answers.setdefault(key, []).append((rank, place))
        elif forms and header_forms(forms[-1])[0] not in COUNTERS:
            heading.unknown[letter(place)] = forms[0]
    for key, found in answers.items():
        nearest = [place for rank, place in found if rank == min(found)[0]]
        if len(nearest) == 1:
            heading.places[key] = nearest[0]
        else:
            heading.twice[key] = nearest
    return heading


def _texts(grid: list[list[str]], row: int, depth: int) -> Iterator[tuple[str, ...]]:
    """Give for each column the texts to look up, the fullest first."""
    if depth == 1:
        yield from ((text,) if text else () for text in grid[row])
        return
    above, left = grid[row], ""
    for place, below in enumerate(grid[row + 1]):
        over = above[place] if place < len(above) else ""
        left = over or left
        if not below or below == over:
            yield (over,) if over else ()
        else:
            yield (left + below, below) if left else (below,)


def _lookup(forms: tuple[str, ...], template: Template) -> tuple[str, int]:
    rank = 0
    for text in forms:
        for form in header_forms(text):
            key = template.headers.get(form)
            if key:
                return key, rank
            rank += 1
    return "", 0


def _first_below(top: Sequence[Sequence[Cell]], merges: Sequence[Merge], heading: Heading) -> int:
    """Return the first row below the header, its merged cells and its row of column numbers."""
    first = heading.first
    places = set(heading.places.values())
    for (row, column), (last_row, _) in merges:
        if row <= heading.row < last_row < len(top) and column in places:
            first = max(first, last_row + 1)
    if first < len(top) and _numbers_columns(top[first]):
        first += 1
    return first


def _numbers_columns(row: Sequence[Cell]) -> bool:
    """Tell whether a row says 1 2 3 ... or 甲 乙 1 2 ... below the header."""
    words = [tidy(shown(cell)).strip("()栏") for cell in row if shown(cell)]
    numbers = [word for word in words if word not in _ORDINALS]
    wanted = [str(number) for number in range(1, len(numbers) + 1)]
    return len(words) > 2 and numbers == wanted and len(numbers) > 1
