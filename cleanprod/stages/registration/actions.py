"""Issue claim codes, let an enterprise take its record over, and look after its contacts."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from cleanprod.foundation.accounts import actions as accounts
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.models import Membership, Organisation
from cleanprod.foundation.organisations.rules import Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel import credit_code
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.kernel.names import comparable
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.registration import messages, queries
from cleanprod.stages.registration.models import Code, Contact
from cleanprod.stages.registration.rules import (
    ALPHABET,
    LENGTH,
    MANAGERS,
    CodeKind,
    ContactAct,
    Rank,
    digest,
    may_issue,
    open_acts,
    read_code,
    spelt,
)

WRONG = "代码或认领码不正确，或者认领码已使用、已过期。请核对注册告知函，或请发函部门重新发放"
_COLUMNS = (
    "enterprise_id", "kind", "digest", "batch_id", "invited", "reached", "issued_on",
    "expires_on", "person_id", "person_name", "office_name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Issued:
    """A code as it was issued, in plain; it exists in this answer only."""

    enterprise: int
    code: str
    expires_on: date


@dataclass(frozen=True, slots=True)
class NewAccount:
    """The account that somebody makes while claiming."""

    username: str
    name: str
    phone: str
    email: str
    password: str


def _draw() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _locked_in_order(enterprises: Collection[int]) -> list[Organisation]:
    """Lock enterprises in key order: codes and contacts change under this lock only."""
    rows = Organisation.objects.select_for_update().filter(pk__in=bulk.in_order(enterprises))
    return list(rows.order_by("pk"))


@transaction.atomic
def issue(batch_id: int, entries: Collection[int] | None, *, by: Standing) -> list[Issued]:
    """Issue claim codes to enterprises of a published list, in the order of the list.

    Without `entries` to all that have none that holds. Older codes are void from now on; those
    who claimed already get none. The plain codes are returned and kept nowhere.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.stage != BatchStage.PUBLISHED:
        raise Refused("名单公布后才能发放认领码")
    if not may_issue(by, city=batch.city_id, lead=batch.lead):
        raise NotAllowed("认领码由名单的牵头部门或企业所在县区发放")
    found = queries.claimable(batch, by).filter(claimed=False)
    chosen = found.filter(pk__in=entries) if entries is not None else queries.without_code(found)
    firms = list(chosen.order_by("row", "pk").values_list("enterprise_id", flat=True))
    return _issue(firms, batch=batch.pk, by=by)


def issue_again(enterprise: Organisation, *, by: trail.Actor) -> Issued:
    """Issue a claim code to one enterprise whose contacts were ended; the caller has checked."""
    return _issue([enterprise.pk], batch=None, by=by)[0]


def _issue(firms: list[int], *, batch: int | None, by: trail.Actor) -> list[Issued]:
    today = clock.today()
    until = today + timedelta(int(rulebook.value("registration.claim.days", on=today).value))
    names = {firm.pk: firm for firm in _locked_in_order(firms)}
    Code.objects.unused().filter(enterprise__in=firms, kind=CodeKind.CLAIM).update(voided_on=today)
    issued = [Issued(firm, _draw(), until) for firm in firms]
    bulk.copy_rows(
        Code._meta.db_table,
        _COLUMNS,
        (
            (
                one.enterprise, CodeKind.CLAIM.value, digest(one.code), batch, "", "", today, until,
                by.person_id, by.person_name, by.office_name,
            )
            for one in issued
        ),
    )  # fmt: skip
    trail.record_many(
        (
            trail.Line(
                act="registration:issue",
                verb="发放认领码",
                subject=f"organisation:{one.enterprise}",
                label=names[one.enterprise].name,
                after={"list": batch, "expires_on": until.isoformat()},
                dossier=one.enterprise,
                city=names[one.enterprise].city_id or "",
            )
            for one in issued
        ),
        by=by,
    )
    return [Issued(one.enterprise, spelt(one.code), until) for one in issued]


@transaction.atomic
def claim(typed_firm: str, typed_code: str, account: NewAccount) -> Person:
    """Make the account of somebody who holds a code, as first or as invited contact.

    Wrong, used, expired and unknown are refused in the same words. A claim records the fact
    企业注册 in the open round and settles the duty to register.
    """
    code = _usable(typed_firm, typed_code)
    firm = code.enterprise
    person = accounts.create_people(
        [
            accounts.NewPerson(
                account.username, account.name, email=account.email, phone=account.phone,
                password=account.password,
            )
        ],
        by=accounts.Oneself(None, account.name, firm.pk, firm.name),
    )[0]  # fmt: skip
    actor = accounts.Oneself(person.pk, account.name, firm.pk, firm.name)
    membership = organisations.appoint(person, firm, Role.ENTERPRISE, by=actor)
    first = code.kind == CodeKind.CLAIM
    Contact.objects.create(membership=membership, rank=Rank.FIRST if first else Rank.SECOND)
    code.used_on = clock.today()
    code.save(update_fields=["used_on"])
    trail.record(
        trail.Line(
            act="registration:claim",
            verb="认领企业" if first else "接受邀请成为联系人",
            subject=f"organisation:{firm.pk}",
            label=firm.name,
            after={"name": account.name, "rank": (Rank.FIRST if first else Rank.SECOND).label},
            dossier=firm.pk,
            city=firm.city_id or "",
        ),
        by=actor,
    )
    standing = standing_of(person, membership.pk)
    if first and standing is not None:
        _register(firm, by=standing)
    return person


def _usable(typed_firm: str, typed_code: str) -> Code:
    """Return the code under lock if it may be used for this firm now, else refuse alike."""
    secret = read_code(typed_code)
    known = Code.objects.filter(digest=digest(secret)).first() if secret else None
    if known is None:
        raise Refused(WRONG)
    _locked_in_order([known.enterprise_id])
    code = (
        Code.objects.unused()
        .select_related("enterprise")
        .filter(pk=known.pk, expires_on__gte=clock.today(), enterprise__merged_into=None)
        .first()
    )
    if code is None or not _is_meant(code.enterprise, typed_firm):
        raise Refused(WRONG)
    if code.kind == CodeKind.CLAIM and queries.members(code.enterprise_id).exists():
        raise Refused(WRONG)
    return code


def _is_meant(firm: Organisation, typed: str) -> bool:
    """Tell whether somebody typed the firm's credit code, or its name where it has no code."""
    if firm.code:
        return credit_code.normalise(typed) == firm.code
    return comparable(typed) == firm.comparable


def _register(firm: Organisation, *, by: Standing) -> None:
    """Record 企业注册 in the round that waits for it; an enterprise has one open round."""
    waiting = Round.objects.filter(enterprise=firm, stage=Stage.LISTED).order_by("pk")
    today = clock.today()
    facts = [
        audits.NewFact(pk, Milestone.REGISTERED, today)
        for pk in waiting.values_list("pk", flat=True)
    ]
    if facts:
        audits.record(Act.REGISTER, facts, by=by)


@transaction.atomic
def note_refused(address: str, why: str) -> None:
    """Write a refused claim down; what was typed is not kept, it may be nearly right."""
    trail.record(
        trail.Line(
            act="registration:refuse",
            verb="拒绝认领",
            subject="registration:claim",
            label="企业注册",
            after={"address": address},
            reason=why,
        ),
        by=trail.SYSTEM,
    )


@transaction.atomic
def invite(*, name: str, reached: str, by: Standing) -> Issued:
    """Make an invitation code for another contact of one's own enterprise."""
    firm = _own(by)
    if queries.rank_of(by.person_id, firm.pk) not in MANAGERS:
        raise NotAllowed("只有第一联系人和其代理人可以邀请其他联系人")
    today = clock.today()
    until = today + timedelta(int(rulebook.value("registration.invite.days", on=today).value))
    secret = _draw()
    Code.objects.create(
        enterprise=firm, kind=CodeKind.INVITE, digest=digest(secret), invited=name.strip(),
        reached=reached.strip(), issued_on=today, expires_on=until, person_id=by.person_id,
        person_name=by.person_name, office_name=by.office_name,
    )  # fmt: skip
    _note(firm, "invite", ContactAct.INVITE.label, name.strip(), by=by)
    return Issued(firm.pk, spelt(secret), until)


@transaction.atomic
def void_invitation(code_id: int, *, by: Standing) -> None:
    """Take an invitation back; one that was used or voided stays as it is."""
    firm = _own(by)
    if queries.rank_of(by.person_id, firm.pk) not in MANAGERS:
        raise NotAllowed("只有第一联系人和其代理人可以撤回邀请")
    row = Code.objects.unused().filter(pk=code_id, enterprise=firm, kind=CodeKind.INVITE).first()
    if row is not None:
        row.voided_on = clock.today()
        row.save(update_fields=["voided_on"])
        _note(firm, "void", "撤回邀请", row.invited, by=by)


@transaction.atomic
def change_contact(
    membership_id: int, act: ContactAct, *, by: Standing, reason: str = ""
) -> Membership:
    """Hand over, depute, recall or remove: what one contact does about another."""
    firm = _own(by)
    rows = {one.membership.pk: one for one in queries.contacts(firm.pk)}
    target = rows.get(membership_id)
    if target is None:
        raise Refused("该联系人已不在本单位名下")
    mine = next((one for one in rows.values() if one.membership.person_id == by.person_id), None)
    own = target.membership.person_id == by.person_id
    if act not in open_acts(mine.rank if mine else None, target.rank, own=own):
        raise NotAllowed(f"您不能对“{target.membership.person.name}”办理{act.label}")
    if act is ContactAct.REMOVE:
        _end(target.membership, reason=reason or act.label, by=by)
    else:
        _rerank(list(rows.values()), act, target.membership)
    _note(firm, act.value, act.label, target.membership.person.name, by=by, reason=reason)
    if not own:
        told = messages.contact_changed(firm, act, target.membership.person, by.person_name, reason)
        notifications.send_many([told])
    return target.membership


def _rerank(rows: Sequence[queries.ContactRow], act: ContactAct, target: Membership) -> None:
    """Give one contact another rank; there is one first contact and at most one deputy."""
    handing_over = act is ContactAct.HAND_OVER
    for one in rows:
        if one.rank is Rank.DEPUTY or (one.rank is Rank.FIRST and handing_over):
            _rank(one.membership, Rank.SECOND)
        elif one.rank is Rank.FIRST:
            _rank(one.membership, Rank.FIRST)
    ranks = {ContactAct.HAND_OVER: Rank.FIRST, ContactAct.DEPUTE: Rank.DEPUTY}
    _rank(target, ranks.get(act, Rank.SECOND))


def end_contacts(firm: Organisation, *, reason: str, by: trail.Actor) -> int:
    """End all contacts of an enterprise and the codes that were not used; return how many ended."""
    ended = list(queries.members(firm.pk).select_related("person", "organisation"))
    for membership in ended:
        _end(membership, reason=reason, by=by)
    Code.objects.unused().filter(enterprise=firm).update(voided_on=clock.today())
    return len(ended)


def _end(membership: Membership, *, reason: str, by: trail.Actor) -> None:
    organisations.dismiss(membership.pk, by=by, reason=reason)
    Contact.objects.filter(membership=membership).delete()


def _own(by: Standing) -> Organisation:
    """Lock one's own enterprise, or refuse."""
    if by.role is not Role.ENTERPRISE or not by.office_id:
        raise NotAllowed("企业联系人由企业自行管理")
    return _locked_in_order([by.office_id])[0]


def _rank(membership: Membership, rank: Rank) -> None:
    Contact.objects.update_or_create(membership=membership, defaults={"rank": rank})


def _note(
    firm: Organisation, act: str, verb: str, name: str, *, by: trail.Actor, reason: str = ""
) -> None:
    trail.record(
        trail.Line(
            act=f"contact:{act}",
            verb=verb,
            subject=f"organisation:{firm.pk}",
            label=firm.name,
            after={"name": name},
            reason=reason,
            dossier=firm.pk,
            city=firm.city_id or "",
        ),
        by=by,
    )
