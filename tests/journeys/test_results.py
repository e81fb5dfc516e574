"""A city's batch of results: publicity, an objection that overturns, announcement, certificate."""

import re
from datetime import date, timedelta

from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.stages.audits.models import Round
from cleanprod.stages.results.models import Batch, Certificate
from cleanprod.stages.review.actions import NewResult, record_results
from cleanprod.stages.review.rules import Conclusion
from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import LEAD, firms, listed
from tests.world import TODAY


def test_an_objection_overturns_one_result_of_a_batch(cast, site, page):
    listed(cast, firms(3))
    rounds = list(Round.objects.order_by("pk"))
    record_results(
        [
            NewResult(audit.pk, Conclusion.PASSED, date(2023, 9, 1), document_number="佛环1号")
            for audit in rounds
        ],
        by=cast[LEAD],
    )
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("results:board"))
    page.get_by_role("link", name="拟定一批").click()
    page.get_by_label("标题").fill("佛山市2023年第一批验收结果")
    page.get_by_label("受理异议的联系人、电话").fill("陈工 0757-00000000")
    page.get_by_role("button", name="拟定").click()
    for audit in rounds:
        page.get_by_label(f"列入{audit.name}").check()
    page.get_by_role("button", name="保存所选企业").click()
    page.get_by_role("link", name="开始公示").click()
    page.get_by_label("公示天数").fill("3")
    page.get_by_role("button", name="开始公示").click()
    assert "公示不少于5天" in page.inner_text("main")
    expected_refusal(page)
    page.get_by_label("公示天数").fill("5")
    page.get_by_role("button", name="开始公示").click()
    assert axe(page) == []
    batch = Batch.objects.get()
    number, code = objected(page, site, batch, rounds[0])
    answered(page, cast, site, batch, number)
    rounds[0].refresh_from_db()
    assert rounds[0].accepted_on is None
    with clock.fixed(TODAY + timedelta(10)):
        announced(page, site, batch)
    assert Certificate.objects.count() == 2
    looked_at(page, site, batch, number, code)


def expected_refusal(page):
    """Let the answer 422, which the browser notes as an error, be the one expected here."""
    page.troubles[:] = [line for line in page.troubles if "422" not in line]


def objected(page, site, batch, audit):
    """Object as a visitor; return number and code."""
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(site + reverse("results:public"))
    page.get_by_role("link", name=batch.title).click()
    page.get_by_role("link", name="提出异议").click()
    page.get_by_label("针对的企业").select_option(label=audit.name)
    page.get_by_label("异议内容").fill("减排量重复计算")
    page.get_by_label("异议人（姓名或单位名称）").fill("王某")
    page.get_by_label("联系方式").fill("0757-1")
    assert sideways(page) <= 0
    assert axe(page) == []
    page.get_by_role("button", name="提交异议").click()
    shown = page.inner_text("main")
    page.set_viewport_size({"width": 1280, "height": 800})
    return re.search(r"YY\d{10}", shown)[0], re.search(r"查询码\s+([2-9A-Z]{8})", shown)[1]


def answered(page, cast, site, batch, number):
    """Answer as the lead department; the announcement was refused until then."""
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("results:batch", args=[batch.pk]))
    assert "还有1件异议未答复" in page.inner_text("main")
    page.get_by_role("link", name=number).click()
    page.get_by_label("异议成立，撤回原结果").check()
    page.get_by_label("答复内容").fill("经核实，减排量确有重复计算，撤回原结果。")
    page.get_by_role("button", name="答复").click()
    assert "移出本批的企业" in page.inner_text("main")


def announced(page, site, batch):
    """Announce, report and certify."""
    page.goto(site + reverse("results:announce", args=[batch.pk]))
    page.get_by_label("文号").fill("佛环〔2023〕9号")
    page.get_by_role("button", name="公布", exact=True).click()
    page.get_by_label("证书编号字头").fill("佛证2023-")
    page.get_by_role("button", name="发证").click()
    page.get_by_text("报送省两部门", exact=True).first.click()
    page.get_by_role("button", name="确认报送省两部门").click()
    assert "已报送省" in page.inner_text("main")
    assert axe(page) == []


def looked_at(page, site, batch, number, code):
    """Read list and answer as a visitor."""
    page.context.clear_cookies()
    page.goto(site + reverse("results:public-batch", args=[batch.pk]))
    assert "佛环〔2023〕9号" in page.inner_text("main")
    assert "王某" not in page.content()
    page.goto(site + reverse("results:answer"))
    page.get_by_label("受理编号").fill(number)
    page.get_by_label("查询码").fill(code)
    page.get_by_role("button", name="查询").click()
    assert "减排量确有重复计算" in page.inner_text("main")
