"""Every write on publications: keep a draft, publish a version, check a proof, open the clocks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Part, Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import access as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.disclosures import messages, queries
from cleanprod.stages.disclosures.models import Edition, Publication, Verdict
from cleanprod.stages.disclosures.rules import (
    LIFECYCLE,
    Act,
    Cell,
    Kind,
    State,
    fields_of,
    kinds_of,
    next_making,
    personal,
    problems,
    proof_problems,
    why_closed,
)
from cleanprod.stages.materials import actions as materials
from cleanprod.stages.programme.rules import AuditKind
from cleanprod.stages.registration.rules import Scope

_CHUNK = 2000
_ENDED = (Stage.FAILED, Stage.DEFERRED, Stage.CANCELLED, Stage.EQUIVALENT)


@dataclass(frozen=True, slots=True)
class Told:
    """What is typed for one version; `seen` is the revision that the person read."""

    cells: Mapping[str, Cell]
    seen: int
    way: str = ""
    place: str = ""
    link: str = ""
    since: date | None = None
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a draft keeps it."""
        return {
            "cells": {key: cell.as_json() for key, cell in self.cells.items()}, "way": self.way,
            "place": self.place, "link": self.link, "reason": self.reason,
            "since": self.since.isoformat() if self.since else "",
        }  # fmt: skip


class Wrong(Refused):
    """What is typed lacks something: the fields with what to do about each."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """Keep the fields; the message counts them."""
        super().__init__(f"有{len(fields)}处需要修改")
        self.fields = fields


@transaction.atomic
def save(round_id: int, kind: Kind, told: Told, *, by: Standing) -> Publication:
    """Keep what was typed so far; the same twice is one, a stranger's later draft a conflict."""
    audit, acting = materials.locked(round_id, by, Scope.FILL)
    publication = _open(audit, kind)
    draft = told.as_json()
    if publication.revision != told.seen:
        if publication.revision == told.seen + 1 and publication.draft == draft:
            return publication
        raise _conflict(publication)
    publication.draft, publication.revision = draft, told.seen + 1
    publication.drafted_by, publication.drafted_at = acting.person_name, clock.now()
    publication.save(update_fields=["draft", "revision", "drafted_by", "drafted_at"])
    _tell(publication, "disclosure:save", "保存公布草稿", by=acting)
    return publication


@transaction.atomic
def publish(
    round_id: int, kind: Kind, told: Told, *, proof: File | None = None, by: Standing
) -> Edition:
    """Publish a version: the first one, a correction with its reason, or what was sent back.

    From then on it never changes. The same twice is one version; the proof of the version before
    stays valid when no other is brought.
    """
    audit, acting = materials.locked(round_id, by, Scope.SUBMIT)
    publication = _open(audit, kind)
    before = queries.current(publication)
    if publication.revision != told.seen:
        if before and _is_replay(publication, before, told, acting):
            return before
        raise _conflict(publication)
    act = next_making(State(publication.state), kind)
    proof = proof or (before.proof if before else None)
    cells = _checked(audit, kind, told, proof, again=act in (Act.CORRECT, Act.MEND))
    target = LIFECYCLE.target(State(publication.state), act, {Part.ENTERPRISE}, kind)
    edition = Edition.objects.create(
        publication=publication, number=publication.number + 1,
        cells=[one.as_json() for one in cells], way=told.way, place=told.place.strip(),
        link=told.link, since=told.since, proof=proof, reason=told.reason.strip() if before else "",
        happened_on=clock.today(), person_id=acting.person_id, person_name=acting.person_name,
        office_name=acting.office_name,
    )  # fmt: skip
    publication.state, publication.number = target.value, edition.number
    publication.first_on = publication.first_on or edition.happened_on
    publication.latest_on, publication.draft = edition.happened_on, {}
    publication.revision = told.seen + 1
    publication.save(
        update_fields=["state", "number", "first_on", "latest_on", "draft", "revision"]
    )
    obligations.settle(_keys(audit, kind), on=edition.happened_on)
    _tell(
        publication, f"disclosure:{act.value}", act.label, by=acting, reason=edition.reason,
        number=edition.number,
    )  # fmt: skip
    if target is State.WAITING:
        staff = organisations.staff_of(audit.city_id, audit.lead)
        notifications.send_many(
            messages.handed_in(edition, audit, person, mail) for person, mail in staff
        )
    return edition


def _open(audit: Round, kind: Kind) -> Publication:
    """Return the publication, begun if need be; the caller holds the lock of the round."""
    if kind not in kinds_of(AuditKind(audit.kind)):
        raise Refused("自愿性清洁生产审核只公布企业基本信息")
    if closed := why_closed(kind, Stage(audit.stage)):
        raise Refused(closed)
    publication, _ = Publication.objects.get_or_create(round=audit, kind=kind.value)
    return publication


def _checked(
    audit: Round, kind: Kind, told: Told, proof: File | None, *, again: bool
) -> list[Cell]:
    """Return the fields in their order, with what the platform knows; refuse what is missing."""
    fields = fields_of(kind, audit.categories.split(","))
    known = queries.fixed(audit, kind)
    cells = {
        one.key: Cell(one.key, one.title, known.get(one.key, ""))
        if one.fixed
        else told.cells.get(one.key, Cell(one.key, one.title))
        for one in fields
    }
    wrong = problems(fields, cells, kind=kind)
    if kind is Kind.CATEGORY:
        wrong |= proof_problems(
            way=told.way, where=told.place, since=told.since, link=told.link,
            has_file=proof is not None, today=clock.today(),
        )  # fmt: skip
    if again and not told.reason.strip():
        wrong["reason"] = "请填写更正或修改的理由"
    for name, text in (("where", told.place), ("reason", told.reason)):
        if said := personal(text):
            wrong[name] = said
    if wrong:
        raise Wrong(wrong)
    return [cells[one.key] for one in fields]


def _is_replay(publication: Publication, before: Edition, told: Told, acting: Standing) -> bool:
    """Tell whether the form that made the current version was sent once more."""
    typed = {key: cell.as_json() for key, cell in told.cells.items()}
    kept = {one["key"]: one for one in before.cells if one["key"] in typed}
    return (
        publication.revision == told.seen + 1
        and not publication.draft
        and before.person_id == acting.person_id
        and kept == typed
    )


def _conflict(publication: Publication) -> Conflict:
    if publication.draft:
        return Conflict(
            f"{publication.drafted_by}已保存新的草稿，您填写的内容还没有保存，请对照两个版本"
        )
    return Conflict(f"第{publication.number}版已公布，您填写的内容还没有保存，请对照两个版本")


def _keys(audit: Round, kind: Kind) -> list[str]:
    found = Obligation.objects.open().filter(
        subject=f"disclosure:{audit.pk}", key__startswith=f"disclosure:{audit.pk}:{kind.value}:"
    )
    return list(found.values_list("key", flat=True))


@transaction.atomic
def judge(edition_id: int, act: Act, *, reason: str = "", by: Standing) -> Publication:
    """Accept or return a version after looking at its proof; only the current one, and once.

    Who returns it says why; the enterprise owes it again and is told.
    """
    edition = Edition.objects.select_related("publication").get(pk=edition_id)
    publication = (
        Publication.objects.select_for_update(of=("self",))
        .select_related("round__enterprise")
        .get(pk=edition.publication_id)
    )
    kind, audit = Kind(publication.kind), publication.round
    parts = audits.parts(by, audit)
    if Part.LEAD not in parts:
        raise NotAllowed("公布证明由牵头部门核对")
    done = Verdict.objects.filter(edition=edition).first()
    if done is not None and done.passed == (act is Act.PASS):
        return publication
    if publication.number != edition.number:
        raise Conflict("企业已公布新的一版，请核对新的一版")
    target = LIFECYCLE.target(State(publication.state), act, parts, kind)
    if LIFECYCLE.needs_reason(State(publication.state), act) and not reason.strip():
        raise Refused("请填写退回理由")
    Verdict.objects.create(
        edition=edition, passed=act is Act.PASS, reason=reason.strip(),
        happened_on=clock.today(), person_id=by.person_id, person_name=by.person_name,
        office_name=by.office_name,
    )  # fmt: skip
    publication.state = target.value
    publication.save(update_fields=["state"])
    if act is Act.RETURN:
        _owe_again(audit, edition)
        notifications.send_many(
            messages.returned(edition, audit, reason.strip(), person, mail)
            for _, person, mail in organisations.people_of([audit.enterprise_id])
        )
    _tell(
        publication, f"disclosure:{act.value}", f"公布证明{act.label}", by=by,
        reason=reason.strip(), number=edition.number,
    )  # fmt: skip
    return publication


def _owe_again(audit: Round, edition: Edition) -> None:
    """Owe again what the returned version had settled, and nothing else that was done that day."""
    subject = f"disclosure:{audit.pk}"
    own = f"{subject}:{Kind.CATEGORY.value}:"
    others = Obligation.objects.filter(subject=subject).exclude(key__startswith=own)
    keep = list(others.values_list("key", flat=True))
    obligations.owe_again(subject, on=edition.happened_on, keep=keep)


@transaction.atomic
def open_duties(on: date) -> int:
    """Open what is to be published and has no clock yet, and end the clocks of ended rounds.

    Until an enterprise has registered, its duty to register covers the publication, too.
    """
    _void_ended(on)
    opened = 0
    for kind in Kind:
        key = Concat(
            Value("disclosure:"), Cast(OuterRef("pk"), CharField()), Value(f":{kind.value}:")
        )
        clocks = Obligation.objects.filter(
            subject=Concat(Value("disclosure:"), Cast(OuterRef("pk"), CharField())),
            key__startswith=key, voided_on=None,
        )  # fmt: skip
        rows = Round.objects.filter(queries.missing(kind, on)).exclude(Exists(clocks))
        rounds = list(rows.order_by("pk"))
        for first in range(0, len(rounds), _CHUNK):
            # Read before the COPY begins: it holds the connection until it ends.
            duties = list(_duties(rounds[first : first + _CHUNK], kind))
            opened += obligations.open_many(duties)
    return opened


def _duties(rounds: Sequence[Round], kind: Kind) -> Iterator[obligations.Duty]:
    found = queries.lines_of(rounds)
    for audit in rounds:
        line = next(one for one in found[audit.pk] if one.kind is kind)
        if line.due is not None:
            yield obligations.Duty(
                key=f"disclosure:{audit.pk}:{kind.value}:{line.due.opened_on:%Y%m%d}",
                owner=audit.enterprise_id, title=kind.label, subject=f"disclosure:{audit.pk}",
                url=reverse("disclosures:round", args=[audit.pk]), city=audit.city_id,
                lead=audit.lead,
                opened_on=line.due.opened_on, due_on=line.due.due_on, basis=line.due.basis,
                rule=line.due.rule,
            )  # fmt: skip


def _void_ended(on: date) -> None:
    open_ones = Obligation.objects.open().filter(subject__startswith="disclosure:")
    keys = {int(subject.split(":")[1]) for subject in open_ones.values_list("subject", flat=True)}
    ended = Round.objects.filter(pk__in=keys, stage__in=[one.value for one in _ENDED])
    by_stage: dict[str, list[str]] = {}
    for pk, stage in ended.values_list("pk", "stage"):
        by_stage.setdefault(stage, []).append(f"disclosure:{pk}")
    for stage, subjects in by_stage.items():
        obligations.void_subjects(subjects, on=on, reason=Stage(stage).label)


def _tell(
    publication: Publication, act: str, verb: str, *, by: Standing, reason: str = "",
    number: int = 0,
) -> None:  # fmt: skip
    audit = publication.round
    version = f" 第{number}版" if number else ""
    trail.record(
        trail.Line(
            act=act, verb=verb, subject=f"round:{audit.pk}", label=audit.name,
            after={"subject": f"{publication.get_kind_display()}{version}"}, reason=reason,
            dossier=audit.enterprise_id, city=audit.city_id,
        ),
        by=by,
    )  # fmt: skip
