"""Pages of score sheets: one sheet, loading, the preview on past sittings, consent."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import downloads
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Finding
from cleanprod.stages.scoring import access, queries, rules, sheet_acts, sheet_books, shipped_sheets
from cleanprod.stages.scoring.models import ScoreSheet
from cleanprod.stages.scoring.rules import SHEETS, SheetAct, SheetState


@require_GET
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """Show one score sheet; a draft is shown to the province alone, with its preview."""
    standing = acting(request, *access.DESKS)
    body, kept = _found(standing, key)
    shown = rules.sheet_of(body)
    acts = {move.act for move in SHEETS.open_to(SheetState(kept.state), {standing.role})} if (
        kept
    ) else set()  # fmt: skip
    context = {
        "sheet": shown, "kept": kept, "is_province": standing.role is Role.PROVINCE,
        "may_consent": SheetAct.CONSENT in acts and kept is not None
        and kept.loaded_by_id != standing.person_id,
        "may_withdraw": SheetAct.WITHDRAW in acts,
        "preview": queries.replay(shown) if standing.role is Role.PROVINCE and kept else None,
    }  # fmt: skip
    return render(request, "scoring/sheet.html", context)


def _found(standing: Standing, key: str) -> tuple[Mapping[str, Any], ScoreSheet | None]:
    shipped = shipped_sheets.bodies().get(key)
    if shipped is not None:
        return shipped, None
    kept = access.sheets_visible_to(standing).filter(key=key).order_by("-pk").first()
    if kept is None:
        raise Http404
    return kept.body, kept


@require_http_methods(["GET", "POST"])
def load(request: HttpRequest) -> HttpResponse:
    """Take a score sheet from a file; a bad one is shown with every finding and not kept."""
    standing = acting(request, Role.PROVINCE)
    findings: tuple[Finding, ...] = ()
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            error = "请选择评分表文件"
        else:
            data = upload.read(sheet_books.MAX_BYTES + 1)
            try:
                kept = sheet_acts.load_sheet(data, upload.name or "", by=standing)
            except sheet_books.BadBook as bad:
                findings, error = bad.findings, f"有{len(bad.findings)}处错误，未导入"
            except Refused as refusal:
                error = str(refusal)
            else:
                messages.success(request, f"{kept}已导入，由另一人复核后启用")
                return redirect("scoring:sheet", key=kept.key)
    context = {"findings": findings, "error": error}
    return render(request, "scoring/load.html", context, status=422 if error else 200)


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank workbook in which a score sheet is typed."""
    acting(request, Role.PROVINCE)
    return downloads.attachment(sheet_books.workbook(None), "评分表（模板）.xlsx", downloads.XLSX)


@require_GET
def book(request: HttpRequest, key: str) -> HttpResponseBase:
    """Offer a score sheet as the workbook in which the next one is typed."""
    body, _ = _found(acting(request, *access.DESKS), key)
    found = rules.sheet_of(body)
    name = f"{found.name}（{found.version}）.xlsx"
    return downloads.attachment(sheet_books.workbook(found), name, downloads.XLSX)


@require_POST
def consent(request: HttpRequest, key: str) -> HttpResponse:
    """Put a sheet in force as the second person."""
    standing = acting(request, Role.PROVINCE)
    kept = get_object_or_404(access.sheets_visible_to(standing), key=key, state=SheetState.DRAFT)
    sheet_acts.consent(kept.pk, by=standing)
    messages.success(request, f"{kept}已启用，{kept.effective_from}起召开的会议采用")
    return redirect("scoring:sheet", key=key)


@require_POST
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take a sheet out of use."""
    standing = acting(request, Role.PROVINCE)
    live = access.sheets_visible_to(standing).exclude(state=SheetState.WITHDRAWN)
    kept = get_object_or_404(live, key=key)
    sheet_acts.withdraw(kept.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"{kept}已停用")
    return redirect("scoring:sheets")


@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """Show the score sheets: shipped ones, loaded ones and, to the province, drafts."""
    standing = acting(request, *access.DESKS)
    context = {
        "shipped": shipped_sheets.sheets(),
        "kept": access.sheets_visible_to(standing).order_by("purpose", "-effective_from", "-pk"),
        "is_province": standing.role is Role.PROVINCE,
    }
    return render(request, "scoring/sheets.html", context)
