"""Workings: every method by hand, mistakes at their fields, kept, adopted, checked."""

from decimal import Decimal as D

import pytest
from django.urls import reverse

from cleanprod.kernel.errors import Conflict, NotAllowed
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, checking, queries
from cleanprod.stages.measures.models import Sheet, Working
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet
from cleanprod.stages.measures.workings import ASKED, BadInputs, Method, compute
from tests.flow import LEAD, firms, listed

OWNER, VERIFIED = "red-star", ValueSet.VERIFIED
PAINT = {
    "before_name": "溶剂型漆", "before_used": "20", "before_share": "60",
    "after_name": "水性漆", "after_used": "22", "after_share": "10",
    "output_before": "1000", "output_after": "1100", "collected": "80", "removed": "50",
}  # fmt: skip


def test_a_low_voc_material_cuts_generation_and_less_emission():
    found = compute(Method.SUBSTITUTION, PAINT)
    generation, emission = found.results
    assert generation.value == D(10)  # 20 × 0.6 − 22 × 0.1 × 1000 ÷ 1100
    assert emission.value == D(6)  # × (1 − 0.8 × 0.5)
    assert (found.column, found.amount) == (Field.VOC, D(6))


def test_a_content_in_grams_per_litre_needs_the_density():
    grams = {**PAINT, "before_share": "", "before_grams": "600", "before_density": "1"}
    assert compute(Method.SUBSTITUTION, grams).amount == D(6)
    with pytest.raises(BadInputs) as bad:
        compute(Method.SUBSTITUTION, {**grams, "before_density": ""})
    assert list(bad.value.problems) == ["before_share"]


def test_better_treatment_cuts_emission_alone():
    typed = {
        "generated": "50", "collected_before": "60", "removed_before": "50",
        "collected_after": "90", "removed_after": "80",
    }  # fmt: skip
    found = compute(Method.TREATMENT, typed)
    assert [one.value for one in found.results] == [D(0), D(21)]  # 50 × (0.72 − 0.3)


def test_a_balance_tells_generation_and_emission_and_backs_no_saving():
    typed = {
        "m1_name": "漆", "m1_used": "10", "m1_share": "50", "m2_name": "稀释剂", "m2_used": "2",
        "m2_share": "100", "recovered": "1", "collected": "90", "removed": "80",
    }  # fmt: skip
    found = compute(Method.BALANCE, typed)
    assert [one.value for one in found.results] == [D(6), D("1.68")]
    assert found.column is None


def test_more_output_hides_no_saving():
    typed = {
        "column": "electricity", "use_before": "100", "use_after": "108", "output_before": "1000",
        "output_after": "1200",
    }  # fmt: skip
    found = compute(Method.NET, typed)
    assert (found.column, found.amount) == (Field.ELECTRICITY, D(12))
    assert "100 万kWh ÷ 1000" in found.results[0].formula


def test_reused_water_is_a_rate_and_a_saving_has_its_worth():
    typed = {"fresh_before": "900", "reused_before": "100", "fresh_after": "600",
             "reused_after": "400"}  # fmt: skip
    before, after = compute(Method.REUSE, typed).results
    assert (before.value, after.value) == (D("0.1"), D("0.4"))
    assert (before.name, after.name) == ("改造前水重复利用率", "改造后水重复利用率")
    assert after.formula.endswith("= 0.4，即 40 %")
    priced = {"column": "electricity", "saved": "2", "price": "6500"}
    found = compute(Method.WORTH, priced)
    assert (found.column, found.amount) == (Field.BENEFIT, D("1.3"))


def test_every_mistake_is_told_at_its_field():
    wrong = {**PAINT, "before_used": "-1", "after_share": "110", "removed": "x", "output_after": ""}
    with pytest.raises(BadInputs) as bad:
        compute(Method.SUBSTITUTION, wrong)
    assert set(bad.value.problems) == {"before_used", "after_share", "removed", "output_after"}
    with pytest.raises(BadInputs, match="产量必须大于 0"):
        compute(Method.SUBSTITUTION, {**PAINT, "output_after": "0"})


@pytest.mark.parametrize("method", list(Method))
def test_nothing_typed_names_each_field_that_is_needed(method):
    with pytest.raises(BadInputs) as bad:
        compute(method, {})
    assert set(bad.value.problems) == {ask.key for ask in ASKED[method] if not ask.optional}


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    found = Round.objects.get()
    paint = Typed(
        "水性漆替代", Cost.HIGH, tags=(Tag.LOW_VOC,), values={VERIFIED: {Field.VOC: D(9)}}
    )
    actions.fill(found.pk, [paint], version=0, by=cast[OWNER])
    return found


def keep(cast, audit, by=OWNER):
    return actions.keep_working(audit.pk, "ZG1", VERIFIED, Method.SUBSTITUTION, PAINT, by=cast[by])


def test_a_working_is_asked_about_until_the_sheet_says_the_same(cast, audit):
    assert keep(cast, audit).pk == keep(cast, audit).pk
    told = checking.told(Sheet.objects.get(), VERIFIED)
    (found,) = [one.found for one in told if one.found.check == "workings"]
    assert (found.place, found.rule) == ("ZG1", "核算底稿为6，填报值与底稿不符")
    sheet = actions.adopt_workings(audit.pk, VERIFIED, version=1, by=cast[OWNER])
    assert queries.typed(sheet)[0].of(VERIFIED) == {Field.VOC: D(6)}
    assert not [one for one in checking.told(sheet, VERIFIED) if one.found.check == "workings"]
    with pytest.raises(Conflict):
        actions.adopt_workings(audit.pk, VERIFIED, version=0, by=cast[OWNER])


def test_a_low_voc_measure_without_working_is_told_and_nothing_else(cast, audit):
    told = checking.told(Sheet.objects.get(), VERIFIED)
    (found,) = [one for one in told if one.found.check == "workings"]
    assert not found.stands_in_the_way


def test_only_the_owner_works_out_and_a_measure_takes_its_workings_along(cast, audit):
    for by in (LEAD, "province-industry"):
        with pytest.raises(NotAllowed):
            keep(cast, audit, by)
    kept = keep(cast, audit)
    with pytest.raises(BadInputs):
        actions.keep_working(audit.pk, "ZG9", VERIFIED, Method.SUBSTITUTION, PAINT, by=cast[OWNER])
    actions.fill(audit.pk, [Typed("培训", Cost.LOW)], version=1, by=cast[OWNER])
    assert not Working.objects.filter(pk=kept.pk).exists()
    actions.remove_working(audit.pk, kept.pk, by=cast[OWNER])


def test_a_sheet_without_measures_is_filled_first(cast, audit, client):
    actions.fill(audit.pk, [], version=1, by=cast[OWNER])
    client.force_login(cast.people[OWNER])
    page = client.get(reverse("measures:workings-new", args=[audit.pk]), follow=True)
    assert "先填报方案" in page.content.decode()


def test_the_pages_fill_show_and_write_into_the_sheet(cast, audit, client):
    client.force_login(cast.people[OWNER])
    new = reverse("measures:workings-new", args=[audit.pk]) + "?set=verified&method=substitution"
    wrong = client.post(new, {"code": "ZG1", **PAINT, "before_share": "600"})
    assert wrong.status_code == 422
    assert "应填 0 至 100" in wrong.content.decode()
    page = client.post(new, {"code": "ZG1", **PAINT}, follow=True).content.decode()
    assert "(20 t × 0.6 − 22 t × 0.1 × 1000 ÷ 1100) × (1 − 0.8 × 0.5) = 6 t" in page
    assert "不一致" in page
    adopt = reverse("measures:workings-adopt", args=[audit.pk]) + "?set=verified"
    page = client.post(adopt, {"version": "1"}, follow=True).content.decode()
    assert "不一致" not in page
    account = client.get(reverse("measures:account", args=[audit.pk]), {"set": "verified"})
    assert "核算底稿" in account.content.decode()
    client.force_login(cast.people[LEAD])
    assert client.get(new).status_code == 403
