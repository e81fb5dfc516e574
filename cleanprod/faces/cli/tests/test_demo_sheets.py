"""The sheets of the demo's 佛山: filled by the acts of the product, confirmed by the lead."""

import pytest

from cleanprod.faces.cli.demo import sheets
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.measures.models import Sheet, Working, YearTable
from tests.flow import firms, listed

FURNITURE = "2110"


@pytest.mark.django_db
def test_the_demo_fills_sheets_that_the_lead_can_confirm(cast):
    listed(cast, firms(3))
    Round.objects.update(
        enterprise=cast.offices["red-star"], industry=FURNITURE, stage=Stage.ACCEPTED,
        lead="ecology",
    )  # fmt: skip
    sheets.load({"city-440600-ecology": cast["foshan-ecology"]})
    found = Sheet.objects.order_by("pk")
    assert [one.state for one in found] == ["confirmed", "open", "confirmed"]
    assert YearTable.objects.count() == 3
    assert Working.objects.exists()
