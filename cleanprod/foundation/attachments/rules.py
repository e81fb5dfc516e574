"""What a file is by its content, and which names are kept."""

import re
import unicodedata
from collections.abc import Collection

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.term import Term


class Scan(Term):
    """Whether a scanner has looked at a file."""

    NONE = "none", "未扫描"
    CLEAN = "clean", "已扫描"
    LARGE = "large", "未扫描（超过扫描上限）"
    BAD = "bad", "有风险"


UNKNOWN = "application/octet-stream"
ZIP = "application/zip"
OLD_OFFICE = "application/vnd.ms-office"
LONGEST_NAME = 150
LONGEST_ENDING = 10
HEAD = 4096
"""Bytes from the start that tell what a file is."""

PAPERS = ("application/pdf", "image/jpeg", "image/png")
"""What a scan, a screenshot or a picture may be."""
MOST_OF_PAPER = 20 * 1024 * 1024
"""Bytes of one of them, unless a form says otherwise."""

PIECE = 4 * 1024 * 1024
"""Bytes of a piece of an upload, as the page sends it."""
SMALLEST_PIECE = 256 * 1024
LARGEST_PIECE = 8 * 1024 * 1024

_OPEN_OFFICE = "application/vnd.openxmlformats-officedocument"
_MARKS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
)
_INSIDE = (
    ("xl/vbaProject.bin", "application/vnd.ms-excel.sheet.macroEnabled.12"),
    ("word/vbaProject.bin", "application/vnd.ms-word.document.macroEnabled.12"),
    ("xl/workbook.xml", f"{_OPEN_OFFICE}.spreadsheetml.sheet"),
    ("word/document.xml", f"{_OPEN_OFFICE}.wordprocessingml.document"),
)
_BY_ENDING = {
    OLD_OFFICE: {"xls": "application/vnd.ms-excel", "doc": "application/msword"},
    "text/plain": {"csv": "text/csv"},
}
_DECLARABLE = {
    OLD_OFFICE: {"application/vnd.ms-excel", "application/msword"},
    "text/plain": {"text/csv"},
}
_SLASHES = re.compile(r"[/\\]")


def sniff(head: bytes) -> str:
    """Return the kind of a file by its first bytes; what is unknown is plain bytes."""
    for mark, kind in _MARKS:
        if head.startswith(mark):
            return kind
    return "text/plain" if _is_text(head) else UNKNOWN


def kind_of_package(names: Collection[str]) -> str:
    """Return the kind of a zip file by the names in it."""
    return next((kind for mark, kind in _INSIDE if mark in names), ZIP)


def narrow(kind: str, name: str, declared: str = "") -> str:
    """Tell kinds of like content apart by the name's ending, else by what the sender declared.

    Neither can turn a file into something that its content is not.
    """
    by_ending = _BY_ENDING.get(kind, {}).get(name.rpartition(".")[2].lower())
    if by_ending:
        return by_ending
    plain = declared.partition(";")[0].strip().lower()
    return plain if plain in _DECLARABLE.get(kind, ()) else kind


def clean_name(name: str) -> str:
    """Return a file name without folders, control signs or leading dots, of bounded length.

    Signs that turn the direction of writing go as well: they make `.exe` look like `.xlsx`.
    """
    text = unicodedata.normalize("NFC", name)
    printable = "".join(sign for sign in text if unicodedata.category(sign)[0] != "C")
    bare = _SLASHES.split(printable.strip())[-1].strip(". ") or "未命名"
    stem, dot, ending = bare.rpartition(".")
    if dot and len(ending) <= LONGEST_ENDING:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return bare[:LONGEST_NAME].rstrip(". ")


def _is_text(head: bytes) -> bool:
    """Tell whether bytes read as UTF-8 or GB 18030 text; the last sign may be cut in two."""
    if not head or any(byte < 32 and byte not in b"\t\n\r\f" for byte in head):
        return False
    return any(_reads(head, encoding) for encoding in ("utf-8", "gb18030"))


def _reads(head: bytes, encoding: str) -> bool:
    # Four bytes are the longest sign of either encoding.
    for cut in range(4 if len(head) >= HEAD else 1):
        try:
            head[: len(head) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def in_megabytes(size: int) -> str:
    """Return a number of bytes in words, never more than there is."""
    return f"{size // 1024 // 1024} MB"


def checked_size(size: int, most: int) -> int:
    """Return the size of a new upload, or refuse one that is empty or above the limit."""
    if size <= 0:
        raise Refused("文件是空的，请重新选择")
    if size > most:
        raise Refused(f"文件不能超过{in_megabytes(most)}")
    return size


def checked_piece(size: int, received: int, whole: int) -> int:
    """Return what is received with a new piece, or refuse one of a wrong length."""
    after = received + size
    if after > whole:
        raise Refused("收到的内容比文件长，请重新选择文件上传")
    if size > LARGEST_PIECE:
        raise Refused(f"一次最多上传{in_megabytes(LARGEST_PIECE)}")
    if size == 0 or (size < SMALLEST_PIECE and after < whole):
        raise Refused("这一段太短，请从头上传")
    return after
