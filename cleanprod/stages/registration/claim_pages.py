"""The claim page of visitors, and the page on which an office issues the codes."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_login_redirect_url
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.accounts import lockout
from cleanprod.foundation.documents import pdf
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked, downloads, tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.stages.programme import queries as programme
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.registration import access, actions, papers, queries
from cleanprod.stages.registration.forms import ClaimForm
from cleanprod.stages.registration.rules import CodeState

LOCKED = "尝试次数过多，请稍后再试"
STATES = {"none": "neutral", "live": "info", "expired": "wait", "claimed": "good"}


def address_of(request: HttpRequest) -> str:
    """Return the address that a visitor's tries are counted by."""
    address: str = get_adapter().get_client_ip(request)
    return address


@sensitive_post_parameters("code", "password1", "password2")
@login_not_required
@require_http_methods(["GET", "POST"])
def claim(request: HttpRequest) -> HttpResponse:
    """Let the holder of a code take the record of an enterprise over, and sign them in."""
    form = ClaimForm(posted(request))
    if request.method == "POST" and form.is_valid():
        person = _claimed(request, form)
        if person is not None:
            logout(request)
            get_adapter().login(request, person)
            messages.success(request, "企业注册已完成，以后各轮审核都用这个账号办理")
            return redirect(get_login_redirect_url(request))
    answer = render(
        request, "registration/claim.html", {"form": form}, status=422 if form.errors else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _claimed(request: HttpRequest, form: ClaimForm) -> Any:
    """Return the person who claimed, or None with the reason on the form."""
    said, address = form.cleaned_data, address_of(request)
    if not lockout.try_visitor("claim", address):
        actions.note_refused(address, "已锁定")
        form.add_error(None, LOCKED)
        return None
    account = actions.NewAccount(
        said["username"], said["name"], said["phone"], said["email"], said["password1"]
    )
    try:
        person = actions.claim(said["firm"], said["code"], account)
    except Conflict:  # the codes were right, so this tells nobody which names exist
        lockout.visitor_right("claim", address)
        form.add_error("username", "该账号已存在，请换一个")
    except Refused as refusal:
        actions.note_refused(address, "代码或认领码不正确")
        form.add_error(None, str(refusal))
    else:
        lockout.visitor_right("claim", address)
        return person
    return None


@require_GET
def codes(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show which enterprises of a list were given a code and which have claimed."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    batch = access.batch_or_404(standing, batch_id)
    rows = queries.claimable(batch, standing)
    state = request.GET.get("state", "")
    shown = _in_state(rows, state)
    page = tables.page(shown.select_related("county"), ("row", "id"), request, total=True)
    context = {
        "batch": batch,
        "page": page,
        "places": programme.places(batch, [entry.pk for entry in page.rows]),
        "states": {entry.pk: queries.state_of(entry) for entry in page.rows},
        "kinds": STATES,
        "choices": CodeState.choices(),
        "state": state,
        "missing": queries.without_code(rows).count(),
        "claimed": rows.filter(claimed=True).count(),
    }
    return render(request, "registration/codes.html", context)


def _in_state(rows: Any, state: str) -> Any:
    today = clock.today()
    wanted = {
        "": rows,
        "claimed": rows.filter(claimed=True),
        "none": rows.filter(claimed=False, expires_on=None),
        "live": rows.filter(claimed=False, expires_on__gte=today),
        "expired": rows.filter(claimed=False, expires_on__lt=today),
    }
    return wanted.get(state, rows.none())


@require_POST
def issue(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """Issue codes and answer with the letters; the plain codes are in this answer only."""
    standing = acting(request, Role.CITY, Role.COUNTY)
    batch = access.batch_or_404(standing, batch_id)
    chosen = asked.keys(request.POST.getlist("entry"))
    if request.POST.get("who") == "chosen" and not chosen:
        messages.warning(request, "请先勾选要发放认领码的企业")
        return redirect("registration:codes", batch_id=batch.pk)
    issued = actions.issue(
        batch.pk, chosen if request.POST.get("who") == "chosen" else None, by=standing
    )
    if not issued:
        messages.info(request, "没有需要发放认领码的企业")
        return redirect("registration:codes", batch_id=batch.pk)
    return _letters(request, batch, issued, standing)


def _letters(
    request: HttpRequest, batch: Batch, issued: list[actions.Issued], standing: Standing
) -> HttpResponseBase:
    firms = [one.enterprise for one in issued]
    entries = {entry.enterprise_id: entry for entry in batch.entries.filter(enterprise__in=firms)}
    rows = papers.letters(
        batch, issued, entries=entries, deadlines=queries.deadlines(firms),
        places=programme.places(batch, [entry.pk for entry in entries.values()]),
    )  # fmt: skip
    return as_file(request, rows, standing, f"{batch.title}注册告知函", request.POST.get("format"))


def as_file(
    request: HttpRequest,
    rows: list[papers.Letter],
    standing: Standing,
    name: str,
    form: str | None,
) -> HttpResponseBase:
    """Answer with letters as PDF, or as a workbook when that was asked for."""
    address = request.build_absolute_uri(reverse("registration:claim"))
    if form == "xlsx":
        return downloads.attachment(papers.workbook(rows, address=address), f"{name}.xlsx")
    paper = papers.paper(rows, address=address, office=standing.office_name, on=clock.today())
    return downloads.attachment(pdf.render(paper), f"{name}.pdf")
