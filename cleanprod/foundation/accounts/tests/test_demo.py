import pytest
from django.test import Client

from cleanprod.foundation.accounts import actions
from cleanprod.foundation.accounts.actions import NewPerson
from cleanprod.foundation.trail.actions import SYSTEM


@pytest.fixture
def cast(db):
    rows = [
        NewPerson(
            "sheng",
            "张明",
            needs_code=True,
            demo_note="省工业和信息化厅 · 张明（演示）",
            demo_group="province",
        ),
        *[
            NewPerson(f"shi{n}", f"市{n}", demo_note=f"第{n}市 · 李（演示）", demo_group="city")
            for n in range(21)
        ],
        NewPerson("outsider", "无人"),
    ]
    return actions.create_people(rows, by=SYSTEM)


def is_in(browser):
    return "_auth_user_id" in browser.session


def test_demo_page_offers_buttons_and_a_list_of_cities(client, cast, demo_home):
    page = client.get("/accounts/login/").content.decode()
    assert 'action="/accounts/demo/sheng"' in page
    assert "省工业和信息化厅 · 张明（演示）" in page
    assert page.count("<option") == 21
    assert "outsider" not in page


def test_demo_button_signs_in_without_a_password(client, cast, demo_home):
    answer = client.post("/accounts/demo/sheng")
    assert answer.status_code == 302
    assert is_in(client)


def test_demo_list_signs_in_the_chosen_one_and_changes_over(client, cast, demo_home):
    client.post("/accounts/demo/", {"username": "shi3"})
    assert client.session["_auth_user_id"] == str(cast[4].pk)
    client.post("/accounts/demo/sheng")
    assert client.session["_auth_user_id"] == str(cast[0].pk)


def test_demo_sign_in_needs_a_post_and_a_token(client, cast, demo_home):
    assert client.get("/accounts/demo/sheng").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/accounts/demo/sheng").status_code == 403


def test_demo_does_not_open_people_outside_the_cast(client, cast, demo_home):
    assert client.post("/accounts/demo/outsider").status_code == 404
    actions.disable(cast[0].pk, reason="演示", by=SYSTEM)
    assert client.post("/accounts/demo/sheng").status_code == 404


def test_demo_sign_in_keeps_to_the_site(client, cast, demo_home):
    answer = client.post("/accounts/demo/sheng", {"next": "https://evil.example/"})
    assert "evil" not in answer["Location"]


@pytest.mark.parametrize("name", ["sheng", "nobody"])
def test_outside_a_demo_home_the_demo_routes_do_not_exist(client, cast, name):
    assert client.post(f"/accounts/demo/{name}").status_code == 404
    assert client.get(f"/accounts/demo/{name}").status_code == 404
    assert client.post("/accounts/demo/", {"username": name}).status_code == 404
    assert not is_in(client)


def test_outside_a_demo_home_the_page_names_nobody(client, cast):
    page = client.get("/accounts/login/").content.decode()
    assert "演示" not in page
    assert "sheng" not in page
