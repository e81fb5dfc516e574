import struct
import zlib
from datetime import date
from io import BytesIO

import docx as python_docx
import pytest

from cleanprod.foundation.documents import codes, docx, pdf
from cleanprod.foundation.documents.blocks import Code, Paragraph, Properties, table_paper

TEXT = "https://example.org/verify/?number=2023-000123-K7"
PAPER = table_paper(
    "回执", Paragraph("收到。"), Code(TEXT, "扫码查验"), properties=Properties(date(2023, 1, 1))
)


def pixels(picture):
    """Return the rows of a picture of one bit a pixel, as 0 (dark) and 1 (light)."""
    side, high, depth = struct.unpack(">IIB", picture[16:25])
    start = picture.index(b"IDAT") + 4
    raw = zlib.decompress(picture[start : picture.index(b"IEND") - 8])
    wide = side // 8 + 1
    assert (side, depth, len(raw)) == (high, 1, high * wide)
    lines = [raw[at + 1 : at + wide] for at in range(0, len(raw), wide)]
    return ["".join(f"{byte:08b}" for byte in line) for line in lines]


def test_a_code_is_square_and_has_the_three_corners():
    rows = codes.modules(TEXT)
    assert {len(row) for row in rows} == {len(rows)}
    for row in (rows[0][:7], rows[0][-7:], rows[-1][:7]):
        assert row == "1111111"
    assert codes.modules(TEXT) != codes.modules(TEXT + "8")


def test_both_pictures_show_the_same_code_within_a_quiet_zone():
    rows = codes.modules(TEXT)
    drawn = pixels(codes.png(rows))
    quiet = codes.QUIET * 8
    assert all(sign == "1" for line in drawn[:quiet] for sign in line)
    seen = [
        "".join("1" if line[at] == "0" else "0" for at in range(quiet, len(line) - quiet, 8))
        for line in drawn[quiet : len(drawn) - quiet : 8]
    ]
    assert tuple(seen) == rows
    assert codes.svg(rows).count("h1v1h-1z") == sum(row.count("1") for row in rows)


@pytest.mark.parametrize("render", [pdf.render, docx.render])
def test_a_paper_with_a_code_gives_the_same_bytes(render):
    assert render(PAPER) == render(PAPER)


def test_the_docx_carries_the_picture():
    written = python_docx.Document(BytesIO(docx.render(PAPER)))
    assert len(written.inline_shapes) == 1
    assert any("扫码查验" in one.text for one in written.paragraphs)
