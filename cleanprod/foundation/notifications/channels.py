"""The ways out of the platform: mail through Django, short messages through a class to be named."""

import sys
from hashlib import sha256
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

from cleanprod.foundation.notifications.models import Channel, Delivery


class ShortMessages(Protocol):
    """A provider of short messages, named by the setting SMS_BACKEND."""

    def send(self, number: str, text: str) -> None:
        """Hand one message over, or raise if the provider did not take it."""


class Console:
    """Write short messages to the log instead of sending them."""

    def send(self, number: str, text: str) -> None:
        """Write one message."""
        sys.stdout.write(f"短信 {number}：{text}\n")


def send(delivery: Delivery) -> None:
    """Hand one delivery over to its channel, or raise."""
    if delivery.channel == Channel.SMS:
        backend: ShortMessages = import_string(settings.SMS_BACKEND)()
        backend.send(delivery.address, delivery.body)
    else:
        _mail(delivery).send()


def _mail(delivery: Delivery) -> EmailMessage:
    # A mail that is sent twice carries the same id, by which mail programs know it again.
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    mark = sha256(delivery.key.encode()).hexdigest()[:32]
    return EmailMessage(
        " ".join(delivery.subject.split()),
        delivery.body,
        to=[delivery.address],
        headers={"Message-ID": f"<{mark}@{host}>"},
    )
