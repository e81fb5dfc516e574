"""Pages of the performance sheet: read, fill in a grid, take workbooks, confirm, explain."""

from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.intake import actions as intake
from cleanprod.foundation.intake import pages
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import Report, Table, Unreadable
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.both import differing
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.kernel.finding import Level
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import access, actions, checking, grid, queries, workbook
from cleanprod.stages.measures.forms import GAS, ChoiceForm, TermsForm, UploadForm
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import (
    REPORTED,
    Act,
    BadSheet,
    Cost,
    Field,
    Tag,
    Terms,
    Trouble,
    Typed,
    ValueSet,
    appraised,
    computed,
    plain,
    taken_over,
    totals,
)
from cleanprod.stages.measures.template import SHEET
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.computation import Computation, Line
from cleanprod.stages.performance.accounting.factors import FactorSet
from cleanprod.stages.registration import access as registration

OWNERS = (Role.ENTERPRISE, Role.CONSULTANCY)
DRAFTED = ("years", *(f"sheet-{one.value}" for one in ValueSet))
OFFICES = (Role.PROVINCE, Role.CITY, Role.COUNTY, *OWNERS)
READERS = (*OFFICES, Role.EXPERT)
_MAIN = (Field.INVESTMENT, Field.BENEFIT, Field.ELECTRICITY, Field.WATER, Field.VOC)


def wanted(request: HttpRequest) -> ValueSet:
    """Return the value set that an address asks for."""
    name = request.GET.get("set", ValueSet.EXPECTED.value)
    if name not in set(ValueSet):
        raise Http404
    return ValueSet(name)


def _factors(sheet: Sheet | None, wanted: str = "") -> FactorSet:
    today = clock.today()
    offered = {name for name, _ in queries.factor_sets(today)}
    if wanted and wanted not in offered:
        raise Http404
    if sheet is None:
        return library.load(wanted or queries.usual_factors(today))
    return library.stated(wanted or sheet.factors, tuple(sorted(sheet.stated.items())))


@require_GET
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the measures of a round in one value set, with what they add up to."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    return _shown(request, standing, audit, wanted(request), UploadForm())


def _shown(
    request: HttpRequest, standing: Standing, audit: Round, which: ValueSet, form: UploadForm,
    report: Report | None = None,
) -> HttpResponse:  # fmt: skip
    found = queries.sheet_of(audit)
    measures = queries.typed(found)
    factors = _factors(found)
    account = computed(measures, which, factors)
    summed = totals(measures, which, factors, share=queries.share(clock.today()))
    acts = access.moves(standing, audit, found)
    context = {
        "audit": audit,
        "home": access.home(standing, audit),
        "sheet": found,
        "which": which,
        "tabs": tabs("measures:sheet", audit, which),
        "measures": measures,
        "sums": account.measures,
        "totals": summed,
        "main": _MAIN,
        "others": [
            (field.label, plain(amount))
            for field, amount in summed.sums.items()
            if field not in (*_MAIN, *REPORTED)
        ],
        "told": (told := checking.told(found, which, measures=measures)),
        "titles": checking.titles({one.found.check for one in told}),
        "in_the_way": sum(one.stands_in_the_way for one in told),
        "factors": factors,
        "acts": {act.value for act in acts},
        "form": form if Act.EDIT in acts else None,
        "report": report,
        "is_city": standing.role is Role.CITY,
        "plain": plain,
    }
    wrong = bool(form.errors or report)
    return render(request, "measures/sheet.html", context, status=422 if wrong else 200)


def tabs(route: str, audit: Round, which: ValueSet) -> list[dict[str, Any]]:
    """Return the three value sets as tabs of a page."""
    address = reverse(route, args=[audit.pk])
    return [
        {"title": one.label, "url": f"{address}?set={one.value}", "active": one is which}
        for one in ValueSet
    ]


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show an enterprise what its sheets add up to, the three value sets side by side."""
    standing = acting(request, Role.ENTERPRISE)
    sheets = access.visible_to(standing).select_related("round")
    page = tables.page(sheets, ("-round_id", "id"), request, size=10)
    context = {
        "page": page, "heads": [{"label": one.label, "kind": "num"} for one in ValueSet],
        "told": {one.pk: queries.side_by_side(one) for one in page.rows},
    }  # fmt: skip
    return render(request, "measures/mine.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the measures of one value set in a grid that takes what is pasted from a sheet."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    found = queries.sheet_of(audit)
    if Act.EDIT not in access.moves(standing, audit, found):
        raise Http404
    which, known = wanted(request), queries.typed(found)
    today = clock.today()
    initial = {
        "factors": _factors(found).name,
        "border": plain(
            found.border if found else queries.border(today, audit.city_id, audit.lead)
        ),
        "gas": found.stated.get(GAS, "") if found else "",
    }
    form = ChoiceForm(request.POST or None, sets=queries.factor_sets(today), initial=initial)
    lines, troubles = grid.shown(known, which), list[Trouble]()
    version = found.version if found else 0
    page = f"sheet-{which.value}"
    draft = queries.draft_of(audit, page, standing.person_id, version)
    sources = _sources(known, which)
    taken = next((one for one in sources if one == request.GET.get("from")), None)
    if taken and request.method == "GET":
        lines = grid.shown([taken_over(one, taken, which) for one in known], which)
    elif draft and request.method == "GET":
        typed = QueryDict(draft.body)
        lines = grid.read(typed, which, known)[1] or lines
        form.initial = {key: typed.get(key, "") for key in initial}
    if request.method == "POST":
        measures, lines, troubles = grid.read(request.POST, which, known)
        stale = asked.whole(request.POST.get("version", ""))
        if not troubles and form.is_valid():
            troubles = _kept(audit, measures, form, stale, standing)
            if not troubles:
                messages.success(request, f"已保存{which.label}数值，{len(measures)}个方案")
                return redirect(f"{reverse('measures:sheet', args=[pk])}?set={which.value}")
        lines += grid.shown([], which, 1) if not lines else []
    context = {
        "audit": audit, "which": which, "lines": lines, "form": form, "troubles": troubles,
        "version": version, "fields": list(Field), "costs": Cost.choices(), "tags": Tag.choices(),
        "sources": sources, "taken": taken, "heads": grid.HEADS, "names": grid.NAMES,
        "cost_names": grid.COST_NAMES,
        "tabs": tabs("measures:edit", audit, which), "draft": draft, "page": page,
        "both": (), "other": found.edited_by if found else "",
    }  # fmt: skip
    if request.method == "POST" and version and request.POST.get("version") != str(version):
        kept = grid.by_label(grid.shown(known, which, 0))
        context["both"] = differing(grid.by_label(lines), kept)
    wrong = bool(troubles or form.errors)
    return render(request, "measures/edit.html", context, status=422 if wrong else 200)


def _sources(known: list[Typed], which: ValueSet) -> list[ValueSet]:
    """Return the value sets whose numbers an empty one may start from, the latest first."""
    if any(one.of(which) for one in known):
        return []
    filled = [other for other in ValueSet if any(one.of(other) for one in known)]
    return filled[::-1]


@require_POST
def keep(request: HttpRequest, pk: int, page: str) -> HttpResponse:
    """Keep what is typed on a page so far; the page sends it by itself."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    editable = Act.EDIT in access.moves(standing, audit, queries.sheet_of(audit))
    if page not in DRAFTED or not editable:
        raise Http404
    draft = actions.keep_draft(audit.pk, page, request.POST.urlencode(), by=standing)
    return render(request, "measures/kept.html", {"draft": draft})


def _kept(
    audit: Round, measures: list[Typed], form: ChoiceForm, version: int | None, by: Standing
) -> list[Trouble]:
    """Keep what was typed; return what is wrong with it."""
    try:
        actions.fill(
            audit.pk, measures, version=version if version is not None else -1,
            factors=form.cleaned_data["factors"], border=form.cleaned_data["border"],
            stated=form.stated, by=by,
        )  # fmt: skip
    except BadSheet as bad:
        return list(bad.troubles)
    except Conflict as conflict:
        return [Trouble(0, "", f"{conflict}", "下面是您填写的内容，再次保存将以您的内容为准")]
    except Refused as refusal:
        return [Trouble(0, "", str(refusal), "请核对后重试")]
    return []


@require_GET
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how every number came about: formula, factor, source, year; with other factors, too."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    found, which = queries.sheet_of(audit), wanted(request)
    own = _factors(found)
    factors = _factors(found, request.GET.get("factors", ""))
    measures = queries.typed(found)
    shown = computed(measures, which, factors)
    context = {
        "audit": audit, "home": access.home(standing, audit), "which": which, "account": shown,
        "groups": _by_measure(shown),
        "workings": queries.workings_of(found, which) if found else [],
        "own": computed(measures, which, own), "factors": factors, "kept": own,
        "preview": factors.name != own.name,
        "sets": queries.factor_sets(clock.today()), "tabs": tabs("measures:account", audit, which),
        "names": {one.code: one.name for one in measures}, "plain": plain,
    }  # fmt: skip
    return render(request, "measures/account.html", context)


def _by_measure(account: Computation) -> list[tuple[str, list[Line]]]:
    return [
        (code, list(lines))
        for code, lines in groupby(account.lines, key=lambda line: line.row.measure)
    ]


@require_GET
def economics(request: HttpRequest, pk: int) -> HttpResponse:
    """Show whether measures pay: cash flows, payback, present value, rate of return."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    which, usual = wanted(request), queries.terms(clock.today())
    initial = {"years": usual.years, "tax": usual.tax, "rate": usual.rate}
    asked_for = {name: request.GET[name] for name in initial if name in request.GET}
    form = TermsForm({**initial, **asked_for})
    terms = Terms(**form.cleaned_data) if form.is_valid() else usual
    found = appraised(queries.typed(queries.sheet_of(audit)), which, terms)
    context = {
        "audit": audit, "home": access.home(standing, audit), "which": which, "form": form,
        "terms": terms, "appraised": found,
        "heads": [{"label": f"第{year}年", "kind": "num"} for year in range(terms.years + 1)],
        "flows": [sum(flows) for flows in zip(*(one.flows for _, one in found), strict=True)],
        "tabs": tabs("measures:economics", audit, which), "plain": plain,
    }  # fmt: skip
    return render(request, "measures/economics.html", context, status=422 if form.errors else 200)


@require_GET
def export(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out one value set as a workbook that can be edited and taken in again."""
    standing = acting(request, *READERS)
    audit = access.round_or_404(standing, pk)
    found, which = queries.sheet_of(audit), wanted(request)
    measures = queries.typed(found)
    title = f"{audit.name}清洁生产项目绩效表（{which.label}）"
    content = workbook.export(measures, which, computed(measures, which, _factors(found)), title)
    return downloads.attachment(content, f"{title}.xlsx", downloads.XLSX)


@require_GET
def template(request: HttpRequest) -> HttpResponseBase:
    """Offer the blank workbook."""
    acting(request, *OFFICES)
    return pages.blank(SHEET)


@require_POST
def take(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a workbook of one value set in; one with mistakes is kept with its report."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    found = queries.sheet_of(audit)
    if Act.EDIT not in access.moves(standing, audit, found):
        raise Http404
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _shown(request, standing, audit, ValueSet.EXPECTED, form)
    which, upload = ValueSet(form.cleaned_data["which"]), form.cleaned_data["file"]
    file = attachments.store(upload, upload.name or "绩效表", by=standing)
    try:
        with attachments.open_file(file) as stream:
            table = workbook.in_own_units(_table(stream.read(), file.name))
        report = _blocked(table)
    except Unreadable as refusal:
        table, report = None, refusal.report
    if table is not None and report is None:
        try:
            known = queries.typed(found)
            account = computed(known, which, _factors(found))
            measures = workbook.taken(table, which, known, account)
            actions.fill(audit.pk, measures, version=found.version if found else 0, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return _shown(request, standing, audit, which, form)
        messages.success(request, f"已导入{which.label}数值，{len(table.rows)}个方案")
        for one in table.findings[:_TOLD]:
            messages.info(request, f"{one.cell} “{one.value}”：{one.rule}，{one.advice}")
        for text in workbook.miscounted(table):
            messages.warning(request, f"{text}；以各方案之和为准，请核对")
        return redirect(f"{reverse('measures:sheet', args=[pk])}?set={which.value}")
    if report is not None:
        intake.keep_refused(
            SHEET.name, title=f"未导入：{file.name}", file=file, report=report, by=standing,
            city=audit.city_id, subject=f"round:{audit.pk}",
        )  # fmt: skip
    return _shown(request, standing, audit, which, form, report)


_TOLD = 8  # findings of a workbook that was taken


def _table(content: bytes, name: str) -> Table:
    return read(
        content, SHEET, max_rows=settings.INTAKE_MAX_ROWS, max_bytes=settings.INTAKE_MAX_BYTES,
        name=name,
    )  # fmt: skip


def _blocked(table: Table) -> Report | None:
    """Return the report of a workbook that cannot be taken: any blocking finding, or no row."""
    blocking = [one for one in table.findings if one.level is Level.BLOCK]
    if blocking or table.lacks or not table.rows:
        return Report.of(table, (), table.findings)
    return None


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the lead department confirm the verified numbers."""
    standing = acting(request, Role.CITY)
    audit = registration.round_or_404(standing, pk)
    version = asked.whole(request.POST.get("version", "")) or 0
    actions.confirm(audit.pk, version=version, by=standing)
    messages.success(request, "已核定绩效数据，计入统计")
    return redirect(f"{reverse('measures:sheet', args=[pk])}?set={ValueSet.VERIFIED.value}")


@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the reasons given for findings; each field is named by the place of its finding."""
    standing = acting(request, *OWNERS)
    audit = registration.round_or_404(standing, pk)
    which = wanted(request)
    keys = request.POST.getlist("key")
    reasons = dict(zip(keys, request.POST.getlist("reason"), strict=False))
    made = actions.explain(audit.pk, which, reasons, by=standing)
    messages.success(request, f"已保存{made}项说明" if made else "没有新的说明")
    return redirect(f"{reverse('measures:sheet', args=[pk])}?set={which.value}")


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a confirmed sheet back."""
    standing = acting(request, Role.CITY)
    audit = registration.round_or_404(standing, pk)
    actions.reopen(audit.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已退回企业修改")
    return redirect("measures:sheet", pk=pk)
