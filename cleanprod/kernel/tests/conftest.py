"""Few examples for each property, so that the kernel's tests stay quick."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "kernel", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.fixture(autouse=True, scope="package")
def few_examples():
    before = settings.get_current_profile_name()
    settings.load_profile("kernel")
    yield
    settings.load_profile(before)
