"""An enterprise registers by hand in a real browser, from the letter to the registered round."""

import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.stages.audits.models import Round
from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import LEAD, firms, listed
from tests.journeys.test_browser import press

PASSWORD = "vermilion-otter-71"


@pytest.fixture(autouse=True)
def soon(page):
    page.set_default_timeout(10_000)


def typed(page, **fields):
    for label, text in fields.items():
        page.get_by_label(label).first.fill(text)


def test_a_firm_claims_its_record_on_a_phone_and_the_department_sees_it(cast, site, page):
    ((name, number, _),) = firms(1)
    batch = listed(cast, firms(1)).batch

    # The department issues the codes; the workbook it saves is the only place they stand in.
    sign_in(page, site, cast.people[LEAD])
    page.goto(f"{site}/lists/{batch.pk}/")
    page.get_by_role("link", name="企业注册（认领码）").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="全部发放，下载表格").click()
    code = code_in(saved.value.path())

    # The firm claims: a slip first, then right; the round stands there as registered.
    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    page.goto(site)
    page.get_by_role("link", name="企业注册").click()
    typed(
        page, 统一社会信用代码=number, 认领码或邀请码=code[:-1] + ("2" if code[-1] != "2" else "3")
    )
    typed(page, 姓名="张三", 手机="13800000000", 电子邮箱="zhang@example.com", 登录账号="zhang.san")
    page.get_by_label("密码", exact=False).nth(0).fill(PASSWORD)
    page.get_by_label("再次输入密码").fill(PASSWORD)
    press(page, "注册")
    page.troubles.clear()  # the refused form's 422
    assert "代码或认领码不正确" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("登录账号").input_value() == "zhang.san"
    assert axe(page) == []
    typed(page, 认领码或邀请码=code.lower())
    page.get_by_label("密码", exact=False).nth(0).fill(PASSWORD)
    page.get_by_label("再次输入密码").fill(PASSWORD)
    press(page, "注册")
    assert "企业注册已完成" in page.get_by_role("main").inner_text()
    audit = Round.objects.get(name=name)
    assert audit.registered_on is not None

    # A colleague is invited with a code that is shown once.
    page.goto(site + reverse("registration:contacts"))
    typed(page, 姓名="李四", 手机或电子邮箱="13900000000")
    press(page, "生成邀请码")
    assert re.search(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", page.get_by_role("main").inner_text())
    assert axe(page) == []
    assert sideways(page) <= 0

    sign_in(page, site, cast.people[LEAD])
    page.goto(f"{site}/rounds/{audit.pk}/")
    assert "张三" in page.get_by_role("main").inner_text()
    assert "已注册" in page.get_by_role("main").inner_text()


def code_in(path):
    with path.open("rb") as book:
        sheet = load_workbook(book).active
    cells = [str(cell) for row in sheet.values for cell in row if cell]
    return next(cell for cell in cells if re.fullmatch(r"(?:[2-9A-Z]{4}-){3}[2-9A-Z]{4}", cell))
