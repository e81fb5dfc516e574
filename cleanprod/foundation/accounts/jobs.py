"""What the worker does for accounts."""

from urllib.parse import urljoin

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from cleanprod.foundation.accounts.messages import reset_letter
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine.jobs import app


@app.task(name="accounts.send_reset")
def send_reset(*, email: str, site: str) -> None:
    """Send a reset link to every open account of this mailbox; unknown mailboxes get nothing."""
    for person in Person.objects.filter(email__iexact=email, is_active=True):
        page = reverse(
            "account_reset_password_from_key",
            kwargs={
                "uidb36": user_pk_to_url_str(person),
                "key": default_token_generator.make_token(person),
            },
        )
        subject, body = reset_letter(
            str(person),
            person.username,
            urljoin(site, page),
            minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
        )
        send_mail(subject, body, settings.DEFAULT_FROM_EMAIL, [person.email])
