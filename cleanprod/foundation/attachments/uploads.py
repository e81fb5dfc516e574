"""Take files in by pieces, so that a broken connection costs one piece and not the whole.

An upload belongs to the person and organisation that opened it and lies on the shelf piece by
piece, so it goes on after a restart and on any server of the installation. A day later it is gone,
unless a slice has kept it by then.
"""

import hashlib
import io
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, cast
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest

from cleanprod.foundation.attachments import actions, quarantine, rules, scanner, shelf
from cleanprod.foundation.attachments.models import File, Upload
from cleanprod.foundation.attachments.rules import Scan
from cleanprod.foundation.attachments.scanner import Verdict
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.actions import Actor
from cleanprod.kernel.errors import Conflict, Refused

KEPT_FOR = timedelta(days=1)
MOST_OPEN = 20
_CHUNK = 1 << 16


class WrongPlace(Conflict):
    """A piece does not begin where the upload stands; `received` says where that is."""

    def __init__(self, received: int) -> None:
        """Keep where to go on."""
        self.received = received
        super().__init__(f"这一段的位置不对，应从第{received}字节处继续")


def find(token: str | UUID, *, by: Actor) -> Upload | None:
    """Return an upload of this person for this organisation, or None."""
    since = clock.now() - KEPT_FOR
    mine = Upload.objects.filter(person_id=by.person_id or 0, office_id=by.office_id)
    return mine.filter(token=_uuid(token), opened_at__gt=since).first()


@transaction.atomic
def open_upload(name: str, size: int, *, by: Actor, declared_type: str = "") -> Upload:
    """Open an upload of so many bytes, or refuse one that is too large or one too many."""
    rules.checked_size(size, settings.UPLOAD_MAX_BYTES)
    if by.person_id is None:
        raise Refused("请登录后上传")
    now = clock.now()
    waiting = Upload.objects.filter(person_id=by.person_id, file=None, opened_at__gt=now - KEPT_FOR)
    if waiting.count() >= MOST_OPEN:
        raise Refused(f"您有{MOST_OPEN}个文件正在上传，请先完成，或明天再上传")
    return Upload.objects.create(
        name=rules.clean_name(name), size=size, declared_type=declared_type[:100], opened_at=now,
        person_id=by.person_id, office_id=by.office_id,
    )  # fmt: skip


def add_piece(
    upload: Upload, offset: int, content: IO[bytes], *, size: int, digest: str = ""
) -> int:
    """Add a piece that begins at an offset and return how many bytes are here now.

    `size` is what the sender announced, `digest` the piece's SHA-256 if it was sent along. A piece
    that came before, or beside another one, is refused with the place to go on (WrongPlace).
    """
    rules.checked_piece(size, min(offset, upload.size), upload.size)
    with shelf.draft() as draft:
        found, length = hashlib.sha256(), 0
        with draft.open("wb") as out:
            while length < size and (chunk := content.read(min(_CHUNK, size - length))):
                found.update(chunk)
                length += len(chunk)
                out.write(chunk)
        if length != size or (digest and digest.lower() != found.hexdigest()):
            raise Refused("这一段没有传完整，正在重新上传")
        with transaction.atomic():
            held = Upload.objects.select_for_update().get(pk=upload.pk)
            if offset != held.received or held.finished_at is not None:
                raise WrongPlace(held.received)
            held.received = rules.checked_piece(size, offset, held.size)
            held.pieces = [*held.pieces, size]
            shelf.put(draft, held.path(offset))
            held.save(update_fields=["received", "pieces"])
    return held.received


def finish(upload: Upload, *, by: Actor, sha256: str = "") -> Upload:
    """Fingerprint and scan a complete upload; a second time answers the same.

    `sha256` is what the sender computed, if it did. What is infected is removed.
    """
    held, said = _judged(upload)
    if said.found and said.scan is Scan.BAD:
        raise quarantine.refuse(held.name, held.sha256, said.found, by=by)
    if held.scan == Scan.BAD.value:
        raise Refused(f"文件“{held.name}”未通过病毒扫描，没有保存，请检查您的电脑后重新上传")
    if sha256 and sha256.lower() != held.sha256:
        raise Refused("文件在传送中发生变化，请重新选择文件上传")
    return held


@transaction.atomic
def _judged(upload: Upload) -> tuple[Upload, Verdict]:
    """Return the finished upload, and what the scanner said if it was asked just now.

    One that the scanner did not judge is shown to it again.
    """
    held = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if held.finished_at is not None and not scanner.must_wait(Verdict(Scan(held.scan))):
        return held, scanner.UNKNOWN
    if held.received < held.size:
        raise WrongPlace(held.received)
    said = scanner.scan(_content(held))
    digest = hashlib.sha256()
    for chunk in _content(held):
        digest.update(chunk)
    held.sha256, held.scan, held.finished_at = digest.hexdigest(), said.scan.value, clock.now()
    held.save(update_fields=["sha256", "scan", "finished_at"])
    if said.scan is Scan.BAD:
        _drop(held)
    return held, said


@transaction.atomic
def keep_uploaded(token: str | UUID, *, by: Actor) -> File:
    """Store a complete upload for good and return its file; the same upload gives the same file.

    Refused when it is not there, not this person's, not complete, infected, or not scanned although
    there is a scanner: it stays here and may be kept later. The slice that calls
    this checks the file's type and attaches it.
    """
    upload = find(token, by=by)
    if upload is None:
        raise Refused("上传的文件已不在服务器上（超过一天未使用会自动清除），请重新上传")
    held = finish(upload, by=by)
    if held.file is not None:
        return held.file
    if scanner.must_wait(Verdict(Scan(held.scan))):
        raise actions.Unscanned(
            f"病毒扫描暂时没有结果，文件“{held.name}”已在服务器上、尚未使用，请稍后再点一次提交，不必重新上传"
        )
    scanned, content = Scan(held.scan), cast(IO[bytes], _Joined(_content(held)))
    held.file = actions.store(
        content, held.name, by=by, declared_type=held.declared_type,
        verdict=None if scanned is Scan.NONE else Verdict(scanned),
    )  # fmt: skip
    if held.file.sha256 != held.sha256:
        raise Refused("文件内容已损坏，请重新上传")
    held.save(update_fields=["file"])
    transaction.on_commit(lambda: _drop(held))
    return held.file


def kept(request: HttpRequest, name: str, *, by: Actor) -> File | None:
    """Return the file of a form's field, whichever way it came, or None when none was chosen.

    With the script it came by pieces and `<name>_upload` carries its token; without, it is an
    ordinary file of the form.
    """
    token = request.POST.get(f"{name}_upload", "")
    if token:
        return keep_uploaded(token, by=by)
    whole = request.FILES.get(name)
    if whole is None:
        return None
    rules.checked_size(whole.size or 0, settings.UPLOAD_MAX_BYTES)
    declared = whole.content_type or ""
    return actions.store(whole, whole.name or "", by=by, declared_type=declared)


def expire() -> int:
    """Remove uploads that are older than a day, and drafts a crash left; return how many."""
    old = Upload.objects.filter(opened_at__lte=clock.now() - KEPT_FOR)
    count = 0
    for pk in list(old.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            held = Upload.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
            if held is not None:
                _drop(held)
                held.delete()
                count += 1
    latest = time.time() - KEPT_FOR.total_seconds()
    for draft in shelf.drafts().glob(f"{shelf.DRAFT}*"):
        if draft.stat().st_mtime < latest:
            draft.unlink(missing_ok=True)
            count += 1
    return count


def _uuid(token: str | UUID) -> UUID:
    try:
        return token if isinstance(token, UUID) else UUID(token)
    except ValueError:
        return UUID(int=0)


def _content(upload: Upload) -> Iterator[bytes]:
    for path in upload.paths:
        try:
            stream = shelf.take(path)
        except FileNotFoundError as error:
            raise Refused("上传的内容已不完整，请重新上传") from error
        with stream:
            while chunk := stream.read(_CHUNK):
                yield chunk


class _Joined(io.RawIOBase):
    """The pieces of an upload as one stream to read."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def read(self, size: int = -1) -> bytes:
        """Return the next chunk, whatever its length; empty at the end."""
        return next(self._chunks, b"")


def _drop(upload: Upload) -> None:
    for path in upload.paths:
        shelf.clear(path)
