"""An enterprise publishes, proves, is sent back, mends; a visitor reads what is no secret."""

import pytest
from django.urls import reverse

from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.disclosures.models import Edition
from cleanprod.stages.disclosures.tests.cast import ACCEPTED_ON, registered
from cleanprod.stages.materials.tests.cast import OWN
from tests.browser import open_todos, sign_in
from tests.flow import LEAD
from tests.journeys.test_browser import files_in_a_temporary_folder, good, press  # noqa: F401

PDF = {"name": "截图.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\nscreen"}


@pytest.fixture(autouse=True)
def soon(page):
    page.set_default_timeout(10_000)


def words(page):
    return page.get_by_role("main").inner_text()


def fill(page, **said):
    for name, text in said.items():
        page.locator(f"[name={name}]").fill(text)


def test_an_enterprise_publishes_and_a_visitor_reads_it(cast, site, page):
    audit = registered(cast)

    # The firm finds on its home page what it owes, keeps a draft, then publishes.
    sign_in(page, site, cast.people[OWN])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="企业信息公布（基本信息）").click()
    good(page)
    fill(page, legal="张三", address="南海区桂城街道1号", phone="0757-1234")
    press(page, "保存草稿")
    assert "草稿已保存，尚未公布" in words(page)
    press(page, "公布")
    assert "有 1 处需要修改" in words(page)
    good(page)
    page.troubles[:] = [line for line in page.troubles if "422" not in line]
    fill(page, trade="3360 金属表面处理")
    press(page, "公布")
    assert "第1版已公布" in words(page)
    good(page)

    # It publishes the fields of its category and brings the proof; the city returns it.
    page.goto(site + reverse("disclosures:edit", args=[audit.pk, "category"]))
    good(page)
    fill(page, materials="三氯乙烯 2 t/年，清洗", discharged="无", waste="污泥 3 t/年，委托处置")
    fill(page, risks="已编制应急预案", where="佛山日报", since="2022-04-01")
    page.get_by_label("公布方式").select_option("media")
    page.locator("[name=proof]").set_input_files(PDF)
    press(page, "公布并提交证明")
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("desk:home"))
    open_todos(page)
    page.get_by_role("link", name="企业信息公布的证明，待核对").click()
    good(page)
    page.get_by_role("link", name=audit.name).click()
    page.get_by_role("row").filter(has_text="待核对").get_by_role("link").click()
    good(page)
    page.get_by_text("退回", exact=True).click()
    page.get_by_label("理由").fill("截图看不清公布日期")
    press(page, "确认退回")
    assert "截图看不清公布日期" in words(page)

    # The firm mends it, the city accepts.
    sign_in(page, site, cast.people[OWN])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="的证明被退回，待修改").click()
    assert "截图看不清公布日期" in words(page)
    fill(page, reason="重新截图", link="https://example.com/news")
    press(page, "公布并提交证明")
    assert "第2版已公布" in words(page)
    good(page)
    sign_in(page, site, cast.people[LEAD])
    made = Edition.objects.get(publication__kind="category", number=2)
    page.goto(site + reverse("disclosures:edition", args=[made.pk]))
    page.get_by_text("核对通过", exact=True).first.click()
    press(page, "确认核对通过")
    good(page)

    # After the acceptance it publishes the results and withholds one figure.
    fact = audits.NewFact(audit.pk, Milestone.ACCEPTED, ACCEPTED_ON)
    audits.record(Act.ACCEPT, [fact], by=cast[LEAD])
    sign_in(page, site, cast.people[OWN])
    page.goto(site + reverse("disclosures:edit", args=[audit.pk, "results"]))
    good(page)
    fill(page, low="8", high="2", measures="变频改造", tce="120.5", water="3000")
    fill(page, discharges="COD 0.8 t/年", investment="987654")
    page.locator("details").filter(has=page.locator("[name=secret-investment]")).locator(
        "summary"
    ).click()
    page.locator("[name=secret-investment]").check()
    fill(page, **{"why-investment": "与供应商有保密约定"})
    press(page, "公布")
    assert "第1版已公布" in words(page)

    # A visitor comes from the front page and reads all but the secret.
    page.context.clear_cookies()
    page.goto(site + reverse("portal:home"))
    page.get_by_role("link", name="企业信息公布").click()
    good(page)
    page.get_by_label("企业").fill("电镀")
    page.get_by_role("button", name="查询").click()
    page.get_by_role("link", name=audit.name).first.click()
    told = words(page)
    for text in ("张三", "三氯乙烯 2 t/年，清洗", "佛山日报", "120.5", "涉及商业秘密，不公开"):
        assert text in told
    assert "987654" not in told
    assert "保密约定" not in told
    good(page)
