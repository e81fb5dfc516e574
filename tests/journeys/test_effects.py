"""A sheet is confirmed: its numbers stand at the city and the province, and go when it reopens."""

from datetime import date
from decimal import Decimal

from django.urls import reverse

from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet
from tests.browser import PHONE, axe, open_menu, sideways, sign_in
from tests.flow import LEAD, explain_all, firms, listed
from tests.world import NANHAI

MEASURES = [
    Typed("空压机变频改造", Cost.LOW, values={
        ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(3)},
        ValueSet.VERIFIED: {Field.ELECTRICITY: Decimal(2), Field.INVESTMENT: Decimal("12.5")},
    }),
    Typed("水性漆替代", Cost.HIGH, tags=(Tag.LOW_VOC,), values={
        ValueSet.VERIFIED: {Field.VOC: Decimal("4.25")},
    }),
]  # fmt: skip


def total(page, heading):
    """Return what the last row says under a heading."""
    heads = page.locator("table.data-grid thead tr").last.locator("th").all_inner_texts()
    grouped = page.locator("table.data-grid thead tr").first.locator("th[rowspan]").count()
    place = [" ".join(text.split()) for text in heads].index(heading) + grouped
    return page.locator("tr.total").first.locator("th, td").nth(place)


def test_a_confirmed_sheet_counts_until_it_is_reopened(cast, site, page):
    listed(cast, firms(1))
    Round.objects.update(
        enterprise=cast.offices["red-star"], county=NANHAI, stage="accepted",
        accepted_on=date(2023, 6, 1), industry="2110",
    )  # fmt: skip
    audit = Round.objects.get()
    actions.fill(audit.pk, MEASURES, version=0, by=cast["red-star"])
    explain_all(audit, by=cast["red-star"])
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("measures:sheet", args=[audit.pk]) + "?set=verified")
    page.get_by_text("核定绩效数据", exact=True).click()
    page.get_by_role("button", name="确认核定绩效数据").click()
    # the city
    open_menu(page)
    page.get_by_role("link", name="绩效成果", exact=True).click()
    assert total(page, "节能量（tce/年）").inner_text() == "2.46"
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("link", name="低VOCs原辅料替代").click()
    assert "家具" in page.inner_text("main")
    assert total(page, "VOCs削减（t/年）").inner_text() == "4.25"
    assert axe(page) == []
    page.context.clear_cookies()
    # the province, and the records behind its figure
    sign_in(page, site, cast.people["province-industry"])
    page.goto(site + reverse("statistics:effects", args=["city"]))
    assert total(page, "VOCs").inner_text() == "4.25"
    total(page, "节能量（tce/年）").get_by_role("link").click()
    text = page.inner_text("main")
    assert "合计 2.458 tce/年" in text
    assert "空压机变频改造" in text
    assert "水性漆替代" not in text
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.go_back()
    page.get_by_label("数值", exact=True).select_option("expected")
    page.get_by_role("button", name="查询").click()
    assert "只作对照" in page.inner_text("main")
    assert total(page, "节能量（tce/年）").inner_text() == "3.69"
    page.context.clear_cookies()
    # the enterprise
    sign_in(page, site, cast.people["red-star"])
    page.goto(f"{site}/desk/")
    page.get_by_role("link", name="绩效成果", exact=True).click()
    assert "2.458" in page.inner_text("main")
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.context.clear_cookies()
    # reopened: gone
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("measures:sheet", args=[audit.pk]))
    page.get_by_text("退回修改", exact=True).click()
    page.get_by_label("理由").fill("单位有误")
    page.get_by_role("button", name="确认退回修改").click()
    page.goto(site + reverse("statistics:effects", args=["county"]))
    assert total(page, "节能量（tce/年）").inner_text() == "—"
    assert total(page, "已核定").inner_text() == "0"
