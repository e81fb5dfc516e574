"""Pages of panels: list, make, draw, the record of a draw, replace, open, cancel."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Case, Count, IntegerField, Q, When
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.accounts.access import confirmed
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Stage
from cleanprod.stages.experts import access, appointing, forms, papers, queries, ties
from cleanprod.stages.experts.appointing import NewPanel
from cleanprod.stages.experts.forms import PanelForm, RescheduleForm
from cleanprod.stages.experts.models import Draw, Panel
from cleanprod.stages.experts.rules import TAKEN, PanelAct, PanelStage, Purpose, Seat, Who

_FIELD = "consultancy-"
KINDS = {"prepared": "wait", "drawn": "info", "opened": "good", "cancelled": "neutral"}
SEATS = {
    "proposed": "wait", "drawn": "wait", "invited": "wait", "accepted": "good", "declined": "bad",
    "released": "bad",
}  # fmt: skip


@require_GET
def panels(request: HttpRequest) -> HttpResponse:
    """Show the panels: a city those of its rounds, the province all."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.visible_to(standing).select_related("city")
    for name in ("stage", "lead", "city", "purpose"):
        value = tables.tidy(request.GET.get(name))
        found = found.filter(**{name: value}) if value else found
    found = found.annotate(
        firms=Count("reviewed", distinct=True),
        accepted=Count(
            "appointments", filter=Q(appointments__state=Seat.ACCEPTED), distinct=True
        ),
    )  # fmt: skip
    context = {
        "page": tables.page(found, ("-meets_on", "-id"), request, total=True),
        "asked": request.GET,
        "stages": PanelStage.choices(),
        "purposes": Purpose.choices(),
        "leads": Line.choices(),
        "cities": forms.cities() if standing.role is Role.PROVINCE else [],
        "may_form": standing.role is Role.CITY and standing.line is not None,
        "kinds": KINDS,
    }
    return render(request, "experts/panels.html", context)


@require_http_methods(["GET", "POST"])
def form_panel(request: HttpRequest) -> HttpResponse:
    """Make a panel for ticked rounds; a search narrows the table, an address may tick some."""
    standing = acting(request, Role.CITY)
    rule = ties.rules_on(clock.today()).composition
    initial = {"size": rule.size_min, "purpose": request.GET.get("purpose", "")}
    form = PanelForm(posted(request), initial=initial)
    wanted = asked.keys(request.GET.getlist("round"))
    ticked = asked.keys(request.POST.getlist("round")) if request.method == "POST" else wanted
    typed = _consultancies(request.POST)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = appointing.form_panel(
                NewPanel(
                    Purpose(said["purpose"]), said["meets_on"], said["size"], tuple(ticked),
                    typed, said["place"],
                ),
                by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已组建评审组，请核对专家库后抽取")
            return redirect("experts:panel", pk=made.pk)
    page = _rounds(request, standing, wanted)
    offices = ties.engaged([one.pk for one in page.rows])
    context = {
        "form": form,
        "page": page,
        "engaged": {pk: "、".join(one.name for one in known) for pk, known in offices.items()},
        "ticked": set(ticked),
        "typed": typed,
        "asked": request.GET,
        "stages": [(one.value, one.label) for one in WORKING],
        "years": asked.years(),
        "rule": rule,
    }
    return render(request, "experts/form.html", context, status=422 if form.errors else 200)


def _consultancies(typed: QueryDict) -> dict[int, str]:
    """Return the consultancy that was typed beside each round."""
    named = ((asked.whole(name.removeprefix(_FIELD)), name) for name in typed)
    return {key: str(typed[name])[:200] for key, name in named if key is not None}


# A round at one of these waits for a panel, or soon will.
_NEAR = (Stage.SUBMITTED, Stage.IN_ASSESSMENT, Stage.ASSESSED, Stage.IN_ACCEPTANCE)


def _rounds(request: HttpRequest, standing: Standing, wanted: Sequence[int]) -> tables.Page[Round]:
    """Return the rounds that one may tick: those asked for, those near a review, the others."""
    found = audits.visible_to(standing).filter(lead=standing.line, stage__in=WORKING)
    stage = request.GET.get("stage", "")
    found = found.filter(stage=stage) if stage in set(Stage) else found
    year = asked.whole(request.GET.get("year", ""))
    if year is not None and year in asked.YEARS:
        found = found.filter(list_year=year)
    found = tables.search(found.select_related("county"), request.GET.get("q"), ("name", "code"))
    order = Case(
        When(pk__in=wanted, then=0), When(stage__in=_NEAR, then=1), default=2,
        output_field=IntegerField(),
    )  # fmt: skip
    ordered = found.annotate(distance=order)
    return tables.page(ordered, ("distance", "-list_year", "id"), request, 30, total=True)


@require_GET
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a panel; names only to those who may know them now."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.panel_or_404(standing, pk)
    everything = access.reads_all(standing, found)
    seats = list(found.appointments.select_related("expert", "fee", "panel").order_by("pk"))
    for seat in seats:
        seat.panel = found
    barred = {}
    if everything and found.stage in (PanelStage.PREPARED, PanelStage.DRAWN):
        members = [one.expert_id for one in seats if one.state in TAKEN]
        barred = ties.barred(found, members, clock.today())
    context = {
        "panel": found,
        "everything": everything,
        "reviewed": found.reviewed.select_related("round__county").order_by("pk"),
        "overturned": queries.overturned(found) if everything else {},
        "may_overturn": everything and found.stage == PanelStage.OPENED,
        "seats": seats if everything else [],
        "named": papers.members(found) if found.stage == PanelStage.OPENED else [],
        "barred": barred,
        "cancelled": queries.cancelled_draws(found),
        "moves": {act.value for act in access.panel_moves(standing, found)},
        "seat_moves": {one.pk: access.seat_moves(standing, one) for one in seats},
        "person": standing.person_id,
        "empty_seats": found.size - sum(one.state in TAKEN for one in seats),
        "draws": found.draws.order_by("number") if everything else [],
        "reschedule": RescheduleForm(
            initial={"meets_on": found.meets_on, "place": found.place}
        ),
        "kinds": KINDS,
        "seat_kinds": SEATS,
        "today": clock.today(),
        "may_pay": Who.LEAD in access.panel_who(standing, found),
        "fees": any(hasattr(one, "fee") for one in seats),
    }  # fmt: skip
    return render(request, "experts/panel.html", context)


def _own_panel(request: HttpRequest, pk: int, act: PanelAct) -> tuple[Standing, Panel]:
    """Return a panel of the department for an act; where the act is not open, refuse in words."""
    standing = acting(request, Role.CITY)
    found = access.closed_panel_or_404(standing, pk)
    if request.method == "GET" and act not in access.panel_moves(standing, found):
        raise Http404
    return standing, found


@confirmed
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who could be drawn and who not, then draw; the draw itself asks who is there."""
    standing, found = _own_panel(request, pk, PanelAct.DRAW)
    if request.method == "POST":
        made = appointing.draw_panel(found.pk, by=standing)
        messages.success(request, f"已抽取{len(made.result)}名专家，并通知本人答复")
        return redirect("experts:record", pk=made.pk)
    now = queries.screening(found, clock.today())
    context: dict[str, Any] = {
        "panel": found, "now": now, "lacking": now.lacking, "rows": now.rows(),
        "urn": len(now.urn), "wanted": _each(now.needs.trades),
    }  # fmt: skip
    return render(request, "experts/draw.html", context)


@require_POST
def replace(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill empty seats from the frozen pool by the same seed."""
    standing, found = _own_panel(request, pk, PanelAct.REPLACE)
    made = appointing.replace(found.pk, by=standing)
    messages.success(request, f"已补抽{len(made.result)}名专家，并通知本人答复")
    return redirect("experts:panel", pk=found.pk)


@require_http_methods(["GET", "POST"])
def reschedule(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the meeting."""
    standing, found = _own_panel(request, pk, PanelAct.RESCHEDULE)
    form = RescheduleForm(
        posted(request), initial={"meets_on": found.meets_on, "place": found.place}
    )
    if request.method == "POST" and form.is_valid():
        try:
            appointing.reschedule(found.pk, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已调整会议日期，并通知专家")
            return redirect("experts:panel", pk=found.pk)
    context = {"form": form, "panel": found}
    return render(request, "experts/reschedule.html", context, status=422 if form.errors else 200)


@require_POST
def open_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the meeting; from now on the names are known to the reviewed."""
    standing, found = _own_panel(request, pk, PanelAct.OPEN)
    appointing.open_meeting(found.pk, by=standing)
    messages.success(request, "会议已召开，专家姓名和职称对被评审企业公开")
    return redirect("experts:panel", pk=found.pk)


@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a panel, with the reason; the draws stay on record."""
    standing, found = _own_panel(request, pk, PanelAct.CANCEL)
    appointing.cancel(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已取消评审组，并通知专家")
    return redirect("experts:panel", pk=found.pk)


@require_GET
def record(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show the record of a draw, and draw again from it to show that the result is the same."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = Draw.objects.filter(pk=pk).select_related("panel__city").first()
    if found is None:
        raise Http404
    access.closed_panel_or_404(standing, found.panel_id)
    if request.GET.get("format") == "json":
        name = f"{found.panel.title}第{found.number}次抽取记录.json"
        return downloads.attachment(
            downloads.json(queries.as_record(found)), name, downloads.JSON
        )  # fmt: skip
    names = {one["id"]: one for one in found.pool}
    out = {int(key): told for key, told in found.excluded.items()}
    context = {
        "draw": found,
        "panel": found.panel,
        "redrawn": queries.redraw(found),
        "result": [names[pk] for pk in found.result],
        "kept": [names[pk] for pk in found.kept if pk in names],
        "rows": [(one, out[one["id"]]) for one in found.pool if one["id"] in out],
        "rules": queries.rules_used(found),
        "wanted": _each(found.needs["trades"]),
    }
    return render(request, "experts/record.html", context)


def _each(trades: Iterable[str]) -> str:
    """Return in words of which trades a panel needs an expert each."""
    names = dict(forms.trades())
    told = "、".join(names.get(one, one) for one in trades)
    return f"{told}，各至少1名" if told else "不要求"
