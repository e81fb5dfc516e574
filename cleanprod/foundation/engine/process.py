"""Child processes that never outlive us, and the account a database server may run under."""

import ctypes
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

NOBODY = 65534
_PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not open libraries.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Account:
    """A user and group by number; the root account starts the database under another one."""

    uid: int
    gid: int

    @classmethod
    def for_database(cls, data: Path) -> "Account":
        """Return who runs the server: ourselves, or for root the data's owner, else `nobody`."""
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        if data.is_dir() and data.stat().st_uid != 0:
            return cls(data.stat().st_uid, data.stat().st_gid)
        return cls(NOBODY, NOBODY)

    @property
    def is_us(self) -> bool:
        """Tell whether this is the account we run under."""
        return self.uid == os.geteuid()

    def may_enter(self, folder: Path) -> bool:
        """Tell whether the account may pass through a folder."""
        return self._may(folder, stat.S_IXUSR)

    def may_read(self, folder: Path) -> bool:
        """Tell whether the account may list and pass through a folder."""
        return self._may(folder, stat.S_IXUSR | stat.S_IRUSR)

    def barrier(self, folder: Path) -> Path | None:
        """Return the first folder on the way to (and with) this one that stops the account."""
        way = [*reversed(folder.resolve().parents), folder.resolve()]
        return next((step for step in way if not self.may_enter(step)), None)

    def _may(self, folder: Path, bits: int) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return status.st_mode & bits == bits
        shift = 3 if status.st_gid == self.gid else 6
        return (status.st_mode << shift) & bits == bits


def spawn(
    command: Sequence[str | Path],
    *,
    on_our_death: signal.Signals,
    account: Account | None = None,
    env: Mapping[str, str] | None = None,
    output: IO[bytes] | int | None = None,
    errors: IO[bytes] | int | None = None,
    cwd: str | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a child in its own session that gets a signal when we die, however we die.

    Linux sends that signal when the *thread* that called this ends, so call it from the main
    thread. Elsewhere the child is only stopped by an orderly end.
    """
    other = account if account and not account.is_us else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        env=env,
        cwd=cwd,
        # Its own session: Ctrl-C reaches us only, and we stop the children in order.
        start_new_session=True,
        user=other.uid if other else None,
        group=other.gid if other else None,
        extra_groups=[] if other else None,
        # Runs after the change of user, which would wipe the death signal.
        preexec_fn=_bind_to(os.getpid(), on_our_death),
    )


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send us a signal when the parent ends (Linux only)."""
    if _libc:
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)


def end(child: "subprocess.Popen[bytes]", patience: float) -> None:
    """Stop a child with SIGTERM, after some seconds with SIGKILL, and its whole group with it."""
    if child.poll() is None:
        child.terminate()
        with suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    end_group(child)
    child.wait()


def end_group(child: "subprocess.Popen[bytes]") -> None:
    """Kill what is left of the process group that a child leads."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _bind_to(parent: int, number: signal.Signals) -> Callable[[], None]:
    def bind() -> None:
        die_with_parent(number)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return bind
