"""A notice of change in a real browser: choose, word, look, record, read."""

from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import KEY, LEAD, firms, listed, take_results


@pytest.mark.slow
def test_the_lead_cancels_defers_and_rolls_in_by_one_notice(cast, site, page):
    listed(cast, firms(3))
    names = [row[:2] for row in firms(2)]
    take_results(cast, (*names[0], "2022-10-12", "未通过"), (*names[1], "2022-10-12", "暂缓"))
    key = replace(KEY, year=2023)
    batch = listed(cast, firms(6, first=11), key, on=date(2023, 3, 6)).batch
    sign_in(page, site, cast.people[LEAD])
    page.goto(f"{site}/lists/{batch.pk}/")
    page.get_by_role("link", name="变更名单").click()
    page.get_by_label("佛山第11电镀有限公司：变更").select_option("cancel")
    page.get_by_label("佛山第11电镀有限公司：理由").fill("企业已关停")
    page.get_by_label("佛山第12电镀有限公司：变更").select_option("defer")
    page.get_by_label("佛山第12电镀有限公司：理由").fill("停产技术改造")
    page.get_by_role("button", name="保存本页选择").click()
    page.get_by_text("变更通知现有2家企业").wait_for()
    page.get_by_role("link", name="以前名单的企业：滚动纳入").click()
    page.get_by_text("一次选择查询到的全部2家").click()
    page.get_by_label("变更", exact=True).select_option("roll")
    page.locator("[name=reason_all]").fill("恢复生产")
    page.get_by_role("button", name="全部选择").click()
    page.get_by_role("link", name="下一步：填写通知（已选4家）").click()
    page.locator("[name=document_number]").fill("佛环函〔2023〕86号")
    page.locator("[name=on]").fill("2023-06-01")
    page.locator("[name=reason]").fill("部分企业关停、搬迁，经核实")
    page.get_by_role("button", name="下一步：核对").click()
    page.get_by_text("1 家开启新一轮清洁生产审核").wait_for()
    page.get_by_role("button", name="登记变更通知").click()
    page.wait_for_url("**/amendments/1/")
    page.get_by_text("4家企业的变更已全部生效").wait_for()
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.goto(f"{site}/public/lists/{batch.pk}/")
    expect(page.get_by_text("佛环函〔2023〕86号")).to_be_visible()
    assert axe(page) == []
    assert sideways(page) <= 0
