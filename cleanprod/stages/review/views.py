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
from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.actions import Taken
from cleanprod.foundation.intake.importing import Facts, Import, Words
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Table
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Part, Role, Standing
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access
from cleanprod.stages.audits.models import Fact
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.review import actions, imports
from cleanprod.stages.review.forms import ResultForm, ResultsUploadForm
from cleanprod.stages.review.imports import ResultKey
from cleanprod.stages.review.rules import ACT_OF, Conclusion
from cleanprod.stages.review.template import COMPLETIONS, RESULTS


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
    file = attachments.keep(cleaned.pop("evidence", None), by=by)
    evidence = file.pk if file else None
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
    form = ResultsUploadForm(posted(request), initial={"year": clock.today().year})
    lead = (
        f"{_line(standing).label}部门牵头企业的结论：通过、未通过、取消、暂缓。"
        "单家企业的结果也可在其审核页面登记。"
    )
    words = Words("导入验收结果", lead, "评估验收", "结果工作簿")
    return _RESULTS.upload(request, words, by=standing, form=form)


@require_POST
def results_commit(request: HttpRequest) -> HttpResponseBase:
    """Import the results that the preview showed."""
    return _RESULTS.commit(request, by=acting(request, Role.CITY))


@require_http_methods(["GET", "POST"])
def migrate(request: HttpRequest) -> HttpResponseBase:
    """Let the province preview old-platform completions before taking them over."""
    standing = acting(request, Role.PROVINCE)
    lead = (
        "把旧平台的“平台”完成验收流程记录导入本平台，标记为历史数据迁移。只有省级主管部门可以导入。"
    )
    words = Words("历史办结数据迁移", lead, "历史数据", "旧平台办结数据")
    return _COMPLETIONS.upload(request, words, by=standing)


@require_POST
def migrate_commit(request: HttpRequest) -> HttpResponseBase:
    """Take over the old-platform completions that the preview showed."""
    return _COMPLETIONS.commit(request, by=acting(request, Role.PROVINCE))


def _line(standing: Standing) -> Line:
    return standing.line or Line.INDUSTRY


def _key(facts: Facts, by: Standing) -> ResultKey:
    return ResultKey(facts["year"], by.city, _line(by), facts["document_number"])


def _receipt_address(receipt: Receipt) -> str:
    return reverse("review:receipt", args=[receipt.kind, receipt.pk])


def _take_results(
    table: Table, key: ResultKey, *, file: File, by: Standing, decisions: object, consent: bool
) -> Taken:
    return imports.import_results(table, key, file=file, by=by, consent=consent)


def _take_completions(
    table: Table, province: str, *, file: File, by: Standing, decisions: object, consent: bool
) -> Taken:
    return imports.import_completions(table, file=file, by=by, consent=consent)


_RESULTS = Import(
    RESULTS, _key, imports.assess_results, _take_results,
    "review:results", "review:results-commit",
    receipt_address=_receipt_address,
    blank_address=lambda: reverse("review:template", args=[RESULTS.name]),
    subject=lambda facts, by: f"{facts['year']}年 · {_line(by).label}部门牵头",
    preview_page="review/preview.html",
)  # fmt: skip
_COMPLETIONS = Import(
    COMPLETIONS, lambda _, by: by.province, imports.assess_completions, _take_completions,
    "review:migrate", "review:migrate-commit",
    receipt_address=_receipt_address,
    blank_address=lambda: reverse("review:template", args=[COMPLETIONS.name]),
    preview_page="review/preview.html",
)  # fmt: skip


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
