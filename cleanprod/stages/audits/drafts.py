"""The notice that a person prepares for a list, kept until it is recorded or thrown away."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from hashlib import sha256
from typing import Any

from django.db import transaction

from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.audits.models import AmendmentDraft
from cleanprod.stages.audits.rules import Change, ChangeLine, Notice
from cleanprod.stages.programme.models import Batch


def draft_of(batch: Batch, by: Standing) -> AmendmentDraft:
    """Return what this person has prepared for the list so far; empty when there is nothing."""
    return AmendmentDraft.objects.filter(
        batch=batch, person_id=by.person_id
    ).first() or AmendmentDraft(batch=batch, person_id=by.person_id or 0)


def lines_of(draft: AmendmentDraft) -> list[ChangeLine]:
    """Return the lines that were chosen."""
    return [
        ChangeLine(int(entry), Change(change), reason)
        for entry, (change, reason) in draft.lines.items()
    ]


def notice_of(draft: AmendmentDraft) -> Notice | None:
    """Return what the notice says of itself, once it was typed."""
    if not draft.notice:
        return None
    return Notice(**{**draft.notice, "on": date.fromisoformat(draft.notice["on"])})


def fingerprint(draft: AmendmentDraft) -> str:
    """Return a mark of the content, so that only what was looked at is confirmed."""
    content = json.dumps([draft.notice, draft.lines], sort_keys=True, default=str)
    return sha256(content.encode()).hexdigest()


@transaction.atomic
def choose(
    batch: Batch, shown: Collection[int], lines: Iterable[ChangeLine], *, by: Standing
) -> int:
    """Put these lines in the place of whatever was chosen for the rows shown; return how many."""
    draft = _locked(batch, by)
    chosen = {entry: line for entry, line in draft.lines.items() if int(entry) not in shown}
    chosen |= {str(line.entry): [line.change.value, line.reason] for line in lines}
    draft.lines = chosen
    draft.save(update_fields=["lines", "changed_at"])
    return len(chosen)


@transaction.atomic
def word(batch: Batch, notice: dict[str, Any], *, by: Standing) -> None:
    """Keep what the notice says of itself."""
    draft = _locked(batch, by)
    draft.notice = {**notice, "on": notice["on"].isoformat()}
    draft.save(update_fields=["notice", "changed_at"])


def discard(batch: Batch, *, by: Standing) -> None:
    """Throw the prepared notice away."""
    AmendmentDraft.objects.filter(batch=batch, person_id=by.person_id).delete()


def _locked(batch: Batch, by: Standing) -> AmendmentDraft:
    AmendmentDraft.objects.get_or_create(batch=batch, person_id=by.person_id)
    return AmendmentDraft.objects.select_for_update().get(batch=batch, person_id=by.person_id)
