"""Scans of the demo: readable PDFs that say what they stand for, and that they are none."""

from functools import cache

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.documents import pdf
from cleanprod.foundation.documents.blocks import Paragraph, Properties, table_paper


def scan(title: str, of: str = "") -> bytes:
    """Return a PDF of one page; scans `of` different things differ in a line no reader shows."""
    return _page(title) + f"\n% {of}".encode()


@cache
def _page(title: str) -> bytes:
    said = Paragraph("演示数据，不是真实的材料。")
    return pdf.render(table_paper(title, said, properties=Properties(created=plan.TODAY)))
