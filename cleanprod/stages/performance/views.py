"""Pages of the indicator systems: the list, one system, loading, trying values."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.finding import Finding
from cleanprod.stages.performance import access, actions, system_sheets, telling, value_sheets
from cleanprod.stages.performance.forms import TrialForm
from cleanprod.stages.performance.indicators.loading import BadSystem, load
from cleanprod.stages.performance.indicators.numbers import printed
from cleanprod.stages.performance.indicators.scoring import Result, score
from cleanprod.stages.performance.indicators.system import System
from cleanprod.stages.performance.indicators.values import BadValues
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SystemAct, SystemStage


@require_GET
def systems(request: HttpRequest) -> HttpResponse:
    """Show the indicator systems: those in force to everybody, all of them to their keepers."""
    standing = acting(request)
    rows = access.visible_to(standing)
    stage = tables.tidy(request.GET.get("stage"))
    if stage in set(SystemStage):
        rows = rows.filter(stage=stage)
    words = tables.tidy(request.GET.get("q"))
    rows = tables.search(rows, words, ("name", "code", "trades"))
    context = {
        "keeper": standing.role in access.KEEPERS,
        "may_load": standing.role is Role.PROVINCE,
        "stages": SystemStage.choices(),
        "stage": stage,
        "q": words,
        "page": tables.page(rows.defer("body"), ("code", "-version", "pk"), request, total=True),
    }
    return render(request, "performance/systems.html", context)


@require_GET
def system(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one system: its rules, groups, items, benchmarks, weights and open questions."""
    standing = acting(request)
    kept = access.get_or_404(standing, pk)
    shown = load(kept.body)
    acts = access.acts(standing, kept)
    context = {
        "kept": kept,
        "system": shown,
        "rules": [_asks(rule) for rule in shown.rules],
        "columns": [
            "编号", "指标", "类型", "权重", *(f"{grade}级" for grade in shown.grades), "核实情况",
        ],
        "groups": [(group, _lines(shown, group.id)) for group in shown.groups],
        "may_put": SystemAct.PUT_IN_FORCE in acts,
        "may_withdraw": SystemAct.WITHDRAW in acts,
        "keeper": standing.role in access.KEEPERS,
    }  # fmt: skip
    return render(request, "performance/system.html", context)


def _asks(rule: Any) -> tuple[Any, str]:
    parts = [f"Y_{grade} ≥ {printed(least)}" for grade, least in rule.least]
    parts += [f"限定性指标全部达到{rule.limiting}级"] if rule.limiting else []
    parts += [f"非限定性指标全部达到{rule.others}级"] if rule.others else []
    return rule, "；".join(parts)


def _lines(shown: System, group_id: str) -> list[tuple[Any, str, list[str]]]:
    """Return the items of a group with weight and demands in words."""
    found = []
    for group, item in shown.items():
        if group.id != group_id:
            continue
        pools = {pool.id: pool for pool in group.pools}
        pool = pools.get(item.pool)
        weight = "" if item.weight is None else printed(item.weight)
        if pool is not None:
            weight = f"共享 {printed(pool.weight)}（{pool.by.label}）"
        demands = [
            item.demand(place) if item.same_as(place) == place else f"同{shown.grades[place - 1]}级"
            for place in range(len(item.benchmarks))
        ]
        found.append((item, weight, demands or ["—"] * len(shown.grades)))
    return found


@require_http_methods(["GET", "POST"])
def load_page(request: HttpRequest) -> HttpResponse:
    """Take a system from a file; a bad one is shown with every finding and not kept."""
    standing = acting(request, Role.PROVINCE)
    findings: tuple[Finding, ...] = ()
    error = ""
    if request.method == "POST":
        upload = request.FILES.get("file")
        if upload is None:
            error = "请选择指标体系文件"
        else:
            try:
                data = upload.read(system_sheets.MAX_BYTES + 1)
                kept = actions.load_system(data, upload.name or "", by=standing)
            except BadSystem as bad:
                findings, error = bad.findings, f"有{len(bad.findings)}处错误，未导入"
            else:
                messages.success(request, f"{kept.name}：第{kept.version}版，{kept_said(kept)}")
                return redirect("performance:system", pk=kept.pk)
    context = {"findings": findings, "error": error}
    return render(request, "performance/load.html", context, status=422 if error else 200)


def kept_said(kept: IndicatorSystem) -> str:
    """Return in words where a version stands."""
    return f"{SystemStage(kept.stage).label}{'' if kept.confirmed else '，有待核实的内容'}"


@require_GET
def load_template(request: HttpRequest) -> HttpResponseBase:
    """Offer the workbook in which a system is typed."""
    acting(request, Role.PROVINCE)
    return downloads.attachment(
        system_sheets.blank_workbook(), "指标体系（空白模板）.xlsx", downloads.XLSX
    )


@require_GET
def file(request: HttpRequest, pk: int, shape: str) -> HttpResponseBase:
    """Offer the system itself as JSON or workbook."""
    kept = access.get_or_404(acting(request), pk)
    name = f"{kept.name}（第{kept.version}版）"
    if shape == "json":
        return downloads.attachment(downloads.json(kept.body), f"{name}.json", downloads.JSON)
    if shape == "xlsx":
        book = system_sheets.workbook(load(kept.body))
        return downloads.attachment(book, f"{name}.xlsx", downloads.XLSX)
    raise Http404


@require_GET
def blank(request: HttpRequest, pk: int, shape: str) -> HttpResponseBase:
    """Offer the blank sheet of values as CSV or workbook."""
    kept = access.get_or_404(acting(request), pk)
    name = f"{kept.name}填报表"
    if shape == "csv":
        content = value_sheets.blank_csv(load(kept.body))
        return downloads.attachment(content, f"{name}.csv", downloads.CSV)
    if shape == "xlsx":
        content = value_sheets.blank_workbook(load(kept.body))
        return downloads.attachment(content, f"{name}.xlsx", downloads.XLSX)
    raise Http404


@require_http_methods(["GET", "POST"])
def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Try values: indices, level and what is in the way; nothing is kept."""
    kept = access.get_or_404(acting(request), pk)
    shown = load(kept.body)
    upload = request.FILES.get("sheet")
    findings: tuple[Finding, ...] = ()
    result: Result | None = None
    form = TrialForm(None if upload else posted(request), shown)
    if upload is not None:
        try:
            data = upload.read(system_sheets.MAX_BYTES + 1)
            values = value_sheets.read(shown, data, upload.name or "")
        except BadValues as bad:
            findings = bad.findings
        else:
            form = TrialForm(form.typed(values), shown)
    if form.is_bound and form.is_valid():
        result = score(shown, form.values)
    context = {
        "kept": kept,
        "system": shown,
        "form": form,
        "findings": findings,
        "told": telling.told(result) if result else None,
    }
    status = 422 if findings or form.errors else 200
    return render(request, "performance/trial.html", context, status=status)


@require_POST
def put_in_force(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version in force."""
    standing = acting(request, Role.PROVINCE)
    kept = actions.put_in_force(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, f"已启用第{kept.version}版")
    return redirect("performance:system", pk=pk)


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a version out of use with a reason."""
    standing = acting(request, Role.PROVINCE)
    kept = access.get_or_404(standing, pk)
    actions.withdraw(kept.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"已停用第{kept.version}版")
    return redirect("performance:system", pk=pk)
