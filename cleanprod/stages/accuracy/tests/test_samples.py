"""Samples: drawn, re-checked by a second person, contested, decided, frozen."""

from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.accuracy import access, actions, queries
from cleanprod.stages.accuracy.models import Counted, Item, Sample
from cleanprod.stages.accuracy.rules import Stage, Verdict, drawn, summed
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.rules import Conclusion
from tests.flow import LEAD, firms, listed
from tests.world import FOSHAN, TODAY

OWNERS = ("red-star", "blue-sea")
PROVINCE, OTHER, SUPPORT = "province-ecology", "province-industry", "support"


def measure(code, power, benefit=3):
    numbers = {
        Field.ELECTRICITY: Decimal(power),
        Field.INVESTMENT: Decimal(5),
        Field.BENEFIT: Decimal(benefit),
    }
    return Typed("节能", Cost.LOW, code=code, values={ValueSet.VERIFIED: numbers})


@pytest.fixture
def rounds(cast):
    """Two completed rounds with confirmed sheets of ten measures, 30 values each."""
    listed(cast, firms(2))
    found = list(Round.objects.order_by("pk"))
    for benefit, audit, owner in zip((3, 4), found, OWNERS, strict=True):
        Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices[owner])
        audit.refresh_from_db()
        sheet = measures.fill(
            audit.pk, [measure(f"WD{n}", n, benefit) for n in range(1, 11)],
            version=0, by=cast[owner],
        )  # fmt: skip
        measures.confirm(audit.pk, version=sheet.version, by=cast[LEAD])
    passed = [
        review.NewResult(audit.pk, Conclusion.PASSED, TODAY, document_number="佛环1号")
        for audit in found
    ]
    review.record_results(passed, by=cast[LEAD])
    review.complete([audit.pk for audit in found], by=cast[LEAD])
    return found


def draw(cast, by=PROVINCE):
    return actions.draw(FOSHAN, TODAY.year, seed="00ff", by=cast[by])


def check(cast, item, verdict=Verdict.RIGHT, by=SUPPORT):
    said = {} if verdict is Verdict.RIGHT else {"right_value": "1", "note": "电费单为1"}
    return actions.check(item.pk, verdict, by=cast[by], **said)


def test_anybody_redoes_the_draw_and_a_second_draw_gives_the_first(cast, rounds):
    sample = draw(cast)
    assert (sample.frame_size, sample.size) == (60, 20)
    again = drawn(sample.seed, sample.frame, sample.size)
    names = [
        f"round:{one.round_id}|{one.code}|{one.column}" for one in sample.items.order_by("place")
    ]
    assert names == again
    assert draw(cast).pk == sample.pk
    assert Entry.objects.filter(act="accuracy:draw").count() == 1


def test_only_the_province_draws_and_freezes(cast, rounds):
    for name in (LEAD, SUPPORT, "red-star"):
        with pytest.raises(NotAllowed):
            draw(cast, by=name)
    sample = draw(cast)
    with pytest.raises(NotAllowed):
        actions.freeze(sample.pk, by=cast[LEAD])
    with pytest.raises(Refused, match="无法抽样"):
        actions.draw(FOSHAN, 2019, by=cast[PROVINCE])


def test_whoever_confirmed_a_sheet_does_not_re_check_it(cast, rounds):
    item = draw(cast).items.first()
    Sheet.objects.update(confirmer_id=cast[SUPPORT].person_id)
    with pytest.raises(NotAllowed, match="另一人"):
        check(cast, item)
    with pytest.raises(NotAllowed):
        check(cast, item, by=LEAD)


def test_a_lost_value_is_contested_decided_and_counted(cast, rounds):
    sample = draw(cast)
    first, second, *others = sample.items.order_by("place")
    with pytest.raises(Refused, match="佐证值"):
        actions.check(first.pk, Verdict.WRONG, by=cast[SUPPORT])
    check(cast, first, Verdict.WRONG)
    check(cast, second, Verdict.WRONG, by=PROVINCE)
    for one in others:
        check(cast, one)
    whole = summed(row.tally for row in queries.by_round(sample))
    assert (whole.auto_checked, whole.auto_right, whole.sampled, whole.sampled_right) == (
        60,
        60,
        20,
        18,
    )
    assert whole.accuracy == Fraction(78, 80)
    owner = {rounds[0].pk: "red-star", rounds[1].pk: "blue-sea"}
    stranger = next(name for name in OWNERS if name != owner[first.round_id])
    with pytest.raises(NotAllowed):
        actions.contest(first.pk, reason="有补充凭证", by=cast[stranger])
    actions.contest(first.pk, reason="有补充凭证", by=cast[owner[first.round_id]])
    actions.contest(second.pk, reason="电表已更换", by=cast[LEAD])
    with pytest.raises(Refused, match="2项"):
        actions.freeze(sample.pk, by=cast[PROVINCE])
    actions.decide(first.pk, restore=True, reason="凭证成立", by=cast[PROVINCE])
    with pytest.raises(NotAllowed):  # who found it wrong does not decide
        actions.decide(second.pk, restore=False, reason="维持", by=cast[PROVINCE])
    actions.decide(second.pk, restore=False, reason="维持", by=cast[OTHER])
    for _ in range(2):
        frozen = actions.freeze(sample.pk, by=cast[PROVINCE])
    assert frozen.result == {
        "auto_checked": 60, "auto_right": 60, "sampled": 20, "sampled_right": 19, "corrected": 0,
    }  # fmt: skip
    with pytest.raises(Conflict, match="封存"):
        actions.decide(second.pk, restore=True, reason="再看", by=cast[OTHER])


def test_corrections_after_the_sheet_was_given_back_are_counted_once_and_lower_nothing(
    cast, rounds
):
    audit = rounds[0]
    Round.objects.filter(pk=audit.pk).update(completed_on=None, stage="accepted")
    measures.reopen(audit.pk, reason="单位有误", by=cast[LEAD])
    version = 1
    for power in ("77", "78"):
        changed = [measure(f"WD{n}", power if n == 1 else n) for n in range(1, 11)]
        version = measures.fill(audit.pk, changed, version=version, by=cast["red-star"]).version
    assert Sheet.objects.get(round=audit).corrected == ["WD1|electricity"]
    measures.confirm(audit.pk, version=version, by=cast[LEAD])
    Round.objects.filter(pk=audit.pk).update(completed_on=TODAY, stage="completed")
    sample = draw(cast)
    counted = Counted.objects.get(sample=sample, round=audit)
    assert (counted.corrected, counted.right, counted.checked) == (1, 30, 30)


def test_a_value_with_an_open_finding_counts_as_wrong(cast, rounds):
    """A sheet that was confirmed before a check existed may carry what the check finds."""
    kept = Sheet.objects.get(round=rounds[0]).measures.get(code="WD1")
    kept.values["verified"]["fresh_water"] = "-3"
    kept.save()
    counted = Counted.objects.get(sample=draw(cast), round=rounds[0])
    assert (counted.checked, counted.right) == (31, 30)
    assert counted.lost[0][0] == "WD1"


def test_a_point_lost_to_a_check_is_opened_contested_and_restored(cast, rounds):
    kept = Sheet.objects.get(round=rounds[0]).measures.get(code="WD1")
    kept.values["verified"]["fresh_water"] = "-3"
    kept.save()
    sample = draw(cast)
    point = Item.objects.get(sample=sample, automatic=True)
    assert (point.value, point.label) == ("-3", Field.WATER.label)
    client = Client()
    client.force_login(cast.people[LEAD])
    asked = {"year": TODAY.year, "round": rounds[0].pk}
    page = client.get(reverse("accuracy:lost"), asked).content.decode()
    assert reverse("accuracy:item", args=[point.pk]) in page
    assert "效果为负" in page
    other = client.get(reverse("accuracy:lost"), asked | {"round": rounds[1].pk}).content.decode()
    assert "没有有误项" in other
    nobody = client.get(reverse("accuracy:lost"), {"year": TODAY.year, "consultancy": ""})
    assert reverse("accuracy:item", args=[point.pk]) in nobody.content.decode()
    actions.contest(point.pk, reason="改造后用水增加，有台账", by=cast[LEAD])
    actions.decide(point.pk, restore=True, reason="台账属实", by=cast[PROVINCE])
    whole = summed(row.tally for row in queries.by_round(sample))
    assert (whole.auto_checked, whole.auto_right, whole.sampled) == (61, 61, 0)
    assert not queries.lost_points(cast[PROVINCE], TODAY.year).exists()


def test_nothing_checked_has_no_rank(cast, rounds):
    sample = draw(cast)
    Counted.objects.filter(sample=sample).update(checked=0, right=0)
    (row,) = queries.by_city(Sample.objects.select_related("city"))
    assert (row.tally.accuracy, row.ranked.place) == (None, None)


def test_each_reads_only_what_is_theirs(cast, rounds):
    sample = draw(cast)
    for name in (PROVINCE, OTHER, LEAD, SUPPORT, "foshan-industry"):
        assert access.visible_to(cast[name]).filter(pk=sample.pk).exists(), name
    for name in ("huizhou-industry", "nanhai-industry", "expert", "consultancy", "red-star"):
        assert not access.visible_to(cast[name]).exists(), name
    mine = access.items_visible_to(cast["red-star"])
    assert set(mine.values_list("round", flat=True)) <= {rounds[0].pk}
    assert access.items_visible_to(None).count() == 0


def test_the_pages_and_the_workbook_say_the_same(cast, rounds):
    sample = draw(cast)
    for one in sample.items.all():
        check(cast, one)
    client = Client()
    client.force_login(cast.people[LEAD])
    page = client.get(reverse("accuracy:board")).content.decode()
    assert "100.00%" in page
    assert "内部，待核实" in page
    before = client.get(reverse("accuracy:board"), {"year": TODAY.year - 1}).content.decode()
    assert f'?year={TODAY.year}">查看{TODAY.year}年</a>' in before
    book = client.get(reverse("accuracy:workbook"), {"year": TODAY.year}).getvalue()
    sheet = openpyxl.load_workbook(BytesIO(book)).worksheets[0]
    row = next(row for row in sheet.values if row[1] == "佛山")
    assert row[2:9] == (60, 60, 20, 20, 80, 80, "100.00%")


def test_a_re_check_with_gaps_is_told_beside_the_fields(cast, rounds):
    item = draw(cast).items.first()
    client = Client()
    client.force_login(cast.people[SUPPORT])
    answer = client.post(
        reverse("accuracy:check", args=[item.pk]), {"verdict": "wrong", "note": "电费单"}
    )
    assert answer.status_code == 422
    assert "判为不一致的必须填写" in answer.content.decode()
    assert Item.objects.get(pk=item.pk).stage == Stage.DRAWN
