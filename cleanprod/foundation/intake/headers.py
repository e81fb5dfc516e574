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
    How,
    Picked,
    Template,
    header_forms,
    letter,
    place_of,
    shown,
)
from cleanprod.kernel.text import tidy

Merge = tuple[tuple[int, int], tuple[int, int]]
_Answer = tuple[int, int, How]

SEARCHED = 15
_ORDINALS = "甲乙丙丁戊己庚辛壬癸"
_LEARNED = 1000  # what an office once chose counts after every word of the template
_NOTHING = Picked()


@dataclass(slots=True)
class Heading:
    """Where the header stands and what it says; rows and columns are counted from 0.

    `first` is the first row below the header; `twice` gives columns of the template that
    several columns of the sheet answer to; `headers` has the text over every column.
    """

    row: int
    depth: int
    first: int
    places: dict[str, int] = field(default_factory=dict)
    twice: dict[str, list[int]] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    how: dict[str, How] = field(default_factory=dict)

    @property
    def shared(self) -> dict[int, list[str]]:
        """Return the columns of the sheet that a person chose for several of the template."""
        keys: dict[int, list[str]] = {}
        for key, place in self.places.items():
            keys.setdefault(place, []).append(key)
        return {place: several for place, several in keys.items() if len(several) > 1}

    def does(self, template: Template) -> bool:
        """Tell whether rows can be read below this header."""
        return not (self.twice or self.shared or self.missing(template))

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
    picked: Picked = _NOTHING,
    learned: Mapping[str, str] | None = None,
) -> Heading | None:
    """Return the best header among the first rows, or None when no row resembles one.

    What a person picked goes before the words; `learned` maps headers as they are looked up to
    keys of the template and counts where the words of the template know nothing.
    """
    words = _Words(template, learned or {}, picked.columns)
    grid = _unmerged(top, merges)
    if picked.header is not None:
        row, depth = picked.header
        depth = 2 if depth == 2 and row > 1 else 1
        if not 1 <= row <= len(grid):
            return None
        best = words.judge(grid, row - depth, depth)
    else:
        found = _best(grid, words)
        if found is None or found.score < min(2, len(template.columns)):
            return None
        best = found
    best.first = _first_below(top, merges, best)
    return best


def _best(grid: list[list[str]], words: "_Words") -> Heading | None:
    best: Heading | None = None
    for row in range(min(SEARCHED, len(grid))):
        for depth in (1, 2):
            if row + depth > len(grid):
                continue
            heading = words.judge(grid, row, depth)
            if best is None or heading.weight > best.weight:
                best = heading
    return best


def guessed(top: Sequence[Sequence[Cell]], merges: Sequence[Merge], template: Template) -> Heading:
    """Return the row that may be meant as header: the first with the most different texts."""
    grid = _unmerged(top, merges)
    kinds = [len({text for text in row if text}) for row in grid[:SEARCHED]]
    row = kinds.index(max(kinds)) if kinds else 0
    heading = _Words(template, {}, {}).judge(grid, row, 1) if grid else Heading(0, 1, 1)
    return Heading(heading.row, 1, row + 1, unknown=heading.unknown, headers=heading.headers)


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


class _Words:
    """Knows which column of the template a header means."""

    def __init__(
        self, template: Template, learned: Mapping[str, str], chosen: Mapping[str, str]
    ) -> None:
        """Remember the words of the template, those of the office, and what a person chose."""
        keys = {column.key for column in template.columns}
        self.known = template.headers
        self.learned = {form: key for form, key in learned.items() if key in keys}
        self.chosen = {key: name for key, name in chosen.items() if key in keys}
        self.places: dict[int, list[str]] = {}
        for key, name in self.chosen.items():
            if name:
                self.places.setdefault(place_of(name), []).append(key)

    def judge(self, grid: list[list[str]], row: int, depth: int) -> Heading:
        """Return the header that stands in these rows, good or bad."""
        heading = Heading(row + depth - 1, depth, row + depth)
        answers: dict[str, list[_Answer]] = {}
        texts = list(_texts(grid, row, depth))
        texts.extend(() for _ in range(len(texts), max(self.places, default=-1) + 1))
        for place, forms in enumerate(texts):
            if forms:
                heading.headers[letter(place)] = forms[0]
            key, rank, how = self._meaning(forms)
            if place in self.places:
                for picked in self.places[place]:
                    why = how if key == picked else How.CHOSEN
                    answers.setdefault(picked, []).append((-1, place, why))
            elif key in self.chosen:
                continue
            elif key:
                answers.setdefault(key, []).append((rank, place, how))
            elif forms and header_forms(forms[-1])[0] not in COUNTERS:
                heading.unknown[letter(place)] = forms[0]
        _settle(heading, answers)
        return heading

    def _meaning(self, forms: tuple[str, ...]) -> tuple[str, int, How]:
        rank = 0
        for text in forms:
            for form in header_forms(text):
                if form in self.known:
                    return self.known[form], rank, How.WORDS
                rank += 1
        for text in forms:
            key = self.learned.get(header_forms(text)[0])
            if key:
                return key, _LEARNED, How.LEARNED
        return "", 0, How.WORDS


def _settle(heading: Heading, answers: Mapping[str, list[_Answer]]) -> None:
    """Give each column of the template the nearest header, or say that there are several."""
    for key, found in answers.items():
        nearest = [(place, how) for rank, place, how in found if rank == min(found)[0]]
        if len(nearest) == 1:
            heading.places[key], heading.how[key] = nearest[0]
        else:
            heading.twice[key] = [place for place, _ in nearest]


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
