"""Accepted and completed rounds in two cities, and figures frozen from them."""

from datetime import date

from cleanprod.insight.bulletins import actions
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.stages.audits.models import Round
from cleanprod.stages.review import actions as review
from tests.flow import firms, listed, take_results

MOMENT = AsOf(2022, date(2023, 2, 22))


def accepted(cast, count=4, completed=2):
    """List firms, accept all of them in 2022 and complete some."""
    rows = firms(count)
    listed(cast, rows)
    take_results(cast, *((name, number, "2022-10-12", "通过") for name, number, _ in rows))
    ids = list(Round.objects.order_by("pk").values_list("pk", flat=True))
    review.complete(ids[:completed], by=cast["foshan-ecology"])
    return ids


def freeze(cast, moment=MOMENT, **more):
    """Freeze the figures as the province."""
    return actions.freeze(moment, by=cast["province-industry"], **more)
