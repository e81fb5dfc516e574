"""Who acts in the demo province: departments, a few counties, one of every other role."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.conf import settings

from cleanprod.faces.cli.demo.words import CONSULTANCIES
from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import DemoGroup, Person
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role, Standing
from cleanprod.foundation.trail.actions import SYSTEM

COUNTIES_OF = ("440600", "441900", "441300")  # their county offices get people, too
SINCE = date(2021, 1, 1)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person to be made: account, office, role, and the button on the sign-in page."""

    username: str
    office: Organisation
    role: Role
    group: DemoGroup
    note: str


def make_people() -> dict[str, Standing]:
    """Enter offices, make one person for each, and return their standings by account."""
    organisations.enter_authorities(settings.PROVINCE_CODE, by=SYSTEM)
    consultancies = organisations.enter_many(
        [
            organisations.NewOrganisation(Kind.CONSULTANCY, name, province=settings.PROVINCE_CODE)
            for name in CONSULTANCIES
        ],
        by=SYSTEM,
    )
    seats = [*_authorities(), *_others(Organisation.objects.get(pk=consultancies[0]))]
    people = accounts.create_people(
        [
            accounts.NewPerson(
                seat.username, f"{_title(seat)}", demo_note=seat.note, demo_group=seat.group.value
            )
            for seat in seats
        ],
        by=SYSTEM,
    )
    for person, seat in zip(people, seats, strict=True):
        organisations.appoint(person, seat.office, seat.role, by=SYSTEM, on=SINCE)
    found = {person.username: standing_of(person) for person in people}
    return {username: standing for username, standing in found.items() if standing}


def _title(seat: Seat) -> str:
    return "演示企业经办人" if seat.role is Role.ENTERPRISE else "演示经办人"


def _authorities() -> Iterator[Seat]:
    offices = Organisation.objects.authorities().select_related("city").order_by("pk")
    for office in offices:
        if office.county_id:
            if office.city_id in COUNTIES_OF:
                yield Seat(
                    f"county-{office.county_id}-{office.line}", office, Role.COUNTY,
                    DemoGroup.COUNTY, office.name,
                )  # fmt: skip
        elif office.city_id:
            yield Seat(
                f"city-{office.city_id}-{office.line}", office, Role.CITY, DemoGroup.CITY,
                office.name,
            )  # fmt: skip
        else:
            yield Seat(
                f"province-{office.line}", office, Role.PROVINCE, DemoGroup.PROVINCE, office.name
            )


def _others(consultancy: Organisation) -> Iterator[Seat]:
    def office(kind: Kind, name: str) -> Organisation:
        return organisations.enter(
            organisations.NewOrganisation(kind, name, province=settings.PROVINCE_CODE), by=SYSTEM
        )

    operator = office(Kind.OPERATOR, "平台运维（演示）")
    yield Seat(
        "consultancy-demo", consultancy, Role.CONSULTANCY, DemoGroup.CONSULTANCY, consultancy.name
    )
    pool = office(Kind.POOL, "清洁生产专家库（演示）")
    yield Seat("expert-demo", pool, Role.EXPERT, DemoGroup.EXPERT, "评估验收专家")
    support = office(Kind.SUPPORT, "技术支撑单位（演示）")
    yield Seat("support-demo", support, Role.SUPPORT, DemoGroup.SYSTEM, "技术支撑单位")
    yield Seat("admin-demo", operator, Role.ADMIN, DemoGroup.SYSTEM, "系统管理员")
    yield Seat("auditor-demo", operator, Role.AUDITOR, DemoGroup.SYSTEM, "安全审计员")


def consultancy() -> Organisation:
    """Return the firm of `consultancy-demo`."""
    return Organisation.objects.get(
        kind=Kind.CONSULTANCY, memberships__person__username="consultancy-demo"
    )


def make_enterprise_person(office: Organisation) -> Person:
    """Make the account `enterprise-demo` for a listed firm."""
    person = accounts.create_people(
        [
            accounts.NewPerson(
                "enterprise-demo", "演示企业经办人", demo_note=office.name,
                demo_group=DemoGroup.ENTERPRISE.value,
            )
        ],
        by=SYSTEM,
    )[0]  # fmt: skip
    organisations.appoint(person, office, Role.ENTERPRISE, by=SYSTEM, on=SINCE)
    return person
