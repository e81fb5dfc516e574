"""Who may file the plan of a round, remark on it, fill its phases, choose its mode."""

from enum import StrEnum

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import WORKING, Act, Stage
from cleanprod.stages.phases.rules import PLANNABLE, WORKABLE

READERS = (Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ENTERPRISE)


class May(StrEnum):
    """What somebody may do here; the pages draw their buttons from it."""

    PLAN = "plan"
    START = "start"
    WORK = "work"
    REMARK = "remark"
    CHOOSE = "choose"


def open_to(standing: Standing, audit: Round) -> frozenset[May]:
    """Return what this person may do in a round now."""
    parts, stage = audits.parts(standing, audit), Stage(audit.stage)
    found = set()
    if Part.ENTERPRISE in parts:
        offered = ((May.PLAN, PLANNABLE), (May.WORK, WORKABLE))
        found |= {may for may, stages in offered if stage in stages}
        if any(move.act is Act.START for move in audits.moves(standing, audit)):
            found.add(May.START)
    if stage in WORKING:
        if parts & {Part.LEAD, Part.COUNTY}:
            found.add(May.REMARK)
        if Part.LEAD in parts:
            found.add(May.CHOOSE)
    return frozenset(found)
