"""What a round would hand in now, and what it handed in."""

import hashlib
import json
from collections.abc import Iterable

from django.db.models import QuerySet

from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.web import asked
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials import queries as materials
from cleanprod.stages.materials.models import Version
from cleanprod.stages.measures import queries as measures
from cleanprod.stages.submissions import access, rules
from cleanprod.stages.submissions.models import Declaration, Submission
from cleanprod.stages.submissions.rules import GATES, Purpose, Set, State


def current(audit: Round, purpose: Purpose = Purpose.REPORT) -> Set:
    """Return what the round would hand in now: the newest version of each item, and the sheet."""
    newest = materials.latest(audit, GATES[purpose])
    order = [one.key for one in materials.items(audit, GATES[purpose])]
    sheet = measures.sheet_of(audit)
    return Set(
        tuple(piece(newest[key]) for key in order if key in newest),
        sheet.version if sheet else 0,
        _sheet_sha256(sheet.totals) if sheet else "",
    )


def piece(version: Version) -> rules.Piece:
    """Return a version as it is handed in."""
    return rules.Piece(
        version.pk, version.item, version.title, version.number, version.get_draft_display(),
        version.file.sha256, version.file.size,
    )  # fmt: skip


def _sheet_sha256(totals: object) -> str:
    text = json.dumps(totals, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seen(audit: Round, mark: str) -> tuple[list[rules.Piece], int]:
    """Return the versions and the sheet that a form's mark speaks of; nonsense is nothing."""
    versions, _, sheet = mark.partition("~")
    keys = asked.keys(versions.split("."))
    rows = Version.objects.filter(round=audit, pk__in=keys).select_related("file")
    return [piece(one) for one in rows.order_by("item")], asked.whole(sheet) or 0


def last(audit: Round, purpose: Purpose = Purpose.REPORT) -> Submission | None:
    """Return the latest submission of a round."""
    rows = Submission.objects.filter(round=audit, purpose=purpose.value)
    return rows.select_related("receipt", "round").order_by("-number").first()


def declared(audit: Round, content: str) -> QuerySet[Declaration]:
    """Return the declarations that speak of exactly this set of materials."""
    return Declaration.objects.filter(round=audit, content=content).order_by("pk")


def waiting(standing: Standing) -> QuerySet[Submission]:
    """Return the submissions that wait for this person's department, or were returned to it.

    A city department sees those it leads, a county those of its place; an enterprise or a
    consultancy those that came back and were not handed in again.
    """
    found = access.visible_to(standing)
    if standing.role is Role.CITY:
        return found.filter(access.in_state(State.WAITING), round__lead=standing.line)
    if standing.role is Role.COUNTY:
        return found.filter(access.in_state(State.WAITING))
    returned = found.filter(access.in_state(State.RETURNED), round__stage=Stage.STARTED)
    return returned.order_by("round", "-number").distinct("round")


def pieces_of(submission: Submission) -> Iterable[Version]:
    """Return the versions that were handed in, in the order of the checklist."""
    rows = submission.pieces.select_related("version__file").order_by("place")
    return [one.version for one in rows]
