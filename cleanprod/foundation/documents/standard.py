"""Measures of GB/T 9704, one instance per edition; lengths in mm, type in pt."""

from dataclasses import dataclass

POINT = 25.4 / 72  # mm


@dataclass(frozen=True, slots=True)
class Measures:
    """Geometry and type sizes of one edition of the standard."""

    page_width: float
    page_height: float
    top: float
    left: float
    type_width: float
    type_height: float
    lines: int
    characters: int
    body: float  # 3号
    title: float  # 2号
    small: float  # 4号
    head_top: float  # letterhead to the page edge
    head_gap: float  # letterhead to the first double line
    line_width: float
    foot_line: float  # second double line to the page foot
    number_gap: float  # first double line to the number, as a part of a body character
    folio_gap: float  # page number below the type area

    @property
    def right(self) -> float:
        """Return the right margin in mm."""
        return self.page_width - self.left - self.type_width

    @property
    def bottom(self) -> float:
        """Return the bottom margin in mm."""
        return self.page_height - self.top - self.type_height

    @property
    def pitch(self) -> float:
        """Return the height of one line of the grid in pt.

        Rounded down to Word's unit, a twentieth: rounded up, the last line would not fit.
        """
        return int(self.type_height / POINT / self.lines * 20) / 20

    @property
    def character(self) -> float:
        """Return the width of one cell of the grid in pt."""
        return self.type_width / POINT / self.characters


# GB/T 9704-2012, 5.1, 5.2 (page, type area, grid), 7 (elements), 10.1 (letter form).
GB_T_9704_2012 = Measures(
    page_width=210,
    page_height=297,
    top=37,
    left=28,
    type_width=156,
    type_height=225,
    lines=22,
    characters=28,
    body=16,
    title=22,
    small=14,
    head_top=30,
    head_gap=4,
    line_width=170,
    foot_line=20,
    number_gap=7 / 8,
    folio_gap=7,
)

RED = "FF0000"
TITLE_SQUEEZE = -0.35  # pt; twenty characters of 2号 and a few digits then stand in one line
