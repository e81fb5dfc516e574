"""The facts of rounds as they are written: set by set, and what they amount to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import Count

from cleanprod.foundation.engine import bulk
from cleanprod.foundation.trail import actions as trail
from cleanprod.stages.audits import queries
from cleanprod.stages.audits.models import Fact, Relisting, Round
from cleanprod.stages.audits.rules import REPEATABLE, Milestone, Source, stage_of

_OPENING = 0x0AD17  # advisory lock of whoever opens rounds
_ENCODE = DjangoJSONEncoder(ensure_ascii=False).encode
_FACT_COLUMNS = (
    "round_id", "kind", "sequence", "happened_on", "person_id", "person_name", "office_name",
    "source", "document_number", "reason", "details", "evidence_id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewFact:
    """A milestone to be recorded."""

    round: int
    kind: Milestone
    on: date
    sequence: int = 0
    document_number: str = ""
    reason: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    evidence: int | None = None


def one_after_the_other() -> None:
    """Wait for others that open rounds: two lists may name one firm, which has one open round."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_OPENING])


def copy_facts(facts: Iterable[NewFact], *, by: trail.Actor, source: Source) -> int:
    """Write facts with who recorded them, by COPY; return how many."""
    return bulk.copy_rows(
        Fact._meta.db_table,
        _FACT_COLUMNS,
        (
            (
                fact.round, fact.kind.value, fact.sequence, fact.on, by.person_id,
                by.person_name, by.office_name, source.value, fact.document_number, fact.reason,
                _ENCODE(fact.details) if fact.details else "{}", fact.evidence,
            )
            for fact in facts
        ),
    )  # fmt: skip


def sequences(rounds: Sequence[int], kind: Milestone) -> dict[int, int]:
    """Return how many earlier facts of the kind no longer stand in the way."""
    earlier = Fact.objects.filter(round__in=rounds, kind=kind)
    if kind not in REPEATABLE:
        earlier = earlier.exclude(withdrawal=None)
    return dict(earlier.values_list("round").annotate(n=Count("pk")))


def entries_of(rounds: Sequence[int]) -> list[int]:
    """Return the entries that these rounds answer: the opening one and later ones."""
    first = Round.objects.filter(pk__in=rounds).values_list("entry_id", flat=True)
    later = Relisting.objects.filter(round__in=rounds).values_list("entry_id", flat=True)
    return [*first, *later]


_DAYS = [f"{kind.value}_on" for kind in Milestone]
_REWRITE = (
    f"UPDATE {Round._meta.db_table} AS r SET stage = v.stage, "  # noqa: S608 - our own names
    + ", ".join(f"{name} = v.{name}" for name in _DAYS)
    + " FROM unnest(%s::bigint[], %s::text[]"
    + ", %s::date[]" * len(_DAYS)
    + f") AS v (id, stage, {', '.join(_DAYS)}) WHERE r.id = v.id AND (r.stage, "
    + ", ".join(f"r.{name}" for name in _DAYS)
    + ") IS DISTINCT FROM (v.stage, "
    + ", ".join(f"v.{name}" for name in _DAYS)
    + ")"
)


def recompute(rounds: Sequence[int]) -> int:
    """Write stage and `_on` columns from the effective facts; return how many rounds changed.

    One statement for all rounds; the rule stays `stage_of`, the database only stores its answer.
    """
    days = queries.effective_days(rounds)
    ids = sorted(days)
    columns = [[days[pk].get(kind) for pk in ids] for kind in Milestone]
    with connection.cursor() as cursor:
        cursor.execute(_REWRITE, [ids, [stage_of(days[pk]).value for pk in ids], *columns])
        changed: int = cursor.rowcount
    return changed
