"""Carry an uploaded workbook from its preview to its import, unchanged and for its owner only."""

from typing import Any

from django.core import signing
from django.core.files.base import File as Upload

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import Refused

_SALT = "cleanprod.intake"
LIFETIME = 12 * 3600  # seconds; as long as a session can last


def keep(upload: "Upload[bytes]", *, by: Standing) -> File:
    """Store the uploaded file as it came."""
    return attachments.store(upload, upload.name or "未命名", by=by)


def ticket(kind: str, file: File, by: Standing, facts: dict[str, Any]) -> str:
    """Return a signed ticket for importing this file with these facts as this person."""
    return signing.dumps(
        {
            "kind": kind,
            "file": file.pk,
            "person": by.person_id,
            "office": by.office_id,
            "facts": facts,
        },
        salt=_SALT,
    )


def redeem(kind: str, text: str, by: Standing) -> tuple[File, dict[str, Any]]:
    """Return the file and the facts of a ticket.

    A stale ticket, a stranger's, or one of another kind of import is refused alike.
    """
    try:
        held = signing.loads(text, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature as error:
        raise Refused("预检已过期，请重新上传工作簿") from error
    if (held["kind"], held["person"], held["office"]) != (kind, by.person_id, by.office_id):
        raise Refused("预检已过期，请重新上传工作簿")
    return File.objects.get(pk=held["file"]), held["facts"]
