"""An enterprise fills its performance sheet by pasting; its lead department confirms it."""

from urllib.parse import quote

from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures.models import Measure, Sheet
from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import firms, listed

PASTED = "变频改造\t无/低费\t5\t3.2\t2\n水性漆替代\t中/高费\t80\t12\t0.5\n培训\t无低费\t0\t1\t"
_PASTE = """text => {
  const at = document.querySelector('[name="r0-name"]');
  const carried = new DataTransfer();
  carried.setData('text/plain', text);
  const how = {clipboardData: carried, bubbles: true, cancelable: true};
  at.dispatchEvent(new ClipboardEvent('paste', how));
}"""


def test_measures_are_pasted_saved_and_confirmed(cast, site, page):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    audit = Round.objects.get()
    sign_in(page, site, cast.people["red-star"])
    page.goto(f"{site}/rounds/{audit.pk}/")
    page.get_by_role("link", name="查看和填报").click()
    page.get_by_role("link", name="验收核定").click()
    page.get_by_role("link", name="填报验收核定数值").click()
    page.get_by_role("button", name="添加一行").wait_for()  # which the script brings
    page.evaluate(_PASTE, PASTED)
    assert page.locator('[name="r1-cost"]').input_value() == "high"
    assert page.locator('[name="r2-investment"]').input_value() == "0"
    page.get_by_role("button", name="添加一行").click()
    sent = quote("查漏")
    with page.expect_response(lambda answer: sent in (answer.request.post_data or "")):
        page.locator('[name="r3-name"]').fill("查漏")
    page.get_by_text("草稿已自动保存").wait_for()
    page.goto(page.url)  # the browser was closed, the session lapsed
    assert page.locator('[name="r0-name"]').input_value() == "变频改造"
    assert page.locator('[name="r3-name"]').input_value() == "查漏"
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size({"width": 1280, "height": 800})
    page.get_by_role("button", name="保存").click()
    assert Measure.objects.count() == 4
    assert "3.07tce/年" in page.inner_text("main")
    assert axe(page) == []
    first = Measure.objects.order_by("row").first()
    many = {"verified": {"electricity": "12345678901"}}  # many digits still fit a phone
    Measure.objects.filter(pk=first.pk).update(values=many)
    page.set_viewport_size(PHONE)
    page.reload()
    assert sideways(page) <= 0
    Measure.objects.filter(pk=first.pk).update(values=first.values)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.reload()
    page.get_by_role("link", name="节能量").first.click()
    account = page.inner_text("main")
    assert "0.1229" in account
    assert "3.0725" in account  # 2.5 万kWh × 1.229
    assert axe(page) == []
    page.context.clear_cookies()
    sign_in(page, site, cast.people["foshan-ecology"])
    page.goto(site + reverse("measures:sheet", args=[audit.pk]) + "?set=verified")
    page.get_by_text("核定绩效数据", exact=True).click()
    page.get_by_role("button", name="确认核定绩效数据").click()
    assert Sheet.objects.get().state == "confirmed"


def test_a_block_with_titles_goes_under_the_columns_of_these_names(cast, site, page):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    sign_in(page, site, cast.people["red-star"])
    page.goto(site + reverse("measures:edit", args=[Round.objects.get().pk]))
    page.get_by_role("button", name="添加一行").wait_for()
    page.evaluate(
        _PASTE,
        "序号\t项目名称\t项目内容\t节电(万kWh)\t方案类型\t标记\n"
        '1\t变频改造\t"两台空压机，\n说""好用"""\t2.5\tZG\t自动化、连续化\n'
        "2\t查漏\t\t0.4\t无费\t\n\t合计\t\t2.9\t\t\n",
    )
    cell = lambda row, name: page.locator(f'[name="r{row}-{name}"]').input_value()  # noqa: E731
    assert cell(0, "content") == '两台空压机， 说"好用"'
    assert [cell(n, "electricity") for n in range(3)] == ["2.5", "0.4", ""]
    assert [cell(n, "cost") for n in range(2)] == ["high", "low"]
    expect(page.locator('[name="r0-tags"]:checked')).to_have_count(2)
    page.evaluate(
        _PASTE,
        "序号\t项目名称\t节电（kWh）\t节水(t)\nWD7\t查漏\t52300\t7\nZG3\t自动线\t9\t8\n",
    )
    assert [cell(n, "code") for n in range(2)] == ["WD7", "ZG3"]
    assert [cell(n, "cost") for n in range(2)] == ["low", "high"]
    assert [cell(n, "fresh_water") for n in range(2)] == ["7", "8"]
    assert cell(0, "electricity") == "2.5"  # kWh are not put under 万kWh
    expect(page.get_by_text("没有粘贴（列名或单位与本表不同）：节电（kWh）")).to_be_visible()
