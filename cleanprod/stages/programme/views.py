"""Targets; importing a list: upload, preview with every finding, commit, receipt."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.importing import Facts, Import, Words
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.programme import access, actions, imports, papers, queries, settlements
from cleanprod.stages.programme.forms import ListUploadForm, SettleForm, TargetsForm
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.programme.rules import EntryState
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
    year = asked.year(request)
    number = asked.whole(request.GET.get("number", ""))
    usual = number or queries.next_number(standing.city, year, standing.line)
    form = ListUploadForm(posted(request), initial={"year": year, "number": usual})
    lead = f"{_line(standing).label}部门牵头的名单。上传后先预检，列出全部问题，确认后才导入。"
    words = Words("导入名单", lead, "名单", "名单工作簿")
    return _LISTS.upload(request, words, by=standing, form=form)


@require_POST
def commit(request: HttpRequest) -> HttpResponseBase:
    """Import what the preview showed, with the decisions made on it."""
    return _LISTS.commit(request, by=acting(request, Role.CITY))


def _line(standing: Standing) -> Line:
    return standing.line or Line.INDUSTRY


def _key(facts: Facts, by: Standing) -> BatchKey:
    return BatchKey(facts["year"], by.city, _line(by), facts["number"], facts["title"])


def _subject(facts: Facts, by: Standing) -> str:
    return f"{facts['year']}年度 第{facts['number']}批 · {_line(by).label}部门牵头"


_LISTS = Import(
    LIST, _key, imports.assess, imports.import_list,
    "programme:import", "programme:commit",
    receipt_address=lambda receipt: reverse("programme:receipt", args=[receipt.pk]),
    blank_address=lambda: reverse("programme:template"), subject=_subject,
)  # fmt: skip


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the receipt of a list import, row by row, to the department that imported."""
    return pages.receipt(request, pk, kind="list", template="programme/receipt.html")


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank official workbook."""
    acting(request, Role.CITY, Role.PROVINCE)
    return pages.blank(LIST)


@require_GET
def workbook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a list as a workbook, to a county the firms of its own."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    batch = access.get_or_404(standing, pk)
    entries = (
        access.entries_visible_to(standing)
        .filter(batch=batch)
        .exclude(state=EntryState.YIELDED)
        .select_related("batch", "county")
        .order_by("row", "pk")
    )
    content = papers.workbook(batch.title, entries)
    return downloads.attachment(content, f"{batch.title}.xlsx", downloads.XLSX)


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
