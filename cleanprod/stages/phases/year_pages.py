"""Pages of the tables of three years: read, fill in a grid, take workbooks."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Report, Unreadable
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked, downloads
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.kernel.finding import Level
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.phases import access, actions, grid, queries
from cleanprod.stages.phases.access import May
from cleanprod.stages.phases.forms import UploadForm
from cleanprod.stages.phases.models import YearTable
from cleanprod.stages.phases.rules import Kind, Trouble, YearRow, years_before


@require_GET
def years(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the tables of three years, or an earlier version of them."""
    standing = acting(request, *access.READERS)
    audit = audits.get_or_404(standing, pk)
    return _shown(request, standing, audit, UploadForm(), table=_asked_for(request, audit))


def _asked_for(request: HttpRequest, audit: Round) -> YearTable | None:
    """Return the version that the address names, else the newest."""
    said = request.GET.get("version", "")
    if not said:
        return queries.newest_table(audit)
    number = asked.whole(said)
    found = YearTable.objects.filter(round=audit, version=number or 0).first()
    if found is None:
        raise Http404
    return found


def _shown(
    request: HttpRequest, standing: Standing, audit: Round, form: UploadForm, *,
    table: YearTable | None, report: Report | None = None,
) -> HttpResponse:  # fmt: skip
    may = access.open_to(standing, audit)
    context = {
        "audit": audit, "table": table, "rows": queries.rows_of(table) if table else [],
        "years": years_before(audit.list_year), "may": may, "plain": grid.plain,
        "versions": YearTable.objects.filter(round=audit).defer("rows").order_by("-version"),
        "form": form if May.TABLES in may else None, "report": report,
    }  # fmt: skip
    wrong = bool(form.errors or report)
    return render(request, "phases/years.html", context, status=422 if wrong else 200)


def _own(request: HttpRequest, pk: int) -> tuple[Standing, Round]:
    standing = acting(request, Role.ENTERPRISE)
    audit = audits.get_or_404(standing, pk)
    if May.TABLES not in access.open_to(standing, audit):
        raise Http404
    return standing, audit


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the tables in a grid that takes what is pasted from a sheet."""
    standing, audit = _own(request, pk)
    table = queries.newest_table(audit)
    before = [] if table else queries.prefilled(audit)
    wanted = years_before(audit.list_year)
    lines = grid.shown(queries.rows_of(table) if table else before)
    troubles: list[Trouble] = []
    if request.method == "POST":
        rows, lines, troubles = grid.read(request.POST, wanted)
        version = asked.whole(request.POST.get("version", ""))
        troubles = troubles or _kept(audit, rows, version, standing)
        if not troubles:
            messages.success(request, f"已保存近三年数据，{len(rows)}行")
            return redirect("phases:years", pk=pk)
        lines = lines or grid.shown([], 1)
    context = {
        "audit": audit, "lines": lines, "years": wanted, "kinds": Kind.choices(),
        "troubles": troubles, "version": table.version if table else 0, "before": bool(before),
    }  # fmt: skip
    return render(request, "phases/edit_years.html", context, status=422 if troubles else 200)


def _kept(audit: Round, rows: list[YearRow], version: int | None, by: Standing) -> list[Trouble]:
    """Keep what was typed; return what is wrong with it."""
    try:
        actions.save_years(audit.pk, rows, version=-1 if version is None else version, by=by)
    except Conflict as conflict:
        said = "下面是您填写的内容，再次保存将以您的内容为准"
        return [Trouble(0, "", "", str(conflict), said)]
    except Refused as refusal:
        return [Trouble(0, "", "", str(refusal), "请核对后重试")]
    return []


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand the tables out as a workbook that can be edited and taken in again."""
    standing = acting(request, *access.READERS)
    audit = audits.get_or_404(standing, pk)
    table = queries.newest_table(audit)
    rows = queries.rows_of(table) if table else queries.prefilled(audit)
    title = f"{audit.name}近三年生产经营和污染物情况"
    content = grid.export(rows, years_before(audit.list_year), title)
    return downloads.attachment(content, f"{title}.xlsx", downloads.XLSX)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a workbook in as the next version; one with mistakes is kept with its report."""
    standing, audit = _own(request, pk)
    form = UploadForm(request.POST, request.FILES)
    newest = queries.newest_table(audit)
    if not form.is_valid():
        return _shown(request, standing, audit, form, table=newest)
    upload = form.cleaned_data["file"]
    file = attachments.store(upload, upload.name or "近三年数据", by=standing)
    rows, report = _taken(file, audit)
    if report is None:
        version = newest.version if newest else 0
        try:
            actions.save_years(audit.pk, rows, version=version, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return _shown(request, standing, audit, form, table=newest)
        messages.success(request, f"已导入近三年数据，{len(rows)}行")
        return redirect("phases:years", pk=pk)
    intake.keep_refused(
        "three-years", title=f"未导入：{file.name}", file=file, report=report, by=standing,
        city=audit.city_id, subject=f"round:{audit.pk}",
    )  # fmt: skip
    return _shown(request, standing, audit, form, table=newest, report=report)


def _taken(file: File, audit: Round) -> tuple[list[YearRow], Report | None]:
    """Return the rows of a workbook, or the report of what is wrong with it."""
    try:
        with attachments.open_file(file) as stream:
            table = read(
                stream.read(), grid.template(audit.list_year), max_rows=settings.INTAKE_MAX_ROWS,
                max_bytes=settings.INTAKE_MAX_BYTES, name=file.name,
            )  # fmt: skip
    except Unreadable as refusal:
        return [], refusal.report
    blocking = any(one.level is Level.BLOCK for one in table.findings)
    if blocking or table.lacks or not table.rows:
        return [], Report.of(table, (), table.findings)
    rows, findings = grid.taken(table, years_before(audit.list_year))
    return rows, Report.of(table, (), [*table.findings, *findings]) if findings else None
