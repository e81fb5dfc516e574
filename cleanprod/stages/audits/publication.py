"""The publication of a list: rounds are opened or go on, all of them at once."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.notifications import actions as notifications
from cleanprod.foundation.obligations import actions as obligations
from cleanprod.foundation.organisations import queries as organisations
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits import messages, queries
from cleanprod.stages.audits.milestones import (
    NewFact,
    copy_facts,
    one_after_the_other,
    recompute,
)
from cleanprod.stages.audits.models import Fact, Relisting, Round
from cleanprod.stages.audits.rules import (
    OPEN,
    Clock,
    Milestone,
    Source,
    Stage,
    applied,
    due,
    explain,
)
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import queries as entries_of
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind

_ROUND_COLUMNS = (
    "id", "enterprise_id", "entry_id", "list_year", "name", "code", "city_id", "county_id",
    "industry", "lead", "kind", "categories", "stage", "listed_on",
)  # fmt: skip


_Reckoned = tuple[Clock, date, str]  # a duty, its day, and how the day was reckoned


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing a list did: rounds opened, and open rounds that were listed again."""

    batch: Batch
    opened: int
    linked: int


@dataclass(frozen=True, slots=True)
class _Listed:
    """One entry as publication reads it."""

    entry: int
    enterprise: int
    name: str
    code: str
    county: str | None
    industry: str
    kind: str
    categories: str


@transaction.atomic
def publish_list(
    batch_id: int,
    *,
    on: date,
    document_number: str,
    issuers: Collection[str],
    by: Standing,
    jointly: bool = False,
) -> Published:
    """Publish a list that is ready: open a round for each entry, with its duties and trail.

    An enterprise whose round is still open keeps it; the new entry is linked to that round.
    All of it happens in one transaction, set by set (notice 2023, 三(一)).
    """
    if on > clock.today():
        raise Refused(f"公布日期 {on.isoformat()} 晚于今天")
    batch = programme.publish(
        batch_id, on=on, document_number=document_number, issuers=issuers, by=by, jointly=jointly
    )
    entered = enter_rounds(
        batch,
        entries_of.standing(batch),
        on=on,
        document_number=batch.document_number,
        by=by,
    )
    _tell(batch, entered)
    return Published(batch, len(entered.opened), len(entered.linked))


@dataclass(frozen=True, slots=True)
class Entered:
    """The rounds of entries by enterprise: those opened now, and open ones that go on."""

    opened: Mapping[int, int]
    linked: Mapping[int, int]


def enter_rounds(
    batch: Batch,
    entries: QuerySet[Entry],
    *,
    on: date,
    document_number: str,
    by: Standing,
    details: Mapping[str, Any] | None = None,
    start: str = "名单公布",
) -> Entered:
    """Open a round for each entry, or link it to the round that is still open, set by set.

    The caller has locked the list and runs in a transaction; `details` go into the facts, and
    `start` says in words from what the deadlines are reckoned.
    """
    rows = _rows(entries)
    one_after_the_other()
    going = _open_rounds(entries)
    fresh = [row for row in rows if row.enterprise not in going]
    again = [row for row in rows if row.enterprise in going]
    ids = bulk.take_ids(Round._meta.db_table, len(fresh))
    opened = list(zip(ids, fresh, strict=True))
    reckoned = [(clock, due(clock, on), explain(clock, on, start)) for clock in queries.clocks(on)]
    fact = NewFact(0, Milestone.LISTED, on, document_number=document_number, details=details or {})
    _copy_rounds(batch, opened, on)
    copy_facts((replace(fact, round=pk) for pk, _ in opened), by=by, source=Source.DESK)
    obligations.open_many(_duties(batch, opened, on, reckoned))
    trail.record_many(_opened_lines(batch, opened, document_number), by=by)
    _link_again(batch, again, going, replace(fact, kind=Milestone.ROLLED), reckoned, by=by)
    return Entered(
        {row.enterprise: pk for pk, row in opened},
        {row.enterprise: going[row.enterprise].pk for row in again},
    )


def _rows(entries: QuerySet[Entry]) -> list[_Listed]:
    columns = ("pk", "enterprise_id", "name", "code", "county_id", "industry", "kind", "categories")
    rows = entries.order_by("enterprise_id").values_list(*columns)
    return [_Listed(*row) for row in rows.iterator(chunk_size=5000)]


def _open_rounds(entries: QuerySet[Entry]) -> dict[int, Round]:
    """Lock the open rounds of the enterprises of these entries, in key order.

    The enterprises stay a subquery; 10,000 parameters would cost more.
    """
    rounds = (
        Round.objects.select_for_update()
        .filter(enterprise__in=entries.values("enterprise_id"), stage__in=OPEN)
        .order_by("pk")
    )
    return {audit.enterprise_id: audit for audit in rounds}


def _copy_rounds(batch: Batch, opened: Iterable[tuple[int, _Listed]], on: date) -> None:
    bulk.copy_rows(
        Round._meta.db_table,
        _ROUND_COLUMNS,
        (
            (
                pk, one.enterprise, one.entry, batch.year, one.name, one.code, batch.city_id,
                one.county, one.industry, batch.lead, one.kind, one.categories,
                Stage.LISTED.value, on,
            )
            for pk, one in opened
        ),
    )  # fmt: skip


def _duties(
    batch: Batch, opened: Iterable[tuple[int, _Listed]], on: date, reckoned: Sequence[_Reckoned]
) -> Iterator[obligations.Duty]:
    for pk, one in opened:
        for clock_, due_on, basis in reckoned:
            yield obligations.Duty(
                key=f"round:{pk}:{clock_.what}:{one.entry}",
                owner=one.enterprise,
                title=clock_.title,
                subject=f"round:{pk}",
                url=f"/rounds/{pk}/",
                city=batch.city_id,
                lead=batch.lead,
                opened_on=on,
                due_on=due_on,
                basis=applied(basis, mandatory=one.kind == AuditKind.MANDATORY),
                rule=clock_.rule,
            )


def _opened_lines(
    batch: Batch, opened: Iterable[tuple[int, _Listed]], document_number: str
) -> Iterator[trail.Line]:
    after = {"list": batch.pk, "year": batch.year, "lead": batch.lead}
    for pk, one in opened:
        yield trail.Line(
            act="round:open",
            verb="列入名单并开启本轮清洁生产审核",
            subject=f"round:{pk}",
            label=one.name,
            after=after,
            reason=document_number,
            dossier=one.enterprise,
            city=batch.city_id,
        )


def _link_again(
    batch: Batch,
    again: Sequence[_Listed],
    going: Mapping[int, Round],
    fact: NewFact,
    reckoned: Sequence[_Reckoned],
    *,
    by: Standing,
) -> None:
    """Link entries to rounds that are still open; a deferred round goes on with fresh clocks."""
    if not again:
        return
    pairs = [(going[one.enterprise].pk, one) for one in again]
    Relisting.objects.bulk_create(
        (Relisting(round_id=pk, entry_id=one.entry) for pk, one in pairs), batch_size=2000
    )
    before = {pk: 0 for pk, _ in pairs} | dict(
        Fact.objects.filter(round__in=[pk for pk, _ in pairs], kind=Milestone.ROLLED)
        .values_list("round")
        .annotate(n=Count("pk"))
    )
    copy_facts(
        (replace(fact, round=pk, sequence=before[pk]) for pk, _ in pairs),
        by=by,
        source=Source.DESK,
    )
    deferred = [(pk, one) for pk, one in pairs if _goes_on(going[one.enterprise], fact.on)]
    obligations.void_subjects(
        [f"round:{pk}" for pk, _ in deferred],
        on=fact.on,
        reason="滚动纳入新名单，按新名单重新起算",
    )
    obligations.open_many(_duties(batch, deferred, fact.on, reckoned))
    recompute([pk for pk, _ in pairs])
    trail.record_many(
        (
            trail.Line(
                act="round:relist",
                verb="再次列入名单，本轮清洁生产审核继续",
                subject=f"round:{pk}",
                label=one.name,
                after={"list": batch.pk, "year": batch.year},
                reason=fact.document_number,
                dossier=one.enterprise,
                city=batch.city_id,
            )
            for pk, one in pairs
        ),
        by=by,
    )


def _goes_on(audit: Round, on: date) -> bool:
    """Tell whether a list of this day ends a deferral; one of before it does not."""
    return audit.stage == Stage.DEFERRED and (audit.deferred_on is None or audit.deferred_on <= on)


def _tell(batch: Batch, entered: Entered) -> None:
    entries = entries_of.standing(batch).values_list("enterprise_id", flat=True)
    notifications.send_many(
        messages.listed(batch, entered.opened[enterprise], person, mail)
        for enterprise, person, mail in organisations.people_of(entries)
        if enterprise in entered.opened
    )
