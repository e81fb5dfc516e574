"""Pages of extensions: ask, see, grant or refuse."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.notices import access, extending
from cleanprod.stages.notices.forms import ExtensionForm
from cleanprod.stages.notices.models import Extension
from cleanprod.stages.notices.rules import Asked, Reply

KINDS = {"asked": "wait", "granted": "good", "refused": "bad", "withdrawn": "neutral"}


@require_GET
def extensions(request: HttpRequest) -> HttpResponse:
    """Show the requests for more time that this person may read, those that wait first."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.extensions_visible_to(standing).select_related("round__city", "round__county")
    state = request.GET.get("state", "")
    if state in set(Asked):
        found = found.filter(state=state)
    context = {
        "page": tables.page(found, ("-id",), request, total=True),
        "states": Asked.choices(),
        "state": state,
        "kinds": KINDS,
    }
    return render(request, "notices/extensions.html", context)


@require_GET
def extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one request and what this person may do with it."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.extension_or_404(standing, pk)
    context = {
        "extension": found,
        "replies": {reply.value for reply in access.replies(standing, found)},
        "may_open_evidence": _may_open(standing, found),
        "kinds": KINDS,
    }
    return render(request, "notices/extension.html", context)


def _may_open(standing: Standing, found: Extension) -> bool:
    return Part.PARTNER not in audits.parts(standing, found.round)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, pk: int, duty: int) -> HttpResponse:
    """Let an enterprise ask for more time for one thing it owes."""
    standing = acting(request, Role.ENTERPRISE)
    audit = audits.get_or_404(standing, pk)
    owed = Obligation.objects.open().filter(pk=duty, subject=f"round:{audit.pk}").first()
    if owed is None:
        raise Http404
    form = ExtensionForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = extending.ask(audit.pk, owed.pk, by=standing, **_typed(form, standing))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "已提交延期申请，由牵头部门决定")
            return redirect("notices:extension", pk=made.pk)
    context = {"form": form, "audit": audit, "duty": owed}
    return render(request, "notices/ask.html", context, status=422 if form.errors else 200)


def _typed(form: ExtensionForm, by: Standing) -> dict[str, Any]:
    file = attachments.keep(form.cleaned_data["evidence"], by=by)
    return {**form.cleaned_data, "evidence": file.pk if file else None}


@require_POST
def reply(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Grant, refuse or take back a request."""
    standing = acting(request, Role.CITY, Role.ENTERPRISE)
    found = access.extension_or_404(standing, pk)
    reason = request.POST.get("reason", "")
    if act == Reply.GRANT:
        extending.grant(found.pk, note=reason, by=standing)
    elif act == Reply.REFUSE:
        extending.refuse(found.pk, reason=reason, by=standing)
    elif act == Reply.WITHDRAW:
        extending.withdraw(found.pk, by=standing)
    else:
        raise Http404
    messages.success(request, f"已{Reply(act).label}")
    return redirect("notices:extension", pk=found.pk)


@require_GET
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the evidence of a request; the other department of the city may not open it."""
    standing = acting(request, *access.DESKS, Role.ENTERPRISE)
    found = access.extension_or_404(standing, pk)
    if found.evidence is None or not _may_open(standing, found):
        raise Http404
    return responses.download(found.evidence)
