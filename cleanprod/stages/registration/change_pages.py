"""The pages on which changes of an enterprise are told, read and confirmed."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import responses
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web import asked, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.registration import access, changes
from cleanprod.stages.registration.forms import ChangeForm
from cleanprod.stages.registration.models import Change
from cleanprod.stages.registration.request_pages import STATES, in_state
from cleanprod.stages.registration.rules import CHANGES, Asked, ChangeKind, Decision

READERS = (*access.DESKS, Role.ENTERPRISE)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the changes that this person may read; an enterprise its own."""
    standing = acting(request, *READERS)
    rows = in_state(access.changes_visible_to(standing), request)
    kind = request.GET.get("kind", "")
    rows = rows.filter(kind=kind) if kind else rows
    context = {
        "page": tables.page(rows.select_related("enterprise", "city"), ("-id",), request),
        "kinds": STATES,
        "choices": [(one.value, one.label) for one in Asked if one is not Asked.TAKEN],
        "state": request.GET.get("state", ""),
        "matters": ChangeKind.choices(),
        "kind": kind,
        "is_enterprise": standing.role is Role.ENTERPRISE,
    }
    return render(request, "registration/changes.html", context)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Tell of a change: an enterprise its own, the lead for the enterprise of a round."""
    standing = acting(request, Role.CITY, Role.ENTERPRISE)
    firm = _firm(request, standing)
    form = ChangeForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = changes.tell(
                firm.pk, form.told(), evidence=form.cleaned_data["evidence"], by=standing
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已提出，由牵头部门确认后生效")
            return redirect("registration:change", pk=made.pk)
    context = {"form": form, "firm": firm}
    return render(
        request, "registration/change_form.html", context, status=422 if form.errors else 200
    )


def _firm(request: HttpRequest, standing: Standing) -> Organisation:
    """Return the enterprise that is spoken of: one's own, or that of a round one leads."""
    if standing.role is Role.ENTERPRISE:
        return access.own_enterprise(standing)
    audit = audits.get_or_404(standing, asked.whole(request.GET.get("round", "")) or 0)
    if not standing.leads(city=audit.city_id, lead=audit.lead):
        raise Http404
    return audit.enterprise


@require_GET
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one change, what it does, and what this person may do about it."""
    standing = acting(request, *READERS)
    found = access.get_or_404(
        access.changes_visible_to(standing).select_related("enterprise", "into", "place"), pk
    )
    context = {
        "change": found,
        "moves": access.open_to(standing, found, CHANGES),
        "facts": _facts(found),
        "may_open_evidence": Part.PARTNER not in access.parts(standing, found),
        "kinds": STATES,
        "effect": _EFFECT[ChangeKind(found.kind)],
    }
    return render(request, "registration/change.html", context)


_EFFECT = {
    ChangeKind.RENAME: "企业名称改为新名称；已公布的名单和各轮审核保留原名称。",
    ChangeKind.MOVE: "企业所在地改为迁入县区；已公布的名单和各轮审核保留原所在地。",
    ChangeKind.MERGE: "原企业并入新企业，账号、未完成的期限和各轮审核由新企业继续办理。",
    ChangeKind.SHUTDOWN: "正在开展的本轮审核暂缓，未完成的期限终止；恢复生产后滚动纳入名单。",
    ChangeKind.DEREGISTERED: "正在开展的本轮审核取消，未完成的期限终止。",
}


def _facts(found: Change) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    if found.name:
        rows = [("原名称", found.before.get("name", "")), ("新名称", found.name)]
    elif found.place:
        old = territory.region(found.before.get("county") or found.before.get("city") or "")
        rows = [("原县区", old.name if old else ""), ("迁入县区", found.place.name)]
    elif found.into:
        rows = [("并入企业", f"{found.into.name} {found.into.code}")]
    return rows


@require_POST
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Confirm, decline or withdraw a change."""
    standing = acting(request, Role.CITY, Role.ENTERPRISE)
    found = access.get_or_404(access.changes_visible_to(standing), pk)
    if act not in (Decision.GRANT, Decision.DECLINE, Decision.WITHDRAW):
        raise Http404
    changes.decide(
        found.pk, Decision(act), reason=request.POST.get("reason", "").strip()[:500], by=standing
    )
    messages.success(request, {"grant": "已确认，变更生效"}.get(act, "已登记"))
    return redirect("registration:change", pk=found.pk)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the evidence of a change; the other department of the city may not open it."""
    standing = acting(request, *READERS)
    found = access.get_or_404(access.changes_visible_to(standing), pk)
    if Part.PARTNER in access.parts(standing, found):
        raise Http404
    return responses.download(found.evidence)
