"""The supervisor of our own PostgreSQL: a child process on a socket in a private folder.

Everything the mission asks of a database works here as on an outside server; only the way of
starting differs. The server is a plain child (not started by pg_ctl), so that it ends with us.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGQUIT

import psutil
import psycopg

from cleanprod.foundation.engine import leftover
from cleanprod.foundation.engine.binaries import Binaries, find, within_reach
from cleanprod.foundation.engine.home import OWNER_ROLE, Home
from cleanprod.foundation.engine.lock import HomeLock
from cleanprod.foundation.engine.process import Account, end, spawn
from cleanprod.kernel.errors import Refused

_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
_MIB = 1024 * 1024
_LOG_LIMIT = 10 * _MIB
_START_PATIENCE = 180  # seconds; after a crash the log of changes is replayed first
_STOP_PATIENCE = 60
_SERVE_PATIENCE = 60
_BUILTIN_LOCALE_SINCE = 17


@dataclass
class Server:
    """One PostgreSQL server on one data folder, listening on one socket folder."""

    data: Path
    socket: Path
    log: Path
    extra: Mapping[str, str] = field(default_factory=dict)
    _child: "subprocess.Popen[bytes] | None" = None

    @property
    def alive(self) -> bool:
        """Tell whether the server process runs."""
        return self._child is not None and self._child.poll() is None

    def start(self) -> None:
        """Make the data folder at first use, start the server and wait until it answers."""
        account = Account.for_database(self.data)
        _open_way(account, self.data.parent)
        binaries = within_reach(find(), account, self.data.parent)
        _demand_same_major(self.data, binaries)
        _demand_same_owner(self.data, account)
        _make_private(self.socket, account)
        leftover.clear(self.data, self.socket)
        if not (self.data / "PG_VERSION").exists():
            _create(self.data, binaries, account)
        self._launch(binaries, account)
        try:
            self._await_answer()
            _demand_unicode(self.socket)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server: open transactions are rolled back, everything committed is written."""
        if not self._child:
            return
        for number, patience in ((SIGINT, _STOP_PATIENCE), (SIGQUIT, _STOP_PATIENCE)):
            if self._child.poll() is None:
                self._child.send_signal(number)
                try:
                    self._child.wait(patience)
                except subprocess.TimeoutExpired:
                    continue
        self._child.kill()
        self._child.wait()
        self._child = None

    def _launch(self, binaries: Binaries, account: Account) -> None:
        self.log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old.log"))
        options = [f"--{name}={value}" for name, value in (tuning() | dict(self.extra)).items()]
        with self.log.open("ab") as log:
            self._child = spawn(
                [binaries.folder / "postgres", "-D", self.data, "-k", self.socket, *options],
                on_our_death=SIGINT,
                account=account,
                env=_ENVIRONMENT,
                output=log,
                errors=log,
                cwd="/",
            )

    def _await_answer(self) -> None:
        deadline = time.monotonic() + _START_PATIENCE
        while not answers(self.socket):
            if not self.alive or time.monotonic() > deadline:
                raise Refused(f"数据库未能启动：{_last_line(self.log)}（详见 {self.log}）")
            time.sleep(0.02)


def embedded(home: Home, extra: Mapping[str, str] | None = None) -> Server:
    """Return the server of a home, not started yet."""
    return Server(home.database, home.socket, home.log / "postgresql.log", extra or {})


@contextmanager
def running(home: Home) -> Iterator[None]:
    """Keep the home's database available inside a `with` block.

    With an outside server there is nothing to do; while `serve` runs its server is used; else
    the server runs for the duration, one command after the other.
    """
    if not home.embedded:
        yield
        return
    home.make()
    with HomeLock(home.path) as lock:
        if not _take_or_share(home, lock):
            yield
            return
        server = embedded(home)
        server.start()
        try:
            yield
        finally:
            server.stop()


def answers(socket: Path) -> bool:
    """Tell whether a server on this socket folder accepts connections."""
    try:
        with connect(socket):
            return True
    except psycopg.OperationalError:
        return False


def connect(socket: Path, database: str = "postgres") -> "psycopg.Connection[tuple[object, ...]]":
    """Connect to the server on a socket folder as the owner."""
    return psycopg.connect(
        host=str(socket),
        port=5432,
        user=OWNER_ROLE,
        dbname=database,
        connect_timeout=5,
        autocommit=True,
    )


def tuning() -> dict[str, str]:
    """Return settings that suit a small machine which also runs the platform itself."""
    memory = psutil.virtual_memory().total // _MIB
    return {
        "listen-addresses": "",
        "port": "5432",
        "max-connections": "60",
        "shared-buffers": f"{min(max(memory // 16, 128), 512)}MB",
        "effective-cache-size": f"{max(memory // 4, 256)}MB",
        "work-mem": "16MB",
        "maintenance-work-mem": "128MB",
        "max-wal-size": "2GB",
        "random-page-cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log-timezone": "UTC",
        "lc-messages": "C",
    }


def _take_or_share(home: Home, lock: HomeLock) -> bool:
    """Return True with the lock taken, or False when `serve` or our parent lends its server."""
    started, told = time.monotonic(), False
    while not lock.acquire():
        holder, waited = lock.holder(), time.monotonic() - started
        if holder and (holder.serves or _is_above_us(holder.pid)):
            if answers(home.socket):
                return False
            if waited > _SERVE_PATIENCE:
                raise Refused(f"本数据目录的数据库（进程 {holder.pid}）没有应答，请检查或重新启动")
        elif waited > 1 and not told:
            sys.stderr.write("另一个 cleanprod 命令正在使用本数据目录，等待其结束……\n")
            told = True
        time.sleep(0.1)
    return True


def _is_above_us(pid: int) -> bool:
    """Tell whether a process is ourselves or started us: waiting for it would never end."""
    return pid in {os.getpid(), *(one.pid for one in psutil.Process().parents())}


def _open_way(account: Account, home: Path) -> None:
    """See to it that the account can reach the home; only the home's own folder is opened."""
    if account.is_us:
        return
    barrier = account.barrier(home)
    if barrier == home.resolve() and barrier.stat().st_uid == os.geteuid():
        home.chmod(home.stat().st_mode | 0o011)
        barrier = account.barrier(home)
    if barrier:
        raise Refused(
            f"以 root 运行时数据库由普通账号运行，而该账号不能进入 {barrier}："
            "请把 CLEANPROD_HOME 设在其他位置（如 /var/lib/cleanprod），或不以 root 运行"
        )


def _demand_same_major(data: Path, binaries: Binaries) -> None:
    file = data / "PG_VERSION"
    if not file.exists():
        return
    found = file.read_text().strip()
    if found != str(binaries.major):
        raise Refused(
            f"数据目录 {data} 由 PostgreSQL {found} 建立，"
            f"现有程序为 {binaries.major}，不能直接打开："
            f"请设 CLEANPROD_PG_BIN 指向 {found} 版程序，用 pg_dump 导出，再恢复到新的数据目录"
        )


def _demand_same_owner(data: Path, account: Account) -> None:
    if data.exists() and data.stat().st_uid != account.uid:
        owner = data.stat().st_uid
        raise Refused(f"数据目录 {data} 属于另一账号（{owner}），请用该账号或 root 运行")


def _make_private(folder: Path, account: Account) -> None:
    """Make a folder that only the server's account may enter, or refuse somebody else's."""
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if folder.is_symlink() or status.st_uid not in {account.uid, os.geteuid()}:
        raise Refused(f"{folder} 属于另一账号，不能用作数据库的套接字目录，请删除后重试")
    folder.chmod(0o700)
    if status.st_uid != account.uid:
        os.chown(folder, account.uid, account.gid)


def _create(data: Path, binaries: Binaries, account: Account) -> None:
    """Make the data folder aside and put it in place when it is whole."""
    draft = data.with_name(f"{data.name}.{os.getpid()}")
    _make_private(draft, account)
    command: list[str | Path] = [
        binaries.folder / "initdb",
        *("-D", draft, "-U", OWNER_ROLE, "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums"),
        *("--auth-local=trust", "--auth-host=reject"),
    ]
    if binaries.major >= _BUILTIN_LOCALE_SINCE:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    child = spawn(
        command,
        on_our_death=SIGINT,
        account=account,
        env=_ENVIRONMENT,
        output=subprocess.PIPE,
        errors=subprocess.STDOUT,
        cwd="/",
    )
    try:
        told = child.communicate()[0].decode(errors="replace").strip()
        if child.returncode:
            raise Refused(f"不能建立数据库：{told.splitlines()[-1] if told else child.returncode}")
        if data.is_dir():
            data.rmdir()  # an empty one only
        draft.rename(data)
    finally:
        end(child, patience=5)
        shutil.rmtree(draft, ignore_errors=True)


def _demand_unicode(socket: Path) -> None:
    """Refuse a server whose characters are bytes: searching Chinese would find nothing."""
    with connect(socket, "template1") as connection:
        row = connection.execute("SELECT '清' ~ '^[[:alpha:]]$' AND lower('Ä') = 'ä'").fetchone()
    if row != (True,):
        raise Refused("数据库的字符分类不是 C.UTF-8，中文检索会出错：请重新建立数据目录")


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    telling = [line for line in lines[-20:] if "FATAL" in line or "PANIC" in line] or lines[-1:]
    return telling[-1].strip() if telling else "没有日志"
