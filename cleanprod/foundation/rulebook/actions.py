"""Amend what a rule says."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import access, queries
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.foundation.rulebook.rules import Status, Unit, check_value
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, Refused
from cleanprod.kernel.period import Period


@transaction.atomic
def amend(
    key: str,
    *,
    value: Any,
    effective_from: date,
    basis: str,
    source: str,
    confirmed: bool,
    by: Standing,
) -> Provision:
    """Let a rule say something else from a day on, until its next provision if there is one.

    The provision in force that day ends the day before. Refused: an unknown key, a value that the
    readers could not use, a missing basis, a day on which another provision already begins.
    """
    access.check_may_amend(by)
    if not basis.strip():
        raise Refused("请写明依据")
    versions = list(queries.history(key).select_for_update())
    if not versions:
        raise Refused(f"规则库中没有规定“{key}”")
    if any(row.effective_from == effective_from for row in versions):
        raise Conflict(f"已有自{effective_from}起施行的规定，请另选施行日期")
    latest = versions[-1]
    check_value(value, unit=Unit(latest.unit), before=latest.value)
    until = _make_room(versions, effective_from)
    row = Provision.objects.create(
        key=key,
        version=max(old.version for old in versions) + 1,
        effective_from=effective_from,
        effective_to=until,
        value=value,
        unit=latest.unit,
        title=latest.title,
        basis=basis.strip(),
        source=source.strip(),
        status=Status.CONFIRMED if confirmed else Status.UNCONFIRMED,
    )
    _tell_trail(row, versions, by=by)
    return row


def _make_room(versions: list[Provision], start: date) -> date | None:
    """End the provision in force on the start day, and return the last free day from there on."""
    eve = start - timedelta(days=1)
    for row in versions:
        if start in Period(row.effective_from, row.effective_to):
            until, row.effective_to = row.effective_to, eve
            row.save(update_fields=["effective_to"])
            return until
    later = [row.effective_from for row in versions if row.effective_from > start]
    return min(later) - timedelta(days=1) if later else None


def _tell_trail(row: Provision, versions: list[Provision], *, by: Standing) -> None:
    earlier = [old for old in versions if old.effective_from < row.effective_from]
    before = earlier[-1] if earlier else None
    trail.record(
        trail.Line(
            act="provision:amend",
            verb="修改规定",
            subject=f"provision:{row.pk}",
            label=row.title,
            before=_as_json(before) if before else None,
            after=_as_json(row),
            reason=row.basis,
        ),
        by=by,
    )


def _as_json(row: Provision) -> dict[str, Any]:
    return {
        "key": row.key,
        "version": row.version,
        "value": row.value,
        "effective_from": row.effective_from.isoformat(),
        "effective_to": row.effective_to.isoformat() if row.effective_to else None,
        "status": row.status,
    }
