"""The pages of the own account that are not allauth's, and the demo sign-in."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.utils import get_login_redirect_url
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from cleanprod.foundation.accounts import actions, queries, sessions
from cleanprod.foundation.accounts.models import Person

# With more people than this under one heading a list to pick from is easier than buttons.
BUTTONS = 6


class SignInView(LoginView):  # type: ignore[misc]
    """The sign-in page; in a demo home it offers the cast."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the people of the demo, if this is one."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        cast = queries.demo_cast() if settings.DEMO else []
        return context | {"cast": cast, "buttons": BUTTONS, "is_demo": settings.DEMO}


sign_in = SignInView.as_view()


@login_not_required
def demo(request: HttpRequest, username: str = "") -> HttpResponse:
    """Sign in as a person of the demo; outside a demo home this page does not exist."""
    if not settings.DEMO:
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    person = get_object_or_404(
        queries.demo_people(), username=username or request.POST.get("username", "")
    )
    logout(request)
    request.session[sessions.DEMO] = True
    get_adapter().login(request, person)
    return redirect(get_login_redirect_url(request))


@require_POST
def everywhere(request: HttpRequest) -> HttpResponse:
    """Sign the person out on all devices, this one included."""
    person = request.user
    if isinstance(person, Person):
        actions.sign_out_everywhere(person.pk, by=actions.oneself(person))
        logout(request)
    messages.success(request, "已退出全部登录")
    return redirect("account_login")


@require_GET
def no_password(request: HttpRequest) -> HttpResponse:
    """Say that an account without a password has none to change."""
    return render(request, "account/password_set.html")
