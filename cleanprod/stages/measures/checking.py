"""What the checks of a sheet read from the database, and what was explained."""

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from math import log10
from statistics import median

from cleanprod.foundation.engine import clock
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.kernel.text import tidy
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import queries
from cleanprod.stages.measures.checks import CHECKS, run
from cleanprod.stages.measures.findings import (
    Found,
    Limits,
    Peers,
    Subject,
    Twin,
    Weight,
)
from cleanprod.stages.measures.models import Explanation, GreenLevel, Measure, Sheet
from cleanprod.stages.measures.rules import Field, Typed, ValueSet, computed, totals
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.rules import SystemStage

_DIVISION = 2  # digits of an industry code that name its division 大类
_MOST_PEERS = 3000
_TELLING = 8  # digits of distinct numbers; fewer are the same by chance in small measures
_FILLING = re.compile(r"[\W\d_]+")
_MARK = 40  # characters of a fingerprint
_NORMAL = 1.4826  # from the middle deviation to a standard deviation, as for normal spread


def limits(on: date) -> Limits:
    """Return from where on numbers are asked about, by the rules of a day."""
    kept = rulebook.value("measures.checks", on=on).value
    return Limits(
        slip_powers=tuple(Decimal(text) for text in kept["slip_powers"]),
        slip_tolerance=Decimal(kept["slip_tolerance_percent"]) / 100,
        payback_years=Decimal(kept["payback_years"]),
        payback_least_years=Decimal(kept["payback_least_years"]),
        jump=Decimal(kept["jump"]),
        overshoot=Decimal(kept["overshoot"]),
        peers_least=int(kept["peers_least"]),
        outlier_spreads=float(kept["outlier_spreads"]),
        outlier_decades=float(kept["outlier_decades"]),
        balance_share=Decimal(kept["balance_percent"]) / 100,
    )


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes the fingerprints by which copied measures are found; short ones are nobody's own.

    Figures and signs in a text do not count: who copies changes them first.
    """

    least_chars: int
    least_numbers: int

    def text(self, content: str) -> str:
        """Return the fingerprint of a text, or nothing."""
        words = _FILLING.sub("", tidy(content))
        if len(words) < self.least_chars:
            return ""
        return sha256(words.encode()).hexdigest()[:_MARK]

    def values(self, values: Mapping[str, Mapping[str, str]]) -> str:
        """Return the fingerprint of the numbers of all value sets, or nothing."""
        plain = {
            which: {key: Decimal(text).normalize() for key, text in sorted(numbers.items())}
            for which, numbers in sorted(values.items())
        }
        distinct = {pair for numbers in plain.values() for pair in numbers.items() if pair[1]}
        digits = sum(len(amount.as_tuple().digits) for _, amount in distinct)
        if len(distinct) < self.least_numbers or digits < _TELLING:
            return ""
        return sha256(json.dumps(plain, default=str).encode()).hexdigest()[:_MARK]


def marker(on: date) -> Marker:
    """Return the maker of fingerprints by the rules of a day."""
    kept = rulebook.value("measures.checks", on=on).value
    return Marker(int(kept["copied_chars"]), int(kept["copied_numbers"]))


@dataclass(frozen=True, slots=True)
class Told:
    """One finding with the reason that was given for it, if there is one."""

    found: Found
    reason: Explanation | None

    @property
    def stands_in_the_way(self) -> bool:
        """Tell whether the sheet cannot be confirmed because of it."""
        if self.found.weight is Weight.BLOCK:
            return True
        return self.found.weight is Weight.ASK and self.reason is None


def told(
    sheet: Sheet | None,
    which: ValueSet,
    *,
    measures: Sequence[Typed] | None = None,
) -> list[Told]:
    """Return what the checks find in one value set of a sheet, each with its reason.

    The same function serves the page, the enterprise's own look and the lead's confirmation.
    """
    if sheet is None:
        return []
    found = run(subject(sheet, which, queries.typed(sheet) if measures is None else measures))
    reasons = {
        one.key: one for one in Explanation.objects.filter(sheet=sheet, which=which).order_by("pk")
    }
    return [Told(one, reasons.get(one.key)) for one in found]


def subject(sheet: Sheet, which: ValueSet, measures: Sequence[Typed]) -> Subject:
    """Return all that the checks of one value set read."""
    today = clock.today()
    factors = sheet.factor_set
    audit = sheet.round
    system = system_of(audit)
    return Subject(
        measures=measures,
        which=which,
        account=computed(measures, which, factors),
        totals=totals(measures, which, factors, share=queries.share(today)),
        border=sheet.border,
        limits=limits(today),
        years=queries.three_years(audit),
        earlier=queries.earlier_years(audit),
        peers=peers(audit, which),
        twins=twins(sheet),
        system=system.name if system else "",
        level_known=GreenLevel.objects.filter(round=audit, complete=True).exists(),
        workings=queries.backed(sheet, which),
        share=queries.share(today),
    )


def peers(audit: Round, which: ValueSet) -> dict[Field, Peers]:
    """Return how other enterprises of the division fill each column, from their newest measures."""
    division = audit.industry[:_DIVISION]
    if len(division) < _DIVISION:
        return {}
    rows = (
        Measure.objects.filter(sheet__round__industry__startswith=division)
        .exclude(sheet__round__enterprise=audit.enterprise_id)
        .order_by("-pk")
        .values_list(f"values__{which.value}", flat=True)[:_MOST_PEERS]
    )
    logs: dict[Field, list[float]] = defaultdict(list)
    for numbers in rows:
        for key, value in _positive(numbers or {}):
            logs[key].append(log10(value))
    return {key: _spread(found) for key, found in logs.items()}


def _positive(numbers: Mapping[str, str]) -> Iterable[tuple[Field, Decimal]]:
    for key, text in numbers.items():
        try:
            value = Decimal(text)
        except InvalidOperation:
            continue
        if value > 0:
            yield Field(key), value


def _spread(logs: Sequence[float]) -> Peers:
    middle = median(logs)
    return Peers(len(logs), middle, _NORMAL * median(abs(one - middle) for one in logs))


def twins(sheet: Sheet) -> list[Twin]:
    """Return the measures whose text or numbers another enterprise has, too."""
    own = list(sheet.measures.values_list("code", "text_mark", "values_mark"))
    found: list[Twin] = []
    for place, column, what in ((1, "text_mark", "方案内容"), (2, "values_mark", "全部数值")):
        marks = {row[place]: row[0] for row in own if row[place]}
        found += _alike(sheet, column, marks, what)
    return found


def _alike(sheet: Sheet, column: str, marks: Mapping[str, str], what: str) -> list[Twin]:
    if not marks:
        return []
    rows = (
        Measure.objects.filter(**{f"{column}__in": list(marks)})
        .exclude(sheet__round__enterprise=sheet.round.enterprise_id)
        .order_by(column, "pk")
        .values_list(column, "sheet__round__name")
    )
    first: dict[str, str] = {}
    for mark, name in rows:
        first.setdefault(mark, name)
    return [Twin(marks[mark], name, what) for mark, name in first.items()]


def system_of(audit: Round) -> IndicatorSystem | None:
    """Return the indicator system in force for the trade of a round, the most exact one."""
    systems = IndicatorSystem.objects.filter(stage=SystemStage.IN_FORCE).exclude(trades="")
    found = [
        (len(trade), system.pk, system)
        for system in systems.defer("body")
        for trade in system.trades.split("、")
        if trade and audit.industry.startswith(trade)
    ]
    return max(found, key=lambda one: one[:2])[2] if found else None


def hindrances(sheet: Sheet, which: ValueSet = ValueSet.VERIFIED) -> list[str]:
    """Return what stands in the way of confirming the numbers of a value set, in words."""
    return [
        f"{one.found.place}{one.found.column}：{one.found.rule}"
        for one in told(sheet, which)
        if one.stands_in_the_way
    ]


def titles(keys: Collection[str]) -> dict[str, str]:
    """Return what checks are called."""
    return {check.key: check.title for check in CHECKS if check.key in keys}
