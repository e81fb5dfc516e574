"""Every page as every role that gets in: no A or AA violation, and nothing sideways on a phone.

What is built the same for two roles is looked at once. What stands around the page is looked at
once a page, and each role's menu on its home page.
"""

import re

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser import PHONE, WIDE, axe, sideways, sign_in, window
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


@pytest.fixture(scope="module")
def kept(chromium):
    """Yield one page for all tests here; it keeps styles and scripts from one to the next."""
    with window(chromium) as page:
        yield page


@pytest.fixture
def page(kept):
    """Yield the page, left empty by whoever had it before."""
    yield kept
    kept.goto("about:blank")
    troubles = [*kept.troubles]
    kept.troubles.clear()
    assert troubles == []


def build_of(content):
    """Return how the main part of a page is built: without words and numbers, equal rows once."""
    (main,) = re.findall(r"<main\b.*</main>", content, re.DOTALL)
    built = re.sub(r">\s*[^<\s][^<]*<", ">text<", main)
    built = re.sub(r'(?<! class)="[^"]*\d[^"]*"', '="number"', built)
    return re.sub(r"(<tr\b(?:(?!</tr>).)*</tr>\s*)\1+", r"\1", built, flags=re.DOTALL)


def test_pages_with_the_same_build_differ_in_words_and_numbers_only():
    page = '<main><a href="/rounds/1/">甲</a><table><tr><td>1</td></tr>\n</table></main>'
    longer = page.replace("</table>", "<tr><td>2</td></tr>\n</table>")
    assert build_of(page) == build_of(page.replace("甲", "乙").replace("/1/", "/2/"))
    assert build_of(page) == build_of(longer)
    for other in (page.replace("甲", ""), page.replace("<a", '<a class="x1"')):
        assert build_of(page) != build_of(other)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(PAGES))
def test_every_page_is_usable_by_everybody(name, world, cast, site, page):  # noqa: F811
    row = PAGES[name]
    if name.startswith(("account_", "mfa_")):
        give_codes(cast)
    address = reverse(name, args=[world.get(value, value) for value in row.args])
    roles = sorted(row.allowed, key=list(PEOPLE).index)
    if name.startswith(("account_", "mfa_", "portal:")):  # the same for all who are signed in
        roles = [role for role in roles if role in ("visitor", "lead", "enterprise")]
    page.set_viewport_size(WIDE)
    seen = set()
    for role in roles:
        client = Client()
        page.context.clear_cookies()
        if PEOPLE[role]:
            client.force_login(cast.people[PEOPLE[role]])
            sign_in(page, site, cast.people[PEOPLE[role]])
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, role
        build = build_of(answer.content.decode())
        if build in seen and name != "desk:home":
            continue
        assert page.goto(site + address).status == 200, role
        expect(page.locator("h1"), role).to_have_count(1)
        assert axe(page, "main" if seen and name != "desk:home" else "html") == [], role
        assert sideways(page) <= 0, role
        seen.add(build)
    page.set_viewport_size(PHONE)
    assert axe(page) == []
    assert sideways(page) <= 0
