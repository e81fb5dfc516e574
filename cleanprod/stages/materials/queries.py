"""The checklist of a round with what is there, and by when it is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.rulebook.queries import Rule
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.materials import access
from cleanprod.stages.materials.models import KeptTable, Print, Version
from cleanprod.stages.materials.rules import (
    Circumstances,
    Gate,
    Item,
    Status,
    asked_for,
    is_open,
    items_of,
    progress,
    why_closed,
)
from cleanprod.stages.phases import queries as phases
from cleanprod.stages.programme.rules import AuditKind

_DUE_BY = {Gate.PLAN: "start", Gate.ASSESSMENT: "finish"}  # clocks of `audits` by what they ask


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the checklist with its versions, the newest first."""

    item: Item
    versions: Sequence[Version]

    @property
    def latest(self) -> Version | None:
        """Return the newest version that nobody took back."""
        return next((one for one in self.versions if one.withdrawn_at is None), None)

    @property
    def status(self) -> Status:
        """Return how the item stands."""
        if self.latest is None:
            return Status.MISSING if self.item.required else Status.OPTIONAL
        return Status.SUBMITTED if self.latest.submitted_on else Status.THERE


@dataclass(frozen=True, slots=True)
class Section:
    """The checklist of one gate."""

    gate: Gate
    rule: Rule
    lines: Sequence[Line]
    due_on: date | None
    basis: str
    stage: Stage

    @property
    def open(self) -> bool:
        """Tell whether the items of this gate take versions now."""
        return is_open(self.gate, self.stage)

    @property
    def why_closed(self) -> str:
        """Say why they take none."""
        return why_closed(self.gate, self.stage)

    @property
    def progress(self) -> tuple[int, int]:
        """Return how many required items are there, and how many there should be."""
        there = [line.item.key for line in self.lines if line.latest]
        return progress([line.item for line in self.lines], there)


def circumstances(audit: Round) -> Circumstances:
    """Return what decides which items a round needs."""
    return Circumstances(
        AuditKind(audit.kind),
        bool(access.engagements(audit)),
        audit.assessed_on is not None,
        phases.mode_of(audit),
    )


def items(audit: Round, gates: Sequence[Gate] = tuple(Gate)) -> list[Item]:
    """Return the items that a round needs at these gates, by the rules of today."""
    of = circumstances(audit)
    found: list[Item] = []
    for gate in gates:
        found += asked_for(items_of(gate, _rule(gate).value), of)
    return found


def item_of(audit: Round, key: str) -> Item | None:
    """Return one item of a round's checklist."""
    return next((one for one in items(audit) if one.key == key), None)


def _rule(gate: Gate) -> Rule:
    return rulebook.value(f"materials.{gate.value}", on=clock.today())


def checklist(audit: Round) -> list[Section]:
    """Return the whole checklist of a round, gate by gate, with what is there."""
    of, grouped, dues = circumstances(audit), _versions(audit), _dues(audit)
    sections = []
    for gate in Gate:
        rule = _rule(gate)
        lines = [
            Line(one, grouped.get(one.key, ())) for one in asked_for(items_of(gate, rule.value), of)
        ]
        due = dues.get(_DUE_BY.get(gate, ""))
        sections.append(
            Section(
                gate, rule, lines, due.due_on if due else None, due.basis if due else "",
                Stage(audit.stage),
            )
        )  # fmt: skip
    return sections


def others(audit: Round, sections: Sequence[Section]) -> list[Version]:
    """Return the versions of items that the round no longer needs."""
    asked = {line.item.key for section in sections for line in section.lines}
    found = Version.objects.standing().filter(round=audit).exclude(item__in=asked)
    return list(found.select_related("file").order_by("item", "-number"))


def _versions(audit: Round) -> dict[str, list[Version]]:
    grouped: dict[str, list[Version]] = {}
    rows = Version.objects.filter(round=audit).select_related("file", "printed")
    for one in rows.order_by("item", "-number"):
        grouped.setdefault(one.item, []).append(one)
    return grouped


def _dues(audit: Round) -> dict[str, Obligation]:
    """Return what is or was owed in a round by what it asks; the latest of several lists."""
    rows = Obligation.objects.filter(subject=f"round:{audit.pk}").order_by("due_on", "pk")
    return {one.key.split(":")[2]: one for one in rows if one.key.count(":") >= 2}


def latest(audit: Round, gates: Sequence[Gate] = tuple(Gate)) -> dict[str, Version]:
    """Return the newest standing version of each item that the round needs, by its key."""
    keys = [one.key for one in items(audit, gates)]
    rows = Version.objects.standing().filter(round=audit, item__in=keys)
    found = rows.select_related("file", "printed", "round").order_by("item", "number")
    return {one.item: one for one in found}


def last_number(audit: Round, key: str) -> int:
    """Return the number of the last version of an item, withdrawn ones included; 0 for none."""
    found = Version.objects.filter(round=audit, item=key).order_by("-number").first()
    return found.number if found else 0


def prints(audit: Round, key: str) -> QuerySet[Print]:
    """Return the prints of one item, the newest first."""
    return Print.objects.filter(round=audit, item=key).order_by("-serial")


def kept_table(audit: Round, key: str, person_id: int) -> KeptTable | None:
    """Return the table of changes that this person left unfinished."""
    return KeptTable.objects.filter(round=audit, item=key, person_id=person_id).first()


def missing(audit: Round, gates: Sequence[Gate]) -> list[Item]:
    """Return the required items of these gates that have no standing version."""
    there = latest(audit, gates)
    return [one for one in items(audit, gates) if one.required and one.key not in there]


def board(standing: Standing) -> QuerySet[Round]:
    """Return the rounds whose materials this person may read, with how many items are there."""
    live = Q(versions__withdrawn_at=None, versions__isnull=False)
    return (
        access.rounds(standing)
        .select_related("city", "county")
        .annotate(number_of_items=Count("versions__item", filter=live, distinct=True))
    )
