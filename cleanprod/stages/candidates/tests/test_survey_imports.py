"""A county's workbook of candidates: drafted all at once, compared, changed, never reported."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.intake.matching import Choice, Decision
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.candidates import actions
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import State
from tests import world
from tests.flow import SURVEY_HEAD, candidate, take_candidates
from tests.workbooks import code, workbook

COUNTY, LEAD = "nanhai-industry", "foshan-industry"
COUNTIES = {"nanhai-industry", "shunde-industry"}
NEW, OTHER = ("佛山新甲家具有限公司", code(61), "2110"), ("佛山新乙家具有限公司", code(62), "2110")


def outcomes(taken):
    return list(taken.receipt.rows.order_by("number").values_list("outcome", flat=True))


def rules(taken):
    return [finding["rule"] for finding in taken.receipt.findings]


def test_only_counties_import_candidates(cast):
    for name in sorted({*world.ROLES} - COUNTIES):
        with pytest.raises(NotAllowed):
            take_candidates(cast, NEW, by=name, line=Line.INDUSTRY)
    assert not Candidate.objects.exists()
    assert not Receipt.objects.exists()


def test_rows_become_drafts_of_the_county_and_nobody_is_entered_yet(cast):
    assert outcomes(take_candidates(cast, NEW, OTHER)) == ["created"] * 2
    one = Candidate.objects.get(code=code(61))
    assert (one.state, one.county_id, one.line) == (State.DRAFT, world.NANHAI, "industry")
    assert (one.kind, one.categories, one.industry) == ("mandatory", "double_toxic", "2110")
    assert not Organisation.objects.filter(code=code(61)).exists()
    assert TrailEntry.objects.filter(act="candidate:enter").count() == 2
    assert actions.report([one.pk], by=cast[COUNTY]) == 1


def test_importing_again_changes_nothing_and_a_changed_row_is_told(cast):
    take_candidates(cast, NEW, OTHER)
    actions.report([Candidate.objects.get(code=code(61)).pk], by=cast[COUNTY])
    assert outcomes(take_candidates(cast, NEW, OTHER)) == ["matched"] * 2
    changed = (*NEW, "强制性", "双超", "超标排放记录")
    assert outcomes(take_candidates(cast, changed, OTHER)) == ["changed", "matched"]
    one = Candidate.objects.get(code=code(61))
    assert (one.categories, one.grounds, one.state) == ("double_excess", "超标排放记录", "reported")
    assert Candidate.objects.count() == 2
    assert TrailEntry.objects.filter(act="candidate:edit").count() == 1


def test_a_candidate_that_was_typed_is_the_same_as_the_row(cast):
    typed = candidate(cast, NEW[0], number=NEW[1])
    assert outcomes(take_candidates(cast, NEW)) == ["matched"]
    actions.withdraw(typed.pk, by=cast[COUNTY])
    assert outcomes(take_candidates(cast, NEW)) == ["created"]


def test_what_the_city_decided_on_is_left_as_it_is(cast):
    take_candidates(cast, NEW)
    one = Candidate.objects.get()
    actions.report([one.pk], by=cast[COUNTY])
    actions.decline(one.pk, reason="已关停", by=cast[LEAD])
    taken = take_candidates(cast, (*NEW, "强制性", "双超", "又改了"))
    assert outcomes(taken) == ["matched"]
    assert rules(taken) == ["市级主管部门未采纳，不再改动"]
    assert Candidate.objects.get().grounds == "使用溶剂型涂料"


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ((*NEW, "强制性", "", "x"), "强制性清洁生产审核应写明列入原因"),
        ((*NEW, "自愿性", "双有", "x"), "自愿性清洁生产审核没有法定列入原因"),
        ((*NEW, "", "双有", "x"), "审核类型"),
        ((*NEW, "强制性", "双有", ""), "依据说明"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused_with_its_rule(cast, row, rule):
    taken = take_candidates(cast, row)
    assert outcomes(taken) == ["refused"]
    assert any(rule in said for said in rules(taken)), rules(taken)
    assert not Candidate.objects.exists()


def test_a_firm_of_another_place_is_left_to_that_place(cast):
    firm = cast.offices["red-star"]
    taken = take_candidates(cast, (firm.name, firm.code, ""), by="shunde-industry")
    assert outcomes(taken) == ["refused"]
    assert rules(taken) == ["该企业登记在其他县区"]


def test_one_firm_stands_in_one_row(cast):
    assert outcomes(take_candidates(cast, NEW, NEW)) == ["created", "refused"]


def test_a_known_firm_brings_its_facts_along(cast):
    firm = cast.offices["red-star"]
    taken = take_candidates(cast, (firm.name, firm.code, "9999"))
    assert outcomes(taken) == ["created"]
    assert "未找到该行业代码，导入后留空" in rules(taken)
    assert Candidate.objects.get().enterprise_id == firm.pk


def test_a_firm_that_resembles_a_known_one_waits_for_a_decision_that_is_kept(cast):
    row = ("红星水泥有限公司", code(8), "3011")
    first = take_candidates(cast, row)
    assert outcomes(first) == ["to_decide"]
    number = first.receipt.rows.get().number
    decided = {number: Decision(Choice.NEW, "同名，另一家")}
    assert outcomes(take_candidates(cast, row, decisions=decided)) == ["created"]
    kept = Candidate.objects.get()
    assert (kept.separate, kept.remark, kept.enterprise_id) == (True, "同名，另一家", None)
    assert outcomes(take_candidates(cast, row)) == ["matched"]  # nobody decides twice
    actions.report([kept.pk], by=cast[COUNTY])
    assert outcomes(take_candidates(cast, row)) == ["matched"]
    assert Organisation.objects.filter(name="红星水泥有限公司").count() == 2


def test_a_survey_that_is_closed_takes_none(cast):
    actions.close_survey(2023, by=cast[LEAD])
    with pytest.raises(Refused, match="摸底已截止"):
        take_candidates(cast, NEW)


def test_a_county_uploads_looks_and_imports(client, cast):
    client.force_login(cast.people[COUNTY])
    assert client.get(reverse("candidates:survey-template")).status_code == 200
    upload = reverse("candidates:survey-import")
    assert client.post(upload, {"year": "2023"}).status_code == 422
    row = (1, *NEW, "自愿性", "", "主动申请")
    book = SimpleUploadedFile("摸底表.xlsx", workbook(SURVEY_HEAD, row))
    shown = client.post(upload, {"year": "2023", "workbook": book}).content.decode()
    assert "南海区2023年度候选企业摸底表（工业和信息化）" in shown
    assert not Candidate.objects.exists()
    ticket = re.search(r'name="ticket" value="([^"]+)"', shown)[1]
    done = client.post(reverse("candidates:survey-commit"), {"ticket": ticket}, follow=True)
    assert NEW[0] in done.content.decode()
    assert Candidate.objects.get().kind == "voluntary"
    survey = client.get(reverse("candidates:survey") + "?year=2023").content.decode()
    assert NEW[0] in survey
    assert upload in survey
