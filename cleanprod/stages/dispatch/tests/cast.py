"""Rounds that are overdue in two counties, and dispatches about them."""

from datetime import date

from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.audits.models import Round
from cleanprod.stages.dispatch import actions, answering, queries
from cleanprod.stages.dispatch.models import Recipient
from cleanprod.stages.dispatch.rules import Addressed, Selection
from cleanprod.stages.programme.judging import BatchKey
from tests.flow import firms, listed
from tests.world import FOSHAN, NANHAI, SHUNDE

LEAD = "foshan-industry"
ANSWER_ON = date(2023, 10, 8)
SAID = {"progress": "正在审核", "expected": date(2023, 11, 30), "next": "加快检测"}


def overdue_rounds(cast, count=4):
    """List firms of the industry bureau in 2022: half in 南海, half in 顺德, all overdue."""
    listed(cast, firms(count), key=BatchKey(2022, FOSHAN, Line.INDUSTRY, 1), by=LEAD)
    rounds = list(Round.objects.filter(lead="industry").order_by("pk"))
    for place, audit in enumerate(rounds):
        county = NANHAI if place < count // 2 else SHUNDE
        Round.objects.filter(pk=audit.pk).update(county=county)
    Round.objects.filter(pk=rounds[0].pk).update(enterprise=cast.offices["red-star"])
    return list(Round.objects.filter(lead="industry").order_by("pk"))


def draft(cast, by=LEAD, **changes):
    """Draft a dispatch about everything overdue."""
    today = date(2023, 9, 28)
    said = {
        "title": "第三季度逾期事项调度", "reason": "了解逾期原因。", "answer_on": ANSWER_ON,
        "fields": queries.offered(today), "addressed": Addressed.COUNTY,
        "selection": Selection(tuple(key for key, _ in queries.duty_titles(today))),
    } | changes  # fmt: skip
    return actions.draft(actions.Draft(**said), by=cast[by])


def opened(cast, by=LEAD, **changes):
    """Draft a dispatch and send it out."""
    return actions.open_dispatch(draft(cast, by, **changes).pk, by=cast[by])


def recipient(dispatch, county=NANHAI):
    """Return the recipient of a county."""
    return Recipient.objects.get(dispatch=dispatch, county=county)


def fill(cast, row, by="nanhai-industry", version=0, **changes):
    """Keep the draft of one row."""
    return answering.save(row.pk, SAID | changes, version=version, by=cast[by])


def handed_in(cast, dispatch, by="nanhai-industry", county=NANHAI):
    """Answer all rows of a county."""
    asked = recipient(dispatch, county)
    for row in asked.rows.all():
        fill(cast, row, by)
    answering.hand_in(asked.pk, by=cast[by])
    return asked
