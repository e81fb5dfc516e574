"""Page feet of the docx: outside page numbers with dashes, the second double line of a letter."""

from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.section import Section
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph

from cleanprod.foundation.documents import wordml
from cleanprod.foundation.documents.standard import GB_T_9704_2012, POINT, RED

M = GB_T_9704_2012
_SONG = "宋体"


def number(section: Section, landscape: bool, *, letter_head: bool) -> None:
    """Give a section its feet; the first page of a letter has the double line and no number."""
    section.different_first_page_header_footer = letter_head
    for footer, odd in ((section.footer, True), (section.even_page_footer, False)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        if landscape:
            _turned(paragraph, odd)
        else:
            _upright(paragraph, odd)
    if letter_head:
        footer = section.first_page_footer
        footer.is_linked_to_previous = False
        double_line(footer.paragraphs[0], upper=6, lower=18)


def double_line(paragraph: Any, *, upper: int, lower: int) -> None:
    """Rule a thin empty paragraph above and below in red; widths in eighths of a point.

    Two single borders: programs disagree on which side of thickThin is which.
    """
    wordml.borders(paragraph, colour=RED, top=upper, bottom=lower)
    layout = paragraph.paragraph_format
    layout.line_spacing = Pt(1.5)
    layout.space_after = Pt(0)
    half = (M.page_width - M.line_width) / 2
    layout.left_indent, layout.right_indent = Mm(half - M.left), Mm(half - M.right)
    mark = wordml.element("rPr")
    mark.append(wordml.element("sz", val=2))
    paragraph._p.get_or_add_pPr().append(mark)


def _upright(paragraph: Any, odd: bool) -> None:
    _dashed(paragraph)
    layout = paragraph.paragraph_format
    layout.alignment = WD_ALIGN_PARAGRAPH.RIGHT if odd else WD_ALIGN_PARAGRAPH.LEFT
    layout.left_indent = layout.right_indent = Pt(M.small)
    # From the foot line up to the place of the number below the type area.
    layout.space_after = Mm(M.bottom - M.folio_gap - M.foot_line) - Pt(M.small)


def _turned(paragraph: Any, odd: bool) -> None:
    """Place the number at the left short side, turned, where it stands when the sheet is bound."""
    length, thick = 25.0, 7.0
    inset = M.small * POINT
    down = M.page_width - M.right - inset - length if odd else M.left + inset
    content = wordml.text_box(
        paragraph, left=M.bottom - M.folio_gap - thick, top=down, width=thick, height=length
    )
    own = Paragraph(content, paragraph._parent)
    _dashed(own)
    own.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT if odd else WD_ALIGN_PARAGRAPH.LEFT
    paragraph.paragraph_format.line_spacing = Pt(1)


def _dashed(paragraph: Any) -> None:
    paragraph.add_run("— ")
    wordml.page_number(paragraph)
    paragraph.add_run(" —")
    paragraph.paragraph_format.line_spacing = Pt(M.small)
    for run in paragraph.runs:
        run.font.size = Pt(M.small)
        wordml.fonts(run._r.get_or_add_rPr(), _SONG, latin=_SONG)
