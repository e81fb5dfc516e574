"""Bring sheets of earlier years in, measures and confirmation together, by the hundred."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.trail import actions as trail
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import checking, effects, queries
from cleanprod.stages.measures.effects import Confirmed, Row
from cleanprod.stages.measures.models import Measure, Sheet
from cleanprod.stages.measures.rules import BadSheet, State, Typed, ValueSet, checked, coded
from cleanprod.stages.performance.accounting import library
from cleanprod.stages.performance.accounting.factors import FactorSet

_SHEET = (
    "id", "round_id", "version", "state", "border", "factors", "totals", "edited_by", "edited_at",
    "confirmed_on", "confirmed_by", "confirmer_id", "confirmations", "corrected", "stated",
)  # fmt: skip
_MEASURE = (
    "sheet_id", "row", "code", "name", "cost", "content", "phase", "tags", "planned_days",
    "actual_days", "other", "values", "text_mark", "values_mark",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Brought:
    """The sheet of one accepted round as it was confirmed on a day."""

    round_id: int
    confirmed_on: date
    measures: tuple[Typed, ...]


@transaction.atomic
def bring_in(sheets: Sequence[Brought], *, by: Standing, factors: str = "") -> int:
    """Keep sheets that the lead department confirmed earlier, all or none; return how many.

    A round that has a sheet stays as it is, so that the same sheets twice change nothing.
    Raises Refused naming the first round that cannot have one on that day.
    """
    ids = bulk.in_order(one.round_id for one in sheets)
    found = Round.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    rounds = {audit.pk: audit for audit in found}
    for one in sheets:
        _check(rounds.get(one.round_id), one, by)
    there = set(Sheet.objects.filter(round__in=ids).values_list("round", flat=True))
    new = [one for one in sheets if one.round_id not in there]
    chosen = library.load(factors or queries.usual_factors(clock.today()))
    confirmed = [_computed(one, chosen) for one in new]
    keys = bulk.take_ids(Sheet._meta.db_table, len(new))
    _write(keys, confirmed, chosen, by)
    effects.keep(confirmed)
    trail.record_many((_line(rounds[one.round_id], one) for one in confirmed), by=by)
    return len(new)


def _check(audit: Round | None, one: Brought, by: Standing) -> None:
    if audit is None:
        raise Refused("没有这一轮审核")
    if not by.leads(city=audit.city_id, lead=audit.lead):
        raise NotAllowed(f"“{audit.name}”的绩效数据由其牵头部门核定")
    if audit.accepted_on is None:
        raise Refused(f"“{audit.name}”没有通过验收，不能核定绩效数据")
    if one.confirmed_on < audit.accepted_on:
        raise Refused(f"“{audit.name}”的核定日期早于验收日期{audit.accepted_on.isoformat()}")
    if one.confirmed_on > clock.today():
        raise Refused(f"核定日期{one.confirmed_on.isoformat()}晚于今天")
    try:
        checked(one.measures)
    except BadSheet as bad:
        raise Refused(f"“{audit.name}”：{bad}") from bad
    if not any(each.of(ValueSet.VERIFIED) for each in one.measures):
        raise Refused(f"“{audit.name}”没有填写“验收核定”的数值，不能核定")


def _computed(one: Brought, factors: FactorSet) -> Confirmed:
    codes = coded(one.measures)
    named = [replace(each, code=code) for each, code in zip(one.measures, codes, strict=True)]
    return Confirmed(one.round_id, one.confirmed_on, effects.computed(named, factors), named)


def _write(keys: list[int], sheets: list[Confirmed], factors: FactorSet, by: Standing) -> None:
    today, now = clock.today(), clock.now()
    border, marker = queries.border(today), checking.marker(today)
    bulk.copy_rows(
        Sheet._meta.db_table, _SHEET,
        (
            (
                key, one.round_id, 1, State.CONFIRMED.value, border, factors.name,
                json.dumps(one.totals), by.person_name, now, one.confirmed_on, by.person_name,
                by.person_id, 1, "[]", "{}",
            )
            for key, one in zip(keys, sheets, strict=True)
        ),
    )  # fmt: skip
    bulk.copy_rows(
        Measure._meta.db_table, _MEASURE,
        (row for key, one in zip(keys, sheets, strict=True) for row in _measures(key, one, marker)),
    )  # fmt: skip


def _measures(key: int, sheet: Confirmed, marker: checking.Marker) -> Iterator[Row]:
    for row, one in enumerate(sheet.measures, 1):
        values = one.as_json()
        yield (
            key, row, one.code, one.name, one.cost.value, one.content, one.phase,
            ",".join(tag.value for tag in one.tags), one.planned_days, one.actual_days, one.other,
            json.dumps(values), marker.text(one.content), marker.values(values),
        )  # fmt: skip


def _line(audit: Round, one: Confirmed) -> trail.Line:
    after = {"measures": len(one.measures), "confirmed_on": one.confirmed_on.isoformat()}
    return trail.Line(
        act="sheet:bring", verb="补录已核定的绩效数据", subject=f"round:{audit.pk}",
        label=audit.name, after=after, dossier=audit.enterprise_id, city=audit.city_id,
    )  # fmt: skip
