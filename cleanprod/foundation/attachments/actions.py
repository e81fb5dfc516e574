"""Store files under their SHA-256, open them again, and have them scanned."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO
from zipfile import BadZipFile, ZipFile

from django.core.files.base import File as Upload
from django.db import transaction

from cleanprod.foundation.attachments import quarantine, rules, scanner, shelf
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.attachments.rules import Scan
from cleanprod.foundation.attachments.scanner import Verdict
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail import actions as trail
from cleanprod.foundation.trail.actions import SYSTEM, Actor
from cleanprod.kernel.errors import Refused

_CHUNK = 1 << 20
_SCANNED_AT_ONCE = 200


class Unscanned(Refused):
    """A file that waits for its scan: nothing is attached before."""


def store(
    content: "bytes | IO[bytes] | Upload[bytes]",
    name: str,
    *,
    by: Actor,
    declared_type: str = "",
    verdict: Verdict | None = None,
) -> File:
    """Store content durably and return its record; the same content lies on the shelf once.

    Each storing is a record of its own, with its name and who brought it. An upload is read from
    its beginning, a stream from where it stands. Where a scanner is configured it is asked first,
    unless its verdict is given, and what it finds something in is refused (Infected). When it does
    not answer, a file that a person uploads is refused for now (Unscanned); what the platform made
    itself is kept as not scanned. What a transaction stored before it failed stays on the shelf
    without a record and is found again by the next storing of the same content.
    """
    cleaned = rules.clean_name(name)
    with shelf.draft() as draft:
        with draft.open("wb") as out:
            fingerprint, size, head = _write(_chunks(content), out)
        said = verdict or _scanned(draft)
        if said.scan is Scan.BAD:
            raise quarantine.refuse(cleaned, fingerprint, said.found, by=by)
        if isinstance(content, Upload) and scanner.must_wait(said):
            raise Unscanned(f"病毒扫描暂时没有结果，文件“{cleaned}”没有保存，请稍后再提交")
        kind = _kind(draft, head)
        path = f"{fingerprint[:2]}/{fingerprint[2:4]}/{fingerprint}"
        shelf.put(draft, path)
    return File.objects.create(
        sha256=fingerprint,
        size=size,
        name=cleaned,
        content_type=rules.narrow(kind, cleaned, declared_type),
        path=path,
        scan=said.scan.value,
        scanned_at=None if said.scan is Scan.NONE else clock.now(),
        person_id=by.person_id,
        person_name=by.person_name,
        office_id=by.office_id,
    )


def keep(upload: "Upload[bytes] | None", *, by: Actor) -> File | None:
    """Store what came with a form, if anything came; the form's field has judged it."""
    return store(upload, upload.name or "未命名", by=by) if upload else None


def open_file(file: File) -> IO[bytes]:
    """Open the content of a stored file for reading; refuse if it is gone or found infected."""
    if file.scan == Scan.BAD.value:
        raise Refused(f"文件“{file.name}”在扫描中发现风险，已停止使用，请上传人重新上传")
    try:
        return shelf.take(file.path)
    except FileNotFoundError as error:
        raise Refused(f"文件“{file.name}”的内容已不在服务器上，请联系系统管理员") from error


def verify(file: File) -> bool:
    """Tell whether the content on the shelf still has the fingerprint of its record."""
    try:
        with shelf.take(file.path) as stream:
            digest = hashlib.sha256()
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
            return digest.hexdigest() == file.sha256
    except OSError:
        return False


def scan_waiting() -> int:
    """Scan files that were kept while the scanner did not answer; return how many got a verdict.

    A file found infected stays on record, is opened no more and stands in the trail. When the
    scanner cannot be reached, the round ends.
    """
    if not scanner.is_configured():
        return 0
    waiting = File.objects.filter(scan=Scan.NONE.value).order_by("pk")[:_SCANNED_AT_ONCE]
    judged = 0
    for file in waiting:
        try:
            with shelf.take(file.path) as stream:
                said = scanner.scan(scanner.pieces(stream))
        except FileNotFoundError:
            continue  # `cleanprod check` tells of it
        if said == scanner.UNKNOWN:
            break
        if said.scan is not Scan.NONE:
            judged += _note(file, said)
    return judged


@transaction.atomic
def _note(file: File, said: Verdict) -> int:
    """Keep a verdict for one file that still waits for it; return 1, or 0 if it has one."""
    fresh = File.objects.filter(pk=file.pk, scan=Scan.NONE.value)
    if not fresh.update(scan=said.scan.value, scanned_at=clock.now()):
        return 0
    if said.scan is Scan.BAD:
        line = trail.Line(
            act="file:block", verb="停用有风险的文件", subject=f"file:{file.pk}", label=file.name,
            after={"sha256": file.sha256, "found": said.found},
        )  # fmt: skip
        trail.record(line, by=SYSTEM)
    return 1


def _scanned(draft: Path) -> Verdict:
    with draft.open("rb") as stream:
        return scanner.scan(scanner.pieces(stream))


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
