"""Pages of submissions: the check, declaring, submitting, receipts, returns, the desks' board."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cleanprod.foundation.attachments import responses
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.jinja import url_if
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.materials import access as materials
from cleanprod.stages.materials.views import crumbs
from cleanprod.stages.submissions import access, actions, checks, queries
from cleanprod.stages.submissions.models import Submission
from cleanprod.stages.submissions.rules import (
    NOT_A_SEAL,
    WORDS,
    Finding,
    MissingReason,
    Moved,
    Party,
    State,
    blocks,
)

KINDS = {"block": "bad", "confirm": "wait", "inform": "info"}
STATES = {"waiting": "wait", "returned": "bad", "taken": "good", "undone": "neutral"}
_REASON = "reason-"


@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """Show what was handed in, the newest first; those that wait for us by one click."""
    standing = acting(request, *access.READERS)
    found = access.visible_to(standing).select_related("round__city", "round__county", "receipt")
    state = request.GET.get("state", "")
    if state in set(State):
        found = found.filter(access.in_state(State(state)))
    if request.GET.get("own") and standing.line:
        found = found.filter(round__lead=standing.line)
    context = {
        "page": tables.page(found, ("-happened_on", "-id"), request, total=True),
        "states": State.choices(),
        "state": state,
        "own": request.GET.get("own", ""),
        "may_narrow": standing.role is Role.CITY,
        "kinds": STATES,
    }
    return render(request, "submissions/desk.html", context)


@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """Show at any time what stands in the way of submitting, and what would be handed in."""
    standing = acting(request, *access.READERS)
    audit = access.round_or_404(standing, pk)
    return _check_page(request, standing, audit)


def _check_page(
    request: HttpRequest, standing: Standing, audit: Round, refused: Refused | None = None,
    typed: Mapping[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    found, now = checks.findings(audit), queries.current(audit)
    own = access.declares(standing, audit)
    party = Party.CONSULTANCY if standing.role is Role.CONSULTANCY else Party.ENTERPRISE
    declared = list(queries.declared(audit, now.fingerprint))
    own_done = any(one.office_id == standing.office_id for one in declared)
    ready = not any(
        one for one in found if blocks([one]) and not one.key.startswith(checks.DECLARING)
    )
    before = audit.submissions.select_related("receipt", "round").order_by("-number")
    context: dict[str, Any] = {
        "audit": audit,
        "crumbs": crumbs(standing, audit),
        "findings": [_linked(standing, one) for one in found],
        "blocked": blocks(found),
        "asking": [one for one in found if one.level == "confirm"],
        "now": now,
        "declared": declared,
        "may_declare": own and not own_done and ready,
        "words": WORDS[party],
        "not_a_seal": NOT_A_SEAL,
        "may_submit": access.may_submit(standing, audit) and not blocks(found),
        "submissions": before,
        "kinds": KINDS,
        "states": STATES,
        "refused": refused,
        "missing": getattr(refused, "key", ""),
        "differences": getattr(refused, "differences", ()),
        "typed": typed or {},
        "closed": Part.PARTNER in audits.parts(standing, audit),
    }
    status = 200
    if refused is not None:
        status = 409 if isinstance(refused, Conflict) else 422
    return render(request, "submissions/check.html", context, status=status)


def _linked(standing: Standing, found: Finding) -> Finding:
    """Return a finding without its link where this person could not open it."""
    theirs = found.url.startswith(reverse("materials:board"))
    if standing.role is Role.ENTERPRISE or (standing.role is Role.CONSULTANCY and theirs):
        return found
    return replace(found, url="")


@require_POST
def declare(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the declaration of one's own organisation; the box must be ticked."""
    standing = acting(request, *materials.OWNERS)
    audit = access.round_or_404(standing, pk)
    if not access.declares(standing, audit):
        raise Http404
    try:
        if not request.POST.get("agreed"):
            raise Refused("请阅读声明并勾选")
        actions.declare(audit.pk, mark=request.POST.get("mark", ""), by=standing)
    except Refused as refusal:
        return _check_page(request, standing, audit, refusal)
    messages.success(request, "已记录贵单位的声明")
    return redirect("submissions:check", pk=audit.pk)


@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the report in; what was typed stays when something is missing."""
    standing = acting(request, *materials.OWNERS)
    audit = access.round_or_404(standing, pk)
    if not access.may_submit(standing, audit):
        raise Http404
    typed = {
        name.removeprefix(_REASON): str(text)
        for name, text in request.POST.items()
        if name.startswith(_REASON)
    }
    try:
        mark = request.POST.get("mark", "")
        made = actions.submit(audit.pk, mark=mark, reasons=typed, by=standing)
    except (Moved, MissingReason) as refusal:
        return _check_page(request, standing, audit, refusal, typed)
    except Refused as refusal:
        audit.refresh_from_db()
        return _check_page(request, standing, audit, refusal, typed)
    messages.success(request, f"已提交，提交回执 {made.receipt.number}")
    return redirect("submissions:submission", pk=made.pk)


@require_GET
def submission(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one submission: its receipt, what was handed in, who declared, and a return."""
    standing = acting(request, *access.READERS)
    found = access.get_or_404(standing, pk)
    return _submission_page(request, standing, found)


def _submission_page(
    request: HttpRequest, standing: Standing, found: Submission, error: str = "", reason: str = ""
) -> HttpResponse:
    context = {
        "submission": found,
        "audit": found.round,
        "crumbs": crumbs(standing, found.round),
        "pieces": queries.pieces_of(found),
        "declared": queries.declared(found.round, found.content),
        "others": found.round.submissions.exclude(pk=found.pk)
        .select_related("receipt", "round")
        .order_by("-number"),
        "may_return": access.may_return(standing, found)
        and (last := queries.last(found.round)) is not None
        and last.pk == found.pk,
        "may_open": not _closed(standing, found.round),
        "not_a_seal": NOT_A_SEAL,
        "kinds": STATES,
        "error": error,
        "reason": reason,
    }
    status = 422 if error else 200
    return render(request, "submissions/submission.html", context, status=status)


def _closed(standing: Standing, audit: Round) -> bool:
    return Part.PARTNER in audits.parts(standing, audit)


@require_GET
def receipt(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the receipt as PDF."""
    standing = acting(request, *access.READERS)
    found = access.get_or_404(standing, pk)
    address = request.build_absolute_uri(url_if("portal:verify"))
    return responses.download(actions.receipt_paper(found, address=address, by=standing).file)


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a report back, with the reason that the enterprise reads."""
    standing = acting(request, Role.CITY)
    found = access.get_or_404(standing, pk)
    if not audits.parts(standing, found.round) & {Part.LEAD}:
        raise Http404
    reason = request.POST.get("reason", "")
    try:
        actions.send_back(found.pk, reason=reason, by=standing)
    except Refused as refusal:
        return _submission_page(request, standing, found, str(refusal), reason)
    messages.success(request, "已退回企业修改")
    return redirect("submissions:submission", pk=found.pk)
