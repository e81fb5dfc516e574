import re

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from cleanprod.foundation.accounts import actions, jobs
from cleanprod.foundation.trail.actions import SYSTEM

NEW = "Xin-mima-8820"


def ask(client, email, **extra):
    return client.post("/accounts/password/reset/", {"email": email}, **extra)


def work():
    """Do what the worker would do, and forget the jobs."""
    for job in ProcrastinateJob.objects.filter(task_name="accounts.send_reset"):
        jobs.send_reset(**job.args)


def link(mailoutbox):
    return re.search(r"http://testserver(\S+)", mailoutbox[0].body)[1]


def test_letter_leads_to_a_new_password(client, clerk, sign_in, mailoutbox):
    assert ask(client, "LiHua@example.com")["Location"] == "/accounts/password/reset/done/"
    work()
    assert mailoutbox[0].to == ["lihua@example.com"]
    assert "李华" in mailoutbox[0].body
    page = client.get(link(mailoutbox), follow=True)
    path = page.redirect_chain[-1][0]
    client.post(path, {"password1": NEW, "password2": NEW})
    sign_in("lihua", NEW)
    assert "_auth_user_id" in client.session


def test_link_works_once(client, clerk, mailoutbox):
    ask(client, "lihua@example.com")
    work()
    address = link(mailoutbox)
    page = client.get(address, follow=True)
    client.post(page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
    assert "链接已失效" in Client().get(address, follow=True).content.decode()


def test_unknown_mailbox_gets_the_same_answer_and_no_letter(client, clerk, mailoutbox):
    known, unknown = ask(client, "lihua@example.com"), ask(client, "nobody@example.com")
    assert known.status_code == unknown.status_code == 302
    assert known["Location"] == unknown["Location"]
    work()
    assert [letter.to for letter in mailoutbox] == [["lihua@example.com"]]


def test_requests_are_counted_per_mailbox_and_address(client, clerk, mailoutbox):
    for number in range(7):
        ask(client, "lihua@example.com", REMOTE_ADDR=f"10.0.0.{number}")
    for number in range(7):
        ask(client, f"someone{number}@example.com", REMOTE_ADDR="10.0.9.9")
    assert ProcrastinateJob.objects.count() == 10


def test_closed_account_gets_no_letter(client, clerk, mailoutbox):
    actions.disable(clerk.pk, reason="离职", by=SYSTEM)
    ask(client, "lihua@example.com")
    work()
    assert mailoutbox == []


def test_new_password_lifts_the_lock_of_the_name(client, clerk, sign_in):
    for number in range(5):
        sign_in("lihua", "wrong", REMOTE_ADDR=f"10.0.0.{number}")
    actions.set_password(clerk.pk, NEW, by=SYSTEM)
    sign_in("lihua", NEW)
    assert "_auth_user_id" in client.session


@pytest.mark.django_db
def test_made_up_link_is_refused(client):
    page = client.get("/accounts/password/reset/key/1-abc-def/", follow=True)
    assert "链接已失效" in page.content.decode()
