"""The indicator systems of the demo province: what is shipped, in force, not confirmed."""

from datetime import date

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.stages.performance import actions as performance
from cleanprod.stages.performance import shipped_systems

LOADED_ON = date(2023, 4, 10)


def load(by: Standing) -> None:
    """Load every shipped system as the province and put it in force."""
    with clock.fixed(LOADED_ON):
        for code in shipped_systems.codes():
            content = shipped_systems.content(code)
            kept = performance.load_system(content, f"{code}.json", by=by)
            performance.put_in_force(kept.pk, by=by)
