"""Let a firm at each stage, and the experts who are scoring, sign in on the demo's page."""

from collections.abc import Iterator

from cleanprod.faces.cli.demo import people, registering
from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import DemoGroup
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.scoring.models import Member
from cleanprod.stages.scoring.rules import State

CITY = "440600"
_HELPED = (Stage.PLANNED, Stage.STARTED, Stage.SUBMITTED)  # by the firm of `consultancy-demo`


def load() -> None:
    """Give accounts to firms of 佛山, one for each place of a round, and offer experts at work."""
    taken = {Organisation.objects.get(memberships__person__username="enterprise-demo").pk}
    for name, note, audit in _places():
        if audit.enterprise_id not in taken:
            taken.add(audit.enterprise_id)
            firm = _firm(name, note, audit)
            if audit.stage in _HELPED:
                registering.engage(audit, firm)
    working = Member.objects.filter(sitting__state=State.SCORING, signed_at=None)
    for person in sorted(set(working.values_list("person_id", flat=True))):
        accounts.offer(person, "评估验收专家（正在评分）", DemoGroup.EXPERT, by=SYSTEM)


def _places() -> Iterator[tuple[str, str, Round]]:
    """Return each place of a round once, with a name for the account and what it is called."""
    hearings = Hearing.objects.filter(round__city=CITY).select_related("round").order_by("-pk")
    for one in {(found.step, found.state): found for found in hearings}.values():
        said = f"{one.get_step_display()}{one.get_state_display()}"
        yield f"enterprise-{one.step}-{one.state}", said, one.round
    for stage in Stage:
        if stage is not Stage.LISTED:
            rounds = Round.objects.filter(stage=stage, hearings=None)
            here = rounds.filter(city=CITY).order_by("-list_year", "-pk").first()
            audit = here or rounds.order_by("-pk").first()
            if audit is not None:
                yield f"enterprise-{stage.value}", stage.label, audit


def _firm(name: str, note: str, audit: Round) -> Standing:
    new = accounts.NewPerson(
        name.replace("_", "-"), "演示企业经办人", demo_note=f"{note}：{audit.name}",
        demo_group=DemoGroup.ENTERPRISE.value,
    )  # fmt: skip
    with clock.fixed(people.SINCE):
        person = accounts.create_people([new], by=SYSTEM)[0]
        office = Organisation.objects.get(pk=audit.enterprise_id)
        organisations.appoint(person, office, Role.ENTERPRISE, by=SYSTEM, on=people.SINCE)
    return Standing(
        person.pk, person.name, Role.ENTERPRISE, office.pk, office.name, city=audit.city_id
    )
