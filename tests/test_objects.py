"""The object matrix: a thing of somebody else answers exactly as a thing that is not there."""

import re

import pytest
from django.db import transaction
from django.urls import reverse

from tests.routes import AT_THE_ROUND, PEOPLE, ROUTES
from tests.test_routes import (  # noqa: F401  (the same things)
    client_of,
    populated,
    sessions,
    world,
)

NOWHERE = 2_000_000_000
AT_THE_CANDIDATE = ROUTES["candidates:candidate"].allowed
# Who may read the thing knows that it is there, and is told why an act on it is not theirs.
READERS = {
    "draft": ROUTES["desk:list"].allowed,
    "ready": ROUTES["desk:list"].allowed,
    "later list": ROUTES["desk:list"].allowed,
    "plan published": ROUTES["planning:plan"].allowed,
    "round": AT_THE_ROUND,
    "candidate": AT_THE_CANDIDATE,
    "reported candidate": AT_THE_CANDIDATE,
    "declined candidate": AT_THE_CANDIDATE,
    "data check": ROUTES["bulletins:check"].allowed,
    "extension": AT_THE_ROUND,
    "confirmed sheet": AT_THE_ROUND,
    "service": ROUTES["notices:notice"].allowed,
    "registered": AT_THE_ROUND,
    "accepted": AT_THE_ROUND,
    "pool expert": ROUTES["experts:expert"].allowed,
    "panel prepared": ROUTES["experts:panel"].allowed,
    "panel drawn": ROUTES["experts:panel"].allowed,
    "own seat": ROUTES["experts:letter"].allowed,
    "change": AT_THE_ROUND,
    "reset": ROUTES["registration:reset"].allowed,
    "wish": ROUTES["registration:wish-page"].allowed,
    "confirmed sitting": ROUTES["scoring:sitting"].allowed,
    "submission": AT_THE_ROUND,
    "edition": AT_THE_ROUND,
    "sitting": ROUTES["scoring:summary"].allowed | {"partner"},
    "accuracy sample": ROUTES["accuracy:sample"].allowed,
    "accuracy item": ROUTES["accuracy:item"].allowed,
    "hearing": ROUTES["hearings:hearing"].allowed,
    "concluded hearing": ROUTES["hearings:hearing"].allowed,
    "entered hearing": ROUTES["hearings:hearing"].allowed,
    "remark": ROUTES["remarks:remark"].allowed,
    "dispatch": ROUTES["dispatch:dispatch"].allowed,
    "dispatch recipient": ROUTES["dispatch:answers"].allowed,
    "dispatch row": ROUTES["dispatch:row"].allowed,
    "dispatch answered row": ROUTES["dispatch:row"].allowed,
    "results announced": ROUTES["results:batch"].allowed,
    "results public": ROUTES["results:batch"].allowed,
    "results draft": ROUTES["results:batch"].allowed & {"partner"},
}
# Routes whose last argument names a thing of somebody; the others name kinds.
KINDS = {
    "docx",
    "close",
    "grant",
    "cancel",
    "verify",
    "opinion",
    "assessment",
    "decline",
    "suspend",
    "depute",
    "total",
    "results",
    "annex1",
    "training",
    "pdf",
    "provincial",
    "neither",
    "acceptance-2018",
    "draft-sheet",
    "report",
    "declaration",
    "xlsx",
    "csv",
}
OBJECTS = {
    name: row
    for name, row in ROUTES.items()
    if not name.startswith(("account", "mfa_", "portal:", "statistics:", "yearly:"))
    and any(isinstance(value, str) and value not in KINDS for value in row.args)
}


def answer(client, name, row, args, world):  # noqa: F811
    """Return the status and the page, without what names the request itself."""
    address = reverse(name, args=args)
    data = {key: world.get(value, value) for key, value in row.data.items()}
    with transaction.atomic():
        got = client.post(address, data) if row.post else client.get(address)
        body = b"".join(got.streaming_content) if got.streaming else got.content
        transaction.set_rollback(True)
    text = body.decode(errors="replace").replace(address, "")
    return got.status_code, got.headers.get("Location"), _without_tokens(text)


def _without_tokens(text):
    """Leave out what differs from one request to the next of the same person."""
    return re.sub(r'(csrfmiddlewaretoken" value="|X-CSRFToken[^:]*:\s*&?\w*;?"?)[^"&]*', "", text)


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_what_is_not_yours_answers_as_what_is_not_there(name, world, sessions):  # noqa: F811
    row = OBJECTS[name]
    readers = READERS.get(row.args[0], frozenset())
    there = [world.get(value, value) for value in row.args]
    for role, person in PEOPLE.items():
        if person is None or role in row.allowed or role in readers:
            continue
        client = client_of(person, sessions)
        mine = answer(client, name, row, there, world)
        nothing = answer(client, name, row, [*there[:-1], NOWHERE], world)
        assert mine[0] in (403, 404), (role, mine[0])
        assert mine == nothing, role
