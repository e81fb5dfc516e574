"""The one address by which a form keeps what is typed into it; it answers JSON."""

from django.http import Http404, HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.drafts import actions
from cleanprod.foundation.drafts.models import Draft
from cleanprod.foundation.drafts.rules import checked_page, read_pairs
from cleanprod.foundation.trail.actions import Actor
from cleanprod.kernel.errors import Refused


@never_cache
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> JsonResponse:
    """Give back what was kept of `page`, keep its `fields`, or with `drop` let go of it.

    `token` is the one that forms carry now: signing in again has changed it.
    """
    by = _actor(request)
    said = request.POST if request.method == "POST" else request.GET
    try:
        page = checked_page(said.get("page", ""))
        if said.get("drop") and request.method == "POST":
            actions.drop(page, by=by)
        elif request.method == "POST":
            fields, marks = (read_pairs(said.get(name, "[]")) for name in ("fields", "marks"))
            actions.keep(page, fields, marks, by=by)
    except Refused as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    found = actions.find(page, by=by)
    return JsonResponse({"token": get_token(request), **(_told(found) if found else {})})


def _actor(request: HttpRequest) -> Actor:
    standing: Actor | None = getattr(request, "standing", None)
    if standing is None:
        raise Http404
    return standing


def _told(found: Draft) -> dict[str, object]:
    at = timezone.localtime(found.changed_at)
    return {"at": f"{at:%Y-%m-%d %H:%M:%S}", "fields": found.fields, "marks": found.marks}
