"""Ask once more who is there before acts that cannot be taken back."""

from collections.abc import Callable
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponse

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Let a view run only after a recent sign-in or confirmation; a POST is resumed afterwards.

    Put it on publishing, deleting and appointing. Those who have neither password nor code
    (people of a demo home) are not asked.
    """
    wrapped: Any = reauthentication_required(view, allow_get=True, app="cleanprod")
    return wrapped  # type: ignore[no-any-return]
