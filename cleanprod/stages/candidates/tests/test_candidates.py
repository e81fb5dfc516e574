"""Candidates of counties: drafted, reported, taken or declined; the survey closes."""

from dataclasses import replace

import pytest

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.candidates import access, actions
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import State
from tests import world
from tests.flow import candidate, draft
from tests.workbooks import code

COUNTY, LEAD = "nanhai-industry", "foshan-industry"
NOT_COUNTIES = sorted({*world.ROLES} - {COUNTY, "shunde-industry"})


def states():
    return list(Candidate.objects.order_by("pk").values_list("state", flat=True))


def test_only_counties_draft_candidates(cast):
    for name in NOT_COUNTIES:
        with pytest.raises(NotAllowed):
            candidate(cast, by=name)
    assert candidate(cast).county_id == world.NANHAI
    assert TrailEntry.objects.filter(act="candidate:enter").count() == 1


def test_a_known_firm_brings_its_facts_along_and_is_drafted_once(cast):
    red_star = cast.offices["red-star"]
    one = candidate(cast, enterprise=red_star.pk)
    assert (one.name, one.code, one.enterprise_id) == (red_star.name, red_star.code, red_star.pk)
    with pytest.raises(Refused, match="已在本单位填报"):
        candidate(cast, enterprise=red_star.pk)
    with pytest.raises(Refused, match="已在本单位填报"):
        candidate(cast, red_star.name, number=red_star.code)
    actions.withdraw(one.pk, by=cast[COUNTY])
    assert candidate(cast, enterprise=red_star.pk).pk != one.pk


def test_a_firm_of_another_place_is_left_to_that_place(cast):
    for name, who in (("red-star", "shunde-industry"), ("blue-sea", COUNTY)):
        with pytest.raises(Refused, match="其他县区"):
            candidate(cast, by=who, enterprise=cast.offices[name].pk)


def test_a_firm_that_resembles_a_known_one_is_asked_about(cast):
    with pytest.raises(Refused, match="名称不同"):
        candidate(cast, "红星新材料有限公司", number=cast.offices["red-star"].code)
    again = candidate(cast, "红星水泥有限公司", number=code(8), separate=True, remark="同名")
    assert again.enterprise_id is None
    actions.report([again.pk], by=cast[COUNTY])
    assert Organisation.objects.filter(name="红星水泥有限公司").count() == 2


def test_reporting_enters_firms_that_nobody_knew_and_repeating_changes_nothing(cast):
    ids = [candidate(cast, f"佛山新{word}家具有限公司").pk for word in "甲乙"]
    assert not Organisation.objects.filter(name__startswith="佛山新").exists()
    assert actions.report(ids, by=cast[COUNTY]) == 2
    assert actions.report(ids, by=cast[COUNTY]) == 0
    firms = Organisation.objects.filter(name__startswith="佛山新")
    assert set(firms.values_list("county", "industry")) == {(world.NANHAI, "2110")}
    assert states() == [State.REPORTED] * 2
    assert TrailEntry.objects.filter(act="candidate:report").count() == 2


def test_a_firm_that_came_to_be_known_meanwhile_is_taken_for_the_known_one(cast):
    both = [candidate(cast, number=code(9)).pk, candidate(cast, number=code(9), year=2024).pk]
    for one in both:
        actions.report([one], by=cast[COUNTY])
    assert Organisation.objects.filter(code=code(9)).count() == 1


def test_a_county_changes_and_withdraws_its_own_until_the_survey_closes(cast):
    one = candidate(cast)
    assert actions.edit(one.pk, draft(remark="已核对"), by=cast[COUNTY]).remark == "已核对"
    for name in ("shunde-industry", LEAD, "foshan-ecology", "province-ecology"):
        with pytest.raises(NotAllowed):
            actions.edit(one.pk, draft(), by=cast[name])
        with pytest.raises(NotAllowed):
            actions.withdraw(one.pk, by=cast[name])
        with pytest.raises(NotAllowed):
            actions.report([one.pk], by=cast[name])
    actions.report([one.pk], by=cast[COUNTY])
    actions.edit(one.pk, draft(remark="补充"), by=cast[COUNTY])
    actions.close_survey(2023, by=cast[LEAD])
    for act in (
        lambda: actions.edit(one.pk, draft(), by=cast[COUNTY]),
        lambda: actions.withdraw(one.pk, by=cast[COUNTY]),
        lambda: candidate(cast, "佛山后来家具有限公司"),
    ):
        with pytest.raises((Refused, NotAllowed), match="已截止"):
            act()
    actions.reopen_survey(2023, by=cast[LEAD])
    assert actions.withdraw(one.pk, by=cast[COUNTY]).state == State.WITHDRAWN
    assert actions.withdraw(one.pk, by=cast[COUNTY]).state == State.WITHDRAWN
    assert TrailEntry.objects.filter(act="candidate:withdraw").count() == 1


def test_closing_ends_the_survey_of_one_line_and_city_only(cast):
    actions.close_survey(2023, by=cast["foshan-ecology"])
    actions.close_survey(2023, by=cast["huizhou-industry"])
    actions.close_survey(2022, by=cast[LEAD])
    actions.close_survey(2022, by=cast[LEAD])
    assert candidate(cast).pk
    assert TrailEntry.objects.filter(act="survey:close").count() == 3
    for name in sorted({*world.ROLES} - {LEAD, "foshan-ecology", "huizhou-industry"}):
        with pytest.raises(NotAllowed):
            actions.close_survey(2023, by=cast[name])


def test_the_city_of_the_line_declines_with_a_reason_and_may_think_again(cast):
    one = candidate(cast)
    with pytest.raises(NotAllowed):
        actions.decline(one.pk, reason="已关停", by=cast[LEAD])  # not yet reported
    actions.report([one.pk], by=cast[COUNTY])
    with pytest.raises(Refused, match="理由"):
        actions.decline(one.pk, reason=" ", by=cast[LEAD])
    for name in ("foshan-ecology", "huizhou-industry", "province-industry", COUNTY):
        with pytest.raises(NotAllowed):
            actions.decline(one.pk, reason="已关停", by=cast[name])
    declined = actions.decline(one.pk, reason="已关停", by=cast[LEAD])
    assert (declined.state, declined.reason) == (State.DECLINED, "已关停")
    with pytest.raises(NotAllowed):
        actions.withdraw(one.pk, by=cast[COUNTY])
    restored = actions.restore(one.pk, by=cast[LEAD])
    assert (restored.state, restored.reason, restored.decided_on) == (State.REPORTED, "", None)


def test_a_county_sees_exactly_its_own_and_others_nothing(cast):
    candidate(cast, "佛山新甲家具有限公司")
    candidate(cast, "佛山新乙家具有限公司", by="shunde-industry")
    seen = {name: access.visible_to(cast[name]).count() for name in world.ROLES}
    assert {name: count for name, count in seen.items() if count} == {
        "province-industry": 2, "province-ecology": 2, "foshan-industry": 2,
        "foshan-ecology": 2, "nanhai-industry": 1, "shunde-industry": 1,
    }  # fmt: skip
    assert not access.visible_to(None).exists()


def test_an_office_of_both_lines_says_to_whom_it_reports(cast):
    both = replace(cast[COUNTY], line=None)
    with pytest.raises(NotAllowed):
        actions.enter(draft(), year=2023, by=both)
    one = actions.enter(draft(), year=2023, line=Line.ECOLOGY, by=both)
    assert actions.report([one.pk], by=both) == 1
    assert access.visible_to(both).count() == 1
    assert not access.visible_to(cast[COUNTY]).exists()
    assert actions.decline(one.pk, reason="已关停", by=cast["foshan-ecology"]).pk == one.pk
