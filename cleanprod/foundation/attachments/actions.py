"""Store files under their SHA-256 and open them again."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.core.files.base import File as Upload
from django.core.files.storage import default_storage

from cleanprod.foundation.attachments import rules
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.trail.actions import Actor
from cleanprod.kernel.errors import Refused

_CHUNK = 1 << 20
_FOLDER_MODE = 0o700


def root() -> Path:
    """Return the folder of stored files."""
    return Path(default_storage.path("."))


def store(
    content: "bytes | IO[bytes] | Upload[bytes]", name: str, *, by: Actor, declared_type: str = ""
) -> File:
    """Store content durably and return its record; the same content lies on disk once.

    Each storing is a record of its own, with its name and who brought it. An upload is read from
    its beginning, a stream from where it stands. What a transaction stored before it failed stays
    on disk without a record and is found again by the next storing of the same content.
    """
    folder = root()
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, prefix=".draft-")  # readable by us alone
    try:
        with os.fdopen(handle, "wb") as out:
            fingerprint, size, head = _write(_chunks(content), out)
        kind = _kind(Path(draft), head)
        path = f"{fingerprint[:2]}/{fingerprint[2:4]}/{fingerprint}"
        _put(Path(draft), folder / path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    cleaned = rules.clean_name(name)
    return File.objects.create(
        sha256=fingerprint,
        size=size,
        name=cleaned,
        content_type=rules.narrow(kind, cleaned, declared_type),
        path=path,
        person_id=by.person_id,
        person_name=by.person_name,
        office_id=by.office_id,
    )


def open_file(file: File) -> IO[bytes]:
    """Open the content of a stored file for reading, or refuse if it is gone from disk."""
    try:
        return (root() / file.path).open("rb")
    except FileNotFoundError as error:
        raise Refused(f"文件“{file.name}”的内容已不在服务器上，请联系系统管理员") from error


def verify(file: File) -> bool:
    """Tell whether the content on disk still has the fingerprint of its record."""
    try:
        with (root() / file.path).open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _chunks(content: "bytes | IO[bytes] | Upload[bytes]") -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
    elif isinstance(content, Upload):
        yield from content.chunks(_CHUNK)
    else:
        while chunk := content.read(_CHUNK):
            yield chunk


def _write(chunks: Iterable[bytes], out: IO[bytes]) -> tuple[str, int, bytes]:
    """Write all chunks through to the disk; return fingerprint, size and first bytes."""
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        head += chunk[: rules.HEAD - len(head)]
        digest.update(chunk)
        size += len(chunk)
        out.write(chunk)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest(), size, head


def _kind(draft: Path, head: bytes) -> str:
    kind = rules.sniff(head)
    if kind != rules.ZIP:
        return kind
    try:
        with ZipFile(draft) as package:
            return rules.kind_of_package(package.namelist())
    except (BadZipFile, OSError, ValueError):
        return rules.UNKNOWN


def _put(draft: Path, target: Path) -> None:
    """Move a draft to its place in one step, and have the folders remember it after a power cut."""
    above = target.parent.parent
    for folder in (above, target.parent):
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    os.replace(draft, target)
    for folder in (target.parent, above, above.parent):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
