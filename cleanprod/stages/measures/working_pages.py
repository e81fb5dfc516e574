"""Workings 核算底稿 of a round: read, filled by method, written into the sheet."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.web import asked, tables
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import access, actions, queries
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Act, Typed, ValueSet, plain
from cleanprod.stages.measures.views import OWNERS, READERS, tabs, wanted
from cleanprod.stages.measures.workings import ASKED, SAVED, BadInputs, Method
from cleanprod.stages.registration import access as registration


@require_GET
def workings(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how numbers were worked out, and where the sheet says something else."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    found, which = queries.sheet_of(audit), wanted(request)
    measures = queries.typed(found)
    context = {
        "audit": audit, "home": access.home(standing, audit), "which": which, "sheet": found,
        "measures": measures, "plain": plain,
        "tabs": tabs("measures:workings", audit, which),
        "kept": queries.workings_of(found, which) if found else [],
        "rows": _beside(found, which, measures) if found else [],
        "names": {one.code: one.name for one in measures}, "methods": Method.choices(),
        "may_edit": found is not None and Act.EDIT in access.moves(standing, audit, found),
    }  # fmt: skip
    return render(request, "measures/workings.html", context)


def _beside(sheet: Sheet, which: ValueSet, measures: list[Typed]) -> list[dict[str, Any]]:
    """Return each worked number beside the one in the sheet."""
    typed = {one.code: one.of(which) for one in measures}
    return [
        {
            "code": one.code, "column": one.column.label, "worked": one.amount,
            "typed": typed.get(one.code, {}).get(one.column),
        }
        for one in queries.backed(sheet, which)
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill one working by its method; every mistake is told at its field."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    found, which = queries.sheet_of(audit), wanted(request)
    if Act.EDIT not in access.moves(standing, audit, found):
        raise Http404
    measures = queries.typed(found)
    if not measures:
        messages.warning(request, "先填报方案，再填写核算底稿")
        return redirect("measures:sheet", pk=pk)
    method = _method(request)
    given = request.POST if request.method == "POST" else request.GET
    texts = {ask.key: tables.tidy(given.get(ask.key)) for ask in ASKED[method]}
    code, problems = tables.tidy(given.get("code")), dict[str, str]()
    if request.method == "POST":
        try:
            actions.keep_working(audit.pk, code, which, method, texts, by=standing)
        except BadInputs as bad:
            problems = bad.problems
        except Refused as refusal:
            problems = {"": str(refusal)}
        else:
            messages.success(request, f"已保存{code}的核算底稿")
            return redirect(_address(audit, which))
    context = {
        "audit": audit, "which": which, "method": method, "asked": ASKED[method], "texts": texts,
        "code": code, "problems": problems, "back": _address(audit, which),
        "measures": [(one.code, f"{one.code} {one.name}") for one in measures],
        "columns": [(column.value, column.label) for column in SAVED],
        "labels": {"code": "方案", **{ask.key: ask.label for ask in ASKED[method]}},
    }  # fmt: skip
    return render(request, "measures/working_edit.html", context, status=422 if problems else 200)


def _method(request: HttpRequest) -> Method:
    name = request.GET.get("method", Method.SUBSTITUTION.value)
    if name not in set(Method):
        raise Http404
    return Method(name)


@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a working away."""
    standing = acting(request, *OWNERS)
    audit, which = registration.round_or_404(standing, pk), wanted(request)
    number = asked.whole(request.POST.get("working", ""))
    actions.remove_working(audit.pk, number or 0, by=standing)
    messages.success(request, "已删除")
    return redirect(_address(audit, which))


@require_POST
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the workings come to into the sheet."""
    standing = acting(request, *OWNERS)
    audit, which = registration.round_or_404(standing, pk), wanted(request)
    version = asked.whole(request.POST.get("version", ""))
    actions.adopt_workings(audit.pk, which, version=-1 if version is None else version, by=standing)
    messages.success(request, f"已按核算底稿更新{which.label}数值")
    return redirect(_address(audit, which))


def _address(audit: Round, which: ValueSet) -> str:
    return f"{reverse('measures:workings', args=[audit.pk])}?set={which.value}"
