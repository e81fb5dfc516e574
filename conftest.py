"""Fixtures that many tests share."""

import pytest
from hypothesis import settings

from cleanprod.foundation.engine import clock
from tests import world

# Property tests stay quick, and a busy machine does not fail them.
settings.register_profile("house", max_examples=50, deadline=None)
settings.load_profile("house")


@pytest.fixture
def cast(db):
    """Everybody of tests/world.py, on the business day 2023-09-28."""
    with clock.fixed(world.TODAY):
        yield world.make_cast()
