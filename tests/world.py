"""The cast: two cities, both lines, a county, firms, a consultancy, an expert, a visitor."""

from dataclasses import dataclass
from datetime import date

from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import CodeState, Kind, Line, Role, Standing
from cleanprod.foundation.trail.actions import SYSTEM

FOSHAN, HUIZHOU, NANHAI, SHUNDE = "440600", "441300", "440605", "440606"
GUANGDONG = "440000"
TODAY = date(2023, 9, 28)

ROLES = (
    "province-industry",
    "province-ecology",
    "foshan-industry",
    "foshan-ecology",
    "huizhou-industry",
    "nanhai-industry",
    "shunde-industry",
    "red-star",
    "blue-sea",
    "consultancy",
    "expert",
    "support",
    "admin",
    "auditor",
)


@dataclass(frozen=True)
class Cast:
    """Everybody by name: their account and their standing."""

    people: dict[str, Person]
    standings: dict[str, Standing]
    offices: dict[str, Organisation]

    def __getitem__(self, name: str) -> Standing:
        return self.standings[name]


def _office(kind, name, **rest):
    return organisations.NewOrganisation(kind, name, province=GUANGDONG, **rest)


def _enter(offices):
    ids = organisations.enter_many([*offices.values()], by=SYSTEM)
    entered = Organisation.objects.in_bulk(ids)
    return {name: entered[pk] for name, pk in zip(offices, ids, strict=True)}


def _people(offices):
    people = [Person(username=name, name=f"{one.name}经办人") for name, one in offices.items()]
    for person in people:
        person.set_unusable_password()
    return {person.username: person for person in Person.objects.bulk_create(people)}


def make_cast() -> Cast:
    """Make the cast in the test database."""
    authority = Kind.AUTHORITY
    wanted = {
        "province-industry": _office(authority, "省工业和信息化厅", line=Line.INDUSTRY),
        "province-ecology": _office(authority, "省生态环境厅", line=Line.ECOLOGY),
        "foshan-industry": _office(
            authority, "佛山市工业和信息化局", line=Line.INDUSTRY, city=FOSHAN
        ),
        "foshan-ecology": _office(authority, "佛山市生态环境局", line=Line.ECOLOGY, city=FOSHAN),
        "huizhou-industry": _office(
            authority, "惠州市工业和信息化局", line=Line.INDUSTRY, city=HUIZHOU
        ),
        "nanhai-industry": _office(
            authority, "南海区经济促进局", line=Line.INDUSTRY, city=FOSHAN, county=NANHAI
        ),
        "shunde-industry": _office(
            authority, "顺德区经济促进局", line=Line.INDUSTRY, city=FOSHAN, county=SHUNDE
        ),
        "red-star": _office(
            Kind.ENTERPRISE, "红星水泥有限公司", city=FOSHAN, county=NANHAI,
            code="91440605MA00000017", code_state=CodeState.VALID,
        ),
        "blue-sea": _office(Kind.ENTERPRISE, "蓝海电镀有限公司", city=HUIZHOU),
        "consultancy": _office(Kind.CONSULTANCY, "清源咨询有限公司"),
        "expert": _office(Kind.POOL, "清洁生产专家库"),
        "support": _office(Kind.SUPPORT, "环境科学研究院"),
        "admin": _office(Kind.OPERATOR, "平台运维"),
    }  # fmt: skip
    offices = _enter(wanted)
    offices["auditor"] = offices["admin"]
    people = _people(offices)
    for name, person in people.items():
        organisations.appoint(person, offices[name], _role(name), by=SYSTEM, on=date(2020, 1, 1))
    # Tests sign people in directly; the way through the one-time code is tested in accounts.
    Person.objects.update(needs_code=False)
    standings = {name: standing_of(person) for name, person in people.items()}
    return Cast(people, {k: s for k, s in standings.items() if s}, offices)


def _role(name: str) -> Role:
    if name.startswith("province-"):
        return Role.PROVINCE
    if name.startswith(("foshan-", "huizhou-")):
        return Role.CITY
    if name.startswith(("nanhai-", "shunde-")):
        return Role.COUNTY
    if name in ("red-star", "blue-sea"):
        return Role.ENTERPRISE
    return Role(name)
