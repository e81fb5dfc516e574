"""What a file is by its first bytes, and which names are kept."""

import re
import unicodedata

_KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/vnd.ms-office"),
)
_OFFICE = (
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
)
_PATH = re.compile(r"[/\\\x00-\x1f\x7f]+")
LONGEST_NAME = 150


def content_type(head: bytes) -> str:
    """Return the type of a file by its first bytes; what is unknown is plain bytes."""
    for mark, kind in _KINDS:
        if head.startswith(mark):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return next((kind for mark, kind in _OFFICE if mark in head), "application/zip")
    return "application/octet-stream"


def clean_name(name: str) -> str:
    """Return a file name without folders, control signs or leading dots, of bounded length."""
    last = _PATH.split(unicodedata.normalize("NFC", name).strip())[-1]
    bare = last.lstrip(". ") or "未命名"
    stem, dot, ending = bare.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return bare[:LONGEST_NAME]
