"""Pages of the answering side: one's rows, one row, hand in, the workbook out and in."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Report, Unreadable
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.finding import Level
from cleanprod.stages.dispatch import access, actions, answering, queries, workbook
from cleanprod.stages.dispatch.forms import AnswerForm, UploadForm
from cleanprod.stages.dispatch.models import Recipient, Row
from cleanprod.stages.dispatch.rules import DispatchAct, lacking


@require_GET
def answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rows of one recipient with what was said about them."""
    standing = acting(request, *access.ROLES)
    recipient = access.recipient_or_404(standing, pk)
    return _shown(request, standing, recipient, UploadForm())


def _shown(
    request: HttpRequest, standing: Standing, recipient: Recipient, form: UploadForm,
    report: Report | None = None,
) -> HttpResponse:  # fmt: skip
    own = Recipient.objects.filter(pk=recipient.pk)
    tally = queries.tallies(own, clock.today())[0]
    rows = queries.rows_of(own)
    state = request.GET.get("state", "")
    if state == "waiting":
        rows = rows.filter(answer=None) | rows.filter(answer__answered_on=None)
    elif state == "answered":
        rows = rows.filter(answer__answered_on__isnull=False)
    dispatch = recipient.dispatch
    page = tables.page(rows, ("place", "id"), request, total=True)
    context = {
        "recipient": recipient,
        "dispatch": dispatch,
        "tally": tally,
        "page": page,
        "state": state,
        "answer_of": workbook.answer_of,
        "lacking": _lacking(page.rows, dispatch.asked),
        "acts": {act.value for act in access.moves(standing, dispatch, recipient)},
        "drafts": recipient.rows.filter(answer__isnull=False, answer__answered_on=None).count(),
        "form": form,
        "report": report,
        "today": clock.today(),
    }
    wrong = bool(report or form.errors)
    return render(request, "dispatch/answers.html", context, status=422 if wrong else 200)


def _lacking(rows: list[Row], fields: Any) -> dict[int, list[str]]:
    """Return what each draft on the page still lacks."""
    found = {}
    for row in rows:
        answer = workbook.answer_of(row)
        if answer is not None and answer.answered_on is None:
            found[row.pk] = lacking(fields, answer.values)
    return found


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one row; who answers for it writes the draft here, and goes on to the next."""
    standing = acting(request, *access.ROLES)
    found = access.row_or_404(standing, pk)
    acts = access.moves(standing, found.dispatch, found.recipient)
    answer = workbook.answer_of(found)
    may_write = DispatchAct.ANSWER in acts and (answer is None or answer.answered_on is None)
    if request.method == "POST" and DispatchAct.ANSWER not in acts:
        raise Http404
    form = AnswerForm(
        posted(request),
        asked=found.dispatch.asked,
        prefix="answer",
        initial=answer.values if answer else {},
    )
    version = answer.version if answer else 0
    if request.method == "POST" and form.is_valid():
        seen = asked.whole(request.POST.get("version", "")) or 0
        try:
            answering.save(found.pk, form.cleaned_data, version=seen, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存“{found.name}”的草稿，报送前还可以修改")
            return redirect(_next(request, found))
    context = {
        "row": found, "dispatch": found.dispatch, "answer": answer, "form": form,
        "version": version, "may_write": may_write, "values": _values(found),
        "may_return": DispatchAct.RETURN in acts and bool(answer and answer.answered_on),
        "following": _following(found),
    }  # fmt: skip
    return render(request, "dispatch/row.html", context, status=422 if form.errors else 200)


def _values(found: Row) -> list[tuple[str, str]]:
    answer = workbook.answer_of(found)
    values = answer.values if answer else {}
    return [(one.label, values.get(one.key, "")) for one in found.dispatch.asked]


def _following(found: Row) -> Row | None:
    """Return the next row of the recipient that is not handed in."""
    rows = queries.rows_of(Recipient.objects.filter(pk=found.recipient_id))
    return rows.filter(place__gt=found.place).exclude(answer__answered_on__isnull=False).first()


def _next(request: HttpRequest, found: Row) -> str:
    following = _following(found) if "onward" in request.POST else None
    if following is not None:
        return reverse("dispatch:row", args=[following.pk])
    return reverse("dispatch:answers", args=[found.recipient_id])


@require_POST
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in all complete drafts of a recipient."""
    standing = acting(request, *access.RECIPIENTS)
    recipient = access.recipient_or_404(standing, pk)
    done = answering.hand_in(recipient.pk, by=standing)
    messages.success(request, f"已报送{done.done}家")
    if done.incomplete:
        messages.warning(request, f"没有填完、留作草稿：{'、'.join(done.incomplete[:5])}等"
                         f"{len(done.incomplete)}家")  # fmt: skip
    return redirect("dispatch:answers", pk=recipient.pk)


@require_POST
def give_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one answer back to be completed."""
    standing = acting(request, *access.OPENERS)
    found = access.row_or_404(standing, pk)
    actions.give_back(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"已退回“{found.name}”的报送内容")
    return redirect("dispatch:answers", pk=found.recipient_id)


@require_GET
def workbook_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the rows of a recipient as a workbook to fill offline."""
    standing = acting(request, *access.ROLES)
    recipient = access.recipient_or_404(standing, pk)
    rows = list(queries.rows_of(Recipient.objects.filter(pk=recipient.pk)))
    content = workbook.to_fill(recipient.dispatch, rows, recipient.name)
    name = f"{recipient.dispatch.title}报送表（{recipient.name}）.xlsx"
    return downloads.attachment(content, name, downloads.XLSX)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a filled workbook in as drafts; one with mistakes is kept with its report."""
    standing = acting(request, *access.RECIPIENTS)
    recipient = access.recipient_or_404(standing, pk)
    if DispatchAct.ANSWER not in access.moves(standing, recipient.dispatch, recipient):
        raise Http404
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, standing, recipient, form)
    upload = form.cleaned_data["file"]
    file = attachments.store(upload, upload.name or "报送表", by=standing)
    fields = recipient.dispatch.asked
    template = workbook.template_of(fields)
    try:
        table = read(
            pages.content(file), template, max_rows=settings.INTAKE_MAX_ROWS,
            max_bytes=settings.INTAKE_MAX_BYTES, name=file.name,
        )  # fmt: skip
    except Unreadable as refusal:
        return _refused(request, standing, recipient, form, file, refusal.report)
    rows = list(queries.rows_of(Recipient.objects.filter(pk=recipient.pk)))
    found, wrong = workbook.taken(table, rows, fields)
    findings = [*table.findings, *wrong]
    if table.lacks or any(one.level is Level.BLOCK for one in findings):
        return _refused(request, standing, recipient, form, file, Report.of(table, (), findings))
    changed = answering.take(recipient.pk, found, by=standing)
    messages.success(
        request, f"已导入{changed}家，仍是草稿，核对后请报送" if changed else "与已填写的内容一致"
    )
    for one in findings[:5]:
        messages.info(request, f"{one.cell} {one.value}：{one.rule}。{one.advice}")
    return redirect("dispatch:answers", pk=recipient.pk)


def _refused(
    request: HttpRequest, standing: Standing, recipient: Recipient, form: UploadForm,
    file: File, report: Report,
) -> HttpResponse:  # fmt: skip
    intake.keep_refused(
        workbook.KIND, title=f"未导入：{file.name}", file=file, report=report, by=standing,
        city=recipient.city_id, subject=f"dispatch:{recipient.dispatch_id}",
    )  # fmt: skip
    return _shown(request, standing, recipient, form, report)
