"""Put content on the shelf and take it from there, whether that is a folder or a bucket."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File as Wrapped
from django.core.files.storage import FileSystemStorage, default_storage

_FOLDER_MODE = 0o700
DRAFT = ".draft-"


def folder() -> Path | None:
    """Return the folder of stored files, or None when they lie in a bucket."""
    if isinstance(default_storage, FileSystemStorage):
        return Path(default_storage.path("."))
    return None


def drafts() -> Path:
    """Return the folder of this machine where content waits until it is put on the shelf."""
    return folder() or Path(settings.FILE_DRAFTS)


@contextmanager
def draft() -> Iterator[Path]:
    """Give an empty file that nobody else can read; what is left of it in the end is removed."""
    place = drafts()
    place.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place, prefix=DRAFT)
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def put(made: Path, path: str) -> None:
    """Put a draft on the shelf under a path; what was there is replaced in one step."""
    own = folder()
    if own is not None:
        _move(made, own / path, own)
        return
    with made.open("rb") as stream:
        default_storage.save(path, Wrapped(stream))


def take(path: str) -> IO[bytes]:
    """Open what lies under a path; raise FileNotFoundError when nothing does."""
    own = folder()
    if own is not None:
        return (own / path).open("rb")
    return default_storage.open(path, "rb")


def clear(path: str) -> None:
    """Remove what lies under a path, if anything does; a folder left empty goes as well."""
    default_storage.delete(path)
    own = folder()
    if own is not None:
        above = (own / path).parent
        if above.is_dir() and not any(above.iterdir()):
            above.rmdir()


def _move(made: Path, target: Path, top: Path) -> None:
    """Move a draft to its place in one step, and have the folders remember it after a power cut."""
    above = [one for one in target.parents if one == top or top in one.parents]
    for one in reversed(above):
        one.mkdir(mode=_FOLDER_MODE, exist_ok=True)
    os.replace(made, target)
    for one in above:
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
