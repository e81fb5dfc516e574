"""The desk pages on which departments answer what visitors asked for."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import responses
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Match, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.programme import access as programme
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.registration import access, actions, asking, queries
from cleanprod.stages.registration.forms import TakeForm
from cleanprod.stages.registration.models import Wish
from cleanprod.stages.registration.rules import RESETS, WISHES, Asked, Decision

STATES = {
    "asked": "wait", "granted": "good", "declined": "bad", "withdrawn": "neutral", "taken": "good",
}  # fmt: skip


def in_state(rows: Any, request: HttpRequest) -> Any:
    """Keep the rows in the state that the address asks for."""
    state = request.GET.get("state", "")
    return rows.filter(state=state) if state else rows


@require_GET
def resets(request: HttpRequest) -> HttpResponse:
    """List the requests for a new claim code."""
    standing = acting(request, *access.DESKS)
    rows = in_state(access.resets_visible_to(standing), request)
    context = {
        "page": tables.page(rows.select_related("enterprise", "city"), ("-id",), request),
        "kinds": STATES,
        "choices": [(one.value, one.label) for one in list(Asked)[:3]],
        "state": request.GET.get("state", ""),
    }
    return render(request, "registration/resets.html", context)


@require_GET
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request for a new claim code with its letter."""
    standing = acting(request, *access.DESKS)
    return _reset_page(request, standing, pk)


def _reset_page(
    request: HttpRequest, standing: Standing, pk: int, issued: actions.Issued | None = None
) -> HttpResponse:
    found = access.get_or_404(access.resets_visible_to(standing), pk)
    members = queries.contacts(found.enterprise_id)
    context = {
        "reset": found,
        "moves": access.open_to(standing, found, RESETS),
        "issued": issued,
        "contacts": members,
        "may_issue": found.state == Asked.GRANTED and not members and _decides(standing),
        "kinds": STATES,
    }
    answer = render(request, "registration/reset.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _decides(standing: Standing) -> bool:
    return standing.role in (Role.CITY, Role.COUNTY)


@require_POST
def reset_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Grant, decline, or issue the code of a granted one again; a code is shown once."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    found = access.get_or_404(access.resets_visible_to(standing), pk)
    if act == "issue":
        return _reset_page(request, standing, pk, asking.issue_after_reset(found.pk, by=standing))
    if act not in (Decision.GRANT, Decision.DECLINE):
        raise Http404
    issued = asking.decide_reset(
        found.pk, Decision(act), reason=request.POST.get("reason", ""), by=standing
    )
    if issued:
        return _reset_page(request, standing, pk, issued)
    messages.success(request, "已登记办理意见")
    return redirect("registration:reset", pk=found.pk)


@require_GET
def reset_paper(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the sealed letter of a request."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(access.resets_visible_to(standing), pk)
    return responses.download(found.paper)


@require_GET
def wishes(request: HttpRequest) -> HttpResponse:
    """List the wishes of unlisted enterprises to join."""
    standing = acting(request, *access.DESKS)
    rows = in_state(access.wishes_visible_to(standing), request)
    context = {
        "page": tables.page(rows.select_related("city", "county"), ("-id",), request),
        "kinds": STATES,
        "choices": [(one.value, one.label) for one in Asked if one is not Asked.WITHDRAWN],
        "state": request.GET.get("state", ""),
    }
    return render(request, "registration/wishes.html", context)


@require_http_methods(["GET", "POST"])
def wish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one wish; its department takes an accepted one into a list in preparation."""
    standing = acting(request, *access.DESKS)
    found = access.get_or_404(access.wishes_visible_to(standing), pk)
    moves = access.open_to(standing, found, WISHES)
    takes = Decision.TAKE in moves
    if request.method == "POST" and not takes:
        raise Http404
    form = TakeForm(posted(request), batches=_drafts(standing) if takes else [])
    if request.method == "POST" and form.is_valid():
        try:
            asking.take_wish(
                found.pk, int(form.cleaned_data["batch"]),
                separate=form.cleaned_data["separate"], by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"已纳入名单：{found.name}")
            return redirect("registration:wish-page", pk=found.pk)
    context = {
        "wish": found,
        "moves": moves,
        "form": form,
        "kinds": STATES,
        "doubt": _doubt(found) if takes else "",
    }
    return render(
        request, "registration/wish_page.html", context, status=422 if form.errors else 200
    )


def _drafts(standing: Standing) -> list[tuple[int, str]]:
    rows = programme.visible_to(standing).filter(lead=standing.line, stage=BatchStage.DRAFT)
    return list(rows.order_by("-year", "number").values_list("pk", "title"))


def _doubt(found: Wish) -> str:
    judgement = asking.judged(found)
    return judgement.why if judgement.match is Match.UNSURE else ""


@require_POST
def wish_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Accept or decline a wish."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(access.wishes_visible_to(standing), pk)
    if act not in (Decision.GRANT, Decision.DECLINE):
        raise Http404
    asking.decide_wish(found.pk, Decision(act), reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, "已登记办理意见")
    return redirect("registration:wish-page", pk=found.pk)
