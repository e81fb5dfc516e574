"""Bring a running database up to this version, acting as its owner in a child process.

The child keeps the owner's rights out of the process that goes on as the app.
"""

import os
import subprocess
import sys
from signal import SIGTERM

from cleanprod.foundation.engine.home import Home
from cleanprod.foundation.engine.process import end, spawn
from cleanprod.kernel.errors import Refused

REFUSAL = 3
"""Exit code of the child when its last line is a message for people, not a programming error."""


def prepare(home: Home) -> None:
    """Make database, roles, tables, rights and static files; repeating it changes nothing.

    The home's database must be available, see `server.running`.
    """
    home.make()
    child = spawn(
        [sys.executable, "-m", "cleanprod.foundation.engine.schema"],
        on_our_death=SIGTERM,
        env=os.environ | {"CLEANPROD_HOME": str(home.path), "CLEANPROD_DB_AS": "owner"},
        output=subprocess.PIPE,
        errors=subprocess.STDOUT,
    )
    try:
        told = child.communicate()[0].decode(errors="replace").strip()
    except BaseException:
        end(child, patience=5)
        raise
    if child.returncode:
        raise Refused(_refusal(home, child.returncode, told))


def _refusal(home: Home, code: int, told: str) -> str:
    last = told.splitlines()[-1] if told else f"退出码 {code}"
    if code == REFUSAL:
        return last
    home.log.mkdir(mode=0o700, exist_ok=True)
    log = home.log / "prepare.log"
    log.write_text(told + "\n", encoding="utf-8")
    return f"准备数据库时出错：{last}（详见 {log}）"
