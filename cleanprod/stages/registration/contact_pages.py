"""The page on which an enterprise looks after its contacts."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web.forms import posted
from cleanprod.stages.registration import access, actions, queries
from cleanprod.stages.registration.forms import InviteForm
from cleanprod.stages.registration.models import Code
from cleanprod.stages.registration.rules import MANAGERS, CodeKind, ContactAct, Rank, open_acts

RANKS = {"first": "good", "deputy": "info", "second": "neutral"}


@require_http_methods(["GET", "POST"])
def contacts(request: HttpRequest) -> HttpResponse:
    """Show the contacts of one's own enterprise; first contact and deputy invite another."""
    standing = acting(request, Role.ENTERPRISE)
    firm = access.own_enterprise(standing)
    rank = queries.rank_of(standing.person_id, firm.pk)
    form = InviteForm(posted(request))
    issued: actions.Issued | None = None
    if request.method == "POST" and form.is_valid():
        issued = actions.invite(by=standing, **form.cleaned_data)
        form = InviteForm()
    rows = queries.contacts(firm.pk)
    context = {
        "firm": firm,
        "rows": [(row, _acts(standing, rank, row)) for row in rows],
        "rank": rank,
        "form": form,
        "issued": issued,
        "address": request.build_absolute_uri(reverse("registration:claim")),
        "invitations": Code.objects.unused().filter(
            enterprise=firm, kind=CodeKind.INVITE, expires_on__gte=clock.today()
        ),
        "kinds": RANKS,
        "manages": rank in MANAGERS,
    }
    # The code is shown once on this very answer and kept nowhere, so there is no redirect.
    answer = render(
        request, "registration/contacts.html", context, status=422 if form.errors else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _acts(standing: Standing, rank: Rank | None, row: queries.ContactRow) -> set[str]:
    own = row.membership.person_id == standing.person_id
    return {act.value for act in open_acts(rank, row.rank, own=own)}


@require_POST
def act(request: HttpRequest, membership_id: int, act: str) -> HttpResponse:
    """Hand over, depute, recall or remove one contact of one's own enterprise."""
    standing = acting(request, Role.ENTERPRISE)
    known = {row.membership.pk for row in queries.contacts(standing.office_id or 0)}
    if membership_id not in known or act not in set(ContactAct) - {ContactAct.INVITE}:
        raise Http404
    chosen = ContactAct(act)
    done = actions.change_contact(
        membership_id, chosen, by=standing, reason=request.POST.get("reason", "").strip()[:500]
    )
    messages.success(request, f"已办理{chosen.label}：{done.person.name}")
    if chosen is ContactAct.REMOVE and done.person_id == standing.person_id:
        logout(request)
        return redirect("account_login")
    return redirect("registration:contacts")


@require_POST
def void(request: HttpRequest, code_id: int) -> HttpResponse:
    """Take an invitation of one's own enterprise back."""
    standing = acting(request, Role.ENTERPRISE)
    firm = access.own_enterprise(standing)
    if not Code.objects.filter(pk=code_id, enterprise=firm, kind=CodeKind.INVITE).exists():
        raise Http404
    actions.void_invitation(code_id, by=standing)
    messages.success(request, "已撤回邀请，邀请码作废")
    return redirect("registration:contacts")
