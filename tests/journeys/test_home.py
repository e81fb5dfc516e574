"""The first page of every role: seven lines at most, the rest folded; a menu that keeps calm."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.faces.desk import queries
from cleanprod.faces.desk.context import _SECTIONS
from cleanprod.foundation.organisations.rules import Role
from tests.browser import PHONE, axe, open_menu, sideways, sign_in
from tests.journeys.test_accessibility import populated  # noqa: F401
from tests.routes import PEOPLE
from tests.test_routes import cast, world  # noqa: F401  (the same things)

SIGNED_IN = [role for role, person in PEOPLE.items() if person]


def lines_at_once(text):
    """Return how many lines of the list stand on the page without opening anything."""
    shown, _, _ = text.partition('<details class="disclosure"')
    return shown.count('class="todo todo-')


@pytest.mark.parametrize("role", SIGNED_IN)
def test_no_home_has_more_than_seven_lines_at_once(role, world, cast):  # noqa: F811
    client = Client()
    client.force_login(cast.people[PEOPLE[role]])
    text = client.get(reverse("desk:home")).content.decode()
    found = queries.waiting(cast[PEOPLE[role]])
    assert lines_at_once(text) == min(len(found), 7)
    assert text.count('class="todo todo-') == len(found)
    if len(found) > 7:
        assert f"全部待办（{len(found)}项，还有{len(found) - 7}项）" in text
    for one in found:
        answer = client.get(one.url)
        assert answer.status_code == 200, one
        if answer.streaming:
            b"".join(answer.streaming_content)


@pytest.mark.parametrize("role", SIGNED_IN)
def test_the_most_urgent_stands_first(role, world, cast):  # noqa: F811
    kinds = [{"bad": 0, "wait": 1}.get(one.kind, 2) for one in queries.waiting(cast[PEOPLE[role]])]
    assert kinds == sorted(kinds)


def test_more_lines_than_seven_are_folded_for_a_city(world, cast):  # noqa: F811
    assert len(queries.waiting(cast["foshan-industry"])) > 7


@pytest.mark.parametrize(
    ("role", "most"),
    # While a data check is open, a city's figures of that year are counted, too.
    [("lead", 32), ("province", 24), ("county", 16), ("enterprise", 28), ("consultancy", 10)],
)
def test_a_home_asks_little(role, most, world, cast, django_assert_max_num_queries):  # noqa: F811
    client = Client()
    client.force_login(cast.people[PEOPLE[role]])
    client.get(reverse("desk:home"))
    with django_assert_max_num_queries(most):
        client.get(reverse("desk:home"))


@pytest.mark.parametrize("role", SIGNED_IN)
def test_of_a_long_menu_one_group_is_open(role, world, cast):  # noqa: F811
    client = Client()
    client.force_login(cast.people[PEOPLE[role]])
    text = client.get(reverse("desk:home")).content.decode()
    groups = len(_SECTIONS[cast[PEOPLE[role]].role])
    opened = len(re.findall(r'<details class="side-nav-group" open>', text))
    assert text.count('<details class="side-nav-group"') == groups
    assert opened == (groups if groups <= 2 else 1)


def test_the_group_of_the_page_is_the_open_one(world, cast):  # noqa: F811
    client = Client()
    client.force_login(cast.people["foshan-industry"])
    text = client.get(reverse("performance:systems")).content.decode()
    (opened,) = re.findall(r'class="side-nav-group" open>.*?</details>', text, re.S)
    assert 'aria-current="page"' in opened
    assert "评价指标体系" in opened
    assert len(_SECTIONS[Role.CITY]) >= 6


def test_the_menu_folds_by_keyboard_and_on_a_phone(world, cast, site, page):  # noqa: F811
    sign_in(page, site, cast.people["foshan-industry"])
    page.goto(site + reverse("desk:home"))
    assert axe(page) == []
    group = page.locator(".side-nav details").last
    link = group.get_by_role("link").first
    expect(link).to_be_hidden()
    group.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    page.keyboard.press("Tab")
    assert link.evaluate("one => one === document.activeElement")
    assert axe(page) == []
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(link).to_be_hidden()
    open_menu(page)
    assert axe(page) == []
    page.get_by_text("全部待办").click()
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    page.reload()
    page.get_by_role("button", name="菜单").click()
    page.locator(".side-nav summary").last.click()
    expect(link).to_be_visible()
    assert axe(page) == []
    assert sideways(page) <= 0
