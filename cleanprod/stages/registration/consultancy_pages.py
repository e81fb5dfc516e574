"""Engagements: the enterprise's page, the consultancy's board and rounds, track records."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN, Stage
from cleanprod.stages.registration import access, engaging, queries
from cleanprod.stages.registration.forms import EngageForm
from cleanprod.stages.registration.models import Engagement
from cleanprod.stages.registration.rules import Scope, includes


@require_http_methods(["GET", "POST"])
def engagements(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show who is engaged for a round of one's own, and engage somebody."""
    standing = acting(request, Role.ENTERPRISE)
    audit = audits.get_or_404(standing, round_id)
    offices = Organisation.objects.filter(kind=Kind.CONSULTANCY, merged_into=None)
    form = EngageForm(
        posted(request), offices=list(offices.order_by("name").values_list("pk", "name")),
        initial={"begins_on": clock.today()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = engaging.engage(audit.pk, form.terms(), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已委托{made.consultancy.name}")
            return redirect("registration:engagements", round_id=audit.pk)
    rows = access.engagements_visible_to(standing).filter(round=audit)
    context = {
        "audit": audit,
        "form": form,
        "rows": rows.select_related("consultancy").order_by("-pk"),
        "today": clock.today(),
        "is_open": audit.stage in OPEN,
    }
    status = 422 if form.errors else 200
    return render(request, "registration/engagements.html", context, status=status)


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End an engagement of one's own round at once."""
    standing = acting(request, Role.ENTERPRISE)
    found = access.engagements_visible_to(standing).filter(pk=pk).first()
    if found is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:500]
    done = engaging.revoke(found.pk, reason=reason, by=standing)
    messages.success(request, f"已撤销对{done.consultancy.name}的委托，立即生效")
    return redirect("registration:engagements", round_id=done.round_id)


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Show a consultancy all its rounds, by what is due next."""
    standing = acting(request, Role.CONSULTANCY)
    rounds = {one.pk: one for one in queries.engaged_rounds(standing).select_related("city")}
    if request.GET.get("view") == "rounds":
        return _rounds(request, rounds)
    duties = queries.duties_of(list(rounds))
    page = tables.page(duties, ("due_on", "id"), request, total=True)
    context = {
        "page": page,
        "rows": [(duty, rounds[int(duty.subject.partition(":")[2])]) for duty in page.rows],
        "today": clock.today(),
        "view": "duties",
        "number": len(rounds),
    }
    return render(request, "registration/board.html", context)


def _rounds(request: HttpRequest, rounds: dict[int, Round]) -> HttpResponse:
    held = Engagement.objects.holding(clock.today()).filter(round__in=rounds)
    page = tables.page(
        held.filter(consultancy=acting(request).office_id or 0).select_related("round__city"),
        ("ends_on", "id"), request,
    )  # fmt: skip
    context = {"page": page, "view": "rounds", "number": len(rounds)}
    return render(request, "registration/board.html", context)


@require_GET
def engaged(request: HttpRequest, round_id: int) -> HttpResponse:
    """Show a consultancy one round for which it is engaged today."""
    standing = acting(request, Role.CONSULTANCY)
    held = access.engaged_or_404(standing, round_id)
    audit = held.round
    context = {
        "held": held,
        "audit": audit,
        "duties": Obligation.objects.filter(subject=f"round:{audit.pk}").order_by("due_on"),
        "facts": audit.facts.filter(withdrawal=None).order_by("happened_on", "pk"),
        "contacts": queries.contacts(audit.enterprise.merged_into_id or audit.enterprise_id),
        "may_plan": includes(Scope(held.scope), Scope.SUBMIT) and audit.stage == Stage.REGISTERED,
        "today": clock.today(),
    }
    return render(request, "registration/engaged.html", context)


@require_GET
def consultancies(request: HttpRequest) -> HttpResponse:
    """Show departments what became of each consultancy's rounds in their territory."""
    standing = acting(request, *access.DESKS)
    rows = tables.search(queries.track_records(standing), request.GET.get("q", ""), ["name"])
    page = tables.page(rows, ("name", "id"), request, total=True)
    context = {"page": page, "q": request.GET.get("q", "")}
    return render(request, "registration/consultancies.html", context)


@require_GET
def consultancy(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the rounds behind the record of a consultancy, within the reader's territory."""
    standing = acting(request, *access.DESKS)
    office = queries.track_records(standing).filter(pk=pk).first()
    if office is None:
        raise Http404
    rows = access.engagements_visible_to(standing).filter(consultancy=office)
    context = {
        "office": office,
        "page": tables.page(rows.select_related("round__city"), ("-id",), request, total=True),
        "today": clock.today(),
    }
    return render(request, "registration/consultancy.html", context)
