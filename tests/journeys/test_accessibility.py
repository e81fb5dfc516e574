"""Every page as every role that gets in: no A or AA violation, and nothing sideways on a phone.

What reads the same for two roles is looked at once; each role's menu is looked at on its home page.
"""

import re

import pytest
from django.urls import reverse

from tests.browser import PHONE, WIDE, axe, sideways, sign_in
from tests.routes import PEOPLE, ROUTES
from tests.test_routes import cast, give_codes, population, world  # noqa: F401  (the same things)

# Not those that answer a form only, send a file, or lead elsewhere.
LEADING_ON = {"account_logout", "account_inactive", "account_set_password"}
PAGES = {
    name: row
    for name, row in ROUTES.items()
    if row.allowed and not (row.post or row.file or name in LEADING_ON)
}


@pytest.fixture(scope="module")
def populated(chromium, django_db_setup, django_db_blocker, tmp_path_factory):
    """Yield the same things; made after the browser started, as that brings a connection along."""
    with django_db_blocker.unblock(), population(tmp_path_factory.mktemp("files")) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_usable_by_everybody(name, world, cast, site, page):  # noqa: F811
    row = PAGES[name]
    if name.startswith(("account_", "mfa_")):
        give_codes(cast)
    address = site + reverse(name, args=[world.get(value, value) for value in row.args])
    roles = sorted(row.allowed, key=list(PEOPLE).index)
    if name.startswith(("account_", "mfa_", "portal:")):  # the same for all who are signed in
        roles = [role for role in roles if role in ("visitor", "lead", "enterprise")]
    seen = set()
    for role in roles:
        page.context.clear_cookies()
        if PEOPLE[role]:
            sign_in(page, site, cast.people[PEOPLE[role]])
        page.set_viewport_size(WIDE)
        assert page.goto(address).status == 200, role
        assert page.locator("h1").count() == 1, role
        said = re.sub(r'value="\w{64}"', "", page.locator("main").inner_html())  # form tokens
        if said in seen and name != "desk:home":
            continue
        seen.add(said)
        assert axe(page) == [], role
        assert sideways(page) <= 0, role
    page.set_viewport_size(PHONE)
    page.reload()
    assert axe(page) == []
    assert sideways(page) <= 0
