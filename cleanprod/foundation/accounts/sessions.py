"""The two clocks of a session: how long idle, how long altogether."""

from datetime import datetime, timedelta

from django.http import HttpRequest

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.accounts.policy import policy
from cleanprod.foundation.engine import clock

STARTED = "signed_in_at"
SEEN = "seen_at"
DEMO = "demo_sign_in"
# Writing the session on every request would double the writes for no gain in safety.
NOTE_EVERY = timedelta(minutes=1)


def start(request: HttpRequest) -> None:
    """Start both clocks of a new session."""
    request.session[STARTED] = request.session[SEEN] = clock.now().isoformat()


def is_over(request: HttpRequest) -> bool:
    """Tell whether the session was idle too long or is too old; without clocks, start them."""
    if STARTED not in request.session:
        start(request)
        return False
    rules, now = policy(), clock.now()
    return (
        now - _moment(request, SEEN) > rules.idle
        or now - _moment(request, STARTED) > rules.absolute
    )


def note_seen(request: HttpRequest, person: Person) -> None:
    """Move the idle clock on, at most once a minute."""
    now = clock.now()
    if now - _moment(request, SEEN) >= NOTE_EVERY or person.last_seen is None:
        request.session[SEEN] = now.isoformat()
        Person.objects.filter(pk=person.pk).update(last_seen=now)


def is_fresh(request: HttpRequest, within: timedelta) -> bool:
    """Tell whether the sign-in itself is so recent that nothing need be asked again."""
    return STARTED in request.session and clock.now() - _moment(request, STARTED) <= within


def way_in(request: HttpRequest) -> str:
    """Return in words how this session was opened."""
    if request.session.get(DEMO):
        return "演示登录"
    methods = {entry.get("method") for entry in request.session.get(_METHODS, [])}
    return "密码和动态验证码" if "mfa" in methods else "密码"


_METHODS = "account_authentication_methods"


def _moment(request: HttpRequest, key: str) -> datetime:
    return datetime.fromisoformat(request.session[key])
