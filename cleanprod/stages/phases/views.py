"""Pages of the start and of the seven phases."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web.both import Both
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.phases import access, actions, queries
from cleanprod.stages.phases.access import May
from cleanprod.stages.phases.forms import ModeForm, PhaseForm, StartForm
from cleanprod.stages.phases.models import Course, Progress
from cleanprod.stages.phases.queries import Phase
from cleanprod.stages.phases.rules import Mode, State
from cleanprod.stages.registration import access as registration


@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the day of the start meeting."""
    standing = acting(request, *access.OWNERS)
    audit = registration.round_or_404(standing, pk)
    if May.START not in access.open_to(standing, audit):
        raise Http404
    form = StartForm(posted(request), request.FILES or None, initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            file = attachments.keep(form.cleaned_data["evidence"], by=standing)
            actions.start(audit.pk, on=form.cleaned_data["on"], evidence=file, by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记启动审核。下一步：按阶段开展审核")
            return redirect("phases:course", pk=audit.pk)
    context = {"audit": audit, "form": form, "may": access.open_to(standing, audit)}
    return render(request, "phases/start.html", context, status=422 if form.errors else 200)


@require_GET
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the phases of a round: planned, real, late."""
    standing = acting(request, *access.READERS)
    return _shown(request, standing, registration.round_or_404(standing, pk))


def _shown(
    request: HttpRequest, standing: Standing, audit: Round, form: ModeForm | None = None
) -> HttpResponse:
    may = access.open_to(standing, audit)
    decided = Course.objects.filter(round=audit).first()
    mode = queries.mode_of(audit)
    phases = queries.phases_of(audit)
    context = {
        "audit": audit, "phases": phases, "steps": steps(phases), "mode": mode,
        "decided": decided, "rule": queries.rule_of(audit, mode), "may": may,
        "late": sum(one.state is State.LATE for one in phases),
        "form": (form or ModeForm(initial={"mode": mode.value})) if May.CHOOSE in may else None,
    }  # fmt: skip
    wrong = bool(form and form.errors)
    return render(request, "phases/course.html", context, status=422 if wrong else 200)


def steps(phases: list[Phase]) -> list[dict[str, str]]:
    """Return the phases for the line of steps; the first that is open is where it stands."""
    found, now = [], True
    for one in phases:
        if one.state is State.DONE:
            found.append({"title": one.title, "state": "done"})
            continue
        note = f"逾期{one.late_days}天" if one.late_days else ""
        found.append({"title": one.title, "state": "now" if now else "next", "note": note})
        now = False
    return found


@require_POST
def mode(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the lead department decide how the round is audited."""
    standing = acting(request, Role.CITY)
    audit = registration.round_or_404(standing, pk)
    if May.CHOOSE not in access.open_to(standing, audit):
        raise Http404
    form = ModeForm(request.POST)
    if form.is_valid():
        chosen, reason = Mode(form.cleaned_data["mode"]), form.cleaned_data["reason"]
        try:
            actions.choose_mode(audit.pk, chosen, reason=reason, by=standing)
        except Refused as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, f"审核方式：{chosen.label}")
            return redirect("phases:course", pk=audit.pk)
    return _shown(request, standing, audit, form)


@require_http_methods(["GET", "POST"])
def phase(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Let the enterprise say how one phase went."""
    standing = acting(request, *access.OWNERS)
    audit = registration.round_or_404(standing, pk)
    phases = queries.phases_of(audit)
    if May.WORK not in access.open_to(standing, audit) or not 1 <= number <= len(phases):
        raise Http404
    one = phases[number - 1]
    form = PhaseForm(posted(request), initial=PhaseForm.of(one.done))
    status, other = 422, ""
    both: Sequence[Both] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.fill_phase(audit.pk, one.title, by=standing, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
            done = Progress.objects.filter(round=audit, title=one.title).first()
            if isinstance(refusal, Conflict) and done is not None:
                status, other, both = 409, done.edited_by, form.compared(done)
        else:
            messages.success(request, f"已保存“{one.title}”的进展")
            return redirect("phases:course", pk=audit.pk)
    context = {"audit": audit, "phase": one, "form": form, "both": both, "other": other}
    return render(request, "phases/phase.html", context, status=status if form.errors else 200)
