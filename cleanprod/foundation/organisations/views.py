"""Organisations and their people, for system administrators; no business data is shown."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.organisations import access, actions
from cleanprod.foundation.organisations.acting import acting
from cleanprod.foundation.organisations.forms import (
    OrganisationForm,
    PersonForm,
    PhoneForm,
    ReasonForm,
)
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.foundation.web import tables
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import Refused
from cleanprod.kernel.names import comparable


@require_GET
def offices(request: HttpRequest) -> HttpResponse:
    """List the organisations of a kind, with a search by name."""
    acting(request, Role.ADMIN)
    kind = request.GET.get("kind", Kind.AUTHORITY.value)
    words = request.GET.get("q", "").strip()[:100]
    rows = Organisation.objects.filter(kind=kind, merged_into=None).select_related("city")
    if words:
        rows = rows.filter(comparable__contains=comparable(words))
    context = {
        "page": tables.page(rows, ("id",), request, total=True),
        "kinds": Kind.choices(),
        "kind": kind,
        "q": words,
        "province": settings.PROVINCE_CODE,
    }
    return render(request, "organisations/offices.html", context)


@require_POST
def enter_authorities(request: HttpRequest) -> HttpResponse:
    """Enter the departments of both lines for the province of this installation."""
    standing = acting(request, Role.ADMIN)
    number = actions.enter_authorities(settings.PROVINCE_CODE, by=standing)
    messages.success(request, f"已登记{number}个主管部门")
    return redirect("organisations:offices")


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a consultancy or another office."""
    standing = acting(request, Role.ADMIN)
    form = OrganisationForm(posted(request))
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        office = actions.enter(
            actions.NewOrganisation(
                Kind(cleaned["kind"]), cleaned["name"],
                code=credit_code.normalise(cleaned["code"]), province=settings.PROVINCE_CODE,
            ),
            by=standing,
        )  # fmt: skip
        messages.success(request, f"已登记{office.name}")
        return redirect("organisations:office", pk=office.pk)
    status = 422 if form.errors else 200
    return render(request, "organisations/enter.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def office(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one organisation with its people; make an account for another one."""
    standing = acting(request, Role.ADMIN)
    found = access.get_or_404(standing, pk)
    given = actions.role_in(found)
    roles = [] if given else sorted(actions.ROLES_OF_KIND[Kind(found.kind)])
    form = PersonForm(posted(request), roles=roles)
    made: tuple[str, str] | None = None
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        role = Role(cleaned["role"]) if cleaned.get("role") else None
        try:
            person, password = actions.engage(
                found.pk, username=cleaned["username"], name=cleaned["name"], role=role,
                email=cleaned["email"], by=standing,
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            # Shown once on this very answer and stored nowhere, so there is no redirect.
            made = person.username, password
            form = PersonForm(roles=roles)
    context = {
        "office": found,
        "role": given,
        "members": found.memberships.select_related("person").order_by("until", "pk"),
        "form": form,
        "made": made,
    }
    answer = render(
        request, "organisations/office.html", context, status=422 if form.errors else 200
    )
    answer["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the administrator enter the phone of an office."""
    standing = acting(request, Role.ADMIN)
    found = access.get_or_404(standing, pk)
    return _phone(request, standing, found, reverse("organisations:office", args=[pk]))


@require_http_methods(["GET", "POST"])
def own_phone(request: HttpRequest) -> HttpResponse:
    """Let a department enter its own office phone."""
    standing = acting(request, Role.PROVINCE, Role.CITY, Role.COUNTY)
    found = Organisation.objects.filter(pk=standing.office_id or 0).first()
    if found is None:
        raise Http404
    return _phone(request, standing, found, reverse("organisations:own-phone"))


def _phone(
    request: HttpRequest, standing: Standing, found: Organisation, onward: str
) -> HttpResponse:
    form = PhoneForm(posted(request), initial={"phone": found.phone})
    if request.method == "POST" and form.is_valid():
        actions.set_phone(found.pk, phone=form.cleaned_data["phone"], by=standing)
        messages.success(request, "办公电话已登记")
        return redirect(onward)
    context = {"office": found, "form": form}
    status = 422 if form.errors else 200
    return render(request, "organisations/phone.html", context, status=status)


def _membership(pk: int) -> Membership:
    found = Membership.objects.filter(pk=pk, until=None).select_related("person").first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "POST"])
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """End a membership, with the reason; the account without any role opens nothing."""
    standing = acting(request, Role.ADMIN)
    membership = _membership(pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.dismiss(membership.pk, by=standing, reason=form.cleaned_data["reason"])
        messages.success(request, f"已撤销{membership.person.name}的角色")
        return redirect("organisations:office", pk=membership.organisation_id)
    context = {"membership": membership, "form": form, "title": "撤销角色", "act": "撤销"}
    return render(request, "organisations/reason.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def reset_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a person's code generator, as after a lost phone; sign-in asks to set up anew."""
    standing = acting(request, Role.ADMIN)
    membership = _membership(pk)
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        accounts.reset_codes(membership.person_id, reason=reason, by=standing)
        messages.success(request, f"已重置{membership.person.name}的动态验证码")
        return redirect("organisations:office", pk=membership.organisation_id)
    context = {"membership": membership, "form": form, "title": "重置动态验证码", "act": "重置"}
    return render(request, "organisations/reason.html", context, status=422 if form.errors else 200)
