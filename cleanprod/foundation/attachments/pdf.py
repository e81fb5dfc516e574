"""Tell whether a PDF can be read by everybody: complete, with pages, without a password."""

from typing import IO

from pypdf import PdfReader
from pypdf.errors import PdfReadError, PyPdfError

from cleanprod.kernel.errors import Refused

_BROKEN = "PDF文件无法打开，可能没有传完整或已损坏，请重新导出后上传"


def checked_pdf(content: IO[bytes]) -> int:
    """Return the number of pages of a PDF; refuse one that is broken, empty or encrypted.

    The content is read where it is needed only, so it must be seekable; its place is moved.
    """
    try:
        reader = PdfReader(content, strict=False)
        if reader.is_encrypted:
            raise Refused("PDF文件加了密码或限制，请去掉密码和限制后重新上传")
        pages = len(reader.pages)
        if pages:
            first = reader.pages[0]
            first.mediabox  # noqa: B018 - a page that cannot be laid out is no page
    except Refused:
        raise
    except (PdfReadError, PyPdfError, ValueError, KeyError, TypeError, AttributeError,
            IndexError, RecursionError, OSError) as error:  # fmt: skip
        raise Refused(_BROKEN) from error
    if not pages:
        raise Refused("PDF文件中没有页面，请重新导出后上传")
    return pages
