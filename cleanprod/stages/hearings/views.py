"""Pages of reviews: the board, a round's way through them, one review, applications."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.experts import access as experts
from cleanprod.stages.experts import papers
from cleanprod.stages.experts.rules import PanelStage
from cleanprod.stages.hearings import access, actions, gate, queries, rules
from cleanprod.stages.hearings.forms import ApplyForm, LeaderForm, ModeForm, ScheduleForm
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.hearings.rules import LIVE, Act, Form, Mode, State, Step
from cleanprod.stages.remarks import access as remark_access
from cleanprod.stages.remarks import queries as remarks
from cleanprod.stages.scoring import access as scoring

_WEEK_SHOWN = 20


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """List the reviews this person may open, and the meetings of this week."""
    standing = acting(request, *access.DESKS)
    found = access.visible_to(standing).select_related("round__city", "round__county")
    for name in ("state", "step"):
        if value := tables.tidy(request.GET.get(name)):
            found = found.filter(**{name: value})
    today = clock.today()
    first, last = rules.week_of(today)
    when = request.GET.get("when", "")
    if when == "week":
        found = found.filter(meets_on__range=(first, last)).exclude(state=State.CANCELLED)
    elif when == "live":
        found = found.filter(state__in=LIVE)
    if request.GET.get("mine") and standing.line:
        found = found.filter(round__lead=standing.line)
    found = tables.search(found, request.GET.get("q"), ("round__name", "round__code"))
    context = {
        "page": tables.page(found, ("-day", "-id"), request, total=True),
        "week": list(queries.this_week(standing, today)[:_WEEK_SHOWN]),
        "first": first,
        "last": last,
        "asked": request.GET,
        "states": State.choices(),
        "steps": Step.choices(),
        "is_city": standing.role is Role.CITY,
        "is_province": standing.role is Role.PROVINCE,
        "open_rounds": list(queries.may_apply(standing)[:5])
        if standing.role is Role.ENTERPRISE
        else [],
    }
    return render(request, "hearings/board.html", context)


@require_http_methods(["GET", "POST"])
def of_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how a round is reviewed, what an application asks, and all its reviews."""
    standing = acting(request, *access.DESKS)
    audit = access.own_round_or_404(standing, pk)
    parts = audits.parts(standing, audit)
    owner = Part.ENTERPRISE in parts
    if request.method == "POST" and not owner:
        raise Http404
    form = ApplyForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.apply(audit.pk, **form.cleaned_data, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已提交{rules.application_of(Step(made.step))}")
            return redirect("hearings:hearing", pk=made.pk)
    today = clock.today()
    arranged = queries.arranged(audit, today)
    asked = queries.asked(audit, today)
    reviews = list(audit.hearings.order_by("-pk"))
    live = next((one for one in reviews if one.state in LIVE), None)
    open_to = audit.stage in WORKING and (live is None or live.state == State.RETURNED)
    context = {
        "audit": audit, "arranged": arranged, "asked": asked, "reviews": reviews, "form": form,
        "title": rules.application_of(asked.step), "owner": owner, "live": live,
        "checks": gate.checks(asked) if open_to else [],
        "open_to": open_to,
        "mode_form": ModeForm(initial={"mode": arranged.mode, "county": arranged.county})
        if Part.LEAD in parts and audit.stage in WORKING
        else None,
        "counts": [one for one in remarks.overview(audit.pk) if one.whole]
        if Part.PARTNER not in parts
        else [],
    }  # fmt: skip
    return render(request, "hearings/round.html", context, status=422 if form.errors else 200)


@require_POST
def mode(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide how a round is reviewed."""
    standing = acting(request, Role.CITY)
    audit = access.own_round_or_404(standing, pk)
    form = ModeForm(request.POST)
    if not form.is_valid():
        raise Refused("请选择评审方式")
    said = form.cleaned_data
    actions.arrange(audit.pk, Mode(said["mode"]), county=said["county"], by=standing)
    messages.success(request, "已确定评审方式")
    return redirect("hearings:round", pk=audit.pk)


@require_GET
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one review with everything this person may read of it."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    context = {
        "hearing": found,
        "audit": found.round,
        "title": rules.application_of(Step(found.step)),
        "moves": access.moves(standing, found),
        "acts": Act,
        "may_minutes": found.state == State.CONCLUDED and access.reads_site(standing, found),
        **_people(standing, found),
        **_seen(standing, found),
        "at_round": standing.role is not Role.EXPERT,
        "may_return_report": standing.role is Role.CITY and found.step != Step.ACCEPTANCE,
    }
    return render(request, "hearings/hearing.html", context)


def _people(standing: Standing, found: Hearing) -> dict[str, Any]:
    """Return the panel as far as this person may know it: names once the meeting is open."""
    panel = found.panel
    if panel is None:
        return {"panel": None, "members": [], "may_open_panel": False}
    all_of_it = experts.reads_all(standing, panel)
    shown = all_of_it or panel.stage == PanelStage.OPENED
    return {
        "panel": panel,
        "members": papers.members(panel) if shown else [],
        "may_open_panel": all_of_it,
    }


def _seen(standing: Standing, found: Hearing) -> dict[str, Any]:
    """Return sitting, entries from paper, site records and remarks, each for whom it concerns."""
    reads_site = access.reads_site(standing, found)
    reads_remarks = remark_access.rounds_visible_to(standing).filter(pk=found.round_id).exists()
    sitting = found.sitting_id and scoring.visible_to(standing).filter(pk=found.sitting_id)
    return {
        "sheet": queries.sheet_of(found),
        "sitting": sitting.first() if sitting else None,
        "entries": found.entries.order_by("-pk") if access.reads_scores(standing, found) else [],
        "visits": found.visits.prefetch_related("photos__file").order_by("-happened_on", "-pk")
        if reads_site
        else [],
        "may_visit": access.records_site(standing, found),
        "counts": [one for one in remarks.overview(found.round_id) if one.whole]
        if reads_remarks
        else [],
    }


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Do one of the acts that need no more than a reason: check, admit, return, cancel."""
    standing = acting(request, Role.CITY, Role.COUNTY, Role.ENTERPRISE)
    found = access.get_or_404(standing, pk)
    reason = request.POST.get("reason", "")
    if act == Act.CHECK.value:
        actions.check(found.pk, note=reason, by=standing)
    elif act == Act.ADMIT.value:
        actions.admit(found.pk, by=standing)
    elif act == Act.RETURN.value:
        report = bool(request.POST.get("report"))
        actions.send_back(found.pk, reason=reason, report=report, by=standing)
    elif act == Act.CANCEL.value:
        actions.cancel(found.pk, reason=reason, by=standing)
    else:
        raise Http404
    messages.success(request, f"已{Act(act).label}")
    return redirect("hearings:hearing", pk=found.pk)


@require_http_methods(["GET", "POST"])
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Set day, place, form and panel of a meeting."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    found = access.get_or_404(standing, pk)
    if Act.SCHEDULE not in access.moves(standing, found):
        raise Http404
    panels = [(one.pk, one.title) for one in queries.panels_for(found)]
    first = {
        "on": found.meets_on, "hour": found.hour, "place": found.place, "form": found.form,
        "panel": found.panel_id or (panels[0][0] if panels else ""),
    }  # fmt: skip
    form = ScheduleForm(posted(request), initial=first, panels=panels)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        meeting = actions.Meeting(
            said["on"], said["hour"], said["place"], Form(said["form"]), said["panel"]
        )
        try:
            actions.schedule(found.pk, meeting, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已安排会议，已通知企业")
            return redirect("hearings:hearing", pk=found.pk)
    context = {"hearing": found, "form": form, "is_city": standing.role is Role.CITY}
    return render(request, "hearings/schedule.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def open_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the meeting: choose who leads; names become known, members may score."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if not {Act.OPEN, Act.CONCLUDE} & access.moves(standing, found):
        raise Http404
    people = papers.members(found.panel) if found.panel else []
    names = [(one.expert_id, f"{one.expert.name}（{one.expert.employer}）") for one in people]
    form = LeaderForm(posted(request), people=names)
    if request.method == "POST" and form.is_valid():
        try:
            actions.open_meeting(found.pk, leader=form.cleaned_data["leader"], by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "会议已召开，专家可以评分")
            return redirect("hearings:hearing", pk=found.pk)
    context = {"hearing": found, "form": form, "names": names}
    return render(request, "hearings/open.html", context, status=422 if form.errors else 200)
