"""The lock of a home: one process at a time runs its database."""

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import psutil


@dataclass(frozen=True)
class Holder:
    """Who holds the lock: process id, what for, and where it answers."""

    pid: int
    serves: bool
    url: str = ""


class HomeLock:
    """A file lock that the kernel frees when its holder ends, however it ends."""

    def __init__(self, home: Path) -> None:
        """Name the lock of a home; nothing is locked yet."""
        self._path = home / "lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> "HomeLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self, *, serves: bool = False, url: str = "") -> bool:
        """Take the lock and write down who we are, or return False if somebody else holds it."""
        file = self._path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), "serves": serves, "url": url}))
        file.flush()
        return True

    def release(self) -> None:
        """Free the lock if we hold it."""
        if self._file:
            self._file.truncate(0)
            self._file.close()
            self._file = None

    def holder(self) -> Holder | None:
        """Return who holds the lock, or None in the moment before they have written it down."""
        try:
            told = Holder(**json.loads(self._path.read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None
        return told if psutil.pid_exists(told.pid) else None
