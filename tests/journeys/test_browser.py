"""The thread by hand in a real browser: what each role sees, presses and gets."""

import json

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.stages.audits.models import Round
from cleanprod.stages.programme.models import Entry
from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import listed
from tests.workbooks import code, list_book, results_book, workbook

FIRMS = [(f"佛山第{n}电镀有限公司", code(n), "双有") for n in range(1, 5)]


@pytest.fixture(autouse=True)
def soon(page):
    page.set_default_timeout(10_000)


@pytest.fixture(autouse=True)
def files_in_a_temporary_folder(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        },
    }


def file(name, content):
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": name, "mimeType": kind, "buffer": content}


def good(page):
    """Look at the page that stands there now: usable by everybody, on any screen."""
    assert axe(page) == []
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size(size)


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name).click()
    page.wait_for_load_state()


def test_an_official_leads_a_list_to_the_official_table(cast, site, page):
    sign_in(page, site, cast.people["foshan-ecology"])

    # A list with one mistake: the preview tells it, nothing is stored, the rest can go in.
    page.goto(site + reverse("desk:home"))
    page.goto(site + reverse("programme:import"))
    page.get_by_label("年度").fill("2022")
    page.get_by_label("批次").fill("1")
    book = list_book(*FIRMS, ("佛山第9电镀有限公司", "91440605MA00000018", "双有"))
    page.get_by_label("名单工作簿").set_input_files(file("名单.xlsx", book))
    press(page, "上传并预检")
    expect(page.get_by_text("还没有导入任何内容")).to_be_visible()
    expect(page.get_by_text("91440605MA00000018").first).to_be_visible()
    good(page)
    press(page, "确认导入")
    expect(page.get_by_text("有1行不予导入或待决定，没有导入任何内容")).to_be_visible()
    good(page)
    page.get_by_label("同意只导入没有问题的行").check()
    press(page, "确认导入")
    expect(page.get_by_role("heading", name="导入回执")).to_be_visible()
    expect(page.get_by_text("部分导入（经同意）").first).to_be_visible()
    good(page)

    page.get_by_role("link", name="查看名单").click()
    good(page)
    press(page, "编制完成")
    page.get_by_role("link", name="公布名单").click()
    page.get_by_label("公布日期").fill("2022-03-08")
    page.get_by_label("文号").fill("演示〔2022〕3号")
    page.get_by_label("发布机关").fill("佛山市生态环境局")
    press(page, "公布名单")
    assert Round.objects.count() == 4

    # One result typed, the others by workbook.
    first = Round.objects.order_by("pk").first()
    page.goto(site + reverse("review:result", args=[first.pk]))
    page.get_by_label("通过", exact=True).check()
    page.locator("[name=on]").fill("2022-10-12")
    page.get_by_label("文号").fill("演示〔2022〕9号")
    press(page, "登记结果")
    first.refresh_from_db()
    assert first.stage == "accepted"
    good(page)
    page.goto(site + reverse("review:results"))
    page.get_by_label("年度").fill("2022")
    results = results_book(
        (*FIRMS[1][:2], "2022-10-12", "通过"), (*FIRMS[2][:2], "2022-11-02", "暂缓")
    )
    page.get_by_label("结果工作簿").set_input_files(file("结果.xlsx", results))
    press(page, "上传并预检")
    good(page)
    press(page, "确认导入")
    good(page)

    page.goto(site + reverse("review:completions"))
    page.get_by_label("选择" + FIRMS[0][0]).check()
    press(page, "确认办结所选企业")

    # The table has it, each number opens its records, and the downloads say the same.
    table = site + reverse("statistics:report", args=["platform-use"]) + "?year=2022"
    page.goto(table)
    row = page.get_by_role("row").filter(has_text="佛山")
    assert [text.strip() for text in row.locator("td, th").all_inner_texts()][2:9] == list(
        "4000221"
    )
    good(page)
    row.get_by_role("link").first.click()
    page.get_by_role("main").get_by_text(FIRMS[0][0]).wait_for()
    good(page)
    with page.expect_download() as download:
        page.evaluate("address => { location.href = address }", table + "&format=json")
    told = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert next(r for r in told["rows"] if r["city"] == "佛山")["platform_completed"] == 1
    # The answer 422 to the first press, before consent, is the one error expected here.
    page.troubles[:] = [line for line in page.troubles if "422" not in line]


def test_a_wrong_file_is_answered_in_words_and_kept(cast, site, page):
    sign_in(page, site, cast.people["foshan-ecology"])
    page.goto(site + reverse("programme:import"))
    page.get_by_label("年度").fill("2022")
    page.get_by_label("批次").fill("1")
    page.get_by_label("名单工作簿").set_input_files(file("名单.xlsx", b"not a workbook"))
    press(page, "上传并预检")
    expect(page.get_by_role("alert").first).to_be_visible()
    good(page)
    page.goto(site + reverse("programme:import"))
    assert page.get_by_role("link", name="名单.xlsx").or_(page.get_by_text("名单.xlsx")).count()
    # The browser notes the answer 422 as an error of the page; it is the one expected here.
    page.troubles[:] = [line for line in page.troubles if "422" not in line]


def test_an_enterprise_registers_and_files_its_plan_on_a_phone(cast, site, page):
    listed(cast, [("红星水泥有限公司", "91440605MA00000017", "双有")])
    page.set_viewport_size(PHONE)
    sign_in(page, site, cast.people["red-star"])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("main").get_by_role("link", name="注册平台").first.click()
    page.get_by_role("main").get_by_role("link", name="注册").first.click()
    good(page)
    page.get_by_label("与登记一致").check()
    press(page, "确认并完成注册")
    assert Round.objects.get().stage == "registered"
    page.goto(site + reverse("desk:home"))
    page.get_by_role("main").get_by_role("link", name="启动清洁生产审核").first.click()
    page.get_by_role("main").get_by_role("link", name="审核计划").first.click()
    page.locator('[name="r0-name"]').fill("陈厂长")
    page.locator('[name="focus"]').fill("窑头电除尘")
    for number in range(1, 8):
        page.locator(f'[name="p{number}-first"]').fill(f"2023-1{number % 2}-01")
        page.locator(f'[name="p{number}-last"]').fill(f"2023-09-0{number}")
    press(page, "提交审核计划")
    expect(page.get_by_text("计划完成日期不能早于计划开始日期").first).to_be_visible()
    assert page.locator('[name="r0-name"]').input_value() == "陈厂长"
    good(page)
    for number in range(1, 8):
        page.locator(f'[name="p{number}-first"]').fill(f"2023-10-0{number}")
        page.locator(f'[name="p{number}-last"]').fill(f"2024-02-0{number}")
    press(page, "提交审核计划")
    assert Round.objects.get().stage == "planned"
    good(page)
    page.troubles[:] = [line for line in page.troubles if "422" not in line]


def test_an_unknown_header_is_repaired_on_screen_and_known_the_next_time(cast, site, page):
    sign_in(page, site, cast.people["foshan-ecology"])

    def preview(number, *rows):
        page.goto(site + reverse("programme:import"))
        page.get_by_label("年度").fill("2022")
        page.get_by_label("批次").fill(str(number))
        head = ("序号", "被审核单位全名", "统一社会信用代码", "县区", "审核类型", "列入原因")
        firms = [(n, *firm[:2], "南海区", "强制性", firm[2]) for n, firm in enumerate(rows, 1)]
        book = workbook(("佛山市2022年度清洁生产审核企业名单",), head, *firms)
        page.get_by_label("名单工作簿").set_input_files(file("名单.xlsx", book))
        press(page, "上传并预检")

    preview(1, *FIRMS[:2])
    expect(page.get_by_text("模板不对（表头不符）")).to_be_visible()
    expect(page.get_by_text("缺少必填列“企业名称”")).to_be_visible()
    good(page)
    page.get_by_label("企业名称读取自").select_option("C")
    press(page, "按此对应重新预检")
    expect(page.get_by_text("C列同时对应“企业名称”“统一社会信用代码”")).to_be_visible()
    page.get_by_label("企业名称读取自").select_option("B")
    press(page, "按此对应重新预检")
    expect(page.get_by_text("本次指定")).to_be_visible()
    good(page)
    press(page, "确认导入")
    assert Entry.objects.count() == 2

    preview(2, *FIRMS[2:])
    expect(page.get_by_text("按本单位上次的对应", exact=True)).to_be_visible()
    assert page.get_by_label("企业名称读取自").input_value() == "B"
    good(page)
    press(page, "确认导入")
    assert set(Entry.objects.values_list("name", flat=True)) == {name for name, *_ in FIRMS}
