"""Hand a stored file out as a download; the owning slice has checked who may have it."""

from django.http import FileResponse

from cleanprod.foundation.attachments.actions import open_file
from cleanprod.foundation.attachments.models import File


def download(file: File) -> FileResponse:
    """Return the file as an attachment under its own name, never shown inline (RFC 6266, 5987)."""
    response = FileResponse(
        open_file(file), as_attachment=True, filename=file.name, content_type=file.content_type
    )
    response["Content-Length"] = str(file.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
