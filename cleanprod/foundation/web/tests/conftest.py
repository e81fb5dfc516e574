"""The floor of web alone: sample pages, a demo day, nothing of the slices above."""

from datetime import date

import pytest

from cleanprod.foundation.engine import clock


@pytest.fixture(autouse=True)
def _own_floor(settings):
    own = [name for name in settings.CONTEXT_PROCESSORS if ".web." in name or "django." in name]
    jinja = settings.TEMPLATES[0]
    options = jinja["OPTIONS"] | {"context_processors": own}
    settings.TEMPLATES = [jinja | {"OPTIONS": options}, *settings.TEMPLATES[1:]]
    settings.ROOT_URLCONF = "cleanprod.foundation.web.tests.pages"
    settings.DEMO = True
    with clock.fixed(date(2023, 9, 28)):
        yield
