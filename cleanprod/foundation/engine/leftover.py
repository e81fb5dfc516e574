"""What a killed parent may leave behind: a database server, its pid file, its socket."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil

from cleanprod.foundation.engine.home import SOCKET_NAME
from cleanprod.kernel.errors import Refused

_PATIENCE = 30  # seconds for an orderly end, which may have to write a checkpoint
_LAST_PATIENCE = 10


def clear(data: Path, socket: Path) -> None:
    """Stop a left-over server of this data folder by its id and remove its stale files.

    The caller holds the lock of the home, so nobody runs this server on purpose. A pid file may
    also name a zombie or, after a restart of the machine, a stranger: those are left alone.
    """
    file = data / "postmaster.pid"
    if not file.exists():
        return
    processes = _processes_of(data)
    chief = next((one for one in processes if one.pid == _pid_in(file)), None)
    if chief:
        _stop(chief)
    alive = _alive_after(processes, _LAST_PATIENCE)
    if alive:
        ids = "、".join(str(one.pid) for one in alive)
        raise Refused(f"上次遗留的数据库进程（{ids}）未能停止，请先结束这些进程")
    file.unlink(missing_ok=True)
    for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
        (socket / name).unlink(missing_ok=True)


def _stop(chief: psutil.Process) -> None:
    """Ask for a fast stop, then for an immediate one, which the next start repairs."""
    for number, patience in ((signal.SIGINT, _PATIENCE), (signal.SIGQUIT, _LAST_PATIENCE)):
        with suppress(psutil.NoSuchProcess):
            chief.send_signal(number)
        if not _alive_after([chief], patience):
            return


def _alive_after(processes: list[psutil.Process], patience: float) -> list[psutil.Process]:
    """Wait for processes to end and return those that did not."""
    deadline = time.monotonic() + patience
    while processes := [one for one in processes if not _gone(one)]:
        if time.monotonic() > deadline:
            break
        time.sleep(0.05)
    return processes


def _gone(process: psutil.Process) -> bool:
    # A zombie has ended; in a container nobody may ever collect it, so waiting for that is vain.
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _pid_in(file: Path) -> int:
    first = file.read_text(errors="replace").partition("\n")[0].strip()
    return int(first) if first.isdigit() else 0


def _processes_of(data: Path) -> list[psutil.Process]:
    """Return the PostgreSQL processes that work in a data folder; they keep it as their cwd."""
    home = os.path.realpath(data)
    return [one for one in psutil.process_iter(["name", "cwd"]) if _works_in(one, home)]


def _works_in(process: psutil.Process, folder: str) -> bool:
    # psutil leaves None where it may not look, as with zombies and other people's processes.
    name, cwd = process.info["name"] or "", process.info["cwd"]
    return name.startswith("postgres") and cwd == folder
