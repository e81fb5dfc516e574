"""Results: one by one or by workbook; platform completion; old-platform data."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import pages, uploads
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Outcome, Table, Template
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.review import actions, imports
from cleanprod.stages.review.forms import ResultForm, ResultsUploadForm
from cleanprod.stages.review.imports import ResultKey
from cleanprod.stages.review.rules import ACT_OF, Conclusion
from cleanprod.stages.review.template import COMPLETIONS, RESULTS

MAX_EVIDENCE = 20 * 1024 * 1024


@require_http_methods(["GET", "POST"])
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the result of one round that one's own department leads."""
    standing = acting(request, Role.CITY)
    audit = access.get_or_404(standing, pk)
    acts = {move.act for move in access.moves(standing, audit)}
    open_to = [one for one in Conclusion if ACT_OF[one] in acts]
    if not open_to:
        raise Http404
    form = ResultForm(posted(request), request.FILES or None, initial={"on": clock.today()})
    form.fields["conclusion"].choices = [(c.value, c.label) for c in open_to]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            _record(form.cleaned_data, audit.pk, standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记：{audit.name}")
            return redirect(f"/rounds/{audit.pk}/")
    context = {"audit": audit, "form": form}
    return render(request, "review/result.html", context, status=422 if form.errors else 200)


def _record(cleaned: dict[str, Any], round_id: int, by: Standing) -> None:
    upload = cleaned.pop("evidence", None)
    evidence = None
    if upload is not None:
        if upload.size > MAX_EVIDENCE:
            raise Refused("佐证材料不能超过20 MB")
        evidence = attachments.store(upload, upload.name or "佐证材料", by=by).pk
    conclusion = Conclusion(cleaned.pop("conclusion"))
    actions.record_results(
        [actions.NewResult(round_id, conclusion, evidence=evidence, **cleaned)], by=by
    )


@require_GET
def evidence(request: HttpRequest, fact_id: int) -> HttpResponseBase:
    """Hand out the evidence of a fact; the other department of the city may not open it."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE)
    fact = (
        Fact.objects.filter(pk=fact_id, round__in=access.visible_to(standing))
        .exclude(evidence=None)
        .select_related("evidence", "round")
        .first()
    )
    if fact is None or fact.evidence is None:
        raise Http404
    if Part.PARTNER in access.parts(standing, fact.round):
        raise Http404
    actions.note_reading(fact, by=standing)
    return responses.download(fact.evidence)


@require_http_methods(["GET", "POST"])
def results(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook of results and show what importing it would do."""
    standing = acting(request, Role.CITY)
    again = pages.asked_again(request, RESULTS, by=standing)
    if again is not None:
        return _preview_results(request, *again)
    form = ResultsUploadForm(posted(request), initial={"year": clock.today().year})
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("workbook")
        if upload is None:
            error = "请选择要导入的工作簿"
        if form.is_valid() and upload is not None:
            return _preview_results(request, uploads.keep(upload, by=standing), form.cleaned_data)
    context = {
        "form": form,
        "error": error,
        "lead": standing.line,
        "receipts": pages.recent(RESULTS.name, _receipt_address, by=standing),
    }
    status = 422 if form.errors or error else 200
    return render(request, "review/results.html", context, status=status)


def _receipt_address(receipt: Receipt) -> str:
    return reverse("review:receipt", args=[receipt.kind, receipt.pk])


def _key(standing: Standing, facts: dict[str, Any]) -> ResultKey:
    return ResultKey(
        facts["year"], standing.city, standing.line or Line.INDUSTRY, facts["document_number"]
    )


def _opened(
    request: HttpRequest, file: File, template: Template, facts: dict[str, Any]
) -> Table | HttpResponse:
    standing = acting(request)
    return pages.opened(
        request, file, template, kind=template.name, by=standing, city=standing.city, facts=facts
    )


def _preview_results(request: HttpRequest, file: File, facts: dict[str, Any]) -> HttpResponseBase:
    table = _opened(request, file, RESULTS, facts)
    return table if isinstance(table, HttpResponse) else _show(request, table, file, facts)


def _preview_completions(
    request: HttpRequest, file: File, facts: dict[str, Any]
) -> HttpResponseBase:
    table = _opened(request, file, COMPLETIONS, facts)
    return table if isinstance(table, HttpResponse) else _show(request, table, file, facts)


def _show(
    request: HttpRequest, table: Table, file: File, facts: dict[str, Any], error: str = ""
) -> HttpResponseBase:
    standing = acting(request)
    if table.template is RESULTS:
        assessed = imports.assess_results(table, _key(standing, facts))
        page, commit = reverse("review:results"), reverse("review:results-commit")
    else:
        assessed = imports.assess_completions(table, province=standing.province)
        page, commit = reverse("review:migrate"), reverse("review:migrate-commit")
    if pages.wants_marked(request):
        return pages.marked_workbook(file, assessed.report.findings)
    context = {
        **pages.preview(
            table, file, facts, assessed.outcomes(), assessed.report, by=standing,
            city=standing.city,
        ),
        "judged": [one for one in assessed.judged if one.outcome is Outcome.CREATED][:200],
        "commit": commit,
        "again": page,
        "error": error,
    }  # fmt: skip
    return render(request, "review/preview.html", context, status=422 if error else 200)


@require_POST
def results_commit(request: HttpRequest) -> HttpResponseBase:
    """Import the results that the preview showed."""
    standing = acting(request, Role.CITY)
    file, facts = uploads.redeem(RESULTS.name, request.POST.get("ticket", ""), standing)
    table = _opened(request, file, RESULTS, facts)
    if isinstance(table, HttpResponse):
        return table
    key, consent = _key(standing, facts), "consent" in request.POST
    try:
        taken = imports.import_results(table, key, file=file, by=standing, consent=consent)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        return _show(request, table, file, facts, str(refusal))
    return _done(request, taken)


def _done(request: HttpRequest, taken: imports.Taken) -> HttpResponse:
    report = taken.report
    messages.success(
        request,
        f"{report.state.label}：登记{report.created}家，一致{report.matched}家，不予导入{report.refused}行",
    )
    return redirect("review:receipt", pk=taken.receipt.pk, kind=taken.receipt.kind)


@require_GET
def receipt(request: HttpRequest, kind: str, pk: int) -> HttpResponseBase:
    """Show the receipt of an import of results or completions."""
    if kind not in (RESULTS.name, COMPLETIONS.name):
        raise Http404
    return pages.receipt(request, pk, kind=kind, template="review/receipt.html")


@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """Offer the blank official workbook."""
    acting(request, Role.CITY, Role.PROVINCE)
    known = {RESULTS.name: RESULTS, COMPLETIONS.name: COMPLETIONS}
    if kind not in known:
        raise Http404
    return pages.blank(known[kind])


@require_GET
def completions(request: HttpRequest) -> HttpResponse:
    """List the accepted rounds of one's own department that wait for 办结."""
    standing = acting(request, Role.CITY)
    waiting = access.visible_to(standing).filter(lead=standing.line, stage=Stage.ACCEPTED)
    page = tables.page(waiting.select_related("county"), ("accepted_on", "id"), request, total=True)
    return render(request, "review/completions.html", {"page": page, "today": clock.today()})


@require_POST
def complete(request: HttpRequest) -> HttpResponse:
    """Confirm 办结 of the chosen rounds; the day is today's and cannot be typed."""
    standing = acting(request, Role.CITY)
    chosen = asked.keys(request.POST.getlist("round"))
    if not chosen:
        messages.warning(request, "请先勾选要办结的企业")
        return redirect("review:completions")
    visible = access.visible_to(standing).filter(pk__in=chosen).count()
    if visible != len(set(chosen)):
        raise Http404
    done = actions.complete(chosen, by=standing)
    messages.success(request, f"已办结{done}家")
    return redirect(f"/rounds/{chosen[0]}/" if len(chosen) == 1 else "review:completions")


@require_http_methods(["GET", "POST"])
def migrate(request: HttpRequest) -> HttpResponseBase:
    """Let the province preview old-platform completions before taking them over."""
    standing = acting(request, Role.PROVINCE)
    again = pages.asked_again(request, COMPLETIONS, by=standing)
    if again is not None:
        return _preview_completions(request, *again)
    upload = request.FILES.get("workbook")
    if request.method == "POST" and upload is not None:
        return _preview_completions(request, uploads.keep(upload, by=standing), {})
    error = "请选择要导入的工作簿" if request.method == "POST" else ""
    receipts = pages.recent(COMPLETIONS.name, _receipt_address, by=standing)
    context = {"error": error, "receipts": receipts}
    return render(request, "review/migrate.html", context, status=422 if error else 200)


@require_POST
def migrate_commit(request: HttpRequest) -> HttpResponseBase:
    """Take over the old-platform completions that the preview showed."""
    standing = acting(request, Role.PROVINCE)
    file, facts = uploads.redeem(COMPLETIONS.name, request.POST.get("ticket", ""), standing)
    table = _opened(request, file, COMPLETIONS, facts)
    if isinstance(table, HttpResponse):
        return table
    consent = "consent" in request.POST
    try:
        taken = imports.import_completions(table, file=file, by=standing, consent=consent)
    except (NotAllowed, Conflict):
        raise
    except Refused as refusal:
        return _show(request, table, file, facts, str(refusal))
    return _done(request, taken)
