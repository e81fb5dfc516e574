"""Drawn samples of 2022: two cities frozen, 佛山 under way with a contest, 肇庆 still to do."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Line, Standing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.accuracy import actions
from cleanprod.stages.accuracy.models import Item, Sample
from cleanprod.stages.accuracy.rules import Verdict
from cleanprod.stages.audits.models import Round
from cleanprod.stages.registration.models import Engagement
from cleanprod.stages.registration.rules import Scope

CITY = "440600"
_YEAR = 2022
_FROZEN = ("440300", "440400")
_UNTOUCHED = "441200"
_LEFT = 4  # values that wait for their re-check
_WRONG_EVERY = 40  # one in so many does not go with its evidence
_WITHOUT_EVERY = 5  # one firm in so many did without a consultancy


def draw(who: Mapping[str, Standing]) -> None:
    """Draw the samples, re-check them, contest and decide, freeze two."""
    province, second = who["province-industry"], who["province-ecology"]
    with clock.fixed(plan.TODAY):
        _engage((CITY, *_FROZEN, _UNTOUCHED))
        samples = {city: _drawn(city, province) for city in (CITY, *_FROZEN, _UNTOUCHED)}
        for city, sample in samples.items():
            if sample is None or city == _UNTOUCHED:
                continue
            items = list(sample.items.select_related("round").order_by("place"))
            done = items if city in _FROZEN else items[:-_LEFT]
            for place, item in enumerate(done):
                _check(item, place, province)
            for item in items[::_WRONG_EVERY]:
                lead = who[f"city-{city}-{Line(item.round.lead)}"]
                actions.contest(item.pk, reason="凭证缺少一个月，已补（演示）", by=lead)
            if city in _FROZEN:
                for place, item in enumerate(items[::_WRONG_EVERY]):
                    restore = place % 2 == 1
                    reason = "补交的凭证与填报值一致" if restore else "补交的凭证仍不一致"
                    actions.decide(item.pk, restore=restore, reason=f"{reason}（演示）", by=second)
                actions.freeze(sample.pk, by=province)


def _drawn(city: str, by: Standing) -> Sample | None:
    """Return the sample of a city, or None where no confirmed sheet is among the completed."""
    try:
        return actions.draw(city, _YEAR, seed=f"demo-{plan.SEED}-{city}", by=by)
    except Refused:
        return None


def _check(item: Item, place: int, by: Standing) -> None:
    if place % _WRONG_EVERY == 0:
        shown = f"{Decimal(item.value) * Decimal('0.8') or Decimal('0.5'):.2f}"
        actions.check(
            item.pk, Verdict.WRONG, right_value=shown, note="与缴费凭证不一致（演示）", by=by
        )
    else:
        actions.check(item.pk, Verdict.RIGHT, note="与凭证一致（演示）", by=by)


def _engage(cities: tuple[str, ...]) -> None:
    """Say which consultancy worked on finished rounds, as brought over from the old platform.

    The act engages for rounds that go on; of these rounds it is history.
    """
    offices = list(Organisation.objects.filter(kind=Kind.CONSULTANCY).order_by("pk"))
    rounds = Round.objects.filter(city__in=cities, accepted_on__year=_YEAR).order_by("pk")
    engaged = [audit for place, audit in enumerate(rounds) if place % _WITHOUT_EVERY]
    Engagement.objects.bulk_create(
        Engagement(
            round=audit, consultancy=offices[place % len(offices)], scope=Scope.SUBMIT.value,
            begins_on=date(_YEAR, 1, 1), ends_on=date(_YEAR, 12, 31), person_name="演示企业经办人",
        )
        for place, audit in enumerate(engaged)
    )  # fmt: skip
