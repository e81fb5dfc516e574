"""A dispatch by hand: province to city, reminder, rate, close; city to counties, each its own."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import urlsplit

from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.stages.dispatch.models import Answer, Dispatch, Recipient
from cleanprod.stages.dispatch.tests.cast import overdue_rounds
from tests import world
from tests.browser import PHONE, WIDE, axe, open_todos, sideways, sign_in


def become(page, site, cast, name, address):
    """Sign somebody in and open an address."""
    page.context.clear_cookies()
    sign_in(page, site, cast.people[name])
    page.goto(site + address)


def good(page):
    """Hold that a page is usable by everybody, on a phone too."""
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert axe(page) == []
    assert sideways(page) <= 0
    page.set_viewport_size(WIDE)


def confirm(page, label):
    """Press a button that asks once more."""
    page.locator("summary", has_text=label).click()
    page.get_by_role("button", name=f"确认{label}").click()


def test_the_province_collects_answers_from_a_city(cast, site, page):
    rounds = overdue_rounds(cast)
    become(page, site, cast, "province-industry", reverse("dispatch:home"))
    good(page)
    page.get_by_role("button", name="一键生成逾期清单").click()
    assert rounds[0].name in page.inner_text("main")
    good(page)
    confirm(page, "下发调度")
    dispatch = Dispatch.objects.get()
    assert urlsplit(page.url).path == reverse("dispatch:dispatch", args=[dispatch.pk])
    assert page.get_by_role("row", name="汕尾").get_by_role("cell").nth(3).inner_text() == "—"
    good(page)

    become(page, site, cast, "foshan-industry", reverse("desk:home"))
    open_todos(page)
    page.get_by_role("main").get_by_role("link", name="报送进度调度").click()
    good(page)
    page.get_by_role("link", name=rounds[0].name).click()
    good(page)
    for _ in range(2):
        page.get_by_label("进展阶段").select_option("正在审核")
        page.get_by_label("预计完成日期").fill("2023-11-30")
        page.get_by_label("下一步措施").fill("加快检测，十一月完成。")
        page.get_by_role("button", name="保存，填下一家").click()
    page.get_by_role("link", name="返回清单").click()
    confirm(page, "报送2家草稿")
    assert "已报送2家" in page.inner_text("body")

    become(page, site, cast, "province-industry", reverse("dispatch:dispatch", args=[dispatch.pk]))
    assert "50.00" in page.inner_text("main")
    page.locator("summary", has_text="再次催办").click()
    page.get_by_label("催办内容").fill("请在本周内报完。")
    page.get_by_role("button", name="确认再次催办").click()
    assert "第1次催办，已通知1个单位" in page.inner_text("body")
    told = Message.objects.filter(subject__startswith="再次催办").values_list(
        "person_id", flat=True
    )
    assert list(told) == [cast.people["foshan-industry"].pk]
    page.get_by_role("link", name="佛山市工业和信息化局").click()
    page.get_by_role("link", name=rounds[0].name).click()
    assert "加快检测" in page.inner_text("main")
    good(page)
    page.goto(site + reverse("dispatch:dispatch", args=[dispatch.pk]))
    with page.expect_download() as got:
        page.get_by_role("link", name="报送情况汇总（Excel）").click()
    book = load_workbook(BytesIO(got.value.path().read_bytes()))
    assert [cell.value for cell in book["汇总"][4]][1:5] == ["佛山市工业和信息化局", 4, 2, 50]
    with page.expect_download() as got:
        page.get_by_role("link", name="调度通知（代拟稿 PDF）").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    confirm(page, "结束调度")
    assert "已结束" in page.inner_text("main")
    become(page, site, cast, "foshan-industry", reverse("dispatch:home"))
    assert "待报送" not in page.inner_text("main")


def test_a_county_sees_and_answers_only_its_rows(cast, site, page, tmp_path):
    rounds = overdue_rounds(cast)
    become(page, site, cast, "foshan-industry", f"{reverse('desk:rounds')}?overdue=any")
    good(page)
    page.get_by_label("全选本页").check()
    assert page.locator("[data-tick-count]").inner_text() == "4"
    page.get_by_role("button", name="所选加入调度").click()
    assert "已勾选4家企业" in page.inner_text("main")
    good(page)
    page.get_by_role("button", name="保存并看清单").click()
    confirm(page, "下发调度")
    asked = Recipient.objects.get(county=world.NANHAI)

    become(page, site, cast, "nanhai-industry", reverse("desk:home"))
    open_todos(page)
    page.get_by_role("main").get_by_role("link", name="报送进度调度").click()
    text = page.inner_text("main")
    assert all(one.name in text for one in rounds[:2])
    assert not any(one.name in text for one in rounds[2:])
    with page.expect_download() as got:
        page.get_by_role("link", name="报送表（Excel，可离线填写）").click()
    book = load_workbook(BytesIO(got.value.path().read_bytes()))
    sheet = book.active
    heads = {cell.value: cell.column for cell in sheet[2]}
    for line in (3, 4):
        sheet.cell(line, heads["进展阶段"], "快好了" if line == 4 else "正在审核")
        sheet.cell(line, heads["下一步措施"], "加快")
    sheet.cell(3, heads["预计完成日期"], "2023-12-15")
    filled = tmp_path / "报送表.xlsx"
    book.save(filled)
    page.get_by_label("报送表").set_input_files(filled)
    page.get_by_role("button", name="导入", exact=True).click()
    assert "可填：尚未开展" in page.inner_text("main")
    assert axe(page) == []
    sheet.cell(4, heads["进展阶段"], "正在审核")
    book.save(filled)
    page.get_by_label("报送表").set_input_files(filled)
    page.get_by_role("button", name="导入", exact=True).click()
    assert "已导入2家" in page.inner_text("body")
    with clock.fixed(asked.dispatch.answer_on + timedelta(1)):
        page.reload()
        assert "标记为逾期报送" in page.inner_text("main")
        confirm(page, "报送2家草稿")
    assert set(Answer.objects.values_list("late", flat=True)) == {True}

    other = Recipient.objects.get(county=world.SHUNDE)
    answer = page.goto(site + reverse("dispatch:answers", args=[other.pk]))
    assert answer.status == 404
    become(page, site, cast, "shunde-industry", reverse("dispatch:answers", args=[other.pk]))
    assert rounds[0].name not in page.inner_text("main")
    # The form sent back with 422 and the page that is not there are the errors expected here.
    page.troubles[:] = [line for line in page.troubles if "422" not in line and "404" not in line]
