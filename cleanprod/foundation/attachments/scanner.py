"""Ask a ClamAV daemon about content, by the INSTREAM command of clamd(8)."""

import contextlib
import logging
import socket
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from django.conf import settings

from cleanprod.foundation.attachments.rules import Scan

log = logging.getLogger(__name__)
_CONNECT_SECONDS = 5
_PIECE = 1 << 18
_LONGEST_ANSWER = 4096


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the scanner said: the state of the file, and the name of what was found in it."""

    scan: Scan
    found: str = ""


UNKNOWN = Verdict(Scan.NONE)


def is_configured() -> bool:
    """Tell whether this installation has a scanner."""
    return settings.SCANNER is not None


def must_wait(said: Verdict) -> bool:
    """Tell whether content has to wait: there is a scanner, and it has not judged yet."""
    return is_configured() and said.scan is Scan.NONE


def pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a stream in pieces that the scanner takes."""
    while piece := stream.read(_PIECE):
        yield piece


def scan(content: Iterable[bytes]) -> Verdict:
    """Return the scanner's verdict; UNKNOWN when there is no scanner or it cannot be reached.

    One that hangs up, or says nothing of use, gives no verdict on this content but a reason.
    """
    where = settings.SCANNER
    if where is None:
        return UNKNOWN
    try:
        line = _connect(where)
    except OSError as error:
        log.warning("the scanner at %s cannot be reached: %s", where, error)
        return UNKNOWN
    try:
        with line:
            return _verdict(_ask(line, content))
    except OSError as error:
        log.warning("the scanner at %s gave no verdict: %s", where, error)
        return Verdict(Scan.NONE, str(error))


def _ask(line: socket.socket, content: Iterable[bytes]) -> str:
    # Above its size limit the scanner answers in the middle and hangs up.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        line.sendall(b"zINSTREAM\0")
        for piece in content:
            if piece:
                line.sendall(struct.pack("!I", len(piece)) + piece)
        line.sendall(struct.pack("!I", 0))
    answer = b""
    while len(answer) < _LONGEST_ANSWER and not answer.endswith(b"\0"):
        part = line.recv(_LONGEST_ANSWER)
        if not part:
            break
        answer += part
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def _connect(where: str | tuple[str, int]) -> socket.socket:
    if isinstance(where, str):
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(_CONNECT_SECONDS)
        try:
            line.connect(where)
        except OSError:
            line.close()
            raise
    else:
        line = socket.create_connection(where, timeout=_CONNECT_SECONDS)
    line.settimeout(settings.SCANNER_SECONDS)
    return line


def _verdict(answer: str) -> Verdict:
    said = answer.removeprefix("stream:").strip()
    if said == "OK":
        return Verdict(Scan.CLEAN)
    if said.endswith(" FOUND"):
        return Verdict(Scan.BAD, said.removesuffix(" FOUND"))
    if "size limit exceeded" in said:
        return Verdict(Scan.LARGE)
    log.warning("the scanner gave no verdict: %r", answer)
    return Verdict(Scan.NONE, said or "?")
