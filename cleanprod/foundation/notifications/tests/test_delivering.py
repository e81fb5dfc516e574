from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from cleanprod.foundation.engine import clock
from cleanprod.foundation.engine.jobs import app
from cleanprod.foundation.notifications import actions, jobs
from cleanprod.foundation.notifications.models import Delivery, State
from cleanprod.foundation.notifications.rules import LONGEST_WAIT, MOST_TRIES, wait_after
from cleanprod.foundation.notifications.tests.test_sending import note

pytestmark = pytest.mark.django_db
HERE = "cleanprod.foundation.notifications.tests.test_delivering"


class Unreachable(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages):
        raise SMTPServerDisconnected("连接中断")


class Refusing:
    """A provider of short messages that takes nothing."""

    def send(self, number, text):
        raise RuntimeError("余额不足")


def send(count=1, **more):
    actions.send_many(note(n, mail=f"p{n}@example.com", **more) for n in range(count))


def due_now():
    Delivery.objects.update(next_try=clock.now() - timedelta(seconds=1))


def test_waiting_mail_goes_out_once(mailoutbox):
    send(3)
    jobs.deliver()
    assert [mail.to for mail in mailoutbox] == [[f"p{n}@example.com"] for n in range(3)]
    assert (mailoutbox[0].subject, mailoutbox[0].body) == ("第0封", "请按期办理。")
    delivery = Delivery.objects.first()
    assert (delivery.state, delivery.tries) == (State.SENT, 1)
    assert delivery.sent_at
    assert actions.deliver() == 0
    assert len(mailoutbox) == 3


def test_mail_that_is_sent_again_carries_the_same_id(mailoutbox):
    send(2)
    actions.deliver()
    Delivery.objects.update(state=State.WAITING)
    actions.deliver()
    marks = [mail.message()["Message-ID"] for mail in mailoutbox]
    assert marks[:2] == marks[2:]
    assert len(set(marks)) == 2
    assert marks[0].endswith("@localhost>")


def test_a_title_of_two_lines_becomes_one_and_adds_no_header(mailoutbox):
    send(subject="名单\r\nBcc: x@example.com")
    assert actions.deliver() == 1
    assert mailoutbox[0].message()["Subject"]
    assert mailoutbox[0].subject == "名单 Bcc: x@example.com"
    assert "Bcc" not in mailoutbox[0].message()


def test_a_short_message_goes_to_its_backend(capsys):
    actions.send_many([note(mobile="13000000000", sms="请登录平台。")])
    assert actions.deliver() == 1
    assert capsys.readouterr().out == "短信 13000000000：请登录平台。\n"


def test_a_failure_is_kept_and_tried_again_later(settings, mailoutbox):
    good, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, f"{HERE}.Unreachable"
    send()
    assert actions.deliver() == 0
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.tries) == (State.WAITING, 1)
    assert delivery.error == "SMTPServerDisconnected: 连接中断"
    assert delivery.next_try > clock.now() + timedelta(seconds=50)
    settings.EMAIL_BACKEND = good
    assert actions.deliver() == 0
    due_now()
    assert actions.deliver() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.tries, delivery.error) == (State.SENT, 2, "")
    assert len(mailoutbox) == 1


def test_after_the_last_try_it_is_given_up(settings):
    settings.EMAIL_BACKEND = f"{HERE}.Unreachable"
    send()
    Delivery.objects.update(tries=MOST_TRIES - 1)
    actions.deliver()
    assert Delivery.objects.get().state == State.FAILED
    due_now()
    assert actions.deliver() == 0
    assert Delivery.objects.get().tries == MOST_TRIES


def test_one_bad_message_does_not_hold_up_the_others(settings, mailoutbox):
    settings.SMS_BACKEND = f"{HERE}.Refusing"
    actions.send_many([note(0, mobile="13000000000")])
    send(2)
    assert actions.deliver() == 2
    assert Delivery.objects.get(channel="sms").error == "RuntimeError: 余额不足"


def test_when_the_way_out_is_blocked_the_run_ends_and_the_rest_keeps_its_tries(settings):
    settings.EMAIL_BACKEND = f"{HERE}.Unreachable"
    send(20)
    actions.deliver()
    assert Delivery.objects.filter(tries=1).count() == 5
    assert Delivery.objects.filter(tries=0).count() == 15


@pytest.mark.django_db(transaction=True)
def test_what_another_worker_holds_is_left_to_it(mailoutbox):
    send(2)
    held = Delivery.objects.order_by("pk")[0].pk
    other = connection.copy()
    other.set_autocommit(False)
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM notifications_delivery WHERE id = %s FOR UPDATE", [held])
        assert actions.deliver() == 1
        other.rollback()
        assert actions.deliver() == 1
    finally:
        other.close()
    assert [mail.to for mail in mailoutbox] == [["p1@example.com"], ["p0@example.com"]]


def test_waits_double_up_to_a_limit_and_reach_over_a_night():
    waits = [wait_after(tries) for tries in range(1, MOST_TRIES)]
    assert waits[:3] == [timedelta(minutes=m) for m in (1, 2, 4)]
    assert max(waits) == LONGEST_WAIT
    assert sum(waits, timedelta()) > timedelta(hours=12)
    assert wait_after(MOST_TRIES) is None


def test_messages_are_delivered_every_half_minute():
    crons = {key[0]: one.cron for key, one in app.periodic_registry.periodic_tasks.items()}
    assert crons["notifications.deliver"] == "*/30 * * * * *"
