"""For whom a writing command acts: `--as USER`."""

from dataclasses import replace

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import Refused


def standing(username: str) -> Standing:
    """Return the standing of the person named, or refuse in one line."""
    person = Person.objects.filter(username__iexact=username, is_active=True).first()
    if person is None:
        raise Refused(f"没有账号“{username}”，或已停用")
    found = standing_of(person)
    if found is None:
        raise Refused(f"账号“{username}”没有任何角色")
    return replace(found, via="命令行")
