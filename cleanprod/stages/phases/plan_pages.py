"""Pages of the audit plan: read its versions and remarks, fill it with drafts, file it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked
from cleanprod.foundation.web.both import differing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.phases import access, actions, queries
from cleanprod.stages.phases.access import May
from cleanprod.stages.phases.forms import (
    PlanForm,
    RemarkForm,
    by_label,
    read_team,
    team_lines,
    texts_of,
    texts_of_plan,
)
from cleanprod.stages.phases.models import Draft, Plan
from cleanprod.stages.phases.rules import Duty, PlanContent
from cleanprod.stages.registration import access as registration


@require_GET
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plan of a round, its versions, and what departments said about them."""
    standing = acting(request, *access.READERS)
    return _shown(request, standing, registration.round_or_404(standing, pk), RemarkForm())


def _shown(
    request: HttpRequest, standing: Standing, audit: Round, form: RemarkForm
) -> HttpResponse:
    versions = list(
        Plan.objects.filter(round=audit).prefetch_related("remarks").order_by("-version")
    )
    may = access.open_to(standing, audit)
    newest = versions[0] if versions else None
    context = {
        "audit": audit,
        "newest": newest,
        "content": queries.content_of(newest) if newest else None,
        "versions": versions,
        "short": _short(audit),
        "may": may,
        "form": form if newest and May.REMARK in may else None,
    }
    return render(request, "phases/plan.html", context, status=422 if form.errors else 200)


def _short(audit: Round) -> Mapping[str, Any] | None:
    """Return the plan in its short form, as a consultancy files it or as it came from before."""
    fact = audit.facts.filter(kind="planned", withdrawal=None).order_by("-pk").first()
    return fact.details if fact and fact.details.get("start") else None


@require_POST
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what the lead department or the county says about the plan."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    audit = registration.round_or_404(standing, pk)
    if May.REMARK not in access.open_to(standing, audit):
        raise Http404
    form = RemarkForm(request.POST)
    if form.is_valid():
        version = asked.whole(request.POST.get("version", "")) or 0
        try:
            actions.remark(audit.pk, version=version, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "反馈意见已告知企业")
            return redirect("phases:plan", pk=audit.pk)
    return _shown(request, standing, audit, form)


def _own(request: HttpRequest, pk: int) -> tuple[Standing, Round]:
    """Return the enterprise's round if its plan may be filed now."""
    standing = acting(request, *access.OWNERS)
    audit = registration.round_or_404(standing, pk)
    if May.PLAN not in access.open_to(standing, audit):
        raise Http404
    return standing, audit


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep what is typed so far; the page says when."""
    standing, audit = _own(request, pk)
    draft = actions.keep_draft(audit.pk, texts_of(request.POST), by=standing)
    moment = timezone.localtime(draft.changed_at).strftime("%H:%M:%S")
    return HttpResponse(format_html("草稿已保存 {}", moment))


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw one's own draft away."""
    standing, audit = _own(request, pk)
    actions.drop_draft(audit.pk, by=standing)
    messages.success(request, "草稿已放弃")
    return redirect("phases:plan", pk=audit.pk)


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill the plan; what is typed keeps itself, submission files it with a receipt."""
    standing, audit = _own(request, pk)
    newest = queries.newest_plan(audit)
    draft = Draft.objects.filter(round=audit, person_id=standing.person_id).first()
    filed = texts_of_plan(queries.content_of(newest)) if newest else {}
    texts: Mapping[str, str] = draft.texts if draft else filed
    phases = queries.phase_titles(audit)
    faults: list[str] = []
    version = newest.version if newest else 0
    form = PlanForm(initial=texts, phases=phases, again=version > 0)
    if request.method == "POST":
        texts = texts_of(request.POST)
        form = PlanForm(request.POST, phases=phases, again=version > 0)
        team, faults = read_team(texts)
        if form.is_valid() and not faults:
            cleaned = form.cleaned_data
            content = PlanContent(
                team, form.schedule(cleaned), cleaned["focus"], cleaned["consultancy"]
            )
            done = _filed(audit, content, texts, form, standing)
            if done:
                said = f"审核计划第{done.version}版已提交，提交回执 {done.receipt}"
                messages.success(request, said)
                return redirect("phases:plan", pk=audit.pk)
    context = {
        "audit": audit, "form": form, "lines": team_lines(texts), "faults": faults,
        "duties": Duty.choices(), "draft": draft, "version": version,
        "may": access.open_to(standing, audit),
        "remarks": newest.remarks.order_by("pk") if newest else [],
        "stale": bool(draft and draft.texts.get("version") != str(version)),
    }  # fmt: skip
    late = request.method == "POST" and newest and texts.get("version", "") != str(version)
    context["both"] = differing(by_label(texts, form), by_label(filed, form)) if late else ()
    context["newest"] = newest
    wrong = bool(form.errors or faults)
    return render(request, "phases/edit_plan.html", context, status=422 if wrong else 200)


def _filed(
    audit: Round, content: PlanContent, texts: Mapping[str, str], form: PlanForm, by: Standing
) -> Plan | None:
    version = asked.whole(texts.get("version", ""))
    try:
        return actions.file_plan(
            audit.pk, content, version=-1 if version is None else version,
            reason=form.cleaned_data.get("reason", ""), by=by,
        )  # fmt: skip
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
