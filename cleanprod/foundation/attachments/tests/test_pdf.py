import io

import pytest
from pypdf import PdfWriter

from cleanprod.foundation.attachments.pdf import checked_pdf
from cleanprod.kernel.errors import Refused


def made(pages=1, password=None, owner=None):
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    if password is not None:
        writer.encrypt(password, owner, algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_readable_pdf_tells_its_pages():
    assert checked_pdf(io.BytesIO(made(3))) == 3


@pytest.mark.parametrize("password", ["secret", ""])
def test_a_pdf_with_a_password_or_a_restriction_is_refused(password):
    with pytest.raises(Refused, match="密码"):
        checked_pdf(io.BytesIO(made(1, password, "owner")))


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"", b"%PDF-1.7\n%%EOF", made()[:200]])
def test_a_broken_pdf_is_refused_in_words(content):
    with pytest.raises(Refused, match="无法打开|没有页面"):
        checked_pdf(io.BytesIO(content))


def test_a_pdf_without_pages_is_refused():
    with pytest.raises(Refused, match="没有页面"):
        checked_pdf(io.BytesIO(made(0)))
