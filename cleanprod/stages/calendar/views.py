"""The year's calendar of one's office, and the province's board of cities."""

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import asked, downloads
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.calendar import actions, queries
from cleanprod.stages.calendar.forms import ConfirmForm
from cleanprod.stages.calendar.models import Confirmation

RULED = range(2013, 2101)  # the rulebook's first dates lie in 2012


@require_GET
def year_page(request: HttpRequest) -> HttpResponse:
    """Show the duties of one's office in a year: by when, on what basis, how they stand."""
    standing = acting(request, *queries.ROLES)
    year = max(asked.year(request), RULED.start)
    context = {
        "year": year,
        "years": asked.years(),
        "items": [
            (item, address(item, standing.line or "")) for item in queries.items(standing, year)
        ],
    }
    return render(request, "calendar/year.html", context)


def address(item: queries.Item, line: str) -> str:
    """Return where a duty is done, empty where the platform has no page for it."""
    if not item.duty.route:
        return ""
    query = item.duty.query.format(year=item.year, line=line)
    return f"{reverse(item.duty.route)}?{query}" if query else reverse(item.duty.route)


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, year: int, key: str) -> HttpResponse:
    """Note that a duty is done, with day and what was done."""
    standing = acting(request, *queries.ROLES)
    if year not in RULED:
        raise Http404
    found = [item for item in queries.items(standing, year) if item.duty.key == key]
    if not found or not found[0].by_hand:
        raise Http404
    form = ConfirmForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm(key, year, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记完成")
            return redirect(f"{reverse('calendar:year')}?year={year}")
    context = {"item": found[0], "year": year, "form": form}
    return render(request, "calendar/confirm.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a confirmation back with a reason."""
    standing = acting(request, *queries.ROLES)
    told = Confirmation.objects.filter(pk=pk, office=standing.office_id).first()
    if told is None:
        raise Http404
    actions.withdraw(told.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已撤回登记")
    return redirect(f"{reverse('calendar:year')}?year={told.year}")


@require_GET
def board(request: HttpRequest) -> HttpResponseBase:
    """Show which cities published and filed by their days, and which not."""
    acting(request, Role.PROVINCE)
    year, today = max(asked.year(request), RULED.start), clock.today()
    rows = queries.board(year)
    late, lacking = queries.behind(rows, today), queries.lacking(rows, today)
    only = request.GET.get("only", "")
    if request.GET.get("format") == "xlsx":
        return _workbook(year, rows, today)
    context = {
        "year": year,
        "years": asked.years(),
        "rows": {"late": late, "lacking": lacking}.get(only, rows),
        "only": only if only in ("late", "lacking") else "",
        "today": today,
        "lists_due": rows[0].lists_due if rows else None,
        "filing_due": rows[0].filing_due if rows else None,
        "industry": sum(row.industry is not None for row in rows),
        "ecology": sum(row.ecology is not None for row in rows),
        "filed": sum(row.filed is not None for row in rows),
        "late": len(late),
        "lacking": len(lacking),
        "cities": len(rows),
        "firms": sum(row.firms for row in rows),
        "again": sum(row.again for row in rows),
        "whole": sum(row.whole for row in rows),
    }
    return render(request, "calendar/board.html", context)


def _workbook(year: int, rows: list[queries.CityLine], today: date) -> HttpResponseBase:
    title = f"{year}年各市名单公布和备案进度"
    sheet = downloads.Sheet(
        name="各市进度",
        columns=["序号", "地市", "名单企业（家）", "其中再次列入（家）",
                 "工业和信息化名单公布", "已录入、未公布（家）", "逾期（天）",
                 "生态环境名单公布", "已录入、未公布（家）", "逾期（天）",
                 "报送备案", "逾期（天）", "登记备案"],
        rows=[
            [
                number, row.city, row.firms, row.again, row.industry, row.loaded.get("industry", 0),
                row.late(row.industry, row.lists_due, today),
                row.ecology, row.loaded.get("ecology", 0),
                row.late(row.ecology, row.lists_due, today),
                row.filed, row.late(row.filed, row.filing_due, today),
                "是" if row.registered else "否",
            ]
            for number, row in enumerate(rows, 1)
        ],
        lead=[title, f"统计截至{today.year}年{today.month}月{today.day}日"],
    )  # fmt: skip
    name = f"{title}（截至{today.isoformat()}）.xlsx"
    return downloads.attachment(downloads.xlsx([sheet]), name, downloads.XLSX)
