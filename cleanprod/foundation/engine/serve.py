"""One process tree: PostgreSQL, the web server and the worker, under one parent that waits."""

import errno
import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from types import FrameType

from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.lock import HomeLock
from cleanprod.foundation.engine.prepare import prepare
from cleanprod.foundation.engine.process import end, end_group, spawn
from cleanprod.foundation.engine.server import Server, embedded
from cleanprod.kernel.errors import Refused

_TICK = 0.2
_LOCK_PATIENCE = 15.0  # seconds that a short command may still need
_READY_PATIENCE = 120.0
_STEADY = 60.0  # a child that ran this long starts again without delay
_LONGEST_DELAY = 30.0
_TRIES_BEFORE_READY = 3
_ANY_HOST = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104


class _Stopped(BaseException):
    """Somebody asked us to stop; not an Exception, so that no library swallows it."""


@dataclass
class _Child:
    """A child that is started again when it ends, later each time it ends early."""

    command: list[str]
    on_our_death: signal.Signals
    patience: float
    starts: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _born: float = 0.0
    _delay: float = 0.0

    def start(self) -> None:
        self._process = spawn(self.command, on_our_death=self.on_our_death)
        self._born = time.monotonic()
        self.starts += 1

    def tend(self) -> None:
        """Start the child again if it has ended and its delay is over."""
        if not self._process or self._process.poll() is None:
            return
        end_group(self._process)
        if self._delay and time.monotonic() - self._born > _STEADY + self._delay:
            self._delay = 0.0
        if time.monotonic() - self._born >= self._delay:
            self._delay = min(max(self._delay * 2, 1.0), _LONGEST_DELAY)
            self.start()

    def stop(self) -> None:
        if self._process:
            end(self._process, self.patience)
            self._process = None


def serve(home: Home, *, host: str, port: int, workers: int, tell: Callable[[str], None]) -> None:
    """Serve a home until SIGTERM, SIGINT or SIGHUP; `tell` gets the one line when it is ready."""
    home.make()
    url = f"http://{_in_url(host)}:{port}/"
    with suppress(_Stopped), HomeLock(home.path) as lock, _stopping_on_signals():
        _hold(lock, url)
        _demand_free(host, port)
        with ExitStack() as stack:
            server = None
            if home.embedded:
                server = embedded(home)
                stack.callback(server.stop)
                server.start()
            prepare(home)
            worker, web = _worker(), _web(host, port, workers)
            for child in (worker, web):  # stopped in reverse: web, worker, database
                stack.callback(child.stop)
                child.start()
            _await_answer(host, port, web, worker, server)
            tell(f"清洁生产平台已就绪：{url}")
            while True:
                _tend(server, web, worker)


def _web(host: str, port: int, workers: int) -> _Child:
    command = [
        *(sys.executable, "-m", "granian", "cleanprod.foundation.engine.web:application"),
        *("--interface", "wsgi", "--http", "1", "--no-ws", "--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", "2"),
        *("--blocking-threads-idle-timeout", "600", "--workers-kill-timeout", "10"),
        *("--respawn-failed-workers", "--log-level", "warning"),
    ]
    return _Child(command, signal.SIGTERM, patience=20)


def _worker() -> _Child:
    command = [sys.executable, "-m", "cleanprod.foundation.engine.worker"]
    return _Child(command, signal.SIGKILL, patience=30)


def _tend(server: Server | None, *children: _Child) -> None:
    if server and not server.alive:
        server.stop()
        server.start()
    for child in children:
        child.tend()
    time.sleep(_TICK)


def _await_answer(host: str, port: int, web: _Child, worker: _Child, server: Server | None) -> None:
    deadline = time.monotonic() + _READY_PATIENCE
    while not _answers(host, port):
        if web.starts > _TRIES_BEFORE_READY or time.monotonic() > deadline:
            raise Refused("网页服务未能启动，原因见上面的输出")
        _tend(server, web, worker)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(_ANY_HOST.get(host, host), port, timeout=30)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _demand_free(host: str, port: int) -> None:
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            # As the web server does it: a port that only waits for late packets is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = "已被占用" if error.errno == errno.EADDRINUSE else error.strerror
        raise Refused(
            f"端口 {port}（{host}）不能使用（{reason}）："
            "请停止占用它的程序，或用 --port 或 CLEANPROD_PORT 另选一个"
        ) from error


def _hold(lock: HomeLock, url: str) -> None:
    """Take the home for ourselves, after a short command that may be using it."""
    deadline = time.monotonic() + _LOCK_PATIENCE
    while not lock.acquire(serves=True, url=url):
        holder = lock.holder()
        if holder and holder.serves:
            raise Refused(
                f"本数据目录已由另一个 serve 使用（进程 {holder.pid}，{holder.url}）："
                "请先停止它，或另设 CLEANPROD_HOME"
            )
        if time.monotonic() > deadline:
            name = f"（进程 {holder.pid}）" if holder else ""
            raise Refused(f"另一个 cleanprod 命令{name}正在使用本数据目录，请等它结束后再启动")
        time.sleep(_TICK)


@contextmanager
def _stopping_on_signals() -> Iterator[None]:
    """Turn the first request to stop into an exception; while stopping, further ones are idle."""
    asked = [signal.SIGTERM, signal.SIGINT]
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as under nohup
        asked.append(signal.SIGHUP)

    def stop(number: int, frame: FrameType | None) -> None:
        for other in asked:
            signal.signal(other, signal.SIG_IGN)
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _in_url(host: str) -> str:
    shown = _ANY_HOST.get(host, host)
    return f"[{shown}]" if ":" in shown else shown
