"""End sessions in time, and lead people to what they must do before anything else."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.urls import Resolver404, resolve

from cleanprod.foundation.accounts import actions, sessions
from cleanprod.foundation.accounts.models import Person

Answer = Callable[[HttpRequest], HttpResponse]

PASSWORD_PAGES = frozenset({"account_change_password", "account_logout", "everywhere"})
CODE_PAGES = PASSWORD_PAGES | {
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_activate_totp",
    "mfa_view_recovery_codes",
    "mfa_download_recovery_codes",
}
HAS_CODES = "has_codes"


def session_limits(get_response: Answer) -> Answer:
    """Sign a person out after too long without a request, or after too long altogether."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Person):
            if sessions.is_over(request):
                actions.note_sign_out(request.user, why="会话超时，自动退出")
                logout(request)
                messages.warning(request, "您已较长时间没有操作，请重新登录")
            else:
                sessions.note_seen(request, request.user)
        return _whole_page(request, get_response(request))

    return middleware


def codes(get_response: Answer) -> Answer:
    """Lead people to their own password, and officials to one-time codes, before all else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        person = request.user
        if isinstance(person, Person):
            if person.must_change_password and not _is_at(request, PASSWORD_PAGES):
                return redirect("account_change_password")
            if _lacks_codes(request, person) and not _is_at(request, CODE_PAGES):
                return redirect("mfa_activate_totp")
        return get_response(request)

    return middleware


def _lacks_codes(request: HttpRequest, person: Person) -> bool:
    if not person.needs_code or settings.DEMO or person.must_change_password:
        return False
    if request.session.get(HAS_CODES) == person.pk:
        return False
    if Authenticator.objects.filter(user_id=person.pk, type=Authenticator.Type.TOTP).exists():
        # Removing the generator ends all sessions, so the answer holds for this one.
        request.session[HAS_CODES] = person.pk
        return False
    return True


def _is_at(request: HttpRequest, pages: frozenset[str]) -> bool:
    try:
        return resolve(request.path_info).url_name in pages
    except Resolver404:
        return False


def _whole_page(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send a page part that met a closed door to the sign-in page as a whole page."""
    if "HX-Request" not in request.headers or response.status_code != 302:
        return response
    sign_in = resolve_url(settings.LOGIN_URL)
    if urlsplit(response["Location"]).path != sign_in:
        return response
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    back = here.path + (f"?{here.query}" if here.query else "")
    whole = HttpResponse(status=204)
    whole["HX-Redirect"] = f"{sign_in}?{urlencode({'next': back})}" if back else sign_in
    return whole
