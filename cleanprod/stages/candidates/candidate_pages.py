"""Pages of the candidates: a county drafts and reports, its city reads and decides."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.organisations import access as organisations
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Part, Role, Standing
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.candidates import access, actions, queries
from cleanprod.stages.candidates.forms import CandidateForm
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import State
from cleanprod.stages.candidates.views import cities_offered, ticked
from cleanprod.stages.programme.rules import AuditKind


@require_GET
def survey(request: HttpRequest) -> HttpResponse:
    """Show the candidates of a year that this person may open."""
    standing = acting(request, *access.DESKS)
    year = asked.year(request)
    found = access.visible_to(standing).filter(year=year).select_related("city", "county")
    lines = [standing.line] if standing.line else list(Line)
    closed = {line: access.closed(year, standing.city, line) for line in lines}
    is_city = standing.role is Role.CITY
    context = {
        "year": year,
        "years": asked.years(year),
        "page": tables.page(_narrowed(found, request), ("county_id", "id"), request, total=True),
        "asked": request.GET,
        "states": State.choices(),
        "lines": Line.choices(),
        "counties": queries.places(standing.city) if is_city else [],
        "cities": cities_offered(standing),
        "role": standing.role,
        "line": standing.line,
        "closed": all(closed.values()),
        "drafts": found.filter(state=State.DRAFT).count() if standing.role is Role.COUNTY else 0,
        "kinds": STATES,
    }
    return render(request, "candidates/survey.html", context)


STATES = {"reported": "wait", "taken": "good", "declined": "bad"}


def _narrowed(rows: QuerySet[Candidate], request: HttpRequest) -> QuerySet[Candidate]:
    for name in ("state", "line", "county", "city"):
        value = tables.tidy(request.GET.get(name))
        if value:
            rows = rows.filter(**{name: value})
    return rows if request.GET.get("state") else rows.exclude(state=State.WITHDRAWN)


def _survey_address(year: int) -> str:
    return f"{reverse('candidates:survey')}?year={year}"


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Let a city department take no more candidates for a year."""
    survey = actions.close_survey(_year_posted(request), by=acting(request, Role.CITY))
    messages.success(request, f"{survey.year}年度摸底已截止，县区不能再填报、修改或撤回")
    return redirect(_survey_address(survey.year))


@require_POST
def reopen(request: HttpRequest) -> HttpResponse:
    """Let a city department take candidates for a year again."""
    survey = actions.reopen_survey(_year_posted(request), by=acting(request, Role.CITY))
    messages.success(request, f"{survey.year}年度摸底已重新开放")
    return redirect(_survey_address(survey.year))


def _year_posted(request: HttpRequest) -> int:
    year = asked.whole(request.POST.get("year", ""))
    if year is None or year not in asked.YEARS:
        raise Refused("名单年度应为四位年份")
    return year


@require_GET
def pick(request: HttpRequest) -> HttpResponse:
    """Let a county find a known enterprise of its own place."""
    standing = acting(request, Role.COUNTY)
    known = organisations.visible_to(standing).filter(kind=Kind.ENTERPRISE, merged_into=None)
    words = tables.tidy(request.GET.get("q"))
    if words:
        by_code = known.filter(code__startswith=words.upper())
        known = known.filter(comparable__contains=comparable(words)) | by_code
    context = {
        "page": tables.page(known, ("comparable", "id"), request, total=True),
        "q": words,
        "year": asked.year(request),
    }
    return render(request, "candidates/pick.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Draft a candidate: a known enterprise that was picked, or one that is typed."""
    standing = acting(request, Role.COUNTY)
    picked = request.GET.get("enterprise", "")
    firm = _firm(standing, picked) if picked else None
    form = CandidateForm(
        posted(request), request.FILES or None, firm=firm, line=standing.line,
        initial={"year": asked.year(request)},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        line = standing.line or Line(form.cleaned_data["line"])
        try:
            draft = _draft(form.cleaned_data, firm, standing)
            year = form.cleaned_data["year"]
            candidate = actions.enter(draft, year=year, line=line, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已保存草拟：{candidate.name}。上报后市级主管部门才会采纳")
            return redirect("candidates:candidate", pk=candidate.pk)
    context = {"form": form, "firm": firm, "title": "填报候选企业", "back": ""}
    return render(request, "candidates/form.html", context, status=422 if form.errors else 200)


def _firm(standing: Standing, text: str) -> Organisation:
    """Return a known enterprise of the county; not there and not yours answer alike."""
    key = asked.whole(text)
    if key is None:
        raise Http404
    firm = organisations.get_or_404(standing, key)
    if firm.kind != Kind.ENTERPRISE:
        raise Http404
    return firm


def _draft(cleaned: dict[str, Any], firm: Organisation | None, by: Standing) -> actions.Draft:
    file = attachments.keep(cleaned.get("evidence"), by=by)
    evidence = file.pk if file else None
    kind = AuditKind(cleaned["kind"])
    return actions.Draft(
        kind,
        tuple(cleaned["categories"]) if kind is AuditKind.MANDATORY else (),
        cleaned["grounds"],
        enterprise=firm.pk if firm else None,
        name=cleaned.get("name", ""),
        code=cleaned.get("code", ""),
        address=cleaned.get("address", ""),
        industry=cleaned.get("industry", ""),
        remark=cleaned["remark"],
        evidence=evidence,
        separate=cleaned.get("separate", False),
    )


@require_GET
def candidate(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one candidate with what this person may do now."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    context = {
        "candidate": found,
        "moves": {move.act.value for move in access.moves(standing, found)},
        "may_open_evidence": Part.PARTNER not in access.parts(standing, found),
        "kinds": STATES,
    }
    return render(request, "candidates/candidate.html", context)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a candidate of one's own."""
    standing = acting(request, Role.COUNTY)
    found = access.get_or_404(standing, pk)
    if "edit" not in {move.act.value for move in access.moves(standing, found)}:
        raise Http404
    firm = found.enterprise
    initial = {
        name: getattr(found, name)
        for name in ("name", "code", "address", "industry", "kind", "grounds", "remark", "separate")
    }
    initial["categories"] = [key for key in found.categories.split(",") if key]
    form = CandidateForm(
        posted(request), request.FILES or None, firm=firm, fixed=True, initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit(found.pk, _draft(form.cleaned_data, firm, standing), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已保存修改")
            return redirect("candidates:candidate", pk=found.pk)
    back = reverse("candidates:candidate", args=[found.pk])
    context = {"form": form, "firm": firm, "title": "修改候选企业", "back": back}
    return render(request, "candidates/form.html", context, status=422 if form.errors else 200)


@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Report ticked candidates to the city department of their line."""
    standing = acting(request, Role.COUNTY)
    chosen = ticked(request, "candidate")
    if not chosen:
        messages.warning(request, "请先勾选要上报的候选企业")
        return redirect("candidates:survey")
    visible = access.visible_to(standing).filter(pk__in=chosen)
    if visible.count() != len(chosen):
        raise Http404
    year = visible.values_list("year", flat=True)[0]
    messages.success(request, f"已上报{actions.report(chosen, by=standing)}家")
    return redirect(_survey_address(year))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back a candidate of one's own."""
    standing = acting(request, Role.COUNTY)
    found = actions.withdraw(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, f"已撤回：{found.name}")
    return redirect(_survey_address(found.year))


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a reported candidate out, with the reason that its county reads."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    actions.decline(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"已登记不采纳：{found.name}")
    return redirect("candidates:candidate", pk=found.pk)


@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Consider a declined candidate again."""
    standing = acting(request, Role.CITY)
    found = actions.restore(access.get_or_404(standing, pk).pk, by=standing)
    messages.success(request, f"已恢复上报：{found.name}")
    return redirect("candidates:candidate", pk=found.pk)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the evidence of a candidate; the other department of the city may not open it."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    if found.evidence is None or Part.PARTNER in access.parts(standing, found):
        raise Http404
    return responses.download(found.evidence)
