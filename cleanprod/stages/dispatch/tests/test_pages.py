"""The pages of dispatch: drafting, following up, answering by hand and by workbook."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.intake.models import Receipt
from cleanprod.stages.dispatch.models import Answer, Dispatch, Row
from cleanprod.stages.dispatch.rules import DispatchStage
from cleanprod.stages.dispatch.tests.cast import (
    LEAD,
    draft,
    fill,
    handed_in,
    opened,
    overdue_rounds,
    recipient,
)
from tests.world import SHUNDE

pytestmark = pytest.mark.django_db


@pytest.fixture
def rounds(cast):
    return overdue_rounds(cast)


def signed_in(cast, name):
    client = Client()
    client.force_login(cast.people[name])
    return client


def text_of(answer):
    return answer.content.decode()


def test_one_click_makes_the_overdue_list_by_recipient(cast, rounds):
    client = signed_in(cast, LEAD)
    answer = client.post(reverse("dispatch:overdue"), follow=True)
    page = text_of(answer)
    assert "南海区经济促进局" in page
    assert "顺德区经济促进局" in page
    assert rounds[0].name in page
    client.post(reverse("dispatch:overdue"))
    assert Dispatch.objects.count() == 1


def test_an_empty_form_is_shown_again_with_what_is_wrong(cast):
    answer = signed_in(cast, LEAD).post(reverse("dispatch:new"), {"title": "甲"})
    assert answer.status_code == 422
    assert "处需要修改" in text_of(answer)
    assert 'value="甲"' in text_of(answer)


def test_a_form_about_nobody_is_refused_in_words(cast):
    form = {
        "title": "甲", "reason": "乙", "answer_on": "2023-10-08", "addressed": "county",
        "fields_asked": ["next"],
    }  # fmt: skip
    answer = signed_in(cast, LEAD).post(reverse("dispatch:new"), form)
    assert answer.status_code == 422
    assert "请选择逾期事项或所处阶段" in text_of(answer)


def test_a_draft_is_changed_and_sent_out(cast, rounds):
    client, made = signed_in(cast, LEAD), draft(cast)
    form = {
        "title": "改后的标题", "reason": "乙", "answer_on": "2023-10-08", "addressed": "enterprise",
        "duties": ["finish"], "fields_asked": ["progress", "next"], "version": "1",
    }  # fmt: skip
    assert client.post(reverse("dispatch:edit", args=[made.pk]), form).status_code == 302
    stale = client.post(reverse("dispatch:edit", args=[made.pk]), form)
    assert stale.status_code == 422
    assert "刷新" in text_of(stale)
    for _ in range(2):
        client.post(reverse("dispatch:act", args=[made.pk, "open"]))
    made.refresh_from_db()
    assert (made.stage, made.title) == (DispatchStage.OPEN, "改后的标题")
    assert [one.key for one in made.asked] == ["progress", "next"]
    assert made.recipients.count() == 4
    assert client.get(reverse("dispatch:edit", args=[made.pk])).status_code == 404


def test_ticked_rounds_start_a_dispatch_or_join_a_draft(cast, rounds):
    client = signed_in(cast, LEAD)
    asked = f"{reverse('dispatch:new')}?round={rounds[0].pk}&round={rounds[1].pk}"
    assert "已勾选2家企业" in text_of(client.get(asked))
    made = draft(cast)
    page = text_of(client.get(asked))
    assert made.title in page
    client.post(reverse("dispatch:pick", args=[made.pk]), {"round": [rounds[0].pk]})
    made.refresh_from_db()
    assert made.selection["picked"] == [rounds[0].pk]
    assert client.get(f"{reverse('dispatch:new')}?round=99999999").status_code == 404


def test_the_page_tells_rate_and_overdue_then_and_now(cast, rounds):
    dispatch = opened(cast)
    handed_in(cast, dispatch)
    page = text_of(signed_in(cast, LEAD).get(reverse("dispatch:dispatch", args=[dispatch.pk])))
    assert "2/4" in page
    assert "50.00" in page
    assert "再次催办" in page
    own = signed_in(cast, "nanhai-industry")
    page = text_of(own.get(reverse("dispatch:dispatch", args=[dispatch.pk])))
    assert "顺德区经济促进局" not in page
    assert "100.00" in page


def test_the_province_sees_all_its_cities(cast, rounds):
    dispatch = opened(cast, "province-industry")
    address = reverse("dispatch:dispatch", args=[dispatch.pk])
    page = text_of(signed_in(cast, "province-industry").get(address))
    for name in ("广州", "佛山", "汕尾"):
        assert f"<td>{name}</td>" in page
    assert "<td>汕尾</td>" not in text_of(signed_in(cast, LEAD).get(address))


def test_reminding_needs_words_and_keeps_a_record(cast, rounds):
    client, dispatch = signed_in(cast, LEAD), opened(cast)
    address = reverse("dispatch:act", args=[dispatch.pk, "remind"])
    assert client.post(address, {"text": ""}).status_code == 422
    page = text_of(client.post(address, {"text": "请尽快报送。"}, follow=True))
    assert "第1次催办，已通知2个单位" in page
    assert "请尽快报送。" in page


def test_an_unknown_act_is_not_there(cast, rounds):
    dispatch = opened(cast)
    for verb in ("edit", "answer", "nonsense"):
        address = reverse("dispatch:act", args=[dispatch.pk, verb])
        assert signed_in(cast, LEAD).post(address).status_code == 404


def test_rows_are_saved_one_by_one_and_handed_in(cast, rounds):
    client, asked = signed_in(cast, "nanhai-industry"), recipient(opened(cast))
    first, second = asked.rows.order_by("place")
    form = {
        "answer-progress": "正在审核", "answer-next": "快", "version": "0", "onward": "yes",
    }  # fmt: skip
    came = client.post(reverse("dispatch:row", args=[first.pk]), form)
    assert came.url == reverse("dispatch:row", args=[second.pk])
    bad = client.post(reverse("dispatch:row", args=[second.pk]), {"answer-expected": "明天"})
    assert bad.status_code == 422
    assert 'value="明天"' in text_of(bad)
    client.post(reverse("dispatch:hand-in", args=[asked.pk]))
    assert Answer.objects.get().answered_on is not None
    page = text_of(client.get(reverse("dispatch:answers", args=[asked.pk])))
    assert "已报送 2023-09-28" in page
    assert "1/2" in page
    for state, number in (("waiting", 1), ("answered", 1)):
        found = client.get(f"{reverse('dispatch:answers', args=[asked.pk])}?state={state}")
        assert f"共 <strong>{number}</strong> 条" in text_of(found)
    again = client.post(reverse("dispatch:hand-in", args=[asked.pk]))
    assert again.status_code == 422
    assert "没有新填写的内容" in text_of(again)


def test_what_the_opener_reads_are_answers_not_drafts(cast, rounds):
    asked = recipient(opened(cast))
    fill(cast, asked.rows.first())
    client = signed_in(cast, LEAD)
    assert "加快检测" not in text_of(client.get(reverse("dispatch:answers", args=[asked.pk])))
    page = text_of(client.get(reverse("dispatch:row", args=[asked.rows.first().pk])))
    assert "加快检测" not in page
    assert "还没有报送" in page


def test_an_answer_is_given_back_with_a_reason(cast, rounds):
    asked = handed_in(cast, opened(cast))
    row = asked.rows.first()
    client = signed_in(cast, LEAD)
    client.post(reverse("dispatch:return", args=[row.pk]), {"reason": "缺预计日期"})
    page = signed_in(cast, "nanhai-industry").get(reverse("dispatch:row", args=[row.pk]))
    assert "缺预计日期" in text_of(page)


def filled(client, asked, change):
    """Return the workbook of a recipient after somebody wrote into it."""
    got = client.get(reverse("dispatch:workbook", args=[asked.pk]))
    book = load_workbook(BytesIO(got.content))
    sheet = book.active
    heads = [cell.value for cell in sheet[2]]
    change(sheet, {head: place for place, head in enumerate(heads, 1)})
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("报送表.xlsx", out.getvalue())


def test_a_workbook_goes_out_and_comes_in_as_drafts(cast, rounds):
    client, asked = signed_in(cast, "nanhai-industry"), recipient(opened(cast))

    def change(sheet, at):
        for line in (3, 4):
            sheet.cell(line, at["进展阶段"], "正在审核")
            sheet.cell(line, at["预计完成日期"], "2023-11-30")
            sheet.cell(line, at["下一步措施"], "加快检测")

    book = filled(client, asked, change)
    came = client.post(reverse("dispatch:import", args=[asked.pk]), {"file": book}, follow=True)
    assert "已导入2家" in text_of(came)
    assert [one.values for one in Answer.objects.all()] == [
        {"progress": "正在审核", "expected": "2023-11-30", "next": "加快检测"}
    ] * 2
    book.seek(0)
    again = client.post(reverse("dispatch:import", args=[asked.pk]), {"file": book}, follow=True)
    assert "与已填写的内容一致" in text_of(again)
    client.post(reverse("dispatch:hand-in", args=[asked.pk]))
    book = filled(client, asked, lambda sheet, at: sheet.cell(3, at["下一步措施"], "改了"))
    came = client.post(reverse("dispatch:import", args=[asked.pk]), {"file": book}, follow=True)
    assert "本行没有导入" in text_of(came)
    assert {one.values["next"] for one in Answer.objects.all()} == {"加快检测"}


def test_a_workbook_with_mistakes_is_told_at_the_cell_and_takes_nothing(cast, rounds):
    client, asked = signed_in(cast, "nanhai-industry"), recipient(opened(cast))

    def change(sheet, at):
        sheet.cell(3, at["进展阶段"], "差不多了")
        sheet.cell(4, at["企业名称"], "别处的企业")
        sheet.cell(4, at["统一社会信用代码"], "")
        sheet.cell(4, at["下一步措施"], "x")

    book = filled(client, asked, change)
    came = client.post(reverse("dispatch:import", args=[asked.pk]), {"file": book})
    page = text_of(came)
    assert came.status_code == 422
    assert "可填：尚未开展" in page
    assert "不在本次调度本单位的清单中" in page
    assert "<code>B4</code>" in page
    assert not Answer.objects.exists()
    assert Receipt.objects.filter(kind="dispatch-answers").exists()


def test_a_file_that_is_none_is_told_so(cast, rounds):
    client, asked = signed_in(cast, "nanhai-industry"), recipient(opened(cast))
    address = reverse("dispatch:import", args=[asked.pk])
    assert client.post(address).status_code == 422
    came = client.post(address, {"file": SimpleUploadedFile("x.xlsx", b"no workbook")})
    assert came.status_code == 422
    assert "没有导入" in text_of(came)


def test_letter_and_summary_hold_what_a_person_may_read(cast, rounds):
    dispatch = opened(cast)
    handed_in(cast, dispatch, "shunde-industry", SHUNDE)
    own, lead = signed_in(cast, "nanhai-industry"), signed_in(cast, LEAD)
    for file_format, start in (("pdf", b"%PDF"), ("docx", b"PK")):
        got = lead.get(reverse("dispatch:letter", args=[dispatch.pk, file_format]))
        assert got.content.startswith(start)
    assert lead.get(reverse("dispatch:letter", args=[dispatch.pk, "exe"])).status_code == 404
    for client, counties in ((lead, {"南海区经济促进局", "顺德区经济促进局"}),
                             (own, {"南海区经济促进局"})):  # fmt: skip
        got = client.get(reverse("dispatch:summary", args=[dispatch.pk]))
        book = load_workbook(BytesIO(got.content))
        detail = list(book["报送内容"].iter_rows(min_row=4, values_only=True))
        assert {line[0] for line in detail} == counties
    total = [cell.value for cell in list(
        load_workbook(BytesIO(lead.get(reverse("dispatch:summary", args=[dispatch.pk])).content))
        ["汇总"].iter_rows()
    )[-1]]  # fmt: skip
    assert total[1:] == ["合计", 4, 2, 50, 0, 4, 4]


def test_a_draft_has_a_letter_and_no_summary(cast, rounds):
    made, client = draft(cast), signed_in(cast, LEAD)
    assert client.get(reverse("dispatch:letter", args=[made.pk, "docx"])).status_code == 200
    assert client.get(reverse("dispatch:summary", args=[made.pk])).status_code == 404


def test_pages_ask_as_often_for_many_rows_as_for_few(cast, django_assert_max_num_queries):
    overdue_rounds(cast, 60)
    dispatch = opened(cast)
    assert Row.objects.count() == 60
    lead, asked = signed_in(cast, LEAD), recipient(dispatch)
    for address in (
        reverse("dispatch:home"),
        reverse("dispatch:dispatch", args=[dispatch.pk]),
        reverse("dispatch:answers", args=[asked.pk]),
    ):
        lead.get(address)
        with django_assert_max_num_queries(16):
            lead.get(address)
