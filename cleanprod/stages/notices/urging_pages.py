"""Pages of what firms owe, of urging them, and of a county's first check."""

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Line, Part, Role
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.rules import WORKING
from cleanprod.stages.notices import access, actions, queries
from cleanprod.stages.notices.forms import CheckForm, UrgeForm
from cleanprod.stages.notices.rules import Channel, Checked, Verdict


@require_GET
def owed(request: HttpRequest) -> HttpResponse:
    """Show what firms owe: overdue, or due soon, with ticks to urge them."""
    standing = acting(request, *access.DESKS)
    today = clock.today()
    soon = int(rulebook.value("round.remind.days", on=today).value)
    found = queries.owed(standing, today, soon)
    counts = {
        "overdue": found.filter(due_on__lt=today).count(),
        "soon": found.filter(due_on__gte=today).count(),
    }
    state = request.GET.get("state", "overdue" if counts["overdue"] else "soon")
    found = (
        found.filter(due_on__lt=today) if state == "overdue" else found.filter(due_on__gte=today)
    )
    lead = tables.tidy(request.GET.get("lead"))
    if lead:
        found = found.filter(lead=lead)
    context = {
        "page": tables.page(
            found.select_related("owner__county", "owner__city"), ("due_on", "id"), request,
            total=True,
        ),
        "counts": counts,
        "state": state,
        "soon": soon,
        "until": today + timedelta(days=soon),
        "today": today,
        "asked": request.GET,
        "leads": [] if standing.line else Line.choices(),
        "may_urge": standing.role in (Role.CITY, Role.COUNTY),
        "is_province": standing.role is Role.PROVINCE,
    }  # fmt: skip
    return render(request, "notices/owed.html", context)


@require_http_methods(["GET", "POST"])
def urge(request: HttpRequest) -> HttpResponse:
    """Urge ticked firms; a record is kept and their people get a message."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    chosen = set(asked.keys(request.POST.getlist("round") or request.GET.getlist("round")))
    rounds = list(audits.visible_to(standing).filter(pk__in=chosen).order_by("pk"))
    mine = [one for one in rounds if not access.SERVERS.isdisjoint(audits.parts(standing, one))]
    if len(mine) != len(chosen):
        raise Http404
    if not mine:
        messages.warning(request, "请先勾选要催办的企业")
        return redirect("notices:owed")
    form = UrgeForm(posted(request), initial={"on": clock.today(), "channel": Channel.PLATFORM})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.urge(
                [one.pk for one in mine],
                channel=Channel(form.cleaned_data["channel"]),
                text=form.cleaned_data["text"],
                on=form.cleaned_data["on"],
                by=standing,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, f"已催办{made}家" if made else "今天已用同样的话催办过，没有新增"
            )
            return redirect("notices:owed")
    duties = queries.owed_by_rounds([one.pk for one in mine])
    context = {
        "form": form, "rounds": [(one, duties[one.pk]) for one in mine], "today": clock.today(),
    }  # fmt: skip
    return render(request, "notices/urge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the county keep what it found at its first look at a round."""
    standing = acting(request, Role.COUNTY)
    audit = audits.get_or_404(standing, pk)
    if Part.COUNTY not in audits.parts(standing, audit) or audit.stage not in WORKING:
        raise Http404
    form = CheckForm(posted(request), initial={"on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.first_check(
                audit.pk,
                subject=Checked(form.cleaned_data["subject"]),
                verdict=Verdict(form.cleaned_data["verdict"]),
                note=form.cleaned_data["note"],
                on=form.cleaned_data["on"],
                by=standing,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记初审意见")
            return redirect(f"/rounds/{audit.pk}/")
    context = {"form": form, "audit": audit}
    return render(request, "notices/check.html", context, status=422 if form.errors else 200)
