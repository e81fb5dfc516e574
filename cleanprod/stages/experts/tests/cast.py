"""A pool of experts, rounds to review and panels, in few words."""

from dataclasses import replace
from datetime import date

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.models import Membership
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.experts import actions, appointing, seats
from cleanprod.stages.experts.appointing import NewPanel
from cleanprod.stages.experts.models import Appointment, Expert
from cleanprod.stages.experts.rules import Purpose, SeatAct
from tests import flow
from tests.world import FOSHAN, TODAY

LEAD, PARTNER, PROVINCE = "foshan-ecology", "foshan-industry", "province-ecology"
MEETING = TODAY


def application(name="李专家", **changes):
    """Return what somebody says of themselves."""
    said = {
        "name": name, "phone": "13812341234", "mail": "li@example.org",
        "identity": "440600198001011234", "title": "高级工程师", "level": "deputy",
        "employer": f"{name}研究院", "city_id": FOSHAN, "trades": ["33"],
        "fields": ["cleaner", "environment"],
    }  # fmt: skip
    return actions.Application(**(said | changes))


def expert(cast, name="李专家", number=1, **changes):
    """Let somebody join the pool without an account of their own making."""
    said = application(name, phone=f"139{number:08}", identity="", **changes)
    made, _ = actions.apply(said, file=None, by=cast[PROVINCE])
    return actions.confirm(made.pk, by=cast[PROVINCE]).expert


def pool(cast, number=12, **changes):
    """Fill the pool by rows rather than by acts; of three experts two have senior titles."""
    levels = ("chief", "deputy", "middle")
    people = Person.objects.bulk_create(
        Person(username=f"pool{n}", name=f"专家{n}", password="!") for n in range(number)
    )
    Membership.objects.bulk_create(
        Membership(
            person=person, organisation=cast.offices["expert"], role=Role.EXPERT, since=TODAY
        )
        for person in people
    )  # fmt: skip
    rows = []
    for n, person in enumerate(people):
        said = {
            "name": person.name, "phone": f"137{n:08}", "mail": f"e{n}@example.org",
            "title": "工程师", "level": levels[n % 3], "employer": f"第{n}研究院",
            "trades": ["33"] if n % 2 else ["30"],
            "fields": ["environment"] if n % 3 else ["process"],
            "state": "pool", "applied_on": TODAY, "person": person,
        }  # fmt: skip
        rows.append(Expert(**(said | changes)))
    return Expert.objects.bulk_create(rows)


def rounds(cast, number=2, by=LEAD):
    """List some firms, and return their rounds."""
    flow.listed(cast, flow.firms(number), by=by)
    Round.objects.update(industry="3360")
    return list(Round.objects.order_by("pk"))


def panel(cast, chosen=None, by=LEAD, size=3, on=MEETING, **consultancies):
    """Make a panel for rounds."""
    chosen = rounds(cast, by=by) if chosen is None else chosen
    new = NewPanel(
        Purpose.ACCEPTANCE, on, size, tuple(one.pk for one in chosen),
        {one.pk: consultancies.get("consultancy", "") for one in chosen}, "市节能大厦",
    )  # fmt: skip
    return appointing.form_panel(new, by=cast[by])


def drawn(cast, by=LEAD, **kwargs):
    """Make a panel and draw it."""
    made = panel(cast, by=by, **kwargs)
    appointing.draw_panel(made.pk, by=cast[by])
    made.refresh_from_db()
    return made


def accept_all(cast, made, by=LEAD):
    """Write down that all asked experts accepted."""
    for seat in Appointment.objects.filter(panel=made, state__in=["drawn", "invited"]):
        seats.answer(seat.pk, SeatAct.ACCEPT, reason="电话答复", by=cast[by])


def opened(cast, **kwargs):
    """Bring a panel to its meeting."""
    made = drawn(cast, **kwargs)
    accept_all(cast, made)
    return appointing.open_meeting(made.pk, by=cast[kwargs.get("by", LEAD)])


def standing_of(expert):
    """Return the standing of an expert."""
    return Standing(expert.person_id, expert.name, Role.EXPERT)


def colleague(cast, by=LEAD):
    """Return somebody else of the same department."""
    return replace(cast[by], person_id=999_999, person_name="科长")


AFTER = date(2023, 11, 3)
