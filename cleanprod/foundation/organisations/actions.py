"""Every write on organisations and memberships."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import CodeState, Kind, Line, Role
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.names import comparable

_TABLE = Organisation._meta.db_table
_COLUMNS = (
    "id", "kind", "name", "comparable", "code", "code_state", "line", "province", "city_id",
    "county_id", "industry", "address", "phone", "merged_into_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What is known of an organisation when it is entered."""

    kind: Kind
    name: str
    code: str = ""
    code_state: CodeState = CodeState.NONE
    line: Line | None = None
    province: str = ""
    city: str | None = None
    county: str | None = None
    industry: str = ""
    address: str = ""
    phone: str = ""


def enter_many(rows: Sequence[NewOrganisation], *, by: trail.Actor) -> list[int]:
    """Enter organisations in the order given and return their ids."""
    if not rows:
        return []
    with transaction.atomic():
        ids = bulk.take_ids(_TABLE, len(rows))
        bulk.copy_rows(
            _TABLE,
            _COLUMNS,
            (
                (
                    pk, row.kind.value, row.name, comparable(row.name), row.code,
                    row.code_state.value, row.line.value if row.line else "", row.province,
                    row.city, row.county, row.industry, row.address, row.phone, None,
                )
                for pk, row in zip(ids, rows, strict=True)
            ),
        )  # fmt: skip
        trail.record_many(
            (
                trail.Line(
                    act="organisation:enter",
                    verb=f"登记{row.kind.label}",
                    subject=f"organisation:{pk}",
                    label=row.name,
                    after={"code": row.code, "code_state": row.code_state.value},
                    dossier=pk if row.kind is Kind.ENTERPRISE else None,
                    city=row.city or "",
                )
                for pk, row in zip(ids, rows, strict=True)
            ),
            by=by,
        )
    return ids


def enter(row: NewOrganisation, *, by: trail.Actor) -> Organisation:
    """Enter one organisation."""
    return Organisation.objects.get(pk=enter_many([row], by=by)[0])


ROLES_OF_KIND = {
    Kind.AUTHORITY: {Role.PROVINCE, Role.CITY, Role.COUNTY},
    Kind.ENTERPRISE: {Role.ENTERPRISE},
    Kind.CONSULTANCY: {Role.CONSULTANCY},
    Kind.SUPPORT: {Role.SUPPORT},
    Kind.POOL: {Role.EXPERT},
    Kind.OPERATOR: {Role.ADMIN, Role.AUDITOR},
}


SIGN_IN_WITH_CODE = frozenset({Role.PROVINCE, Role.CITY, Role.COUNTY, Role.ADMIN, Role.AUDITOR})


@transaction.atomic
def appoint(
    person: Person,
    organisation: Organisation,
    role: Role,
    *,
    by: trail.Actor,
    on: date | None = None,
) -> Membership:
    """Let a person act for an organisation; doing it twice changes nothing.

    Officials and administrators sign in with a one-time code from then on.
    """
    if role not in ROLES_OF_KIND[Kind(organisation.kind)]:
        raise NotAllowed(f"{Kind(organisation.kind).label}不能设“{role.label}”角色")
    membership, created = Membership.objects.get_or_create(
        person=person,
        organisation=organisation,
        role=role,
        until=None,
        defaults={"since": on or clock.today()},
    )
    if created:
        if role in SIGN_IN_WITH_CODE:
            accounts.require_codes([person.pk], by=by)
        trail.record(
            trail.Line(
                act="membership:appoint",
                verb="授予角色",
                subject=f"person:{person.pk}",
                label=person.name,
                after={"organisation": organisation.name, "role": role.value},
                city=organisation.city_id or "",
            ),
            by=by,
        )
    return membership


@transaction.atomic
def dismiss(membership_id: int, *, by: trail.Actor, reason: str, on: date | None = None) -> None:
    """End a membership from this day on."""
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    if membership.until is not None:
        return
    membership.until = on or clock.today()
    membership.save(update_fields=["until"])
    trail.record(
        trail.Line(
            act="membership:dismiss",
            verb="撤销角色",
            subject=f"person:{membership.person_id}",
            label=membership.person.name,
            before={"organisation": membership.organisation.name, "role": membership.role},
            reason=reason,
            city=membership.organisation.city_id or "",
        ),
        by=by,
    )


@transaction.atomic
def rename(organisation_id: int, *, name: str, reason: str, by: trail.Actor) -> Organisation:
    """Give an organisation its new name; what was listed keeps the name of its day."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before, organisation.name = organisation.name, name
    organisation.comparable = comparable(name)
    organisation.save(update_fields=["name", "comparable"])
    trail.record(
        trail.Line(
            act="organisation:rename",
            verb="更名",
            subject=f"organisation:{organisation.pk}",
            label=name,
            before={"name": before},
            after={"name": name},
            reason=reason,
            dossier=organisation.pk if organisation.kind == Kind.ENTERPRISE else None,
            city=organisation.city_id or "",
        ),
        by=by,
    )
    return organisation


@transaction.atomic
def set_phone(organisation_id: int, *, phone: str, by: trail.Actor) -> Organisation:
    """Give an organisation its office phone, which enterprises of its rounds read."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before, organisation.phone = organisation.phone, phone.strip()
    if before != organisation.phone:
        organisation.save(update_fields=["phone"])
        after: dict[str, str | None] = {"phone": organisation.phone}
        _changed(organisation, "phone", "登记办公电话", {"phone": before}, after, "", by)
    return organisation


@transaction.atomic
def move(
    organisation_id: int, *, city: str, county: str | None, reason: str, by: trail.Actor
) -> Organisation:
    """Give an organisation its new place; what was listed keeps the place of its day."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation_id)
    before = {"city": organisation.city_id, "county": organisation.county_id}
    organisation.city_id, organisation.county_id = city, county
    organisation.save(update_fields=["city", "county"])
    _changed(organisation, "move", "迁移", before, {"city": city, "county": county}, reason, by)
    return organisation


@transaction.atomic
def merge(organisation_id: int, *, into: int, reason: str, by: trail.Actor) -> Organisation:
    """Merge an organisation into another one; its people act for that one from now on.

    Records that were merged into it before point at the new one, so that one step always leads
    to whoever took over.
    """
    rows = Organisation.objects.select_for_update().filter(pk__in=[organisation_id, into])
    both = {one.pk: one for one in rows.order_by("pk")}
    gone, stays = both[organisation_id], both.get(into)
    if stays is None or stays.pk == gone.pk or stays.kind != gone.kind:
        raise Refused("请选择另一家企业作为并入企业")
    if gone.merged_into_id or stays.merged_into_id:
        raise Refused("其中一家企业已并入其他企业，请核对")
    gone.merged_into = stays
    gone.save(update_fields=["merged_into"])
    Organisation.objects.filter(merged_into=gone).update(merged_into=stays)
    live = Membership.objects.filter(organisation=gone, until=None).select_related("person")
    for membership in list(live.order_by("pk")):
        appoint(membership.person, stays, Role(membership.role), by=by)
        dismiss(membership.pk, reason=reason, by=by)
    _changed(gone, "merge", "合并", {"name": gone.name}, {"name": stays.name}, reason, by)
    return gone


def _changed(
    organisation: Organisation,
    act: str,
    verb: str,
    before: dict[str, str | None],
    after: dict[str, str | None],
    reason: str,
    by: trail.Actor,
) -> None:
    trail.record(
        trail.Line(
            act=f"organisation:{act}",
            verb=verb,
            subject=f"organisation:{organisation.pk}",
            label=organisation.name,
            before=before,
            after=after,
            reason=reason,
            dossier=organisation.pk if organisation.kind == Kind.ENTERPRISE else None,
            city=organisation.city_id or "",
        ),
        by=by,
    )


def enter_authorities(province: str, *, by: trail.Actor) -> int:
    """Enter the departments of both lines for a province, its cities and their counties.

    Those that exist are left as they are; return how many were entered.
    """
    known = set(
        Organisation.objects.authorities()
        .filter(province=province)
        .values_list("line", "city_id", "county_id")
    )
    wanted = [
        row
        for line in Line
        for row in _authorities(province, line)
        if (line.value, row.city, row.county) not in known
    ]
    return len(enter_many(wanted, by=by))


def _authorities(province: str, line: Line) -> Iterator[NewOrganisation]:
    region = territory.region(province)
    if region is None:
        raise Refused(f"没有代码为“{province}”的省")
    suffix = {
        Line.INDUSTRY: ("工业和信息化厅", "工业和信息化局"),
        Line.ECOLOGY: ("生态环境厅", "生态环境局"),
    }
    at_province, at_city = suffix[line]
    whole = Kind.AUTHORITY, f"{region.name}{at_province}"
    yield NewOrganisation(*whole, line=line, province=province)
    for city in territory.cities(province):
        office = f"{city.name}{at_city}"
        yield NewOrganisation(Kind.AUTHORITY, office, line=line, province=province, city=city.code)
        for county in territory.below(city.code):
            name = (
                f"{office}{county.short_name}分局"
                if line is Line.ECOLOGY
                else f"{county.name}工业和信息化主管部门"
            )
            yield NewOrganisation(
                Kind.AUTHORITY, name, line=line, province=province, city=city.code,
                county=county.code,
            )  # fmt: skip


def role_in(organisation: Organisation) -> Role | None:
    """Return the role that follows from an organisation; None where the administrator chooses."""
    if organisation.kind == Kind.AUTHORITY:
        if organisation.county_id:
            return Role.COUNTY
        return Role.CITY if organisation.city_id else Role.PROVINCE
    only = ROLES_OF_KIND[Kind(organisation.kind)]
    return next(iter(only)) if len(only) == 1 else None


@transaction.atomic
def engage(
    organisation_id: int,
    *,
    username: str,
    name: str,
    role: Role | None,
    email: str,
    by: trail.Actor,
) -> tuple[Person, str]:
    """Make an account for a person of an organisation; return it with its one-time password.

    The person must change the password at the first sign-in.
    """  # fmt: skip
    organisation = Organisation.objects.get(pk=organisation_id)
    chosen = role_in(organisation) or role
    if chosen is None:
        raise Refused("请选择角色")
    password = secrets.token_urlsafe(12)
    person = accounts.create_person(
        username, name, by=by, needs_code=chosen in SIGN_IN_WITH_CODE, email=email,
        password=password, must_change_password=True,
    )  # fmt: skip
    appoint(person, organisation, chosen, by=by)
    return person, password
