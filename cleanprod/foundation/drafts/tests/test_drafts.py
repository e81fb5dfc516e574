"""What is typed is kept for one person and one page, and let go when the form was taken."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.drafts import actions
from cleanprod.foundation.drafts.models import Draft
from cleanprod.foundation.drafts.rules import LARGEST, checked_page, read_pairs
from cleanprod.foundation.engine import clock
from cleanprod.kernel.errors import Refused

PAGE = "/notices/rounds/1/ask/2/"
TYPED = [["reason", "设备检修"], ["agree", None]]
AT = reverse("drafts:draft")


def test_names_and_values_are_read_in_their_order():
    assert read_pairs(json.dumps(TYPED)) == [("reason", "设备检修"), ("agree", None)]
    assert read_pairs('[["a", "x\\u0000y"], ["b", "\\ud800"]]') == [("a", "xy"), ("b", "?")]


@pytest.mark.parametrize("text", ["", "{", "7", '["a"]', "[[]]", "[" * 2000, "x" * (LARGEST + 1)])
def test_what_is_no_form_is_refused(text):
    with pytest.raises(Refused):
        read_pairs(text)


@pytest.mark.parametrize("address", ["", "desk/", "//elsewhere.example/", "/" + "x" * 300])
def test_a_draft_belongs_to_a_page_of_ours(address):
    with pytest.raises(Refused):
        checked_page(address)


@pytest.mark.django_db
def test_the_last_words_stand_and_nobody_else_reads_them(cast):
    mine, other = cast["red-star"], cast["blue-sea"]
    actions.keep(PAGE, [("reason", "设")], [], by=mine)
    actions.keep(PAGE, read_pairs(json.dumps(TYPED)), [("seen", "3")], by=mine)
    found = actions.find(PAGE, by=mine)
    assert (found.fields, found.marks) == (TYPED, [["seen", "3"]])
    assert actions.find(PAGE, by=other) is None
    actions.drop(PAGE, by=other)
    assert Draft.objects.count() == 1
    actions.drop(PAGE, by=mine)
    assert Draft.objects.count() == 0


@pytest.mark.django_db
def test_of_too_many_pages_the_oldest_goes_and_after_half_a_year_all(cast, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 2)
    for number in range(3):
        actions.keep(f"/p/{number}/", [], [], by=cast["red-star"])
    assert list(Draft.objects.order_by("page").values_list("page", flat=True)) == ["/p/1/", "/p/2/"]
    Draft.objects.update(changed_at=clock.now() - actions.KEPT_FOR - timedelta(minutes=1))
    assert actions.expire() == 2


@pytest.mark.django_db
def test_the_address_keeps_gives_back_and_lets_go(cast, client):
    client.force_login(cast.people["red-star"])
    said = {"page": PAGE, "fields": json.dumps(TYPED), "marks": "[]"}
    assert client.post(AT, said).json()["fields"] == TYPED
    found = client.get(AT, {"page": PAGE}).json()
    assert found["fields"] == TYPED
    assert found["token"]
    assert "fields" not in client.post(AT, {"page": PAGE, "drop": "1"}).json()
    assert "fields" not in client.get(AT, {"page": PAGE}).json()
    assert client.post(AT, {"page": PAGE, "fields": "7"}).status_code == 422
    assert client.get(AT).status_code == 422
    assert Client().get(AT, {"page": PAGE}).status_code == 302


@pytest.mark.django_db
def test_a_taken_form_lets_its_draft_go_and_a_refused_one_does_not(cast, client):
    client.force_login(cast.people["admin"])
    page = reverse("accounts:everywhere")
    client.post(AT, {"page": page, "fields": json.dumps(TYPED)})
    client.post(reverse("desk:rounds"), {"kept_page": page})  # no such way: 405
    assert Draft.objects.count() == 1
    client.post(reverse("desk:read", args=[1]), {"kept_page": page})  # leads on
    assert Draft.objects.count() == 0
