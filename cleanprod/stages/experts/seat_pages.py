"""Pages of seats: direct invitations, releases, fees, papers, and what the reviewed may see."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import asked, downloads
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import access, papers, queries, seats
from cleanprod.stages.experts.forms import FeeForm
from cleanprod.stages.experts.models import Reviewed
from cleanprod.stages.experts.rules import PanelAct, PanelStage, Seat, SeatAct, Who

_RENDER = {"docx": docx.render, "pdf": pdf.render}


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a direct invitation where the pool is too small to draw from."""
    standing = acting(request, Role.CITY)
    panel = access.closed_panel_or_404(standing, pk)
    if PanelAct.INVITE not in access.panel_moves(standing, panel):
        raise Http404
    now = queries.screening(panel, clock.today())
    error, reason = "", request.POST.get("reason", "")
    chosen = asked.whole(request.POST.get("expert", "")) or 0
    if request.method == "POST":
        try:
            seats.invite(panel.pk, chosen, reason=reason, by=standing)
        except Refused as refusal:
            error = str(refusal)
        else:
            messages.success(request, "已提出定向邀请，由本部门另一人批准后通知专家")
            return redirect("experts:panel", pk=panel.pk)
    out = {*now.excluded, *now.kept}
    context = {
        "panel": panel,
        "now": now,
        "offered": [one for one in now.pool if one["id"] not in out],
        "chosen": chosen,
        "reason": reason,
        "error": error,
    }
    return render(request, "experts/invite.html", context, status=422 if error else 200)


@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve or refuse a direct invitation, by somebody else than who proposed it."""
    standing = acting(request, Role.CITY)
    seat = access.seat_or_404(standing, pk)
    act = request.POST.get("act", "")
    if act not in (SeatAct.APPROVE, SeatAct.REFUSE):
        raise Http404
    reason = request.POST.get("reason", "")
    seats.settle_invitation(seat.pk, SeatAct(act), reason=reason, by=standing)
    messages.success(request, f"已{SeatAct(act).label}")
    return redirect("experts:panel", pk=seat.panel_id)


@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """End an appointment, with the reason."""
    standing = acting(request, Role.CITY)
    seat = access.seat_or_404(standing, pk)
    seats.release(seat.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已解除聘请，可以补抽")
    return redirect("experts:panel", pk=seat.panel_id)


@require_http_methods(["GET", "POST"])
def fee(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what one appointment is paid."""
    standing = acting(request, Role.CITY)
    seat = access.seat_or_404(standing, pk)
    if Who.LEAD not in access.seat_who(standing, seat) or seat.state != Seat.ACCEPTED:
        raise Http404
    known = getattr(seat, "fee", None)
    initial = {"payer": standing.office_name}
    if known:
        initial = {name: getattr(known, name) for name in ("task", "days", "amount", "payer")}
    form = FeeForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            seats.set_fee(seat.pk, form.pay(), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已登记{seat.expert.name}的费用")
            return redirect("experts:panel", pk=seat.panel_id)
    context = {"form": form, "seat": seat, "panel": seat.panel}
    return render(request, "experts/fee.html", context, status=422 if form.errors else 200)


@require_POST
def overturn(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a conclusion of the panel did not stand, with the reason."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.closed_panel_or_404(standing, pk)
    audit = asked.whole(request.POST.get("round", ""))
    if audit is None or found.stage != PanelStage.OPENED:
        raise Http404
    seats.record_overturned(
        found.pk, audit, on=clock.today(), reason=request.POST.get("reason", ""), by=standing
    )
    messages.success(request, "已登记结论被改变，计入各专家的评审记录")
    return redirect("experts:panel", pk=found.pk)


@require_GET
def fees(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the sheet of fees of a panel; it carries no bank data."""
    panel = access.closed_panel_or_404(acting(request, Role.PROVINCE, Role.CITY), pk)
    name = f"{panel.title}专家费用表.xlsx"
    return downloads.attachment(papers.fee_sheet(panel), name, downloads.XLSX)


@require_GET
def notice(request: HttpRequest, pk: int, shape: str) -> HttpResponseBase:
    """Hand out the notice of the meeting; before it opens it names nobody."""
    panel = access.closed_panel_or_404(acting(request, Role.PROVINCE, Role.CITY), pk)
    if shape not in _RENDER:
        raise Http404
    made = papers.notice(panel)
    return downloads.attachment(_RENDER[shape](made), f"{panel.title}会议通知（代拟稿）.{shape}")


@require_GET
def letter(request: HttpRequest, pk: int, shape: str) -> HttpResponseBase:
    """Hand out the letter of appointment to the lead, the province and the expert."""
    seat = access.seat_or_404(acting(request), pk)
    if shape not in _RENDER or seat.state in (Seat.PROPOSED, Seat.REFUSED):
        raise Http404
    made = papers.letter(seat)
    return downloads.attachment(_RENDER[shape](made), f"{seat.expert.name}专家邀请函.{shape}")


@require_GET
def of_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Show those at a round who reviews it: names and titles once the meeting is open."""
    standing = acting(request)
    audit = access.round_or_404(standing, pk)
    rows = (
        Reviewed.objects.filter(round=audit)
        .exclude(panel__stage=PanelStage.CANCELLED)
        .select_related("panel")
        .order_by("-panel__meets_on", "-pk")
    )
    context = {
        "audit": audit,
        "panels": [
            (one.panel, papers.members(one.panel) if one.panel.stage == PanelStage.OPENED else [])
            for one in rows
        ],
        "is_city": standing.role in (Role.CITY, Role.PROVINCE),
        "at_round": standing.role is not Role.CONSULTANCY,
    }
    return render(request, "experts/round.html", context)
