"""Count tries per name and per address in the database, and lock them for a while.

A try is counted before the secret is looked at, under row locks, so that parallel guesses cannot
pass the limit. A success gives back only what the same name cost the same address: a colleague's
typing errors do not lock the office, and an own account does not wash guesses at others away.
"""

import unicodedata
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from cleanprod.foundation.accounts.models import Counter
from cleanprod.foundation.accounts.policy import policy
from cleanprod.foundation.engine import clock

# A one-time code stays valid for a step before and after its own half minute.
CODE_LIFE = timedelta(minutes=2)
KEEP = timedelta(days=1)


def plain(text: str) -> str:
    """Return a name as it is counted: one spelling for all cases and widths."""
    return unicodedata.normalize("NFKC", text).strip().casefold()[:128]


def try_sign_in(name: str, address: str) -> bool:
    """Count one try of a name from an address; False while either is locked."""
    rules = policy()
    return _count(
        [
            ("address", address, rules.address_failures),
            ("name", plain(name), rules.failures),
            ("pair", _pair(name, address), rules.failures),
        ]
    )


def signed_in(name: str, address: str) -> None:
    """Forget the tries of a name after its password was right."""
    with transaction.atomic():
        rows = _take([("address", address), ("name", plain(name)), ("pair", _pair(name, address))])
        own = rows["pair"].failures
        place = rows["address"]
        place.failures = max(0, place.failures - own)
        if place.failures < policy().address_failures:
            place.locked_until = None
        place.save(update_fields=["failures", "locked_until"])
        forgive(name)
        Counter.objects.filter(since__lt=clock.now() - KEEP).delete()


def forgive(name: str) -> None:
    """Lift the lock of a name, as after its password was set anew."""
    Counter.objects.filter(kind="name", source=plain(name)).delete()
    Counter.objects.filter(kind="pair", source__startswith=f"{plain(name)[:80]} ").delete()


def try_code(person_id: int) -> bool:
    """Count one try of a one-time code; False while the person's codes are locked."""
    return _count([("code", str(person_id), policy().failures)])


def code_right(person_id: int) -> None:
    """Forget the tries of a person's codes."""
    Counter.objects.filter(kind="code", source=str(person_id)).delete()


def spend_code(person_id: int, code: str) -> bool:
    """Use up a one-time code; False when it was used before."""
    now = clock.now()
    spent = Counter.objects.filter(kind="spent", source__startswith=f"{person_id}:")
    with transaction.atomic():
        spent.filter(since__lt=now - CODE_LIFE).delete()
        made = Counter.objects.bulk_create(
            [Counter(kind="spent", source=f"{person_id}:{plain(code)}", failures=1, since=now)],
            ignore_conflicts=True,
        )
        # Ignored conflicts say nothing, so the row is asked whether it is ours.
        return spent.filter(source=made[0].source, since=now).exists()


def try_reset(mail: str, address: str) -> bool:
    """Count one request for a reset link; False when address or mailbox had enough."""
    rules = policy()
    return _count(
        [
            ("reset-from", address, rules.address_failures),
            ("reset-to", plain(mail), rules.failures),
        ]
    )


def try_visitor(act: str, address: str) -> bool:
    """Count one try of what a visitor may do from an address; False while that is locked."""
    return _count([(f"{act}-from", address, policy().address_failures)])


def visitor_right(act: str, address: str) -> None:
    """Give back the one try that was right; those that were wrong stay counted."""
    tries = Counter.objects.filter(kind=f"{act}-from", source=address, failures__gt=0)
    tries.update(failures=F("failures") - 1, locked_until=None)


def _pair(name: str, address: str) -> str:
    return f"{plain(name)[:80]} {address}"


def _count(keys: Sequence[tuple[str, str, int]]) -> bool:
    now, length = clock.now(), policy().lock
    with transaction.atomic():
        rows = _take([(kind, source) for kind, source, _limit in keys])
        if any(_is_locked(row, now) for row in rows.values()):
            return False
        for kind, _source, limit in keys:
            _add(rows[kind], limit, now, length)
        Counter.objects.bulk_update(rows.values(), ["failures", "since", "locked_until"])
    return True


def _take(keys: Sequence[tuple[str, str]]) -> dict[str, Counter]:
    """Lock the rows of the keys in one order, making those that are missing."""
    now = clock.now()
    Counter.objects.bulk_create(
        [Counter(kind=kind, source=source, since=now) for kind, source in sorted(keys)],
        ignore_conflicts=True,
    )
    rows: dict[str, Counter] = {}
    for kind, source in sorted(keys):
        rows[kind] = Counter.objects.select_for_update().get(kind=kind, source=source)
    return rows


def _is_locked(row: Counter, now: datetime) -> bool:
    return row.locked_until is not None and row.locked_until > now


def _add(row: Counter, limit: int, now: datetime, length: timedelta) -> None:
    if row.locked_until is not None or row.since <= now - length:
        row.failures, row.since, row.locked_until = 0, now, None
    row.failures += 1
    if row.failures >= limit:
        row.locked_until = now + length
