"""Pages of the key enterprises for VOCs: the lists, and their import with preview and receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import pages, uploads
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Outcome, Table
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.candidates import access, imports, queries
from cleanprod.stages.candidates.forms import KeyListUploadForm
from cleanprod.stages.candidates.imports import KeyListKey
from cleanprod.stages.candidates.template import KEY_LIST
from cleanprod.stages.candidates.views import cities_offered
from cleanprod.stages.programme.rules import Vocs


def may_import(standing: Standing) -> bool:
    """Tell whether this office keeps a list of key enterprises."""
    try:
        imports.key_of(standing, year=2000)
    except NotAllowed:
        return False
    return True


@require_GET
def keys(request: HttpRequest) -> HttpResponse:
    """Show the key enterprises in force in a year."""
    standing = acting(request, *access.READERS)
    year = asked.year(request)
    rows = queries.in_force(year).filter(
        pk__in=access.key_enterprises_visible_to(standing).values("pk")
    )
    for name in ("level", "city"):
        value = tables.tidy(request.GET.get(name))
        if value:
            rows = rows.filter(**{name: value})
    words = tables.tidy(request.GET.get("q"))
    rows = tables.search(rows, words, ("name", "code"))
    context = {
        "year": year,
        "years": asked.years(year),
        "levels": Vocs.choices(),
        "cities": cities_offered(standing),
        "asked": request.GET,
        "q": words,
        "page": tables.page(
            rows.select_related("city", "county"), ("level", "city_id", "id"), request, total=True
        ),
        "may_import": may_import(standing),
    }
    return render(request, "candidates/keys.html", context)


def _keeper(request: HttpRequest) -> Standing:
    """Return who imports, or refuse an office that keeps no list."""
    standing = acting(request, *access.READERS)
    imports.key_of(standing, year=2000)
    return standing


@require_http_methods(["GET", "POST"])
def import_keys(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook and show, before anything is stored, what importing it would do."""
    standing = _keeper(request)
    again = pages.asked_again(request, KEY_LIST, by=standing)
    if again is not None:
        return _preview(request, *again)
    form = KeyListUploadForm(posted(request), initial={"year": asked.year(request)})
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("workbook")
        if upload is None:
            error = "请选择要导入的工作簿"
        if form.is_valid() and upload is not None:
            return _preview(request, uploads.keep(upload, by=standing), form.cleaned_data)
    context = {
        "form": form,
        "error": error,
        "level": imports.key_of(standing, year=2000).level,
        "receipts": pages.recent(KEY_LIST.name, _receipt_address, by=standing),
    }
    status = 422 if form.errors or error else 200
    return render(request, "candidates/keys_import.html", context, status=status)


def _receipt_address(receipt: Receipt) -> str:
    return reverse("candidates:keys-receipt", args=[receipt.pk])


def _key(standing: Standing, facts: dict[str, Any]) -> KeyListKey:
    return imports.key_of(standing, year=facts["year"], document_number=facts["document_number"])


def _opened(request: HttpRequest, file: File, facts: dict[str, Any]) -> Table | HttpResponse:
    standing = acting(request)
    return pages.opened(
        request, file, KEY_LIST, kind=KEY_LIST.name, by=standing,
        city=_key(standing, facts).city, facts=facts,
    )  # fmt: skip


def _preview(request: HttpRequest, file: File, facts: dict[str, Any]) -> HttpResponseBase:
    opened = _opened(request, file, facts)
    return opened if isinstance(opened, HttpResponse) else _show(request, opened, file, facts)


def _show(
    request: HttpRequest, table: Table, file: File, facts: dict[str, Any], error: str = ""
) -> HttpResponseBase:
    standing = acting(request)
    key = _key(standing, facts)
    assessed = imports.assess(table, key)
    if pages.wants_marked(request):
        return pages.marked_workbook(file, assessed.report.findings)
    context = {
        **pages.preview(
            table, file, facts, assessed.outcomes(), assessed.report, by=standing, city=key.city
        ),
        "key": key,
        "undecided": [one for one in assessed.judged if one.outcome is Outcome.TO_DECIDE],
        "typed": request.POST,
        "error": error,
    }
    status = 422 if error else 200
    return render(request, "candidates/keys_preview.html", context, status=status)


@require_POST
def commit(request: HttpRequest) -> HttpResponseBase:
    """Import what the preview showed, with the decisions made on it."""
    standing = _keeper(request)
    file, facts = uploads.redeem(KEY_LIST.name, request.POST.get("ticket", ""), standing)
    opened = _opened(request, file, facts)
    if isinstance(opened, HttpResponse):
        return opened
    try:
        taken = imports.import_keys(
            opened, _key(standing, facts), file=file, by=standing,
            decisions=pages.decisions(request), consent="consent" in request.POST,
        )  # fmt: skip
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        return _show(request, opened, file, facts, str(refusal))
    report = taken.report
    messages.success(
        request,
        f"已导入：新增{report.created}家、变更{report.changed}家、一致{report.matched}家；"
        f"不予导入{report.refused}行、待决定{report.to_decide}行",
    )
    return redirect("candidates:keys-receipt", pk=taken.receipt.pk)


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the receipt of an import, row by row, to the office that imported."""
    return pages.receipt(request, pk, kind=KEY_LIST.name, template="candidates/keys_receipt.html")


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank official workbook."""
    _keeper(request)
    return pages.blank(KEY_LIST)
