"""A city's year in a browser: proposal, two lists, an overlap, one paper filed and returned."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.stages.audits.models import Round
from cleanprod.stages.candidates import actions as candidates
from cleanprod.stages.planning.models import Filing, Plan
from cleanprod.stages.programme.models import Entry, Settlement
from cleanprod.stages.programme.rules import AuditKind
from tests.browser import open_menu, sign_in
from tests.flow import candidate
from tests.journeys.test_browser import file, good, press
from tests.workbooks import code, list_book, messy_book

ECOLOGY, INDUSTRY = "foshan-ecology", "foshan-industry"
FIRMS = [(f"佛山第{n}电镀有限公司", code(n)) for n in range(1, 6)]


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


@pytest.fixture
def become(cast, site, page):
    """Return a function that signs somebody in and opens a page of the menu."""
    page.set_default_timeout(10_000)

    def act(name, menu):
        page.context.clear_cookies()
        sign_in(page, site, cast.people[name])
        page.goto(site + reverse("desk:home"))
        open_menu(page)
        page.get_by_role("navigation").get_by_role("link", name=menu, exact=True).first.click()
        page.wait_for_load_state()

    return act


def upload(page, site, book):
    page.goto(site + reverse("programme:import"))
    page.get_by_label("年度").fill("2023")
    page.get_by_label("批次").fill("1")
    page.get_by_label("名单工作簿").set_input_files(file("名单.xlsx", book))
    press(page, "上传并预检")


def test_a_city_leads_two_lists_with_an_overlap_into_one_filed_paper(cast, site, page, become):
    # The proposal brings what a county reported onto the draft of the industry bureau's list.
    reported = candidate(cast, kind=AuditKind.VOLUNTARY, categories=())
    candidates.report([reported.pk], by=cast["nanhai-industry"])
    become(INDUSTRY, "建议名单")
    good(page)
    page.get_by_label("选择" + reported.name).check()
    press(page, "纳入名单草稿")
    assert Entry.objects.get().name == reported.name

    # The ecology bureau's workbook has a mistake, told by the preview; the repaired goes in.
    become(ECOLOGY, "名单")
    rows = [(*firm, "双有") for firm in FIRMS[:3]]
    upload(page, site, messy_book(*rows, county="不存在的区"))
    expect(page.get_by_text("县区应是本市的").first).to_be_visible()
    button = page.get_by_role("button", name="下载带批注的工作簿")
    for _ in range(2):  # the page stays, and so does what it offers
        with page.expect_download() as marked:
            button.click()
        assert marked.value.suggested_filename == "批注_名单.xlsx"
        expect(button).not_to_have_attribute("aria-disabled", "true")
    good(page)
    upload(page, site, messy_book(*rows))
    press(page, "确认导入")

    # The industry bureau lists one of the same firms as voluntary.
    become(INDUSTRY, "名单")
    upload(page, site, list_book(*((*firm, "") for firm in FIRMS[2:])))
    expect(page.get_by_text("也在另一部门的").first).to_be_visible()
    press(page, "确认导入")
    page.get_by_role("link", name="查看名单").click()
    press(page, "编制完成")
    expect(page.get_by_text("请先在“两部门会商”中商定").first).to_be_visible()

    # One proposes, the other agrees: the mandatory audit prevails, ecology leads it.
    become(INDUSTRY, "两部门会商")
    good(page)
    page.get_by_label("选择" + FIRMS[2][0]).check()
    press(page, "按默认办法提出")
    become(ECOLOGY, "两部门会商")
    page.get_by_label("选择" + FIRMS[2][0]).check()
    press(page, "同意对方意见")
    expect(page.get_by_text("已商定（1家）")).to_be_visible()
    good(page)
    assert Settlement.objects.get().lead == "ecology"
    for name in (ECOLOGY, INDUSTRY):
        become(name, "名单")
        lead = "生态环境" if name == ECOLOGY else "工业和信息化"
        page.get_by_role("link", name=f"第1批，{lead}牵头").click()
        press(page, "编制完成")

    # The paper: begun by one, agreed by both, published by either with both lists.
    become(ECOLOGY, "年度计划")
    press(page, "起草或打开")
    good(page)
    page.get_by_role("link", name="修改").click()
    page.get_by_label("评估验收费用预算（元）").fill("350000")
    good(page)
    press(page, "保存")
    press(page, "会签同意第2稿")
    become(INDUSTRY, "年度计划")
    page.get_by_role("link", name="2023年度清洁生产推行工作计划").click()
    press(page, "会签同意第2稿")
    good(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes()[:4] == b"%PDF"
    page.get_by_role("link", name="公布", exact=True).click()
    page.get_by_label("公布日期").fill("2023-03-08")
    page.get_by_label("文号").fill("演示〔2023〕3号")
    good(page)
    press(page, "公布年度计划和名单")
    assert Plan.objects.get().stage == "published"
    assert Round.objects.count() == 6
    assert Round.objects.filter(lead="ecology").count() == 3
    page.locator("summary", has_text="报送备案").click()
    press(page, "确认报送备案")

    # The province returns it, the city mends and files again, both departments register.
    become("province-ecology", "报送备案")
    page.get_by_role("link", name="2023年度清洁生产推行工作计划").click()
    page.get_by_label("退回补正").check()
    press(page, "办理")
    expect(page.get_by_text("退回补正应写明需要补正的内容").first).to_be_visible()
    page.get_by_label("意见").fill("请补充联系人")
    press(page, "办理")
    good(page)
    become(ECOLOGY, "工作台")
    page.get_by_role("main").get_by_role("link", name="备案退回补正").click()
    page.locator("summary", has_text="补正后再次报送").click()
    page.get_by_label("理由").fill("已补充联系人")
    press(page, "确认补正后再次报送")
    for name in ("province-ecology", "province-industry"):
        become(name, "报送备案")
        page.get_by_role("link", name="2023年度清洁生产推行工作计划").click()
        page.get_by_label("登记备案").check()
        page.get_by_label("备案号").fill("演示备1号")
        press(page, "办理")
    assert list(Filing.objects.order_by("sequence").values_list("stage", flat=True)) == [
        "returned", "registered",
    ]  # fmt: skip
    become("province-ecology", "年度计划")
    good(page)
    page.troubles[:] = [line for line in page.troubles if "422" not in line]
