"""A county names a firm, its city finds it in the proposal and puts it on a draft list."""

from django.urls import reverse

from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.programme.models import Entry
from tests.browser import axe, sideways, sign_in

FIRM = "佛山新某家具有限公司"


def test_a_firm_comes_from_its_county_onto_the_draft_list(cast, site, page):
    sign_in(page, site, cast.people["nanhai-industry"])
    page.goto(site + reverse("candidates:survey"))
    page.get_by_role("link", name="填报新企业").first.click()
    page.get_by_label("企业名称").fill(FIRM)
    page.get_by_label("行业代码").fill("2110")
    page.get_by_label("自愿性").check()
    page.get_by_label("依据说明").fill("使用溶剂型涂料")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="上报").click()
    assert "已上报1家" in page.inner_text("body")
    page.context.clear_cookies()
    sign_in(page, site, cast.people["foshan-industry"])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="县区上报的候选企业").click()
    page.get_by_role("link", name="到建议名单中采纳").click()
    assert axe(page) == []
    assert sideways(page) <= 0
    page.get_by_label(f"选择{FIRM}").check()
    page.get_by_role("button", name="纳入名单草稿").click()
    assert FIRM in page.inner_text("main")
    entry = Entry.objects.get()
    assert (entry.name, entry.batch.lead, entry.batch.stage) == (FIRM, "industry", "draft")
    assert Candidate.objects.get().state == "taken"
