"""Pages of the year's paper: draft, agree, publish, file; the province registers or returns."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.planning import access, actions, papers, queries
from cleanprod.stages.planning.forms import AnswerForm, PlanForm, PublishPlanForm, YearForm
from cleanprod.stages.planning.models import Filing
from cleanprod.stages.planning.rules import FilingAct, FilingKind, FilingStage, PlanAct
from cleanprod.stages.programme import access as programme_access

GET_POST = ["GET", "POST"]
_RENDER = {"docx": docx.render, "pdf": pdf.render}


@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Show a city its papers, the province all cities of a year, a county its city's papers."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    if standing.role is Role.PROVINCE:
        year = asked.year(request)
        rows = queries.year_board(year)
        context = {
            "year": year,
            "years": asked.years(),
            "rows": rows,
            "lines": list(Line),
            "published": sum(row.plan is not None for row in rows),
            "filed": sum(row.filing is not None for row in rows),
            "registered": sum(
                row.filing is not None and row.filing.stage == FilingStage.REGISTERED
                for row in rows
            ),
        }
        return render(request, "planning/board.html", context)
    found = access.visible_to(standing).select_related("city")
    year = clock.today().year
    may_file = standing.role is Role.CITY
    made = queries.of_city(standing.city)
    to_file = queries.to_file(standing.city, [year, year + 1], made) if may_file else []
    context = {
        "page": tables.page(found, ("-year", "id"), request),
        "form": YearForm(initial={"year": year}),
        "may_start": standing.role is Role.CITY,
        "to_file": to_file,
    }
    return render(request, "planning/plans.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin the paper of a year, or open the one that is there."""
    standing = acting(request, Role.CITY)
    form = YearForm(request.POST)
    if not form.is_valid():
        raise Refused("年度应为四位年份")
    begun = actions.draft(form.cleaned_data["year"], by=standing)
    return redirect("planning:plan", pk=begun.pk)


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one paper: text, lists, who agreed, filings, and what may be done now."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    found = access.get_or_404(standing, pk)
    told = {one.line: one for one in found.consents.filter(version=found.version)}
    filed = queries.filings_of(f"plan:{found.pk}")
    context = {
        "plan": found,
        "lists": queries.lists(found).filter(pk__in=programme_access.visible_to(standing)),
        "paper_lists": {batch.pk for batch in queries.in_paper(found)},
        "consents": [(line, told.get(line.value)) for line in Line],
        "moves": {act.value for act in access.moves(standing, found)},
        "filings": filed if standing.role is not Role.COUNTY else [],
        "may_file": standing.role is Role.CITY
        and found.published_on is not None
        and all(one.stage == FilingStage.RETURNED for one in filed),
        "shapes": (("docx", "Word"), ("pdf", "PDF"), ("xlsx", "名单 Excel")),
    }
    return render(request, "planning/plan.html", context)


@require_http_methods(GET_POST)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Edit the text of a draft; if the other department was faster, both texts are shown."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if PlanAct.EDIT not in access.moves(standing, found):
        raise Http404
    form = PlanForm(posted(request), initial=PlanForm.of(found))
    theirs, status = None, 200
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data["version"]
            saved = actions.edit(found.pk, form.text(), version=version, by=standing)
        except Conflict as conflict:
            theirs, status = found, 409
            typed = request.POST.copy()
            typed["version"] = str(found.version)
            form = PlanForm(typed)
            form.add_error(None, str(conflict))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存第{saved.version}稿")
            return redirect("planning:plan", pk=found.pk)
    if form.errors and status == 200:
        status = 422
    context = {"plan": found, "form": form, "theirs": theirs}
    return render(request, "planning/edit.html", context, status=status)


@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to the text that the page showed."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    version = asked.whole(request.POST.get("version", "")) or 0
    done = actions.agree(found.pk, version=version, by=standing)
    messages.success(
        request,
        "两部门已会签，可以公布" if done.stage == "agreed" else "本部门已会签，待另一部门会签",
    )
    return redirect("planning:plan", pk=found.pk)


@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an agreed paper back into drafting, with a reason."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    actions.revise(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已退回修改，两部门需重新会签")
    return redirect("planning:plan", pk=found.pk)


@require_http_methods(GET_POST)
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Publish the paper with the joint lists."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if PlanAct.PUBLISH not in access.moves(standing, found):
        raise Http404
    form = PublishPlanForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.publish(found.pk, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "年度计划和企业名单已公布，请报送省两部门备案")
            return redirect("planning:plan", pk=found.pk)
    lists = list(queries.lists(found))
    context = {
        "plan": found,
        "form": form,
        "joint": [one for one in lists if one.joint and one.stage == "ready"],
        "left": [one for one in lists if one.stage != "published" and not one.joint],
        "issuers": queries.issuers(found),
    }
    return render(request, "planning/publish.html", context, status=422 if form.errors else 200)


@require_GET
def paper(request: HttpRequest, pk: int, shape: str) -> HttpResponseBase:
    """Hand out the paper as docx or PDF, or its list as a workbook."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    found = access.get_or_404(standing, pk)
    batches = queries.in_paper(found)
    entries = list(queries.entries(batches))
    name = f"{found.title}{'' if found.published_on else '（代拟稿）'}.{shape}"
    if shape == "xlsx":
        return downloads.attachment(papers.workbook(found, entries), name, downloads.XLSX)
    if shape not in _RENDER:
        raise Http404
    on = found.published_on or clock.today()
    made = papers.paper(found, batches, entries, queries.issuers(found), on)
    return downloads.attachment(_RENDER[shape](made), name)


@require_POST
def file(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """File a published paper, list or amendment with the province."""
    standing = acting(request, Role.CITY)
    if kind not in set(FilingKind):
        raise Http404
    access.source_or_404(standing, FilingKind(kind), pk)
    note = request.POST.get("reason", "")
    filing = actions.file(FilingKind(kind), pk, note=note, by=standing)
    messages.success(request, "已报送省工业和信息化、生态环境主管部门备案")
    return redirect("planning:filing", pk=filing.pk)


@require_GET
def filings(request: HttpRequest) -> HttpResponse:
    """Show filings: the province's to answer first, a city its own."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.filings_visible_to(standing).select_related("city")
    waiting = queries.to_answer(standing).select_related("city")
    only = request.GET.get("state", "waiting" if standing.role is Role.PROVINCE else "")
    shown = {"waiting": waiting, "returned": found.filter(stage=FilingStage.RETURNED),
             "registered": found.filter(stage=FilingStage.REGISTERED)}.get(only, found)  # fmt: skip
    city = request.GET.get("city", "")
    shown = shown.filter(city=city) if city else shown
    context = {
        "page": tables.page(shown, ("-submitted_on", "-id"), request, total=True),
        "state": only,
        "waiting": waiting.count(),
        "city": city,
        "cities": [(c.code, c.short_name) for c in territory.cities(settings.PROVINCE_CODE)]
        if standing.role is Role.PROVINCE else [],
    }  # fmt: skip
    return render(request, "planning/filings.html", context)


@require_http_methods(GET_POST)
def filing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one filing with its answers; a provincial department answers here."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.filing_or_404(standing, pk)
    moves = access.filing_moves(standing, found)
    if request.method == "POST" and standing.role is not Role.PROVINCE:
        raise Http404
    form = AnswerForm(posted(request))
    if request.method == "POST" and form.is_valid() and _answer(request, form, found, standing):
        return redirect("planning:filing", pk=found.pk)
    told = {one.line: one for one in found.answers.all()}
    context = {
        "filing": found,
        "form": form,
        "may_answer": bool(moves),
        "answers": [(line, told.get(line.value)) for line in Line],
        "others": [one for one in queries.filings_of(found.subject) if one.pk != found.pk],
        "may_file": standing.role is Role.CITY and found.stage == FilingStage.RETURNED
        and queries.filings_of(found.subject)[0].pk == found.pk,
        "source": found.subject.partition(":")[2],
    }  # fmt: skip
    return render(request, "planning/filing.html", context, status=422 if form.errors else 200)


def _answer(request: HttpRequest, form: AnswerForm, found: Filing, by: Standing) -> bool:
    cleaned = form.cleaned_data
    try:
        actions.answer(
            found.pk, FilingAct(cleaned["act"]), number=cleaned["number"],
            remark=cleaned["remark"], by=by,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"已{FilingAct(cleaned['act']).label}")
    return True
