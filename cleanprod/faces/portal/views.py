"""What everybody may read: the front page, published lists, and receipts to be verified."""

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from cleanprod.foundation.documents import queries as documents
from cleanprod.foundation.documents.queries import Verification
from cleanprod.foundation.documents.rules import Comparison
from cleanprod.foundation.documents.rules import compare as compare_with
from cleanprod.foundation.web import asked, tables
from cleanprod.insight.statistics import access as statistics
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import queries as audits
from cleanprod.stages.programme import access, queries
from cleanprod.stages.programme.models import Entry
from cleanprod.stages.programme.rules import EntryState
from cleanprod.stages.results import queries as results


@login_not_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show what the platform is, a search, what is in publicity, newest lists, public figures."""
    newest = access.published().select_related("city").order_by("-published_on", "-pk")[:8]
    figures = statistics.public().order_by("-year", "-disclosed_on", "-pk")[:5]
    context = {"newest": newest, "figures": figures, "running": results.in_publicity()}
    return render(request, "portal/home.html", context)


@login_not_required
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Search the published lists by a firm's name or credit code."""
    words = request.GET.get("q", "").strip()[:100]
    entries = Entry.objects.filter(batch__in=access.published()).exclude(state=EntryState.YIELDED)
    found = entries.none()
    if words:
        found = entries.filter(enterprise__comparable__contains=comparable(words)) | entries.filter(
            code=words.upper()
        )
    page = tables.page(
        found.select_related("batch", "city", "county"), ("-batch__year", "id"), request
    )
    return render(request, "portal/search.html", {"page": page, "q": words})


@login_not_required
@require_GET
def lists(request: HttpRequest) -> HttpResponse:
    """Show all published lists, newest first."""
    batches = access.published().select_related("city")
    page = tables.page(batches, ("-published_on", "-id"), request)
    return render(request, "portal/lists.html", {"page": page})


@login_not_required
@require_GET
def list_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one published list: names, codes, place, kind and reason, nothing personal."""
    batch = access.published().filter(pk=pk).select_related("city").first()
    if batch is None:
        raise Http404
    entries = queries.standing(batch).select_related("county")
    page = tables.page(entries, ("row", "id"), request, total=True)
    context = {
        "batch": batch,
        "page": page,
        "places": queries.places(batch, [entry.pk for entry in page.rows]),
        "amendments": audits.amendments_of(batch),
    }
    return render(request, "portal/list.html", context)


@login_not_required
@require_GET
def health(request: HttpRequest) -> HttpResponse:
    """Answer `ok` when the application and its database answer."""
    access.published().exists()
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Let anybody look a receipt up by its number, with the file's fingerprint if they have it."""
    number = request.GET.get("number", "").strip()[:40]
    sha256 = request.GET.get("sha256", "").strip()[:64]
    found = documents.verify_receipt(number, sha256) if number else None
    return _verified(request, number, sha256, found)


@login_not_required
@require_POST
def compare(request: HttpRequest) -> HttpResponse:
    """Compare a file that somebody chose with those of a receipt; the file is not kept."""
    number = request.POST.get("number", "").strip()[:40]
    found = documents.verify_receipt(number)
    upload = request.FILES.get("file")
    if upload is None or found.receipt is None or "files" not in found.receipt.facts:
        return _verified(request, number, "", found, error="请选择要比对的文件", status=422)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    said = compare_with(
        found.receipt.facts["files"], digest.hexdigest(), upload.size or 0,
        asked.whole(request.POST.get("place", "")),
    )  # fmt: skip
    return _verified(request, number, "", found, said=said, name=upload.name or "")


def _verified(
    request: HttpRequest, number: str, sha256: str, found: Verification | None, *,
    said: Comparison | None = None, name: str = "", error: str = "", status: int = 200,
) -> HttpResponse:  # fmt: skip
    receipt = found.receipt if found else None
    context = {
        "number": number,
        "sha256": sha256,
        "found": found,
        "files": receipt.facts.get("files", []) if receipt else [],
        "said": said,
        "name": name,
        "error": error,
    }
    return render(request, "portal/verify.html", context, status=status)
