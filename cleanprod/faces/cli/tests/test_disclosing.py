"""The firms of the demo that publish."""

from collections import Counter
from datetime import date

from cleanprod.faces.cli.demo import disclosing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.disclosures.models import Edition, Publication
from tests.flow import LEAD, firms, listed


def test_the_demo_shows_each_kind_one_proof_that_waits_and_one_that_came_back(cast):
    listed(cast, firms(8))
    Round.objects.update(list_year=2023, stage="planned")
    ended = Round.objects.order_by("-pk").values_list("pk", flat=True)[:2]
    Round.objects.filter(pk__in=list(ended)).update(stage="accepted", accepted_on=date(2023, 9, 1))
    disclosing.load({"city-440600-ecology": cast[LEAD]})
    assert Counter(Publication.objects.values_list("kind", "state")) == {
        ("basic", "published"): 8, ("results", "published"): 2, ("category", "returned"): 1,
        ("category", "waiting"): 1, ("category", "accepted"): 2,
    }  # fmt: skip
    assert Edition.objects.filter(publication__kind="basic", number=2).count() == 1
