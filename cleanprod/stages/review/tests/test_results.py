"""Results and completions: recorded once, by the right department, told of every row."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits import queries
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Milestone, Source, Stage
from cleanprod.stages.review import actions
from cleanprod.stages.review.actions import NewResult
from cleanprod.stages.review.models import Result
from cleanprod.stages.review.rules import Conclusion, GreenLevel
from cleanprod.stages.review.template import RESULTS
from tests.flow import KEY, LEAD, at_once, firms, listed, take_completions, take_results
from tests.world import TODAY

ON = date(2022, 10, 12)
PAPER = "佛环函〔2022〕9号"


@pytest.fixture
def rounds(cast):
    """Six rounds that foshan-ecology leads."""
    listed(cast, firms(6))
    return list(Round.objects.order_by("pk"))


def result(audit, conclusion=Conclusion.PASSED, on=ON, **more):
    return NewResult(audit.pk, conclusion, on, **({"document_number": PAPER} | more))


def passed(*numbers, on="2022-10-12"):
    return [(*firms(1, first=n)[0][:2], on, "通过") for n in numbers]


def test_a_result_stands_on_one_fact_with_its_paper(cast, rounds):
    assert actions.record_results([result(rounds[0], level="1")], by=cast[LEAD]) == 1
    kept = Result.objects.get()
    assert (kept.round, kept.conclusion, kept.level) == (rounds[0], Conclusion.PASSED, "1")
    assert (kept.fact.happened_on, kept.fact.document_number) == (ON, PAPER)


def test_the_same_result_again_changes_nothing(cast, rounds):
    for _ in range(3):
        actions.record_results([result(rounds[0])], by=cast[LEAD])
    assert Result.objects.count() == 1
    assert TrailEntry.objects.filter(act="round:accept").count() == 1


def test_the_same_result_again_is_not_confirmed_to_a_stranger(cast, rounds):
    actions.record_results([result(rounds[0])], by=cast[LEAD])
    for name in set(cast.standings) - {LEAD}:
        with pytest.raises(NotAllowed):
            actions.record_results([result(rounds[0])], by=cast[name])
        with pytest.raises(NotAllowed):
            actions.record_results([result(rounds[1])], by=cast[name])
    assert Result.objects.count() == 1


def test_a_result_without_paper_or_of_no_round_is_refused(cast, rounds):
    with pytest.raises(Refused, match="文号或上传佐证材料"):
        actions.record_results([result(rounds[0], document_number=" ")], by=cast[LEAD])
    with pytest.raises(Refused, match="找不到"):
        actions.record_results([NewResult(0, Conclusion.PASSED, ON, PAPER)], by=cast[LEAD])


def test_of_many_results_all_are_recorded_or_none(cast, rounds):
    late = date(2022, 3, 7)  # the day before the listing
    with pytest.raises(Refused, match="早于名单公布日期"):
        actions.record_results(
            [result(rounds[0]), result(rounds[1]), result(rounds[2], on=late)], by=cast[LEAD]
        )
    assert not Result.objects.exists()
    assert Round.objects.filter(stage=Stage.LISTED).count() == 6


def test_results_of_all_kinds_go_in_at_once(cast, rounds):
    kinds = list(Conclusion)
    results = [
        result(audit, kind, reason="停产") for audit, kind in zip(rounds, kinds, strict=False)
    ]
    assert actions.record_results(results, by=cast[LEAD]) == 4
    stages = list(Round.objects.order_by("pk").values_list("stage", flat=True))
    assert stages == ["accepted", "failed", "cancelled", "deferred", "listed", "listed"]
    assert queries.differing() == []


def test_a_round_rolled_in_anew_is_deferred_after_that_day_only(cast):
    listed(cast, firms(1))
    take_results(cast, (*firms(1)[0][:2], "2022-06-02", "暂缓"))
    rolled = date(2023, 3, 6)
    listed(cast, firms(1), replace(KEY, year=2023), on=rolled)
    again = result(Round.objects.get(), Conclusion.DEFERRED, rolled, reason="停产")
    with pytest.raises(Refused, match="应晚于滚动纳入日期"):
        actions.record_results([again], by=cast[LEAD])
    later = replace(again, on=date(2023, 3, 7))
    assert actions.record_results([later], by=cast[LEAD]) == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_send_one_result_at_once_and_it_is_recorded_once(cast, rounds):
    told = at_once(*[lambda: actions.record_results([result(rounds[0])], by=cast[LEAD])] * 8)
    assert sorted(told) == [0] * 7 + [1]
    assert Result.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_complete_the_same_rounds_at_once_and_one_does_it(cast, rounds):
    actions.record_results([result(audit) for audit in rounds], by=cast[LEAD])
    keys = [audit.pk for audit in rounds]
    forth = [lambda: actions.complete(keys, by=cast[LEAD])] * 4
    back = [lambda: actions.complete(keys[::-1], by=cast[LEAD])] * 4
    told = at_once(*forth, *back)
    assert sorted(told) == [0] * 7 + [6]
    assert Fact.objects.filter(kind=Milestone.COMPLETED).count() == 6


def test_a_workbook_is_told_row_by_row_and_its_good_rows_are_recorded(cast, rounds):
    stranger = ("外地厂", "", "2022-10-12", "通过")
    early = passed(3, on="2022-01-05")
    taken = take_results(cast, *passed(1, 2), *early, stranger, *passed(2))
    assert (taken.report.created, taken.report.refused) == (2, 3)
    notes = list(taken.receipt.rows.order_by("number").values_list("outcome", "note"))
    assert [outcome for outcome, _ in notes] == ["created", "created", *["refused"] * 3]
    assert "早于名单公布日期" in notes[2][1]
    assert "不在本市本部门牵头" in notes[3][1]
    assert "同一企业的同一轮审核" in notes[4][1]
    assert {finding.cell for finding in taken.report.findings if finding.cell}
    assert Result.objects.count() == 2


def test_all_that_is_wrong_with_a_row_is_told_in_one_pass(cast, rounds):
    rows = [("无名有限公司", "", "2022-13-01", "通过"), *passed(1, on="待定")]
    told = take_results(cast, *rows).report.findings
    assert [(f.cell, f.rule[:4]) for f in told] == [
        ("D2", "验收日期"),
        ("B2", "该企业不"),
        ("D3", "验收日期"),
    ]


def test_scores_and_levels_are_read_as_panels_write_them():
    read = {column.key: column.parse for column in RESULTS.columns}
    assert read["acceptance_score"]("88.5分") == Decimal("88.5")
    assert read["level"]("国内清洁生产先进水平（Ⅱ级）") == GreenLevel.SECOND
    assert read["lead"]("佛山市生态环境局") == Line.ECOLOGY


def test_the_same_workbook_again_changes_nothing(cast, rounds):
    take_results(cast, *passed(1, 2))
    facts = list(Fact.objects.order_by("pk").values())
    again = take_results(cast, *passed(1, 2))
    assert (again.report.matched, again.report.created, again.report.refused) == (2, 0, 0)
    assert list(Fact.objects.order_by("pk").values()) == facts


def test_a_renamed_firm_is_found_by_both_names(cast, rounds):
    audits.rename_enterprise(
        rounds[0].enterprise_id, name="佛山新名电镀有限公司", reason="变更登记", by=cast[LEAD]
    )
    _, text = firms(1)[0][:2]
    new = take_results(cast, ("佛山新名电镀有限公司", text, "2022-10-12", "通过"))
    assert new.report.created == 1
    old = take_results(cast, *passed(1))
    assert old.report.matched == 1
    bare = take_results(cast, ("佛山第1电镀有限公司", "", "2022-10-12", "通过"))
    assert bare.report.matched == 1


def test_results_are_imported_by_the_lead_alone(cast, rounds):
    for name in set(cast.standings) - {LEAD}:
        standing = cast[name]
        if standing.line is None or standing.role != "city":
            continue
        taken = None
        try:
            taken = take_results(cast, *passed(1), by=name)
        except NotAllowed:
            continue
        assert taken.report.created == 0, name
    assert not Result.objects.exists()


def test_completing_needs_an_acceptance_and_stamps_the_business_day(cast, rounds):
    with pytest.raises(NotAllowed):
        actions.complete([rounds[0].pk], by=cast[LEAD])
    actions.record_results([result(rounds[0])], by=cast[LEAD])
    for name in set(cast.standings) - {LEAD}:
        with pytest.raises(NotAllowed):
            actions.complete([rounds[0].pk], by=cast[name])
    assert actions.complete([rounds[0].pk], by=cast[LEAD]) == 1
    assert actions.complete([rounds[0].pk], by=cast[LEAD]) == 0
    assert Round.objects.get(pk=rounds[0].pk).completed_on == TODAY
    with pytest.raises(Refused, match="找不到"):
        actions.complete([rounds[0].pk, 0], by=cast[LEAD])


def test_completions_of_the_old_platform_come_in_by_the_province_once(cast, rounds):
    take_results(cast, *passed(1, 2))
    rows = [
        (*firms(1, first=n)[0][:2], day, f"GD-{n}")
        for n, day in ((1, date(2022, 12, 20)), (2, date(2023, 1, 5)), (3, date(2023, 1, 6)))
    ]
    for name in set(cast.standings) - {"province-ecology", "province-industry"}:
        with pytest.raises(NotAllowed):
            take_completions(cast, *rows, by=name)
    assert take_completions(cast, *rows).report.created == 3
    facts = Fact.objects.filter(kind=Milestone.COMPLETED)
    assert set(facts.values_list("source", flat=True)) == {Source.MIGRATED}
    assert facts.get(round=rounds[0]).details == {"old_platform_number": "GD-1"}
    again = take_completions(cast, *rows)
    assert (again.report.matched, again.report.created) == (3, 0)
    stages = list(Round.objects.order_by("pk").values_list("stage", flat=True)[:3])
    assert stages == ["completed", "completed", "listed"]
    late = (*firms(1, first=4)[0][:2], date(2023, 9, 29), "GD-4")
    assert take_completions(cast, late).report.refused == 1
    with pytest.raises(Refused, match="晚于今天"):
        actions.migrate_completions([(rounds[3].pk, late[2], "")], by=cast["province-ecology"])
    assert queries.differing() == []
