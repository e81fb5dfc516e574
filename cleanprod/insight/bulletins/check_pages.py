"""Pages of the data check: the province asks, both leads of each city confirm or dispute."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.insight.bulletins import access, checking, queries
from cleanprod.insight.bulletins.checking import View
from cleanprod.insight.bulletins.forms import CheckForm
from cleanprod.insight.bulletins.models import DataCheck, Opinion
from cleanprod.insight.bulletins.rules import CHECKED, Verdict
from cleanprod.insight.statistics import queries as statistics
from cleanprod.insight.statistics.queries import FIGURE_LABELS, AsOf
from cleanprod.kernel.errors import Refused


@require_http_methods(["GET", "POST"])
def checks(request: HttpRequest) -> HttpResponse:
    """Show the data checks; the province opens one here."""
    standing = acting(request, *access.CHECKERS)
    if request.method == "POST" and standing.role is not Role.PROVINCE:
        raise Http404
    today = clock.today()
    form = CheckForm(posted(request), initial={"year": today.year, "as_of": today})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            made = checking.open_check(
                AsOf(typed["year"], typed["as_of"]), due_on=typed["due_on"], note=typed["note"],
                by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已发起数据核对")
            return redirect("bulletins:check", pk=made.pk)
    found = access.checks_visible_to(standing)
    context = {
        "page": tables.page(found, ("-id",), request, total=True),
        "form": form if standing.role is Role.PROVINCE else None,
        "today": today,
    }
    return render(request, "bulletins/checks.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a data check: to the province all cities, to a city its own figures to look at."""
    standing = acting(request, *access.CHECKERS)
    found = access.check_or_404(standing, pk)
    if standing.role is Role.PROVINCE:
        if request.method == "POST":
            raise Http404
        city = request.GET.get("city", "")
        return _of_city(request, found, city) if city else _matrix(request, found)
    return _own(request, found, standing)


def _matrix(request: HttpRequest, found: DataCheck) -> HttpResponse:
    rows = statistics.counts(found.moment)
    states = queries.states(found, rows)
    disputes = Opinion.objects.filter(check_of=found, verdict=Verdict.DISPUTED)
    context = {
        "check": found,
        "states": states,
        "lines": list(Line),
        "figures": len(CHECKED),
        "confirmed": sum(one.confirmed for one in states),
        "waiting": sum(state.open > 0 for one in states for state in one.lines.values()),
        "disputes": disputes.select_related("city").order_by("city__notice_order", "line", "pk"),
        "labels": FIGURE_LABELS,
        "today": clock.today(),
    }
    return render(request, "bulletins/matrix.html", context)


def _of_city(request: HttpRequest, found: DataCheck, city: str) -> HttpResponse:
    """Show the province what both departments of one city say of each figure."""
    row = next((row for row in statistics.counts(found.moment) if row.code == city), None)
    if row is None:
        raise Http404
    said = {
        (one.line, one.figure): one
        for one in Opinion.objects.filter(check_of=found, city=city).select_related("check_of")
    }
    context = {
        "check": found,
        "city": row,
        "lines": list(Line),
        "rows": [
            {
                "figure": figure,
                "label": FIGURE_LABELS[figure],
                "value": queries.value_of(row, figure),
                "said": [said.get((line.value, figure)) for line in Line],
            }
            for figure in CHECKED
        ],
        "records": _question(found, city),
    }
    return render(request, "bulletins/of_city.html", context)


def _question(check: DataCheck, city: str) -> str:
    return f"?year={check.year}&as_of={check.as_of}&city={city}"


def _own(request: HttpRequest, found: DataCheck, standing: Standing) -> HttpResponse:
    errors: dict[str, str] = {}
    if request.method == "POST":
        views, errors = _typed(request)
        if not errors:
            try:
                changed = checking.say(found.pk, views, by=standing)
            except Refused as refusal:
                errors[""] = str(refusal)
            else:
                messages.success(request, "已提交核对意见" if changed else "与已提交的意见一致")
                return redirect("bulletins:check", pk=found.pk)
    row = next(row for row in statistics.counts(found.moment) if row.code == standing.city)
    said = {
        (one.line, one.figure): one
        for one in Opinion.objects.filter(check_of=found, city=standing.city)
    }
    line = standing.line or Line.INDUSTRY
    context = {
        "check": found,
        "rows": [
            _line(request, figure, queries.value_of(row, figure), said, line, errors)
            for figure in CHECKED
        ],
        "errors": errors,
        "other": next(one for one in Line if one is not line),
        "today": clock.today(),
        "records": _question(found, standing.city),
    }
    return render(request, "bulletins/own.html", context, status=422 if errors else 200)


def _typed(request: HttpRequest) -> tuple[dict[str, View], dict[str, str]]:
    """Read what was chosen figure by figure; all errors in one pass."""
    views, errors = {}, {}
    for figure in CHECKED:
        verdict = request.POST.get(f"verdict-{figure}", "")
        reason = tables.tidy(request.POST.get(f"reason-{figure}"))
        if verdict not in set(Verdict):
            errors[figure] = "请选择“确认”或“有异议”"
        elif verdict == Verdict.DISPUTED and not reason:
            errors[figure] = "有异议的，请写明理由"
        else:
            views[figure] = View(Verdict(verdict), reason)
    return views, errors


def _line(
    request: HttpRequest, figure: str, value: int, said: dict[tuple[str, str], Opinion],
    line: Line, errors: dict[str, str],
) -> dict[str, Any]:  # fmt: skip
    own = said.get((line.value, figure))
    other = next((one for (who, what), one in said.items() if who != line and what == figure), None)
    chosen = request.POST.get(f"verdict-{figure}", own.verdict if own else "")
    return {
        "figure": figure,
        "label": FIGURE_LABELS[figure],
        "value": value,
        "own": own,
        "stale": own is not None and own.value != value,
        "other": other,
        "chosen": chosen,
        "reason": request.POST.get(f"reason-{figure}", own.reason if own else ""),
        "error": errors.get(figure, ""),
    }


@require_POST
def urge(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the departments again that have not looked at everything."""
    standing = acting(request, Role.PROVINCE)
    number = checking.urge(access.check_or_404(standing, pk).pk, by=standing)
    messages.success(request, f"已催办{number}个部门；同一天不重复发送")
    return redirect("bulletins:check", pk=pk)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a data check."""
    standing = acting(request, Role.PROVINCE)
    checking.close_check(access.check_or_404(standing, pk).pk, by=standing)
    messages.success(request, "数据核对已结束")
    return redirect("bulletins:check", pk=pk)


@require_POST
def answer(request: HttpRequest, pk: int, opinion: int) -> HttpResponse:
    """Answer a dispute."""
    standing = acting(request, Role.PROVINCE)
    found = access.check_or_404(standing, pk)
    asked = Opinion.objects.filter(check_of=found, pk=opinion).first()
    if asked is None:
        raise Http404
    checking.answer(asked.pk, text=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已答复")
    return redirect(reverse("bulletins:check", args=[found.pk]))
