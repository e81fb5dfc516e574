"""Who may file the plan of a round, remark on it, fill its phases, choose its mode.

A consultancy stands in the enterprise's place as far as its engagement goes today.
"""

from collections.abc import Mapping
from enum import StrEnum

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Act, Stage
from cleanprod.stages.phases.rules import PLANNABLE, WORKABLE
from cleanprod.stages.registration import access as registration
from cleanprod.stages.registration.rules import Scope

OWNERS = (Role.ENTERPRISE, Role.CONSULTANCY)
READERS = (Role.PROVINCE, Role.CITY, Role.COUNTY, *OWNERS)


class May(StrEnum):
    """What somebody may do here; the pages draw their buttons from it."""

    PLAN = "plan"
    START = "start"
    WORK = "work"
    REMARK = "remark"
    CHOOSE = "choose"


# What a consultancy needs to be engaged for; what is filed in the enterprise's name, to submit.
SCOPES: Mapping[May, Scope] = {
    May.PLAN: Scope.SUBMIT, May.START: Scope.SUBMIT, May.WORK: Scope.FILL,
}  # fmt: skip


def open_to(standing: Standing, audit: Round) -> frozenset[May]:
    """Return what this person may do in a round now."""
    parts, stage = audits.parts(standing, audit), Stage(audit.stage)
    found = {may for may, scope in SCOPES.items() if _owner_may(may, standing, audit, scope)}
    if stage in WORKING:
        if parts & {Part.LEAD, Part.COUNTY}:
            found.add(May.REMARK)
        if Part.LEAD in parts:
            found.add(May.CHOOSE)
    return frozenset(found)


def _owner_may(may: May, standing: Standing, audit: Round, scope: Scope) -> bool:
    by = registration.as_whom(standing, audit, scope)
    if Part.ENTERPRISE not in audits.parts(by, audit):
        return False
    if may is May.START:
        return any(move.act is Act.START for move in audits.moves(by, audit))
    return audit.stage in (PLANNABLE if may is May.PLAN else WORKABLE)
