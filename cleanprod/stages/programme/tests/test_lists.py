"""A list is imported, finished, taken back; targets are fixed by version."""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.urls import reverse

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.intake.matching import Choice, Decision
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.reading import read
from cleanprod.foundation.intake.rules import State
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import CodeState, Line
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.programme import actions, papers
from cleanprod.stages.programme.imports import assess, import_list
from cleanprod.stages.programme.models import Batch, Entry, Target
from cleanprod.stages.programme.rules import BatchStage
from cleanprod.stages.programme.template import LIST
from tests import flow, world
from tests.flow import KEY, firms, listed, take_list
from tests.workbooks import code, results_book, workbook
from tests.world import FOSHAN, GUANGDONG, HUIZHOU

LEAD = "foshan-ecology"
STRANGERS = sorted({*world.ROLES} - {LEAD})


def wrong_check(number):
    good = code(number)
    return good[:-1] + ("0" if good[-1] != "0" else "1")


def test_a_list_is_stored_with_its_firms_its_receipt_and_its_trail(cast):
    taken = take_list(cast, firms(3))
    assert (taken.report.created, taken.batch.stage) == (3, BatchStage.DRAFT)
    assert Entry.objects.filter(batch=taken.batch, city=FOSHAN).count() == 3
    assert Organisation.objects.filter(name__startswith="佛山第").count() == 3
    assert [row.outcome for row in taken.receipt.rows.all()] == ["created"] * 3
    line = TrailEntry.objects.get(act="list:import")
    assert (line.after["created"], line.person_id) == (3, cast[LEAD].person_id)


OFFICE = (
    "企业名称（全称）", "统一社会信用代码/组织机构代码", "所在镇（街道）", "行业名称及代码",
    "审核方式（强制/自愿）", "列入原因", "牵头部门（工信/生态环境）", "是否VOCs重点监管企业",
)  # fmt: skip


def test_the_words_that_offices_use_are_understood(cast):
    rows = [
        ["甲电镀有限公司", code(1), "南海区", "木质家具制造", "强制性（双有）", "双超双有",
         "佛山市生态环境局南海分局", "否"],
        ["乙电镀有限公司", code(2), "南海区", "C3360", "强制", "1.高耗能；2.其它", "", "是"],
        ["丙电镀有限公司", code(3), "南海区", "", "强制", "省控", "", "省级、市级"],
    ]  # fmt: skip
    assessed = assess(flow.take(workbook(OFFICE, *rows)), KEY)
    first, second, third = assessed.judged
    assert first.values()[2:] == (
        "440605", "", "2110", "mandatory", "double_excess,double_toxic", "", "", "",
    )  # fmt: skip
    assert second.row.categories == ("high_energy", "other")
    assert third.row.vocs == "provincial"
    assert [(f.cell, f.level.value) for f in assessed.report.findings] == [
        ("H3", "inform"), ("F4", "block"),
    ]  # fmt: skip


def test_a_kind_that_the_workbook_does_not_say_is_told_as_guessed(cast):
    head = ("企业名称", "统一社会信用代码", "列入原因")
    rows = [("甲电镀有限公司", code(1), "双有"), ("乙电镀有限公司", code(2), "")]
    assessed = assess(flow.take(workbook(head, *rows)), KEY)
    told = [f.rule for f in assessed.report.findings if "审核类型" in f.rule]
    assert told == ["没有“审核类型”列：1行有列入原因的按强制性，1行没有列入原因的按自愿性"]


def test_a_workbook_of_results_is_no_list_unless_somebody_maps_its_columns(cast):
    results = results_book((firms(1)[0][0], code(1), "2022-10-12", "通过"))
    table = flow.take(results)
    assert (table.lacks, len(table.rows)) == (State.WRONG, 0)
    assert "这是“清洁生产审核验收结果”" in table.findings[0].rule
    mapped = read(results, LIST, max_rows=9, max_bytes=1 << 20, columns={"name": "B"})
    assert (mapped.lacks, len(mapped.rows)) == (None, 1)


def test_what_waits_behind_a_refused_row_is_told_in_the_same_pass(cast):
    name, _, reasons = firms(1)[0]
    assessed = assess(flow.take(flow.list_book((name, wrong_check(1), f"{reasons}、三超"))), KEY)
    told = {finding.level.value: finding.rule for finding in assessed.report.findings}
    assert "三超" in told["block"]
    assert "校验" in told["inform"]


def test_only_the_lead_department_makes_its_list(cast):
    for name in STRANGERS:
        with pytest.raises(NotAllowed):
            take_list(cast, firms(1), by=name)
    assert not Batch.objects.exists()
    assert not Receipt.objects.exists()


def test_only_the_lead_department_finishes_takes_back_or_publishes(cast):
    batch = take_list(cast, firms(1)).batch
    for name in STRANGERS:
        with pytest.raises(NotAllowed):
            actions.finish(batch.pk, by=cast[name])
    actions.finish(batch.pk, by=cast[LEAD])
    for name in STRANGERS:
        with pytest.raises(NotAllowed):
            actions.reopen(batch.pk, reason="补正", by=cast[name])
        with pytest.raises(NotAllowed):
            flow.publish(cast, batch.pk, by=name)
    batch.refresh_from_db()
    assert batch.stage == BatchStage.READY


def test_a_list_goes_to_and_fro_until_it_is_published(cast):
    batch = take_list(cast, firms(1)).batch
    actions.finish(batch.pk, by=cast[LEAD])
    with pytest.raises(NotAllowed, match="待公布"):
        actions.finish(batch.pk, by=cast[LEAD])
    with pytest.raises(Refused, match="理由"):
        actions.reopen(batch.pk, reason=" ", by=cast[LEAD])
    actions.reopen(batch.pk, reason="补正", by=cast[LEAD])
    assert take_list(cast, firms(2)).report.created == 1
    actions.finish(batch.pk, by=cast[LEAD])
    flow.publish(cast, batch.pk)
    with pytest.raises(NotAllowed):
        actions.reopen(batch.pk, reason="补正", by=cast[LEAD])
    acts = list(TrailEntry.objects.filter(subject=f"list:{batch.pk}").values_list("act", flat=True))
    assert sorted(acts) == sorted(
        ["list:open", "list:import", "list:finish", "list:reopen", "list:import", "list:finish",
         "list:publish"]
    )  # fmt: skip


def test_an_empty_list_is_not_finished_and_a_finished_one_takes_nothing_in(cast):
    batch = actions.open_batch(year=2022, city=FOSHAN, lead=Line.ECOLOGY, number=1, by=cast[LEAD])
    with pytest.raises(Refused, match="还没有企业"):
        actions.finish(batch.pk, by=cast[LEAD])
    take_list(cast, firms(1))
    actions.finish(batch.pk, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        take_list(cast, firms(2))
    assert Entry.objects.count() == 1


def test_opening_a_list_twice_opens_one(cast):
    numbered = {"year": 2022, "city": FOSHAN, "lead": Line.ECOLOGY, "number": 7}
    first = actions.open_batch(**numbered, by=cast[LEAD])
    assert actions.open_batch(**numbered, by=cast[LEAD]) == first
    assert TrailEntry.objects.filter(act="list:open").count() == 1


def test_a_changed_row_changes_its_entry_and_nothing_else(cast):
    take_list(cast, firms(3))
    before = dict(Entry.objects.values_list("name", "pk"))
    name, text, _ = firms(1)[0]
    again = take_list(cast, [(name, text, "双超"), *firms(2, first=2)])
    assert (again.report.changed, again.report.matched, again.report.created) == (1, 2, 0)
    assert dict(Entry.objects.values_list("name", "pk")) == before
    assert Entry.objects.get(name=name).categories == "double_excess"


def test_a_published_list_is_not_changed_by_an_import(cast):
    listed(cast, firms(2))
    before = list(Entry.objects.order_by("pk").values())
    name, text, _ = firms(1)[0]
    again = take_list(cast, [(name, text, "双超"), *firms(2, first=2)])
    assert (again.report.matched, again.report.refused) == (1, 2)
    assert list(Entry.objects.order_by("pk").values()) == before


def test_a_doubtful_code_waits_for_a_decision_and_is_kept_with_the_reason(cast):
    row = ("佛山错码厂", wrong_check(11), "双有")
    asked = take_list(cast, [row])
    assert (asked.report.to_decide, asked.report.created) == (1, 0)
    assert not Organisation.objects.filter(name="佛山错码厂").exists()
    with pytest.raises(Refused, match="理由"):
        take_list(cast, [row], decisions=_decide(Choice.NEW, " "))
    taken = take_list(cast, [row], decisions=_decide(Choice.NEW, "营业执照确为此码"))
    assert taken.report.created == 1
    assert Organisation.objects.get(name="佛山错码厂").code_state == CodeState.CONFIRMED
    line = TrailEntry.objects.get(act="list:decide")
    assert (line.reason, line.label) == ("营业执照确为此码", "佛山错码厂")
    assert take_list(cast, [row]).report.matched == 1


def test_a_decision_is_made_once_and_stands_when_the_workbook_comes_again(cast):
    listed(cast, firms(1))
    row = ("佛山更名电镀有限公司", code(1), "双有")
    key = replace(KEY, year=2023)
    assert take_list(cast, [row], key).report.to_decide == 1
    decided = take_list(cast, [row], key, decisions=_decide(Choice.SAME, "已核对更名"))
    assert decided.report.created == 1
    entry = Entry.objects.get(batch__year=2023)
    assert entry.enterprise_id == Entry.objects.get(batch__year=2022).enterprise_id
    again = take_list(cast, [row], key)
    assert (again.report.matched, again.report.to_decide) == (1, 0)
    assert Entry.objects.filter(batch__year=2023).count() == 1


def test_a_firm_under_the_name_it_once_was_listed_with_is_asked_about(cast):
    listed(cast, firms(1))
    firm = Entry.objects.get().enterprise
    organisations.rename(firm.pk, name="佛山新名电镀有限公司", reason="更名", by=cast["admin"])
    asked = take_list(cast, [(firms(1)[0][0], "", "双有")], replace(KEY, year=2023))
    assert asked.report.to_decide == 1
    assert "曾以此名称列入名单" in asked.receipt.rows.get().note


def test_a_likeness_of_characters_is_never_merged_in_silence(cast):
    listed(cast, [("佛山华兴电镀厂", code(1), "双有")])
    key = replace(KEY, year=2023)
    for row in (
        ("佛山華興電鍍廠", "", "双有"),
        ("佛山华兴电镀厂", code(1)[:17], "双有"),
        ("佛山另一电镀厂", code(1).replace("0", "O", 1), "双有"),
    ):
        asked = take_list(cast, [row], key)
        assert (asked.report.to_decide, asked.report.created) == (1, 0), row
    assert take_list(cast, [("佛山華興電鍍廠", code(1), "双有")], key).report.created == 1
    assert Organisation.objects.filter(name__contains="電鍍").count() == 0


def test_without_consent_nothing_is_stored_when_a_row_is_left_out(cast):
    file = attachments.store(b"x", "名单.xlsx", by=cast[LEAD])
    table = flow.take(flow.list_book(*firms(1), ("佛山错码厂", wrong_check(11), "双有")))
    with pytest.raises(Refused, match="有1行不予导入或待决定"):
        import_list(table, KEY, file=file, by=cast[LEAD], consent=False)
    assert Batch.objects.count() == Receipt.objects.count() == Organisation.objects.filter(
        name__startswith="佛山第"
    ).count() == 0  # fmt: skip
    row = table.rows[1].number
    decided = {row: Decision(Choice.SKIP, "已注销")}
    taken = import_list(table, KEY, file=file, by=cast[LEAD], consent=False, decisions=decided)
    assert taken.receipt.state == "partly"
    assert taken.receipt.mapping["企业名称"].startswith("B列")


def test_a_row_decided_to_be_left_out_is_named_in_the_receipt(cast):
    row = ("佛山错码厂", wrong_check(11), "双有")
    taken = take_list(cast, [row, *firms(1)], decisions=_decide(Choice.SKIP, "已注销"))
    assert (taken.report.created, taken.report.refused) == (1, 1)
    notes = dict(taken.receipt.rows.values_list("label", "note"))
    assert notes["佛山错码厂"] == "经决定不导入：已注销"


def test_a_row_that_names_no_known_firm_cannot_be_decided_to_be_one(cast):
    row = ("佛山错码厂", wrong_check(11), "双有")
    with pytest.raises(Refused, match="没有可对应的已有企业"):
        take_list(cast, [row], decisions=_decide(Choice.SAME, "同一家"))


def _decide(choice, reason):
    return {_row(): Decision(choice, reason)}


def _row():
    """Return the number of the first row of a workbook of these tests."""
    return flow.take(flow.list_book(*firms(1))).rows[0].number


def fix(cast, number=10, *, by="province-industry", on=date(2023, 3, 2), paper="粤函〔2023〕4号"):
    numbers = {city.code: number for city in territory.cities(GUANGDONG)}
    return actions.fix_targets(
        2023, numbers, total=sum(numbers.values()), document_number=paper, on=on, by=cast[by]
    )


def test_targets_are_fixed_by_the_province_alone(cast):
    for name in world.ROLES:
        if not name.startswith("province"):
            with pytest.raises(NotAllowed):
                fix(cast, by=name)
    with pytest.raises(Refused, match="文号"):
        fix(cast, paper=" ")
    assert not Target.objects.exists()


def test_a_new_version_stands_beside_the_old_and_each_day_reads_its_own(cast):
    assert fix(cast) == 1
    assert fix(cast) == 1
    assert fix(cast, 12, on=date(2023, 6, 1)) == 2
    assert TrailEntry.objects.filter(act="target:fix").count() == 2
    assert {t.number for t in actions.targets(2023)} == {12}
    assert {t.number for t in actions.targets(2023, as_of=date(2023, 5, 31))} == {10}
    assert actions.targets(2023, as_of=date(2023, 1, 1)) == []
    assert [t.city_id for t in actions.targets(2023)][:1] == ["440100"]


def test_a_list_of_another_city_cannot_be_opened_by_a_neighbour(cast):
    with pytest.raises(NotAllowed):
        actions.open_batch(
            year=2022, city=FOSHAN, lead=Line.INDUSTRY, number=1, by=cast["huizhou-industry"]
        )
    with pytest.raises(Refused):
        actions.open_batch(
            year=1999, city=HUIZHOU, lead=Line.INDUSTRY, number=1, by=cast["huizhou-industry"]
        )


def told(taken):
    return [finding.rule for finding in taken.report.findings]


def test_new_firms_that_share_code_or_name_in_one_workbook_are_asked_about(cast):
    one, two = firms(2)
    rows = [one, ("佛山另一家厂", one[1], "双有"), two, (two[0], code(77), "双有")]
    taken = take_list(cast, rows)
    assert (taken.report.created, taken.report.to_decide) == (2, 2)
    assert told(taken) == [
        f"代码与第3行“{one[0]}”相同但名称不同，请核对是否填错",
        f"名称与第5行“{two[0]}”相同但代码不同，请核对是否填错",
    ]
    decisions = {4: Decision(Choice.NEW, "同址两家"), 6: Decision(Choice.SKIP, "代码填错")}
    again = take_list(cast, rows, decisions=decisions)
    assert (again.report.created, again.report.matched, again.report.refused) == (1, 2, 1)
    assert take_list(cast, rows[:3]).report.matched == 3


def test_old_codes_and_missing_ones_are_told(cast):
    taken = take_list(cast, [("佛山旧厂", "440600000123456", "双有"), ("佛山无码厂", "", "双有")])
    assert taken.report.created == 2
    assert told(taken) == ["为15位工商注册号", "1行没有统一社会信用代码，只能按名称比对"]


def test_the_workbook_of_a_list_comes_in_again_as_it_went_out(cast):
    one, two = firms(2)
    batch = take_list(cast, [one, (*two[:2], "双超、双有")]).batch
    entries = Entry.objects.select_related("batch", "county").order_by("row")
    table = flow.take(papers.workbook(batch.title, entries))
    assert assess(table, KEY).report.matched == 2


def test_a_slip_in_a_code_is_repaired_when_an_official_says_so(cast):
    name, good, why = firms(1)[0]
    slip = [(name, good.replace("0", "O", 1), why)]
    assert take_list(cast, slip).report.to_decide == 1
    repair = {3: Decision(Choice.REPAIR, "按营业执照")}
    taken = take_list(cast, slip, decisions=repair)
    assert (taken.report.created, Entry.objects.get().code) == (1, good)
    assert "更正为" in taken.receipt.rows.get().note
    # Nobody decides twice, and a workbook that is right by then says the same.
    assert take_list(cast, slip).report.matched == 1
    assert take_list(cast, firms(1)).report.matched == 1


def test_a_repair_never_takes_over_the_code_of_another_firm(cast):
    take_list(cast, firms(1))
    _, good, why = firms(1)[0]
    slip = good.replace("0", "O", 1)
    other = [("佛山另一家厂", slip, why)]
    repair = {3: Decision(Choice.REPAIR, "按营业执照")}
    with pytest.raises(Refused, match="是已有企业"):
        take_list(cast, other, replace(KEY, number=2), decisions=repair)
    twice = [("佛山另一家厂", code(50), why), ("佛山第三家厂", code(50).replace("0", "O", 1), why)]
    with pytest.raises(Refused, match="相同"):
        take_list(cast, twice, decisions={4: Decision(Choice.REPAIR, "按营业执照")})
    with pytest.raises(Refused, match="没有可更正的代码"):
        take_list(cast, [("佛山无名厂", wrong_check(7), why)], decisions=repair)
    assert (
        Organisation.objects.filter(name__startswith="佛山")
        .exclude(name=firms(1)[0][0])
        .filter(kind="enterprise")
        .count()
        == 0
    )


def test_the_import_offers_the_list_in_preparation_else_the_next_one(client, cast):
    client.force_login(cast.people[LEAD])
    address = reverse("programme:import") + "?year=2022"
    offered = lambda: re.search(r'name="number" value="(\d+)"', client.get(address).text)[1]  # noqa: E731
    assert offered() == "1"
    listed(cast, firms(1))
    assert offered() == "2"
    take_list(cast, firms(1, first=20), replace(KEY, number=2), LEAD)
    assert offered() == "2"
