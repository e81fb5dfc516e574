"""The demo's dispatches, on lists as small as they may be."""

from dataclasses import replace
from datetime import date

from cleanprod.faces.cli.demo import dispatching
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.audits.models import Round
from cleanprod.stages.dispatch import queries
from cleanprod.stages.dispatch.models import Dispatch
from cleanprod.stages.dispatch.rules import DispatchStage
from tests.flow import KEY, firms, listed
from tests.world import NANHAI, SHUNDE


def test_one_is_closed_one_is_open_and_one_is_of_the_province(cast):
    for number, (line, by) in enumerate(
        ((Line.ECOLOGY, "foshan-ecology"), (Line.INDUSTRY, "foshan-industry"))
    ):
        key = replace(KEY, year=2023, lead=line)
        listed(cast, firms(4, first=10 * number + 1), key, on=date(2023, 3, 8), by=by)
    for place, audit in enumerate(Round.objects.order_by("pk")):
        Round.objects.filter(pk=audit.pk).update(county=(NANHAI, SHUNDE)[place % 2])
    dispatching.load(
        {
            "city-440600-ecology": cast["foshan-ecology"],
            "city-440600-industry": cast["foshan-industry"],
            f"county-{NANHAI}-industry": cast["nanhai-industry"],
            "province-ecology": cast["province-ecology"],
        }
    )
    found = Dispatch.objects.order_by("pk")
    assert [one.stage for one in found] == [
        DispatchStage.CLOSED, DispatchStage.OPEN, DispatchStage.OPEN,
    ]  # fmt: skip
    today = date(2023, 9, 28)
    answered = [
        queries.together("", queries.tallies(one.recipients.all(), today)).rate.answered
        for one in found
    ]
    assert answered == [0, 2, 0]
