"""What visitors ask for without an account, and the page that answers by the receipt."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cleanprod.foundation.accounts import lockout
from cleanprod.foundation.web.forms import posted
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import Refused
from cleanprod.stages.registration import asking
from cleanprod.stages.registration.claim_pages import LOCKED, address_of
from cleanprod.stages.registration.forms import AnswerForm, ResetForm, WishForm
from cleanprod.stages.registration.models import Reset, Wish

STATES = {"asked": "wait", "granted": "good", "declined": "bad", "taken": "good"}
GET_POST = ["GET", "POST"]


@login_not_required
@require_http_methods(GET_POST)
def lost(request: HttpRequest) -> HttpResponse:
    """Ask for a new claim code with a sealed letter, when every account was lost."""
    form = ResetForm(posted(request), request.FILES or None)

    def ask() -> Reset:
        said = form.cleaned_data
        return asking.ask_reset(
            said["code"], said["firm"], form.asker(), explanation=said["explanation"],
            paper=said["paper"],
        )  # fmt: skip

    return _asked(request, form, "lost", ask)


@login_not_required
@require_http_methods(GET_POST)
def wish(request: HttpRequest) -> HttpResponse:
    """Ask to be on the next voluntary list of one's city."""
    form = WishForm(posted(request))
    return _asked(request, form, "wish", lambda: asking.ask_wish(form.wanted(), form.asker()))


def _asked(request: HttpRequest, form: Form, page: str, ask: Any) -> HttpResponse:
    """Take a request of a visitor, so many from one address, and show its receipt."""
    made: Reset | Wish | None = None
    if request.method == "POST" and form.is_valid():
        if not lockout.try_visitor(page, address_of(request)):
            form.add_error(None, LOCKED)
        else:
            try:
                made = ask()
            except Refused as refusal:
                form.add_error(None, str(refusal))
    context = {"form": form, "made": made}
    status = 422 if form.errors else 200
    return render(request, f"registration/{page}.html", context, status=status)


@login_not_required
@require_http_methods(GET_POST)
def answer(request: HttpRequest) -> HttpResponse:
    """Show what became of a request to whoever has its receipt and the firm's credit code."""
    form = AnswerForm(posted(request))
    found: Reset | Wish | None = None
    if request.method == "POST" and form.is_valid():
        address = address_of(request)
        if not lockout.try_visitor("answer", address):
            form.add_error(None, LOCKED)
        else:
            found = _found(**form.cleaned_data)
            if found is None:
                form.add_error(None, "没有查到：请核对受理编号和统一社会信用代码")
            else:
                lockout.visitor_right("answer", address)
    context = {
        "form": form, "found": found, "kinds": STATES,
        "is_wish": isinstance(found, Wish),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "registration/answer.html", context, status=status)


def _found(receipt: str, code: str) -> Reset | Wish | None:
    number, firm = receipt.strip().upper(), credit_code.normalise(code)
    if not firm:
        return None
    asked = Wish.objects.filter(receipt=number, code=firm).select_related("city").first()
    return asked or (
        Reset.objects.filter(receipt=number, enterprise__code=firm).select_related("city").first()
    )
