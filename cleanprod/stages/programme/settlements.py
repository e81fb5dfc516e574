"""Enterprises on the lists of both departments of a city: found, proposed, agreed 会商."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.programme import rules
from cleanprod.stages.programme.models import Batch, Entry, Settlement
from cleanprod.stages.programme.rules import AuditKind, BatchStage, Claim, EntryState


@dataclass(frozen=True, slots=True)
class Overlap:
    """One enterprise on both lists: its entries, what is usual, what was proposed or agreed."""

    enterprise: int
    name: str
    code: str
    entries: tuple[Entry, ...]
    usual: Claim
    settlement: Settlement | None

    @property
    def agreed(self) -> bool:
        """Tell whether both departments agreed."""
        return self.settlement is not None and self.settlement.agreed_on is not None

    @property
    def may_reopen(self) -> bool:
        """Tell whether an agreement can still be taken back: none of the lists is published."""
        return all(entry.batch.stage != BatchStage.PUBLISHED for entry in self.entries)

    @property
    def by_line(self) -> dict[str, Entry]:
        """Return the entries by the department whose list holds them."""
        return {entry.batch.lead: entry for entry in self.entries}


def overlaps(city: str, year: int) -> list[Overlap]:
    """Return the enterprises that both departments of a city list in a year, by name."""
    both = (
        Entry.objects.filter(batch__city=city, batch__year=year)
        .values("enterprise")
        .annotate(leads=Count("batch__lead", distinct=True), first=Min("name"))
        .filter(leads=2)
        .order_by("first")
        .values_list("enterprise", flat=True)
    )
    order = list(both)
    held: dict[int, list[Entry]] = {enterprise: [] for enterprise in order}
    entries = Entry.objects.filter(batch__city=city, batch__year=year, enterprise__in=order)
    for entry in entries.select_related("batch", "county").order_by("-batch__lead", "pk"):
        held[entry.enterprise_id].append(entry)
    told = Settlement.objects.filter(city=city, year=year, enterprise__in=order)
    settlements = {one.enterprise_id: one for one in told}
    usual = rulebook.value("programme.overlap", on=clock.today()).value if order else {}
    return [_overlap(one, held[one], settlements.get(one), usual) for one in order]


def _overlap(
    enterprise: int, entries: list[Entry], settlement: Settlement | None, usual: dict[str, str]
) -> Overlap:
    before = settlement.before if settlement and settlement.agreed_on else {}
    claims = [_claim(entry, before) for entry in entries]
    return Overlap(
        enterprise, entries[0].name, entries[0].code, tuple(entries),
        rules.settled(claims, **usual), settlement,
    )  # fmt: skip


def _claim(entry: Entry, before: dict[str, list[str]]) -> Claim:
    """Return what an entry said before an agreement changed it."""
    kind, categories = before.get(str(entry.pk), [entry.kind, entry.categories])
    return Claim(Line(entry.batch.lead), AuditKind(kind), tuple(categories.split(",")))


def pending(city: str, year: int) -> QuerySet[Any, Any]:
    """Return, one row each, the enterprises that both departments of a city claim in a year."""
    return (
        Entry.objects.filter(batch__city=city, batch__year=year)
        .exclude(state=EntryState.YIELDED)
        .values("enterprise")
        .annotate(leads=Count("batch__lead", distinct=True))
        .filter(leads=2)
    )


def unsettled(batch: Batch) -> int:
    """Return how many enterprises of a list still wait for an agreement with the other list."""
    mine = Entry.objects.filter(batch=batch).exclude(state=EntryState.YIELDED)
    others = Entry.objects.filter(
        ~Q(batch__lead=batch.lead), batch__city=batch.city_id, batch__year=batch.year
    ).exclude(state=EntryState.YIELDED)
    return mine.filter(enterprise__in=others.values("enterprise")).count()


def check_settled(batch: Batch) -> None:
    """Refuse to go on with a list while the other department claims some of its enterprises."""
    waiting = unsettled(batch)
    if waiting:
        raise Refused(
            f"名单中有{waiting}家企业同时列入另一部门的名单，请先在“两部门会商”中商定牵头部门"
        )


@transaction.atomic
def propose(
    city: str,
    year: int,
    enterprises: Collection[int],
    *,
    lead: Line | None = None,
    reason: str = "",
    by: Standing,
) -> int:
    """Propose who leads the audit of these enterprises; without `lead`, as is usual.

    A proposal that equals the other department's is an agreement. Departing from what is usual
    needs a reason. Returns how many proposals or agreements were made.
    """
    line = _own_line(city, by)
    wanted = _waiting(city, year, enterprises)
    if lead is not None and not reason.strip():
        raise Refused("提出与默认办法不同的意见，请写明理由")
    agreed, proposed = [], []
    for overlap in wanted:
        claim = overlap.usual if lead is None else _led_by(overlap, lead)
        told = overlap.settlement
        if told and told.lead == claim.lead and told.proposed_line == line:
            continue
        if told and told.lead == claim.lead:
            agreed.append((overlap, told))
            continue
        proposed.append((overlap, _put(overlap, claim, city, year, reason.strip(), line, by)))
    _agree(agreed, by)
    _tell("settlement:propose", "提出会商意见", proposed, by)
    return len(agreed) + len(proposed)


def _own_line(city: str, by: Standing) -> Line:
    if by.role is not Role.CITY or by.city != city or by.line is None:
        raise NotAllowed("会商由本市工业和信息化、生态环境两部门办理")
    return by.line


def _waiting(city: str, year: int, enterprises: Collection[int]) -> list[Overlap]:
    """Lock the lists of the city and return the overlaps named, none of them agreed yet."""
    _lock(city, year)
    found = {one.enterprise: one for one in overlaps(city, year)}
    missing = [pk for pk in enterprises if pk not in found]
    if missing or not enterprises:
        raise Refused("请选择两部门名单中重复的企业")
    chosen = [found[pk] for pk in enterprises]
    done = [one.name for one in chosen if one.agreed]
    if done:
        raise Conflict(f"“{done[0]}”等{len(done)}家已商定，如需更改请先撤回商定")
    return chosen


def _led_by(overlap: Overlap, lead: Line) -> Claim:
    """Return the usual outcome under another lead; its own kind goes with the lead's entry."""
    usual = overlap.usual
    return Claim(lead, usual.kind, usual.categories)


def _put(
    overlap: Overlap, claim: Claim, city: str, year: int, reason: str, line: Line, by: Standing
) -> Settlement:
    return Settlement.objects.update_or_create(
        year=year,
        city_id=city,
        enterprise_id=overlap.enterprise,
        defaults={
            "lead": claim.lead.value,
            "kind": claim.kind.value,
            "categories": ",".join(claim.categories),
            "reason": reason or "按会商默认办法",
            "proposed_line": line.value,
            "proposed_by": by.person_name,
            "proposed_on": clock.today(),
            "agreed_by": "",
            "agreed_on": None,
        },
    )[0]


@transaction.atomic
def agree(city: str, year: int, enterprises: Collection[int], *, by: Standing) -> int:
    """Agree to what the other department proposed: one list keeps the enterprise."""
    line = _own_line(city, by)
    wanted = _waiting(city, year, enterprises)
    pairs = [(one, one.settlement) for one in wanted if one.settlement]
    if len(pairs) < len(wanted):
        raise Refused("所选企业中有尚未提出会商意见的，请先提出意见")
    if any(told.proposed_line == line for _, told in pairs):
        raise NotAllowed("本部门提出的意见应由另一部门同意")
    _agree(pairs, by)
    return len(pairs)


def _agree(pairs: Sequence[tuple[Overlap, Settlement]], by: Standing) -> None:
    """Let one entry of each enterprise stand and the other yield."""
    changed: list[Entry] = []
    for overlap, told in pairs:
        told.agreed_by, told.agreed_on = by.person_name, clock.today()
        told.before = {str(one.pk): [one.kind, one.categories] for one in overlap.entries}
        for entry in overlap.entries:
            _check_open(entry)
            if entry.batch.lead == told.lead:
                entry.kind, entry.categories = told.kind, told.categories
            else:
                entry.state = EntryState.YIELDED.value
            changed.append(entry)
    Settlement.objects.bulk_update(
        [told for _, told in pairs], ["agreed_by", "agreed_on", "before"], batch_size=500
    )
    Entry.objects.bulk_update(changed, ["kind", "categories", "state"], batch_size=500)
    _tell("settlement:agree", "会商一致", pairs, by)


def _check_open(entry: Entry) -> None:
    if entry.batch.stage == BatchStage.PUBLISHED:
        raise Refused(f"“{entry.batch.title}”已公布，其中企业的变更使用变更通知")


@transaction.atomic
def reopen(settlement_id: int, *, reason: str, by: Standing) -> Settlement:
    """Take an agreement back while neither list is published; both entries stand again."""
    told = Settlement.objects.get(pk=settlement_id)
    _own_line(told.city_id, by)
    if not reason.strip():
        raise Refused("请填写撤回商定的理由")
    _lock(told.city_id, told.year)
    found = overlaps(told.city_id, told.year)
    overlap = next((one for one in found if one.enterprise == told.enterprise_id), None)
    if overlap is None or not overlap.agreed:
        raise Conflict("该企业的商定已经撤回")
    told.refresh_from_db()
    for entry in overlap.entries:
        _check_open(entry)
        entry.kind, entry.categories = told.before.get(
            str(entry.pk), [entry.kind, entry.categories]
        )
        if entry.state == EntryState.YIELDED:
            entry.state = EntryState.LISTED.value
    Entry.objects.bulk_update(overlap.entries, ["kind", "categories", "state"])
    told.agreed_by, told.agreed_on = "", None
    told.save(update_fields=["agreed_by", "agreed_on"])
    _tell("settlement:reopen", "撤回商定", [(overlap, told)], by, reason.strip())
    return told


def _lock(city: str, year: int) -> None:
    """Lock the lists of a city's year, so that agreements and publications follow one another."""
    batches = Batch.objects.select_for_update().filter(city=city, year=year).order_by("pk")
    list(batches.values_list("pk"))


def _tell(
    act: str, verb: str, pairs: Iterable[tuple[Overlap, Settlement]], by: Standing, reason: str = ""
) -> None:
    trail.record_many(
        [
            trail.Line(
                act=act,
                verb=verb,
                subject=f"settlement:{told.pk}",
                label=overlap.name,
                after={"lead": Line(told.lead).label, "kind": AuditKind(told.kind).label},
                reason=reason or told.reason,
                dossier=overlap.enterprise,
                city=told.city_id,
            )
            for overlap, told in pairs
        ],
        by=by,
    )
