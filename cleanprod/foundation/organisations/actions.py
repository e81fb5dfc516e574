"""Every write on organisations and memberships."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import CodeState, Kind, Line, Role
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed
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
