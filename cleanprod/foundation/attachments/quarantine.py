"""Refuse a file in which the scanner found something, and have the trail remember that.

The refusal undoes the transaction of the act that stored the file, and a line written there with
it. So inside a transaction the line waits until the request is over.
"""

import logging
import threading

from django.db import connection, transaction

from cleanprod.foundation.trail import actions as trail
from cleanprod.foundation.trail.actions import Actor, Line
from cleanprod.kernel.errors import Refused

log = logging.getLogger(__name__)


class Infected(Refused):
    """The scanner found something in a file; the file was not kept."""


class _Waiting(threading.local):
    def __init__(self) -> None:
        self.lines: list[tuple[Line, Actor]] = []


_WAITING = _Waiting()


def refuse(name: str, fingerprint: str, found: str, *, by: Actor) -> Infected:
    """Note in the trail that a file was refused, and return the refusal to raise."""
    line = Line(
        act="file:refuse", verb="拒收有风险的文件", subject=f"sha256:{fingerprint[:16]}",
        label=name,
        after={"sha256": fingerprint, "found": found},
    )  # fmt: skip
    log.warning("refused an upload of person %s: %s in %s", by.person_id, found, fingerprint)
    _WAITING.lines.append((line, by))
    if not connection.in_atomic_block:
        write_lines()
    return Infected(f"文件“{name}”未通过病毒扫描（{found}），没有保存，请检查您的电脑后重新上传")


def write_lines() -> None:
    """Write the lines that wait, outside the transaction that was undone."""
    lines, _WAITING.lines = _WAITING.lines, []
    if lines:
        with transaction.atomic():
            for line, by in lines:
                trail.record(line, by=by)
