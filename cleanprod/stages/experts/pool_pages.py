"""Pages of the pool: apply, ask for an application, list, one expert, confirm and decide."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.accounts.access import confirmed
from cleanprod.foundation.accounts.actions import Oneself
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.attachments import responses
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail.actions import Actor
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel.errors import Refused
from cleanprod.stages.experts import access, actions, forms, queries
from cleanprod.stages.experts.forms import ApplicationForm, CodeForm, ProfileForm
from cleanprod.stages.experts.models import Expert
from cleanprod.stages.experts.rules import Act, Field, Level, State

KINDS = {"applied": "wait", "returned": "bad", "pool": "good", "suspended": "bad"}
_SESSION = "expert-application"


def standing_of(request: HttpRequest) -> Standing | None:
    """Return the standing behind a request that a visitor may make, too."""
    return getattr(request, "standing", None)


def _own(request: HttpRequest) -> Expert | None:
    """Return the entry of whoever asks: by account, or by the code typed in this session."""
    found = access.own(standing_of(request))
    key = request.session.get(_SESSION)
    if found is None and key and standing_of(request) is None:
        found = Expert.objects.filter(pk=key, person=None).exclude(ticket="").first()
    return found


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Let a visitor or a signed-in person apply for the pool, or correct what was returned."""
    standing, earlier = standing_of(request), _own(request)
    if earlier and earlier.state not in (State.RETURNED, State.LEFT):
        return redirect("experts:mine" if standing else "experts:application")
    initial = ApplicationForm.of(earlier) if earlier else {}
    form = ApplicationForm(posted(request), request.FILES or None, initial=initial)
    context: dict[str, Any] = {"form": form, "earlier": earlier, "signed_in": standing}
    if request.method == "POST" and form.is_valid():
        said = form.application()
        by: Actor = standing or Oneself(None, said.name)
        try:
            file = attachments.keep(form.cleaned_data["paper"], by=by)
            if earlier:
                actions.apply_again(earlier.pk, said, file=file, by=by)
                messages.success(request, "已再次提交，等待省级主管部门确认")
                return redirect("experts:mine" if standing else "experts:application")
            _, code = actions.apply(said, file=file, by=by, standing=standing)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            # Shown once on this very answer and stored nowhere, so there is no redirect.
            return render(request, "experts/applied.html", context | {"code": code})
    status = 422 if form.errors else 200
    return render(request, "experts/register.html", context, status=status)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def application(request: HttpRequest) -> HttpResponse:
    """Show a visitor where the application stands, by the code that was given."""
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        ticket = actions.code_hash(form.cleaned_data["code"])
        found = Expert.objects.filter(ticket=ticket).first()
        if found:
            request.session[_SESSION] = found.pk
            return redirect("experts:application")
        form.add_error("code", "没有该查询码的申请；已确认入库的，请用收到的账号登录")
    own = _own(request)
    context = {
        "form": form, "own": own if own and not form.errors else None, "kinds": KINDS,
        "signed_in": standing_of(request),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "experts/application.html", context, status=status)


@require_GET
def pool(request: HttpRequest) -> HttpResponse:
    """Show the pool to departments: the province all entries, a city those in the pool."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.experts_visible_to(standing)
    page = tables.page(
        _narrowed(found.select_related("city"), request), ("name", "id"), request, total=True
    )
    work = queries.workload([one.pk for one in page.rows], clock.today())
    context = {
        "page": page,
        "work": work,
        "asked": request.GET,
        "states": State.choices(),
        "fields": Field.choices(),
        "levels": Level.choices(),
        "cities": forms.cities(),
        "trades": forms.trades(),
        "waiting": found.filter(state=State.APPLIED).count(),
        "is_province": standing.role is Role.PROVINCE,
        "kinds": KINDS,
        "today": clock.today(),
    }
    return render(request, "experts/pool.html", context)


def _narrowed(rows: QuerySet[Expert], request: HttpRequest) -> QuerySet[Expert]:
    for name in ("state", "city", "level"):
        value = tables.tidy(request.GET.get(name))
        rows = rows.filter(**{name: value}) if value else rows
    for name, key in (("field", "fields"), ("trade", "trades")):
        value = tables.tidy(request.GET.get(name))
        rows = rows.filter(**{f"{key}__contains": [value]}) if value else rows
    return tables.search(rows, request.GET.get("q"), ("name", "employer", "title"))


@require_GET
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one expert with personal facts masked, ties, workload, and what may be done now."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.expert_or_404(standing, pk)
    return render(request, "experts/expert.html", _shown(standing, found))


def _shown(standing: Standing, found: Expert) -> dict[str, Any]:
    today = clock.today()
    province = standing.role is Role.PROVINCE
    return {
        "expert": found,
        "ties": found.ties.order_by("kind", "pk"),
        "certificates": found.certificates.select_related("file").order_by("pk"),
        "months": queries.by_month(found, today.year),
        "work": queries.workload([found.pk], today)[found.pk],
        "overturns": queries.overturns_of(found),
        "year": today.year,
        "moves": access.moves(standing, found),
        "may_read": access.may_read_contact(standing, found),
        "is_province": province,
        "likenesses": queries.likenesses(found) if province else [],
        "trade_words": trade_words(found),
        "kinds": KINDS,
        "contact": None,
        "made": None,
    }


def trade_words(found: Expert) -> str:
    """Return the trades of an expert in words."""
    names = dict(forms.trades())
    return "、".join(names.get(code, code) for code in found.trades)


@confirmed
@never_cache
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an applicant into the pool; a new account's password is shown once."""
    standing = acting(request, Role.PROVINCE)
    found = access.expert_or_404(standing, pk)
    done = actions.confirm(found.pk, by=standing)
    found.refresh_from_db()
    context = _shown(standing, found) | {"made": done if done.password else None}
    if not done.password:
        messages.success(request, f"已确认{found.name}入库")
        return redirect("experts:expert", pk=found.pk)
    return render(request, "experts/expert.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the province correct the facts of an expert."""
    standing = acting(request, Role.PROVINCE)
    found = access.expert_or_404(standing, pk)
    form = ProfileForm(posted(request), initial=ApplicationForm.of(found), own=False)
    if request.method == "GET":  # the form shows phone, mail and identity number in full
        actions.read_contact(found.pk, reason="修改登记", by=standing)
    if request.method == "POST" and form.is_valid():
        actions.amend(found.pk, form.changes(), by=standing)
        messages.success(request, "已保存")
        return redirect("experts:expert", pk=found.pk)
    context = {"form": form, "expert": found}
    return render(request, "experts/edit.html", context, status=422 if form.errors else 200)


@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Return, suspend, resume or let go an expert, with the reason."""
    standing = acting(request, Role.PROVINCE)
    found = access.expert_or_404(standing, pk)
    if act not in set(Act):
        raise Http404
    actions.decide(found.pk, Act(act), reason=request.POST.get("reason", ""), by=standing)
    messages.success(request, f"{found.name}：已{Act(act).label}")
    return redirect("experts:expert", pk=found.pk)


@never_cache
@require_POST
def contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Show phone, mail and identity in full, once, and write down who asked and why."""
    standing = acting(request, Role.PROVINCE, Role.CITY)
    found = access.expert_or_404(standing, pk)
    if not access.may_read_contact(standing, found):
        raise Http404
    told = actions.read_contact(found.pk, reason=request.POST.get("reason", ""), by=standing)
    return render(request, "experts/expert.html", _shown(standing, found) | {"contact": told})


@require_GET
def certificate(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out a certificate to the province and to its owner."""
    found = access.certificate_or_404(acting(request), pk)
    return responses.download(found.file)
