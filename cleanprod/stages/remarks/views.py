"""Pages of remarks: all of a round, one with its replies, ticking off, the printed table."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.remarks import access, actions, papers, queries
from cleanprod.stages.remarks.forms import RemarkForm, ReplyForm
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import Act, Kind, State, Step, Weight, Who

_TYPES = {"docx": downloads.DOCX, "pdf": downloads.PDF}


@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """List the remarks this person may read, by round; filters leave what waits."""
    standing = acting(request, *access.DESKS)
    found = access.visible_to(standing).select_related("round__city")
    for name in ("step", "state", "weight"):
        if value := tables.tidy(request.GET.get(name)):
            found = found.filter(**{name: value})
    found = tables.search(found, request.GET.get("q"), ("round__name", "text"))
    context = {
        "page": tables.page(found, ("-raised_on", "-id"), request, total=True),
        "asked": request.GET,
        "steps": Step.choices(),
        "states": State.choices(),
        "weights": Weight.choices(),
    }
    return render(request, "remarks/board.html", context)


@require_http_methods(["GET", "POST"])
def of_round(request: HttpRequest, pk: int) -> HttpResponse:
    """Show all remarks on a round with their counts; the lead department adds one."""
    standing = acting(request, *access.DESKS)
    audit = access.round_or_404(standing, pk)
    may_add = access.may_add(standing, audit)
    if request.method == "POST" and not may_add:
        raise Http404
    form = RemarkForm(posted(request), initial={"raised_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.add(audit.pk, _new(form), by=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已登记")
            return redirect("remarks:round", pk=audit.pk)
    rows = Remark.objects.filter(round=audit).order_by("step", "number")
    context = {
        "audit": audit,
        "form": form if may_add else None,
        "counts": [one for one in queries.overview(audit.pk) if one.whole],
        "groups": [
            (step, [one for one in rows if one.step == step])
            for step in Step
            if any(one.step == step for one in rows)
        ],
        "names_shown": access.names_shown(standing),
        "at_round": standing.role is not Role.EXPERT,
    }
    return render(request, "remarks/round.html", context, status=422 if form.errors else 200)


def _new(form: RemarkForm) -> actions.NewRemark:
    said = form.cleaned_data
    return actions.NewRemark(
        Step(said["step"]), Kind(said["kind"]), Weight(said["weight"]), said["text"],
        said["raised_by"], said["raised_on"],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def remark(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one remark with every reply and check; the enterprise answers here."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(standing, pk)
    form = ReplyForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            _reply(found, form, standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已回复，等待复核")
            return redirect("remarks:remark", pk=found.pk)
    acts = {move.act for move in access.moves(standing, found)}
    context = {
        "remark": found,
        "replies": found.replies.select_related("file").order_by("-pk"),
        "acts": acts,
        "form": form if Act.REPLY in acts or form.errors else None,
        "names_shown": access.names_shown(standing),
    }
    return render(request, "remarks/remark.html", context, status=422 if form.errors else 200)


def _reply(found: Remark, form: ReplyForm, by: Standing) -> None:
    said = form.cleaned_data
    upload = said.pop("file")
    if Who.ENTERPRISE not in access.who(by, found):
        raise Refused("专家意见由企业回复")
    file = attachments.keep(upload, by=by)
    actions.reply(found.pk, actions.NewReply(**said, file=file), by=by)


@require_POST
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a remark off or send it back with a reason."""
    standing = acting(request, Role.CITY, Role.EXPERT)
    found = access.get_or_404(standing, pk)
    if request.POST.get("act") == Act.REOPEN.value:
        actions.reopen(found.pk, reason=request.POST.get("reason", ""), by=standing)
        messages.success(request, "已退回企业")
    else:
        actions.close(found.pk, by=standing)
        messages.success(request, "已复核通过")
    return redirect("remarks:remark", pk=found.pk)


@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop a remark with a reason."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    actions.drop(found.pk, reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已撤销，保留在记录中")
    return redirect("remarks:remark", pk=found.pk)


@require_GET
def file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a reply."""
    reply = access.reply_or_404(acting(request, *access.DESKS), pk)
    if reply.file is None:
        raise Http404
    return responses.download(reply.file)


@require_GET
def paper(request: HttpRequest, pk: int, step: str, shape: str) -> HttpResponseBase:
    """Hand out the table of remarks of a step as docx or PDF."""
    audit = access.round_or_404(acting(request, *access.DESKS), pk)
    if shape not in papers.RENDER or step not in list(Step):
        raise Http404
    rows = Remark.objects.filter(round=audit, step=step).prefetch_related("replies")
    made = papers.table(audit, Step(step), list(rows.order_by("number")))
    name = f"{papers.title(audit, Step(step))}.{shape}"
    return downloads.attachment(papers.RENDER[shape](made), name, _TYPES[shape])
