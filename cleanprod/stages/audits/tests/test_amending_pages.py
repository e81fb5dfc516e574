"""Pages of a notice of change, by hand: choose, word, look, record; and what goes wrong."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from openpyxl import load_workbook

from cleanprod.stages.audits import drafts
from cleanprod.stages.audits.actions import withdraw
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.models import Amendment, AmendmentDraft, Fact, Round
from cleanprod.stages.audits.rules import Change, ChangeLine, Notice
from cleanprod.stages.programme.models import Entry
from tests.flow import KEY, LEAD, firms, listed, take_results

TYPED = {
    "document_number": "佛环函〔2023〕86号",
    "on": "2023-06-01",
    "issuers": "佛山市生态环境局",
    "reason": "部分企业关停、搬迁，经核实",
}
NOTICE = Notice(**{**TYPED, "on": date(2023, 6, 1)})


@pytest.fixture
def batch(cast):
    """The list of 2023 with six firms, after one of 2022 with a failed and a deferred row."""
    listed(cast, firms(3))
    names = [row[:2] for row in firms(3)]
    take_results(cast, (*names[0], "2022-10-12", "未通过"), (*names[1], "2022-10-12", "暂缓"))
    key = replace(KEY, year=2023)
    return listed(cast, firms(6, first=11), key, on=date(2023, 3, 6)).batch


@pytest.fixture
def desk(cast):
    client = Client()
    client.force_login(cast.people[LEAD])
    return client


def page(batch, *more):
    return "/".join(["/audits/lists", str(batch.pk), "amend", *more, ""])


def entries(batch):
    return list(batch.entries.order_by("row").values_list("pk", flat=True))


def text(answer):
    return answer.content.decode()


def choose(desk, batch, change, reason, *keys):
    typed = {"shown": list(keys)}
    for key in keys:
        typed |= {f"change_{key}": change, f"reason_{key}": reason}
    where = "?part=earlier" if change == "roll" else ""
    return desk.post(page(batch) + where, typed)


def mark(batch, cast):
    return drafts.fingerprint(drafts.draft_of(batch, cast[LEAD]))


def test_a_notice_is_prepared_looked_at_and_recorded(cast, desk, batch):
    assert "变更名单" in text(desk.get(f"/lists/{batch.pk}/"))
    first, second, third, *_ = entries(batch)
    assert text(desk.get(page(batch))).count('name="shown"') == 6
    assert choose(desk, batch, "cancel", "已关停", first, second).status_code == 302
    assert choose(desk, batch, "defer", "停产改造", third).status_code == 302
    earlier = Entry.objects.filter(batch__year=2022).exclude(state="listed")
    assert text(desk.get(page(batch) + "?part=earlier")).count('name="shown"') == 2
    choose(desk, batch, "roll", "恢复生产", *earlier.values_list("pk", flat=True))
    assert "已选5家" in text(desk.get(page(batch)))
    assert desk.post(page(batch, "notice"), TYPED).url == page(batch, "preview")
    seen = text(desk.get(page(batch, "preview")))
    assert "1 家开启新一轮清洁生产审核" in seen
    assert "1 家暂缓的清洁生产审核继续" in seen
    confirm = {"mark": mark(batch, cast), "document_number": TYPED["document_number"]}
    done = desk.post(page(batch, "preview"), confirm)
    assert done.url == f"/audits/lists/{batch.pk}/amendments/1/"
    shown = text(desk.get(done.url))
    assert TYPED["document_number"] in shown
    assert shown.count("已关停") == 2
    assert not AmendmentDraft.objects.exists()
    again = desk.post(page(batch, "preview"), confirm)
    assert again.url == done.url
    assert Amendment.objects.count() == 1
    assert "第1次变更" in text(desk.get(f"/lists/{batch.pk}/"))
    audit = Round.objects.get(entry=first)
    assert "名单第1次变更" in text(desk.get(f"/rounds/{audit.pk}/"))
    assert TYPED["document_number"] in text(desk.get(f"/rounds/{audit.pk}/history/"))
    public = text(Client().get(f"/public/lists/{batch.pk}/"))
    assert TYPED["document_number"] in public
    assert "滚动纳入2家" in public
    assert "已关停" not in public


def test_a_change_without_its_reason_is_shown_beside_the_row_and_nothing_is_kept(desk, batch):
    first, second, *_ = entries(batch)
    answer = desk.post(
        page(batch),
        {
            "shown": [first, second], f"change_{first}": "cancel", f"reason_{first}": " ",
            f"change_{second}": "defer", f"reason_{second}": "停产改造",
        },
    )  # fmt: skip
    assert answer.status_code == 422
    assert "请填写变更理由" in text(answer)
    assert 'value="停产改造"' in text(answer)
    assert not AmendmentDraft.objects.exists()


def test_a_row_is_taken_back_by_choosing_no_change(cast, desk, batch):
    first, second, *_ = entries(batch)
    choose(desk, batch, "cancel", "已关停", first, second)
    choose(desk, batch, "", "", first)
    (line,) = drafts.lines_of(drafts.draft_of(batch, cast[LEAD]))
    assert line.entry == second


def test_all_rows_found_are_chosen_at_once(cast, desk, batch):
    bulk = {"do": "all", "change_all": "defer", "reason_all": "园区整体搬迁"}
    assert desk.post(page(batch), {**bulk, "reason_all": ""}).status_code == 422
    assert desk.post(page(batch), {**bulk, "change_all": "roll"}).status_code == 302
    assert drafts.lines_of(drafts.draft_of(batch, cast[LEAD])) == []
    desk.post(page(batch) + "?q=第12电镀", bulk)
    assert len(drafts.lines_of(drafts.draft_of(batch, cast[LEAD]))) == 1
    desk.post(page(batch), bulk)
    assert len(drafts.lines_of(drafts.draft_of(batch, cast[LEAD]))) == 6


@pytest.mark.parametrize(
    "typed, said",
    [
        ({"shown": ["x", "-1", "9" * 40]}, None),
        ({"shown": ["1"], "change_1": "explode"}, None),
        ({"do": "all", "change_all": "explode", "reason_all": "x"}, "请选择变更"),
    ],
)
def test_nonsense_chooses_nothing(cast, desk, batch, typed, said):
    answer = desk.post(page(batch), typed)
    assert answer.status_code == (422 if said else 302)
    assert drafts.lines_of(drafts.draft_of(batch, cast[LEAD])) == []


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"document_number": ""}, "必填"),
        ({"document_number": "佛环函〔2022〕3号"}, "名单公布的文号"),
        ({"on": "2023-03-05"}, "早于名单公布日期 2023-03-06"),
        ({"on": "2023-12-01"}, "晚于今天"),
        ({"on": "昨天"}, "日期"),
        ({"reason": ""}, "必填"),
        ({"issuers": ""}, "必填"),
    ],
)
def test_a_wrong_notice_is_shown_again_with_what_was_typed(desk, batch, changes, said):
    choose(desk, batch, "cancel", "已关停", entries(batch)[0])
    answer = desk.post(page(batch, "notice"), {**TYPED, **changes})
    assert answer.status_code == 422
    assert said in text(answer)
    kept = next(value for key, value in TYPED.items() if key not in changes)
    assert kept in text(answer)


def test_an_empty_notice_leads_back_to_the_choice(desk, batch):
    assert desk.get(page(batch, "preview")).url == page(batch)
    desk.post(page(batch, "notice"), TYPED)
    assert desk.post(page(batch, "preview")).url == page(batch)
    choose(desk, batch, "cancel", "已关停", entries(batch)[0])
    desk.post(page(batch, "discard"))
    choose(desk, batch, "cancel", "已关停", entries(batch)[0])
    assert desk.get(page(batch, "preview")).url == page(batch, "notice")


def test_what_was_not_looked_at_is_not_recorded(cast, desk, batch):
    first, second, *_ = entries(batch)
    choose(desk, batch, "cancel", "已关停", first)
    desk.post(page(batch, "notice"), TYPED)
    old = mark(batch, cast)
    choose(desk, batch, "cancel", "已关停", first, second)
    answer = desk.post(page(batch, "preview"), {"mark": old})
    assert answer.status_code == 422
    assert "预览之后改过" in text(answer)
    assert not Amendment.objects.exists()


def test_a_firm_that_another_notice_changed_meanwhile_is_named(cast, desk, batch):
    first, *_ = entries(batch)
    choose(desk, batch, "cancel", "已关停", first)
    desk.post(page(batch, "notice"), TYPED)
    other = replace(NOTICE, document_number="佛环函〔2023〕80号")
    line = ChangeLine(first, Change.CANCEL, "已搬迁")
    draft = AmendmentDraft.objects.get()
    amend_list(batch.pk, other, [line], by=cast[LEAD])
    draft.pk = None
    draft.save()
    seen = text(desk.get(page(batch, "preview")))
    assert "当前为“取消”，不能取消" in seen
    assert 'name="mark"' not in seen
    answer = desk.post(page(batch, "preview"), {"mark": mark(batch, cast)})
    assert answer.status_code == 422
    assert Amendment.objects.count() == 1
    desk.post(page(batch, "preview"), {"do": "drop"})
    assert drafts.lines_of(drafts.draft_of(batch, cast[LEAD])) == []


def test_the_notice_comes_as_letter_and_workbook_before_and_after(cast, desk, batch):
    first, second, *_ = entries(batch)
    choose(desk, batch, "cancel", "=已关停", first)
    choose(desk, batch, "defer", "停产改造", second)
    desk.post(page(batch, "notice"), TYPED)
    amended = page(batch, "preview")
    for address in (amended, None):
        if address is None:
            desk.post(amended, {"mark": mark(batch, cast)})
            address = f"/audits/lists/{batch.pk}/amendments/1/"
        letter = ZipFile(BytesIO(desk.get(address + "?format=docx").content))
        words = letter.read("word/document.xml").decode()
        for word in ("代拟稿", "佛环函〔2023〕86号", "取消（1家）", "停产改造", "2023年6月1日"):
            assert word in words, word
        assert desk.get(address + "?format=pdf").content.startswith(b"%PDF")
        sheet = load_workbook(BytesIO(desk.get(address + "?format=xlsx").content)).active
        told = [row for row in sheet.iter_rows(values_only=True) if row[0] in (1, 2)]
        assert [row[4:] for row in told] == [("取消", "=已关停"), ("暂缓", "停产改造")]
        assert desk.get(address + "?format=exe").status_code == 404


def test_others_read_the_notice_and_act_on_nothing(cast, batch):
    line = ChangeLine(entries(batch)[0], Change.CANCEL, "已关停")
    amend_list(batch.pk, NOTICE, [line], by=cast[LEAD])
    address = f"/audits/lists/{batch.pk}/amendments/1/"
    told = {}
    for name in ("foshan-industry", "huizhou-industry", "province-ecology", "red-star"):
        client = Client()
        client.force_login(cast.people[name])
        told[name] = client.get(address).status_code
        for more in ((), ("notice",), ("preview",)):
            assert client.get(page(batch, *more)).status_code in (403, 404)
            assert client.post(page(batch, *more), {"do": "all"}).status_code in (403, 404)
    assert told == {
        "foshan-industry": 200, "huizhou-industry": 404, "province-ecology": 200, "red-star": 403
    }  # fmt: skip
    assert Client().get(address).status_code == 302
    assert not AmendmentDraft.objects.exists()


def test_a_county_reads_its_own_rows_of_a_notice(cast, batch):
    first, second, *_ = entries(batch)
    lines = [ChangeLine(first, Change.CANCEL, "甲由"), ChangeLine(second, Change.CANCEL, "乙由")]
    amend_list(batch.pk, NOTICE, lines, by=cast[LEAD])
    county = cast["nanhai-industry"].county
    Entry.objects.filter(pk=first).update(county=county)
    Entry.objects.filter(pk=second).update(county=cast["shunde-industry"].county)
    batch.lead = "industry"
    batch.save(update_fields=["lead"])
    client = Client()
    client.force_login(cast.people["nanhai-industry"])
    shown = text(client.get(f"/audits/lists/{batch.pk}/amendments/1/"))
    assert "甲由" in shown
    assert "乙由" not in shown


def test_a_list_of_many_rows_is_chosen_page_by_page(cast, desk, django_assert_max_num_queries):
    key = replace(KEY, year=2023, number=2)
    batch = listed(cast, firms(120, first=500), key, on=date(2023, 3, 6)).batch
    with django_assert_max_num_queries(25):
        shown = text(desk.get(page(batch)))
    assert shown.count('name="shown"') == 50
    desk.post(page(batch), {"do": "all", "change_all": "cancel", "reason_all": "园区关闭"})
    desk.post(page(batch, "notice"), TYPED)
    with django_assert_max_num_queries(25):
        seen = text(desk.get(page(batch, "preview")))
    assert "企业（120家）" in seen
    assert desk.post(page(batch, "preview"), {"mark": mark(batch, cast)}).status_code == 302
    assert Round.objects.filter(stage="cancelled").count() == 120


def test_a_notice_in_preparation_waits_on_the_home_page_of_its_maker(cast, desk, batch):
    choose(desk, batch, "cancel", "已关停", entries(batch)[0])
    assert f"登记变更通知：{batch.title}" in text(desk.get("/desk/"))
    other = Client()
    other.force_login(cast.people["foshan-industry"])
    assert "登记变更通知" not in text(other.get("/desk/"))


def test_the_firm_reads_by_which_notice_its_round_changed(cast, batch):
    first = entries(batch)[0]
    for model in (Entry.objects.filter(pk=first), Round.objects.filter(entry=first)):
        model.update(enterprise=cast.offices["red-star"])
    amend_list(batch.pk, NOTICE, [ChangeLine(first, Change.CANCEL, "已关停")], by=cast[LEAD])
    client = Client()
    client.force_login(cast.people["red-star"])
    audit = Round.objects.get(entry=first)
    shown = text(client.get(f"/rounds/{audit.pk}/"))
    assert "名单第1次变更" in shown
    assert "已关停" in shown
    assert "/amendments/" not in shown
    assert "已终止" in shown


def test_a_change_withdrawn_later_is_marked_on_the_notice(cast, desk, batch):
    first, second, *_ = entries(batch)
    lines = [ChangeLine(entry, Change.CANCEL, "已关停") for entry in (first, second)]
    amend_list(batch.pk, NOTICE, lines, by=cast[LEAD])
    fact = Fact.objects.get(round__entry=first, kind="cancelled")
    withdraw(fact.pk, reason="登记错误", by=cast[LEAD])
    assert text(desk.get(f"/audits/lists/{batch.pk}/amendments/1/")).count("已撤回") == 1
