"""The measures behind a figure of sheets: their sum is the figure, to the last digit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from cleanprod.insight.statistics.effects import BY_KEY, Asked
from cleanprod.insight.statistics.queries import entered_late, entered_on, late_after
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.effects import COUNTS
from cleanprod.stages.measures.models import Effect, Measure, Sheet, TagEffect
from cleanprod.stages.measures.queries import typed_all
from cleanprod.stages.measures.rules import (
    BURNT,
    SUMMED,
    Cost,
    Field,
    State,
    ValueSet,
    computed,
)

FIGURES: Mapping[str, str] = {
    "confirmed": "绩效表已核定的企业",
    "tagged": "方案",
    **{key: f"{'方案' if one.counted else ''}{one.label}" for key, one in BY_KEY.items()},
    "measures": "方案",
    "low": "无/低费方案",
    "high": "中/高费方案",
}
_COSTS = {"low": Cost.LOW, "high": Cost.HIGH}
_COMPUTED = ("tce", "co2")


@dataclass(frozen=True, slots=True)
class Told:
    """What a figure is: how many sheets and measures, and the amount where it is one."""

    sheets: int
    measures: int
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Behind:
    """One figure of what is asked; `tag` narrows it to measures with one tag."""

    figure: str
    asked: Asked
    tag: str = ""

    @property
    def label(self) -> str:
        """Return what the figure is called."""
        return FIGURES[self.figure]

    @property
    def unit(self) -> str:
        """Return the unit of the amount; blank where measures or sheets are counted."""
        if self.figure == "tagged":
            return BY_KEY["voc"].unit
        one = BY_KEY.get(self.figure)
        return "" if one is None or one.counted else one.unit

    @property
    def of_sheets(self) -> bool:
        """Tell whether the figure counts sheets, not measures."""
        return self.figure == "confirmed"

    @property
    def amount_label(self) -> str:
        """Return the heading above the amounts; blank where there are none."""
        if not self.unit:
            return ""
        name = "VOCs削减" if self.figure == "tagged" else self.label
        return f"{name}（{self.unit}）"

    def _rounds(self, among: QuerySet[Round] | None) -> QuerySet[Round]:
        rounds = Round.objects.all() if among is None else among
        return rounds.filter(self.asked.rounds)

    def _effects(self, among: QuerySet[Round] | None) -> QuerySet[Effect]:
        rounds = self._rounds(among).order_by().values("pk")
        return Effect.objects.filter(**self.asked.confirmed, round__in=rounds)

    def told(self, among: QuerySet[Round] | None = None) -> Told:
        """Return the figure itself, of all that is asked or of some rounds."""
        kept = self._effects(among).aggregate(
            sheets=Count("pk"), **{name: Sum(name) for name in BY_KEY}
        )
        if self.tag:
            rounds = self._rounds(among).order_by().values("pk")
            tagged = TagEffect.objects.filter(
                **self.asked.confirmed, tag=self.tag, round__in=rounds
            ).aggregate(n=Sum("measures"), voc=Sum("voc"), firms=Count("round", distinct=True))
            return Told(tagged["firms"], tagged["n"] or 0, tagged["voc"])
        counted = self.figure if self.figure in COUNTS else "measures"
        amount = kept[self.figure] if self.unit else None
        return Told(kept["sheets"], kept[counted] or 0, amount)

    def sheets(self, among: QuerySet[Round], late: int | None = None) -> QuerySet[Sheet]:
        """Return the confirmed sheets; with `late` those recorded more days afterwards."""
        effects = self._effects(among)
        if late is not None:
            effects = effects.filter(entered_late("confirmed_on", late))
        return Sheet.objects.filter(state=State.CONFIRMED, round__in=effects.values("round"))

    def measures(self, among: QuerySet[Round], late: int | None = None) -> QuerySet[Measure]:
        """Return the measures whose numbers the figure sums."""
        sheets = self.sheets(among, late).order_by().values("pk")
        return Measure.objects.filter(self._has(), sheet__in=sheets)

    def _has(self) -> Q:
        which = self.asked.which.value
        if self.figure == "tagged":
            return Q(values__has_key=which, tags__contains=self.tag)
        if self.figure in COUNTS:
            cost = _COSTS.get(self.figure)
            return Q(values__has_key=which) & (Q(cost=cost) if cost else Q())
        if self.figure in _COMPUTED:
            return Q(**{f"values__{which}__has_any_keys": [field.value for field in BURNT]})
        return Q(**{f"values__{which}__has_key": SUMMED[self.figure]})

    def amount(self, measure: Measure) -> Decimal | None:
        """Return what one measure adds to the figure; None where it only counts."""
        if not self.unit:
            return None
        one = typed_all([measure])[0]
        if self.figure in _COMPUTED:
            total = computed([one], self.asked.which, measure.sheet.factor_set).total
            return total.tce if self.figure == "tce" else total.co2_t
        field = Field.VOC if self.figure == "tagged" else Field(SUMMED[self.figure])
        return one.of(self.asked.which).get(field)

    def late(self, among: QuerySet[Round] | None, days: int | None) -> int:
        """Return how many of the sheets were recorded so many days after their confirmation."""
        return (
            0
            if days is None
            else self._effects(among).filter(entered_late("confirmed_on", days)).count()
        )

    def recorded(self, sheets: Sequence[Any]) -> dict[int, date]:
        """Return the day of recording of those of the sheets' rounds that were entered late."""
        if not sheets or (days := late_after()) is None:
            return {}
        rounds = [one.round_id for one in sheets]
        late = Effect.objects.filter(
            entered_late("confirmed_on", days), which=ValueSet.VERIFIED, round__in=rounds
        )
        told = late.values_list("round", "recorded_at")
        return {pk: entered_on(moment) for pk, moment in told}
