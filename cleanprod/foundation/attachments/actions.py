"""Store files under their SHA-256 and open them again."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files.base import File as Upload
from django.core.files.storage import default_storage

from cleanprod.foundation.attachments import rules
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.trail.actions import Actor

_CHUNK = 1 << 20
_HEAD = 4096


def root() -> Path:
    """Return the folder of stored files."""
    return Path(default_storage.path("."))


def store(content: "bytes | IO[bytes] | Upload[bytes]", name: str, *, by: Actor) -> File:
    """Store content durably and return its record; the same content lies on disk once."""
    folder = root()
    folder.mkdir(parents=True, exist_ok=True)
    digest, size, head = hashlib.sha256(), 0, b""
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")
    try:
        with os.fdopen(handle, "wb") as out:
            for chunk in _chunks(content):
                head = head or chunk[:_HEAD]
                digest.update(chunk)
                size += len(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
        fingerprint = digest.hexdigest()
        path = f"{fingerprint[:2]}/{fingerprint[2:4]}/{fingerprint}"
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(draft, target)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return File.objects.create(
        sha256=fingerprint,
        size=size,
        name=rules.clean_name(name),
        content_type=rules.content_type(head),
        path=path,
        person_id=by.person_id,
        person_name=by.person_name,
        office_id=by.office_id,
    )


def _chunks(content: "bytes | IO[bytes] | Upload[bytes]") -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    while chunk := content.read(_CHUNK):
        yield chunk


def open_file(file: File) -> IO[bytes]:
    """Open the content of a stored file for reading."""
    return (root() / file.path).open("rb")


def verify(file: File) -> bool:
    """Tell whether the content on disk still has the fingerprint of its record."""
    digest = hashlib.sha256()
    try:
        with open_file(file) as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        return False
    return digest.hexdigest() == file.sha256
