"""The contacts of an enterprise: invited, handed over, deputed, removed; never by others."""

import re

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.registration import actions, queries
from cleanprod.stages.registration.models import Code
from cleanprod.stages.registration.rules import (
    ALPHABET,
    LENGTH,
    ContactAct,
    Rank,
    open_acts,
    ranked,
    read_code,
    spelt,
)
from tests.flow import at_once

PASSWORD = "vermilion-otter-71"
NUMBER = "91440605MA00000017"


def join(cast, name="li.si"):
    """Invite somebody to 红星水泥 and return their standing once they joined."""
    issued = actions.invite(name="李四", reached="13900000000", by=cast["red-star"])
    account = actions.NewAccount(name, name, "13900000000", "li@example.com", PASSWORD)
    return standing_of(actions.claim(NUMBER, issued.code, account))


def ranks(cast):
    rows = queries.contacts(cast["red-star"].office_id)
    return {row.membership.person.username: row.rank for row in rows}


def membership(name, cast):
    rows = queries.contacts(cast["red-star"].office_id)
    return next(row.membership.pk for row in rows if row.membership.person.username == name)


def change(cast, name, act, by):
    return actions.change_contact(membership(name, cast), act, by=by, reason="调岗")


@given(st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH))
def test_a_code_reads_as_it_is_printed_however_it_is_typed(secret):
    assert read_code(spelt(secret)) == secret
    assert read_code(f" {spelt(secret).lower().replace('-', ' — ')}\n") == secret
    assert read_code("".join(chr(ord(sign) + 0xFEE0) for sign in secret)) == secret


@given(st.text(max_size=40))
def test_nothing_else_is_a_code(text):
    assert read_code(text) == "" or len(read_code(text)) == LENGTH


@given(st.lists(st.sampled_from(["", *Rank]), max_size=6))
def test_whoever_has_contacts_has_a_first_one(kept):
    found = ranked(list(enumerate(kept, 1)))
    assert len(found) == len(kept)
    assert not kept or Rank.FIRST in found.values()


@pytest.mark.parametrize("actor", [None, *Rank])
def test_nobody_touches_the_first_contact_and_a_second_one_touches_nobody(actor):
    for own in (True, False):
        assert open_acts(actor, Rank.FIRST, own=own) == ()
    for target in (Rank.SECOND, Rank.DEPUTY):
        assert open_acts(actor, target, own=True) == (ContactAct.REMOVE,)
        if actor in (None, Rank.SECOND):
            assert open_acts(actor, target, own=False) == ()


def test_whom_the_first_contact_invites_joins_as_the_second(cast):
    second = join(cast)
    assert ranks(cast) == {"red-star": Rank.FIRST, "li.si": Rank.SECOND}
    assert second.office_id == cast["red-star"].office_id
    with pytest.raises(NotAllowed):
        actions.invite(name="王五", reached="x", by=second)
    with pytest.raises(NotAllowed):
        change(cast, "red-star", ContactAct.REMOVE, second)


def test_a_successor_takes_over_and_may_then_remove_the_predecessor(cast):
    second = join(cast)
    change(cast, "li.si", ContactAct.HAND_OVER, cast["red-star"])
    assert ranks(cast) == {"li.si": Rank.FIRST, "red-star": Rank.SECOND}
    change(cast, "red-star", ContactAct.REMOVE, second)
    assert ranks(cast) == {"li.si": Rank.FIRST}
    assert standing_of(cast.people["red-star"]) is None


def test_a_deputy_stands_in_until_recalled_and_there_is_one(cast):
    deputy, other = join(cast), join(cast, "wang.wu")
    change(cast, "li.si", ContactAct.DEPUTE, cast["red-star"])
    with pytest.raises(NotAllowed):
        change(cast, "wang.wu", ContactAct.DEPUTE, deputy)
    change(cast, "wang.wu", ContactAct.DEPUTE, cast["red-star"])
    found = {"red-star": Rank.FIRST, "li.si": Rank.SECOND, "wang.wu": Rank.DEPUTY}
    assert ranks(cast) == found
    told = Message.objects.filter(person_id=other.person_id).values_list("subject", flat=True)
    assert list(told) == ["红星水泥有限公司：委托代理"]
    assert actions.invite(name="赵六", reached="13700000000", by=other).code
    with pytest.raises(NotAllowed):
        actions.invite(name="赵六", reached="13700000000", by=deputy)
    change(cast, "li.si", ContactAct.REMOVE, other)
    change(cast, "wang.wu", ContactAct.RECALL, cast["red-star"])
    assert ranks(cast) == {"red-star": Rank.FIRST, "wang.wu": Rank.SECOND}


def test_an_invitation_is_used_once_and_can_be_taken_back(cast):
    issued = actions.invite(name="李四", reached="x", by=cast["red-star"])
    actions.void_invitation(Code.objects.get().pk, by=cast["red-star"])
    account = actions.NewAccount("li.si", "李四", "1", "l@example.com", PASSWORD)
    with pytest.raises(Refused, match="已使用"):
        actions.claim(NUMBER, issued.code, account)


def test_the_page_shows_the_code_once_and_every_act_answers(client, cast):
    client.force_login(cast.people["red-star"])
    page = reverse("registration:contacts")
    assert client.post(page, {"name": ""}).status_code == 422
    shown = client.post(page, {"name": "李四", "reached": "13900000000"}).content.decode()
    (code,) = set(re.findall(r"\b(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}\b", shown))
    assert code not in client.get(page).content.decode()
    account = actions.NewAccount("li.si", "李四", "1", "l@example.com", PASSWORD)
    actions.claim(NUMBER, code, account)
    for act in ("depute", "recall", "hand_over"):
        url = reverse("registration:contact-act", args=[membership("li.si", cast), act])
        assert client.post(url).status_code == 302
    assert client.post(url).status_code in (403, 409)
    assert "邀请联系人" not in client.get(page).content.decode()
    bad = reverse("registration:contact-act", args=[membership("li.si", cast), "invite"])
    assert client.post(bad).status_code == 404
    client.force_login(cast.people["blue-sea"])
    assert client.post(url).status_code == 404


def test_who_leaves_by_themselves_is_signed_out(client, cast):
    join(cast)
    second = next(
        row.membership.person
        for row in queries.contacts(cast["red-star"].office_id)
        if row.rank is Rank.SECOND
    )
    client.force_login(second)
    url = reverse("registration:contact-act", args=[membership("li.si", cast), "remove"])
    assert client.post(url, {"reason": "离职"}).url == reverse("account_login")
    assert "_auth_user_id" not in client.session
    assert standing_of(second) is None


@pytest.mark.django_db(transaction=True)
def test_two_hand_overs_at_once_leave_one_first_contact(cast):
    join(cast)
    join(cast, "wang.wu")
    came = at_once(
        *(
            lambda name=name: change(cast, name, ContactAct.HAND_OVER, cast["red-star"])
            for name in ("li.si", "wang.wu")
        )
    )
    assert sorted(type(one).__name__ for one in came) == ["Membership", "NotAllowed"]
    assert list(ranks(cast).values()).count(Rank.FIRST) == 1
