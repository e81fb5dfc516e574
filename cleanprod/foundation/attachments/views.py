"""The few addresses by which a page uploads a file in pieces; all of them answer JSON."""

from typing import Any, cast

from django.http import Http404, HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanprod.foundation.attachments import uploads
from cleanprod.foundation.attachments.models import Upload
from cleanprod.foundation.attachments.rules import PIECE, Scan
from cleanprod.foundation.attachments.uploads import WrongPlace
from cleanprod.foundation.trail.actions import Actor
from cleanprod.foundation.web import asked
from cleanprod.kernel.errors import Refused


@require_POST
def open_upload(request: HttpRequest) -> JsonResponse:
    """Open an upload: `name`, `size` in bytes and `type` of a form; answers its address."""
    by = _actor(request)
    size = asked.whole(request.POST.get("size", ""))
    try:
        upload = uploads.open_upload(
            request.POST.get("name", ""), size or 0, by=by,
            declared_type=request.POST.get("type", ""),
        )  # fmt: skip
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse(_state(upload))


@require_http_methods(["GET", "PATCH"])
def upload(request: HttpRequest, token: str) -> JsonResponse:
    """Say how much of an upload is here, or add the piece in the body at `Upload-Offset`."""
    found = _found(request, token)
    if request.method == "GET":
        return JsonResponse(_state(found))
    offset = asked.whole(request.headers.get("Upload-Offset", ""))
    size = asked.whole(request.headers.get("Content-Length", ""))
    if offset is None or size is None:
        return JsonResponse({"message": "缺少Upload-Offset或Content-Length"}, status=400)
    digest = request.headers.get("Upload-Digest", "")
    try:
        found.received = uploads.add_piece(
            found, offset, cast(Any, request), size=size, digest=digest
        )
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse(_state(found))


@require_POST
def finish(request: HttpRequest, token: str) -> JsonResponse:
    """Fingerprint and scan a complete upload; `sha256` of the form is compared when there."""
    found, by = _found(request, token), _actor(request)
    try:
        done = uploads.finish(found, by=by, sha256=request.POST.get("sha256", ""))
    except Refused as refusal:
        return _refused(refusal)
    return JsonResponse(_state(done))


def _actor(request: HttpRequest) -> Actor:
    standing: Actor | None = getattr(request, "standing", None)
    if standing is None:
        raise Http404
    return standing


def _found(request: HttpRequest, token: str) -> Upload:
    found = uploads.find(token, by=_actor(request))
    if found is None:
        raise Http404
    return found


def _state(upload: Upload) -> dict[str, Any]:
    return {
        "upload": str(upload.token),
        "address": reverse("attachments:upload", args=[upload.token]),
        "name": upload.name,
        "size": upload.size,
        "offset": upload.received,
        "piece": PIECE,
        "expires": (upload.opened_at + uploads.KEPT_FOR).isoformat(),
        "finished": upload.finished_at is not None,
        "sha256": upload.sha256,
        "scan": Scan(upload.scan).label if upload.finished_at else "",
    }


def _refused(refusal: Refused) -> JsonResponse:
    said: dict[str, Any] = {"message": str(refusal)}
    if isinstance(refusal, WrongPlace):
        return JsonResponse(said | {"offset": refusal.received}, status=409)
    return JsonResponse(said, status=422)
