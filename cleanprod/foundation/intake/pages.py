"""What the import pages of all slices share: reading, refusing, receipts, blank workbooks."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import access, actions, mapping, marked, queries, uploads
from cleanprod.foundation.intake.matching import Choice, Decision
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import (
    PARTLY_CONSENT,
    Report,
    RowOutcome,
    State,
    Table,
    Template,
    Unreadable,
)
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.kernel.finding import Finding

AT_ONCE = 10
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def content(file: File) -> bytes:
    """Return the bytes of a stored workbook."""
    with attachments.open_file(file) as stream:
        return stream.read()


def opened(
    request: HttpRequest, file: File, template: Template, *, by: Standing, city: str,
    facts: Mapping[str, Any], receipt_address: Callable[[Receipt], str],
) -> Table | HttpResponse:  # fmt: skip
    """Read a stored workbook; one that cannot be read is kept with its report and answered.

    `facts` of a preview's ticket make the reading exactly the one that was previewed.
    """
    picked = mapping.picked(facts)
    try:
        return read(
            content(file), template, name=file.name,
            max_rows=settings.INTAKE_MAX_ROWS, max_bytes=settings.INTAKE_MAX_BYTES,
            sheet=picked.sheet, columns=picked.columns, header=picked.header,
            learned=queries.learned(by.office_id, template.name),
        )  # fmt: skip
    except Unreadable as refusal:
        receipt = actions.keep_refused(
            template.name,
            title=f"未导入：{file.name}",
            file=file,
            report=refusal.report,
            by=by,
            city=city,
        )
        context = {
            "refusal": refusal, "receipt": receipt, "file": file,
            "address": receipt_address(receipt),
        }  # fmt: skip
        return render(request, "intake/unreadable.html", context, status=422)


def asked_again(
    request: HttpRequest, template: Template, *, by: Standing
) -> tuple[File, dict[str, Any]] | None:
    """Return file and facts of a preview asked for again: with another mapping, or as a file."""
    ticket = request.POST.get("ticket")
    if ticket is None:
        return None
    file, facts = uploads.redeem(template.name, ticket, by)
    if wants_marked(request):
        return file, facts
    return file, facts | {"reading": mapping.chosen(request.POST, facts.get("reading", {}))}


def wants_marked(request: HttpRequest) -> bool:
    """Tell whether the workbook of a preview is asked for with its findings in it."""
    return request.POST.get("file") == "marked"


def marked_workbook(file: File, findings: Sequence[Finding]) -> HttpResponseBase:
    """Hand out a copy of a stored workbook with the findings in their cells."""
    copy = marked.marked_copy(content(file), findings, name=file.name)
    return downloads.attachment(copy, f"批注_{file.name.rsplit('.', 1)[0]}.xlsx", XLSX)


def preview(
    table: Table,
    file: File,
    facts: Mapping[str, Any],
    rows: Sequence[RowOutcome],
    report: Report,
    *,
    by: Standing,
    city: str = "",
) -> dict[str, Any]:
    """Return what every preview shows; a workbook that brings nothing is kept at once."""
    kind = table.template.name
    known = {key: value for key, value in facts.items() if key != "reading"}
    ticket = uploads.ticket(kind, file, by, known | {"reading": mapping.reading(table)})
    context: dict[str, Any] = {
        "file": file,
        "report": report,
        "ticket": ticket,
        "choices": mapping.choices(table, ticket),
        "consent": PARTLY_CONSENT,
        "receipt": None,
    }
    if not report.moves and report.outlook is not State.TO_DECIDE:
        title = f"未导入：{file.name}"
        context["receipt"] = nothing_taken(kind, title, file, rows, report, by=by, city=city)
    return context


def nothing_taken(
    kind: str,
    title: str,
    file: File,
    rows: Sequence[RowOutcome],
    report: Report,
    *,
    by: Standing,
    city: str = "",
) -> Receipt:
    """Keep a workbook of which no row can be taken, with its report."""
    return actions.keep_refused(
        kind, title=title, file=file, report=report, by=by, city=city, rows=rows
    )


def receipt(request: HttpRequest, pk: int, *, kind: str, template: str) -> HttpResponseBase:
    """Show or hand out one receipt to the office that imported: page, original, marked copy."""
    standing = acting(request)
    found = access.visible_to(standing).filter(pk=pk, kind=kind).select_related("file").first()
    if found is None:
        raise Http404
    wanted = request.GET.get("file", "")
    if wanted == "original":
        return downloads.attachment(
            content(found.file), found.file.name, "application/octet-stream"
        )
    if wanted == "marked":
        return marked_workbook(found.file, found.all_findings())
    outcome = request.GET.get("outcome", "")
    rows = found.rows.all()
    rows = rows.filter(outcome=outcome) if outcome else rows
    context = {
        "receipt": found,
        "findings": found.all_findings(),
        "page": tables.page(rows, ("number", "id"), request, total=True),
        "outcome": outcome,
    }
    return render(request, template, context)


def receipts(request: HttpRequest, kind: str, *, by: Standing) -> tables.Page[Receipt]:
    """Return a page of the office's receipts of a kind, the newest first; none is ever dropped."""
    own = Receipt.objects.filter(organisation_id=by.office_id, kind=kind)
    return tables.page(own, ("-id",), request, AT_ONCE)


def blank(template: Template) -> HttpResponseBase:
    """Offer the blank official workbook of a template."""
    return downloads.attachment(
        marked.blank_template(template), f"{template.title}（模板）.xlsx", XLSX
    )


def decisions(request: HttpRequest) -> dict[int, Decision]:
    """Read the decisions of a preview page; a choice without a reason is refused later."""
    found = {}
    for name, value in request.POST.items():
        row = name.removeprefix("choice_")
        if name.startswith("choice_") and asked.whole(row) and value in set(Choice):
            reason = str(request.POST.get(f"reason_{row}", ""))
            found[int(row)] = Decision(Choice(str(value)), reason)
    return found
