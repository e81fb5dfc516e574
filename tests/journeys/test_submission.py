"""A report on its way: uploaded, checked, submitted, verified by a visitor, returned, revised."""

import re
from urllib.parse import quote

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.stages.materials.models import Version
from cleanprod.stages.materials.tests.cast import OWN, pdf, sheet, started
from cleanprod.stages.submissions.models import Submission
from tests.browser import sign_in
from tests.flow import LEAD
from tests.journeys.test_browser import files_in_a_temporary_folder, good, press  # noqa: F401

ITEMS = {
    "审核报告封面（盖章）": "cover",
    "承诺书（盖章）": "declaration",
    "清洁生产审核报告": "report",
    "技术佐证材料": "proof",
    "清洁生产项目绩效表（盖章）": "sheet",
    "自行开展审核的能力说明": "own_ability",
}


@pytest.fixture(autouse=True)
def soon(page):
    page.set_default_timeout(10_000)


def chosen(name, content):
    return {"name": name, "mimeType": "application/pdf", "buffer": content}


def words(page):
    return page.get_by_role("main").inner_text()


def choose(page, name, content):
    """Choose a file and wait until all its pieces are there."""
    page.locator("#id_file").set_input_files(chosen(name, content))
    page.get_by_text(f"已上传：{name}").wait_for()


def upload(page, title, content):
    page.get_by_role("main").get_by_role("link", name=title, exact=True).click()
    choose(page, f"{title}.pdf", content)
    press(page, "上传")


def test_a_report_goes_in_comes_back_and_goes_in_again(cast, site, page):
    audit = started(cast)
    sheet(cast, audit)

    # The firm sees what is missing, brings all but one, and the check names that one.
    sign_in(page, site, cast.people[OWN])
    page.goto(f"{site}/rounds/{audit.pk}/")
    page.get_by_role("link", name="查看和上传").click()
    assert "还缺6项必备材料" in words(page)
    good(page)
    for title, key in ITEMS.items():
        if key == "report":
            continue
        if key in ("cover", "declaration", "sheet"):
            row = page.get_by_role("row").filter(has_text=title)
            with page.expect_download() as printed:
                row.get_by_role("link", name="打印").click()
            assert printed.value.path().read_bytes().startswith(b"%PDF-")
        upload(page, title, pdf(key))
    page.get_by_role("link", name="提交前检查和提交").click()
    assert "清洁生产审核报告\t没有上传" in words(page)
    expect(page.get_by_role("button", name="提交审核报告")).to_have_count(0)
    good(page)

    # It brings the report, declares, submits; Back and a second click change nothing.
    page.get_by_role("link", name="清洁生产审核报告").first.click()
    choose(page, "报告.pdf", pdf("report"))
    good(page)
    press(page, "上传")
    page.get_by_role("link", name="提交前检查和提交").click()
    page.get_by_label(re.compile("本单位声明")).check()
    press(page, "声明")
    assert "检查通过" in words(page)
    good(page)
    press(page, "提交审核报告")
    made = Submission.objects.get()
    assert made.receipt.number in words(page)
    good(page)
    with page.expect_download() as receipt:
        page.get_by_role("link", name="提交回执（PDF）").click()
    assert receipt.value.path().read_bytes().startswith(b"%PDF-")
    page.go_back()
    if page.get_by_role("button", name="提交审核报告").count():
        press(page, "提交审核报告")
    assert Submission.objects.count() == 1

    # A visitor types the number, sees the fingerprints, and finds one changed byte.
    page.context.clear_cookies()
    page.goto(site)  # where the receipt says that it is verified
    page.get_by_role("link", name="回执查验").click()
    page.get_by_label("回执编号").fill(made.receipt.number)
    page.get_by_role("button", name="查询").click()
    page.wait_for_load_state()
    report = Version.objects.get(item="report").file
    assert report.sha256 in words(page)
    good(page)
    page.locator("input[type=file]").set_input_files(chosen("报告.pdf", pdf("report")))
    press(page, "比对")
    assert "完全一致" in words(page)
    page.get_by_label("应是哪一份").select_option(label="清洁生产审核报告 第1稿")
    page.locator("input[type=file]").set_input_files(chosen("报告.pdf", pdf("repost")))
    press(page, "比对")
    assert "与回执所载《清洁生产审核报告》第1稿" in words(page)
    assert "内容不一致" in words(page)
    good(page)

    # The lead department finds it on its home page and sends it back.
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="审核报告已提交，待受理").click()
    good(page)
    page.get_by_role("link", name=audit.name).click()
    page.get_by_text("退回修改", exact=True).click()
    page.get_by_label("理由").fill("能量平衡测算有误")
    press(page, "确认退回修改")
    assert "能量平衡测算有误" in words(page)
    good(page)

    # The firm revises with a table of changes; the second receipt stands beside the first.
    sign_in(page, site, cast.people[OWN])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="审核报告被退回").click()
    page.get_by_role("main").get_by_role("link", name="清洁生产审核报告").first.click()
    choose(page, "报告.pdf", pdf("修改稿"))
    press(page, "上传")
    page.troubles.clear()  # the refused form's 422
    assert "从第二稿起应填写修改说明对照表" in words(page)
    assert "已上传：报告.pdf，不必再选" in words(page)
    good(page)
    cells = (("位置", "第12页"), ("修改前", "20"), ("修改后", "30"), ("修改原因", "退回意见"))
    for label, text in cells:
        page.get_by_label(re.compile(f"^第1行{label}")).fill(text)
    # What is typed is kept by itself and is there again when the page is opened anew.
    sent = quote("第13页")
    with page.expect_response(lambda answer: sent in (answer.request.post_data or "")):
        page.get_by_label(re.compile("^第2行位置")).fill("第13页")
        page.keyboard.press("Tab")
    page.goto(page.url)
    assert page.get_by_label(re.compile("^第2行位置")).input_value() == "第13页"
    page.get_by_label(re.compile("^第2行位置")).fill("")
    page.get_by_label(re.compile("^第1行位置")).fill("第12页")
    choose(page, "报告.pdf", pdf("修改稿"))
    press(page, "上传")
    page.get_by_role("link", name="提交前检查和提交").click()
    page.get_by_label(re.compile("本单位声明")).check()
    press(page, "声明")
    press(page, "提交审核报告")
    assert "第2次提交" in words(page)
    assert made.receipt.number in words(page)
    good(page)
    assert [one.number for one in Submission.objects.order_by("number")] == [1, 2]
