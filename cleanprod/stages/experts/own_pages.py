"""Pages of an expert: my appointments, ties, absence, certificates."""

from collections.abc import Callable

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import access, actions, queries, seats
from cleanprod.stages.experts.forms import (
    AbsenceForm,
    CertificateForm,
    EndForm,
    ProfileForm,
    TieForm,
)
from cleanprod.stages.experts.models import Tie
from cleanprod.stages.experts.pool_pages import KINDS, trade_words
from cleanprod.stages.experts.rules import Act, PanelStage, SeatAct

SEATS = {"drawn": "wait", "invited": "wait", "accepted": "good", "declined": "neutral"}


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show an expert the own appointments and what the platform knows of them."""
    standing = acting(request)
    expert = access.own(standing)
    if expert is None:
        if standing.role is not Role.EXPERT:
            raise Http404
        return render(request, "experts/mine.html", {"expert": None})
    page = tables.page(
        access.own_seats(expert).prefetch_related("panel__reviewed__round"), ("-id",), request, 20
    )
    for seat in page.rows:
        seat.expert = expert
    context = {
        "expert": expert,
        "page": page,
        "moves": {one.pk: access.seat_moves(standing, one) for one in page.rows},
        "opened": PanelStage.OPENED,
        "ties": expert.ties.order_by("kind", "pk"),
        "certificates": expert.certificates.select_related("file").order_by("pk"),
        "trade_words": trade_words(expert),
        "acts": {move.act.value for move in access.moves(standing, expert)},
        "kinds": KINDS,
        "seat_kinds": SEATS,
        "months": queries.by_month(expert, clock.today().year),
        "year": clock.today().year,
    }
    return render(request, "experts/mine.html", context)


@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Let an expert leave the pool."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    actions.decide(expert.pk, Act.LEAVE, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已退出专家库")
    return redirect("experts:mine")


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or decline an appointment: the expert, or the lead after a telephone call."""
    standing = acting(request)
    seat = access.seat_or_404(standing, pk)
    act = request.POST.get("act", "")
    if act not in (SeatAct.ACCEPT, SeatAct.DECLINE):
        raise Http404
    seats.answer(seat.pk, SeatAct(act), reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"已{SeatAct(act).label}")
    own = seat.expert.person_id == standing.person_id
    return redirect("experts:mine") if own else redirect("experts:panel", pk=seat.panel_id)


Save = Callable[[], object]


def _simple(
    request: HttpRequest, form: django_forms.Form, save: Save, *, title: str, lead: str, done: str
) -> HttpResponse:
    """Show a small form of an expert's own page and save it."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("experts:mine")
    context = {"form": form, "title": title, "lead": lead}
    return render(request, "experts/simple.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a tie: whom one worked for or advised, or should not review."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    form = TieForm(posted(request))
    return _simple(
        request, form, lambda: actions.declare(expert.pk, form.tie(), by=standing),
        title="申报利害关系", done="已登记，抽取和会议召开时自动回避",
        lead="任职和咨询服务结束后，仍按规定的年限回避。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def end_tie(request: HttpRequest, pk: int) -> HttpResponse:
    """Say since when a tie is over."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    tie = Tie.objects.filter(pk=pk, expert=expert, until=None).first()
    if tie is None:
        raise Http404
    form = EndForm(posted(request))
    return _simple(
        request, form,
        lambda: actions.end_tie(tie.pk, until=form.cleaned_data["until"], by=standing),
        title="登记利害关系终止", lead=f"{tie.get_kind_display()}：{tie.name}", done="已登记",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Keep telephone, mail and employer current."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    form = ProfileForm(posted(request), initial=ProfileForm.of(expert), own=True)
    return _simple(
        request, form, lambda: actions.amend(expert.pk, form.changes(), by=standing),
        title="修改登记", done="已保存",
        lead="更换工作单位的，原单位自动登记为任职关系，按规定年限回避；职称、行业和专业领域由省级"
        "主管部门核对后修改。",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    """Say when one cannot take part."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    form = AbsenceForm(
        posted(request), initial={"since": expert.away_since, "until": expert.away_until}
    )
    return _simple(
        request, form, lambda: actions.set_absence(expert.pk, by=standing, **form.cleaned_data),
        title="不能参加的时间", lead="这段时间内的会议不会抽到您；已接受的评审请另行谢绝。",
        done="已登记",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def certificates(request: HttpRequest) -> HttpResponse:
    """Add a certificate."""
    standing = acting(request)
    expert = access.own_or_404(standing)
    form = CertificateForm(posted(request), request.FILES or None)

    def save() -> None:
        said = form.cleaned_data
        file = attachments.store(said["paper"], said["paper"].name or "证书", by=standing)
        actions.add_certificate(
            expert.pk, name=said["name"], number=said["number"], file=file, by=standing
        )

    return _simple(
        request, form, save, title="补充证书", lead="证书由省级主管部门核对。", done="已补充"
    )
