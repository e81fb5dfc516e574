"""Fixtures that many tests share."""

import threading

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.db.transaction import TransactionManagementError
from django.test import override_settings
from hypothesis import settings

from cleanprod.foundation.engine import bulk, clock
from tests import world

# Property tests stay quick, and a busy machine does not fail them.
settings.register_profile("house", max_examples=50, deadline=None)
settings.load_profile("house")


# What these prove depends on the version of PostgreSQL; the rest would only repeat itself.
NEAR_THE_DATABASE = (
    "foundation/engine/",
    "foundation/trail/",
    "foundation/territory/",
    "foundation/intake/tests/test_receipts",
    "stages/audits/",
    "stages/programme/",
    "stages/review/",
    "insight/statistics/",
    "tests/journeys/test_thread",
    "tests/journeys/test_commands",
)


def again(item):
    """Tell whether a test only asks another invented province the same; one is enough on both."""
    return "_and_every_file_say_what_the_" in item.name and not item.name.endswith("[0]")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark what runs on both versions of PostgreSQL; put tests with a browser at the end.

    Playwright leaves an event loop running in the thread, in which others could start none.
    """
    for item in items:
        if any(place in item.nodeid for place in NEAR_THE_DATABASE) and not again(item):
            item.add_marker(pytest.mark.database)
    yield  # what -m leaves out, and random order
    items.sort(key=lambda item: "chromium" in item.fixturenames)


@pytest.fixture(autouse=True, scope="session")
def quick_passwords():
    """Hash passwords at the least cost; a fifth of a second each would add up."""
    with override_settings(PASSWORD_HASHERS=["tests.hashing.QuickArgon2"]):
        yield


@pytest.fixture(autouse=True, scope="session")
def pages_open_a_transaction_of_their_own():
    """Let the transaction around a test not stand in for one that an act forgot.

    Only while a request is answered: a test that calls a helper of an act stands in for the act.
    """
    answer, demand = BaseHandler.get_response, bulk._demand_transaction
    asked = threading.local()

    def answering(handler, request):
        asked.now = True
        try:
            return answer(handler, request)
        finally:
            asked.now = False

    def demanding():
        demand()
        if getattr(asked, "now", False) and connection.atomic_blocks[-1]._from_testcase:
            raise TransactionManagementError("no act of this page opened a transaction")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", answering)
        patch.setattr(bulk, "_demand_transaction", demanding)
        yield


@pytest.fixture
def cast(db):
    """Everybody of tests/world.py, on the business day 2023-09-28."""
    with clock.fixed(world.TODAY):
        yield world.make_cast()
