"""Targets; importing a list: upload, preview with every finding, commit, receipt."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import pages, uploads
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Outcome, Table
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.programme import access, actions, imports, settlements
from cleanprod.stages.programme.forms import ListUploadForm, SettleForm, TargetsForm
from cleanprod.stages.programme.imports import BatchKey
from cleanprod.stages.programme.template import LIST

READERS = (Role.PROVINCE, Role.CITY, Role.SUPPORT)


@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Show the targets of a year; the province fixes them here."""
    standing = acting(request, *READERS)
    year = asked.year(request)
    cities = territory.cities(settings.PROVINCE_CODE)
    current = actions.targets(year)
    may_fix = standing.role is Role.PROVINCE
    if request.method == "POST" and not may_fix:
        raise Http404
    initial: dict[str, Any] = {f"city_{t.city_id}": t.number for t in current}
    initial |= {"on": clock.today(), "total": sum(t.number for t in current) or None}
    form = TargetsForm(posted(request), cities=cities, initial=initial)
    if request.method == "POST" and form.is_valid() and _fix(request, form, year, standing):
        return redirect(f"{request.path}?year={year}")
    context = {
        "year": year,
        "years": asked.years(),
        "targets": current,
        "total": sum(t.number for t in current),
        "form": form,
        "may_fix": may_fix,
    }
    return render(request, "programme/targets.html", context, status=422 if form.errors else 200)


def _fix(request: HttpRequest, form: TargetsForm, year: int, standing: Standing) -> bool:
    cleaned = form.cleaned_data
    try:
        version = actions.fix_targets(
            year, form.numbers(), total=cleaned["total"], on=cleaned["on"],
            document_number=cleaned["document_number"], by=standing,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"{year}年预期目标已确定（第{version}版）")
    return True


@require_http_methods(["GET", "POST"])
def import_list(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook and show, before anything is stored, what importing it would do."""
    standing = acting(request, Role.CITY)
    again = pages.asked_again(request, LIST, by=standing)
    if again is not None:
        return _preview(request, *again)
    form = ListUploadForm(
        posted(request),
        initial={"year": asked.year(request), "number": request.GET.get("number", "1")},
    )
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
        "lead": standing.line,
        "receipts": pages.recent("list", _receipt_address, by=standing),
    }
    status = 422 if form.errors or error else 200
    return render(request, "programme/import.html", context, status=status)


def _receipt_address(receipt: Receipt) -> str:
    return reverse("programme:receipt", args=[receipt.pk])


def _key(standing: Standing, facts: dict[str, Any]) -> BatchKey:
    return BatchKey(
        facts["year"], standing.city, standing.line or Line.INDUSTRY, facts["number"],
        facts["title"],
    )  # fmt: skip


def _preview(request: HttpRequest, file: File, facts: dict[str, Any]) -> HttpResponseBase:
    standing = acting(request)
    opened = pages.opened(
        request, file, LIST, kind="list", by=standing, city=standing.city, facts=facts
    )
    if isinstance(opened, HttpResponse):
        return opened
    return _show(request, opened, file, facts)


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
            table, file, facts, assessed.outcomes(), assessed.report, by=standing,
            city=standing.city,
        ),
        "key": key,
        "undecided": [one for one in assessed.judged if one.outcome is Outcome.TO_DECIDE],
        "typed": request.POST,
        "error": error,
    }  # fmt: skip
    return render(request, "programme/preview.html", context, status=422 if error else 200)


@require_POST
def commit(request: HttpRequest) -> HttpResponseBase:
    """Import what the preview showed, with the decisions made on it."""
    standing = acting(request, Role.CITY)
    file, facts = uploads.redeem(LIST.name, request.POST.get("ticket", ""), standing)
    opened = pages.opened(
        request, file, LIST, kind="list", by=standing, city=standing.city, facts=facts
    )
    if isinstance(opened, HttpResponse):
        return opened
    try:
        taken = imports.import_list(
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
        f"{report.state.label}：新增{report.created}家、变更{report.changed}家、"
        f"一致{report.matched}家；不予导入{report.refused}行、待决定{report.to_decide}行",
    )
    return redirect("programme:receipt", pk=taken.receipt.pk)


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the receipt of a list import, row by row, to the department that imported."""
    return pages.receipt(request, pk, kind="list", template="programme/receipt.html")


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank official workbook."""
    acting(request, Role.CITY, Role.PROVINCE)
    return pages.blank(LIST)


@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Declare a list ready for publication."""
    standing = acting(request, Role.CITY)
    batch = access.get_or_404(standing, pk)
    actions.finish(batch.pk, by=standing)
    messages.success(request, "名单编制完成，可以公布")
    return redirect(f"/lists/{batch.pk}/")


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a ready list back into preparation."""
    standing = acting(request, Role.CITY)
    batch = access.get_or_404(standing, pk)
    actions.reopen(batch.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "名单已退回编制")
    return redirect(f"/lists/{batch.pk}/")


@require_http_methods(["GET", "POST"])
def overlaps(request: HttpRequest) -> HttpResponse:
    """Show the enterprises on both departments' lists; propose and agree who leads 会商."""
    standing = acting(request, Role.CITY)
    year = asked.year(request)
    form = SettleForm(posted(request))
    if request.method == "POST" and form.is_valid() and _settle(request, form, year, standing):
        return redirect(f"{request.path}?year={year}")
    rows = settlements.overlaps(standing.city, year)
    context = {
        "form": form,
        "year": year,
        "years": asked.years(),
        "mine": standing.line,
        "waiting": [row for row in rows if not row.agreed],
        "agreed": [row for row in rows if row.agreed],
        "picked": set(request.POST.getlist("enterprise")),
    }
    return render(request, "programme/overlaps.html", context, status=422 if form.errors else 200)


def _settle(request: HttpRequest, form: SettleForm, year: int, standing: Standing) -> bool:
    city = standing.city
    wanted, reason = form.enterprises(), form.cleaned_data["reason"]
    act = form.cleaned_data["act"]
    try:
        if act == "agree":
            count = settlements.agree(city, year, wanted, by=standing)
            messages.success(request, f"已商定{count}家")
        else:
            lead = None if act == "usual" else Line(act)
            count = settlements.propose(city, year, wanted, lead=lead, reason=reason, by=standing)
            messages.success(request, f"已提出{count}家的会商意见，待另一部门同意")
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_POST
def reopen_settlement(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an agreement back with a reason."""
    standing = acting(request, Role.CITY)
    told = access.settlement_or_404(standing, pk)
    settlements.reopen(told.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已撤回商定，请重新会商")
    return redirect(f"{reverse('programme:overlaps')}?year={told.year}")
