"""The turn of the last year in the demo: unfinished rounds of every department go on."""

from collections.abc import Mapping
from datetime import date

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.audits import carrying


def carry(who: Mapping[str, Standing]) -> None:
    """Carry what is unfinished over from last year, as each department does on its last day."""
    year = plan.TODAY.year - 1
    with clock.fixed(date(year, 12, 31)):
        for by in who.values():
            rounds = list(carrying.unfinished(by, year).values_list("pk", flat=True))
            if by.role is Role.CITY and rounds:
                note = "年底没有完成，转入下年继续开展（演示）"
                carrying.carry_over(year, rounds, seen=len(rounds), note=note, by=by)
