"""A drawn sample of 佛山: most values found right, one wrong and contested, some still to do."""

from collections.abc import Mapping

from cleanprod.faces.cli.demo import plan
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Standing
from cleanprod.kernel.errors import Refused
from cleanprod.stages.accuracy import actions
from cleanprod.stages.accuracy.rules import Verdict

CITY = "440600"
_LEFT = 4  # values that wait for their re-check


def draw(who: Mapping[str, Standing]) -> None:
    """Draw the sample of 2022 and re-check most of it."""
    province = who["province-industry"]
    with clock.fixed(plan.TODAY):
        try:
            sample = actions.draw(CITY, 2022, seed=f"demo-{plan.SEED}", by=province)
        except Refused:
            return  # no confirmed sheet among the completed rounds of this plan
        items = list(sample.items.select_related("round").order_by("place"))
        for place, item in enumerate(items[:-_LEFT]):
            if place == 0:
                actions.check(
                    item.pk, Verdict.WRONG, right_value="0.8", note="与缴费凭证不一致（演示）",
                    by=province,
                )  # fmt: skip
                lead = who[f"city-{CITY}-{Line(item.round.lead)}"]
                actions.contest(item.pk, reason="凭证缺少一个月，已补（演示）", by=lead)
            else:
                actions.check(item.pk, Verdict.RIGHT, note="与凭证一致（演示）", by=province)
