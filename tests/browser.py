"""Pytest plugin: a real Chromium, and axe-core's judgement of a page.

A test takes `site` (its address; data of the test's own transaction is seen) and `page`;
`axe(page)` returns the A and AA violations as lines, `sign_in(page, site, person)` signs in.
"""

import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn

import pytest
from django.conf import settings
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import WSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection, connections
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Locator, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8") + ";0"
# Describing what passed, too, would take six times as long.
VIOLATIONS = """async ([within, rules]) => (await axe.run(document.querySelector(within), {
  runOnly: {type: "tag", values: rules}, resultTypes: ["violations"],
})).violations"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 740}


def chromium_program():
    """Return the path of the browser that Debian installs, or the one named in CHROMIUM."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    assert program, "Install Chromium (apt-get install chromium) or name it in CHROMIUM."
    return program


def clicking_until_loaded(click=Locator.click):
    """Return a click that waits until the page it led to is whole, as a person does.

    Playwright's own goes on once the answer begins; what a test then reads may be half a page.
    """

    def whole(self, *args, **kwargs):
        click(self, *args, **kwargs)
        self.page.wait_for_load_state("load")

    return whole


@pytest.fixture(scope="session")
def chromium(django_db_setup):
    """Yield one headless Chromium for the session."""
    program = chromium_program()
    # Playwright runs an event loop in this thread, where Django would refuse the ORM.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Locator, "click", clicking_until_loaded())
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()
        # Under the loop Django keeps connections of its own; close them while they are in reach.
        connections.close_all()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


class SameConnectionServer(ThreadingMixIn, WSGIServer):
    """Serve within the test's own transaction, so that nothing is flushed afterwards."""

    daemon_threads = True

    def process_request_thread(self, request, client_address):
        connections["default"] = self.connection
        super().process_request_thread(request, client_address)


TURN = threading.Lock()
"""Held while a request is answered, and by a test that writes while its page may still send one."""


def one_at_a_time(application):
    """Keep requests apart, because they share one connection."""

    def answer(environ, start_response):
        with TURN:
            # Django would close a connection that is within a transaction, as the test's is.
            for signal in (request_started, request_finished):
                signal.disconnect(close_old_connections)  # which the test's own client undoes
            return application(environ, start_response)

    return answer


def gone(environ, start_response):
    """Answer what a page still asks after its test; the records are rolled back."""
    start_response("503 Service Unavailable", [])
    return []


@pytest.fixture(scope="session")
def server():
    """Yield one server for the session; a browser keeps the styles and scripts that it sent."""
    server = SameConnectionServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def site(db, server):
    """Yield the address of a running site that sees what the test wrote."""
    server.connection = connections["default"]
    server.set_app(one_at_a_time(StaticFilesHandler(WSGIHandler())))
    connection.inc_thread_sharing()
    yield f"http://127.0.0.1:{server.server_port}"
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    connection.dec_thread_sharing()
    server.set_app(gone)


def sign_in(page, site, person):
    """Sign a person in without the form, by the cookie of a session.

    A draft that is just being kept is let finish: its savepoint is of the same connection.
    """
    client = Client()
    with TURN:
        client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])


def open_menu(page):
    """Open every group of the side menu, as a person who looks for a page would."""
    for group in page.locator(".side-nav details:not([open]) > summary").all()[::-1]:
        group.click()


def open_todos(page):
    """Open the rest of the list on the first page, where it has more lines than stand at once."""
    for rest in page.locator("summary", has_text="全部待办").all():
        rest.click()


@contextmanager
def window(chromium):
    """Open a page that notes its console errors, such as CSP violations, as its `troubles`."""
    context = chromium.new_context(viewport=WIDE, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    troubles = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.troubles = troubles
    yield page
    context.close()


@pytest.fixture
def page(chromium):
    """Yield a fresh page whose console errors fail the test."""
    with window(chromium) as page:
        yield page
    assert not page.troubles, page.troubles


def axe(page, within="html"):
    """Return the A and AA violations of the page, or of a part of it, as lines.

    From the top of the page: what the header covers half when scrolled is no small target.
    """
    page.evaluate("scrollTo(0, 0)")
    if not page.evaluate("'axe' in window"):
        # Over the debugging protocol, because the pages' own policy forbids foreign scripts.
        page.evaluate(AXE)
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]} {node['failureSummary']}"
        for violation in page.evaluate(VIOLATIONS, [within, RULES])
        for node in violation["nodes"]
    ]


def sideways(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
