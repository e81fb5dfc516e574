"""A long form in a real browser: closed, lapsed, changed by a colleague, given up, sent."""

from django.contrib.sessions.models import Session
from django.urls import reverse

from cleanprod.foundation.drafts.models import Draft
from cleanprod.stages.audits.rules import Act
from cleanprod.stages.disclosures.models import Edition
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.materials.tests.cast import OWN, started
from tests.browser import axe, sign_in
from tests.journeys.test_browser import files_in_a_temporary_folder, press  # noqa: F401

KEPT = "草稿已自动保存"


def kept(page):
    page.get_by_text(KEPT).wait_for(timeout=10_000)


def test_what_is_typed_outlives_browser_and_session(cast, site, page):
    audit = started(cast, "registered")
    hall.record(cast, audit, OWN, Act.REGISTER)
    address = site + reverse("disclosures:edit", args=[audit.pk, "basic"])
    sign_in(page, site, cast.people[OWN])
    page.goto(address)
    page.locator("[name=legal]").fill("张三")
    kept(page)

    # The browser is closed without a word; another one goes on.
    page.context.clear_cookies()
    page.goto("about:blank")
    sign_in(page, site, cast.people[OWN])
    page.goto(address)
    page.get_by_text("自动保存的草稿").wait_for()
    assert page.locator("[name=legal]").input_value() == "张三"
    assert axe(page) == []

    # The session lapses; the page says so, and keeps again once its person is back.
    Session.objects.all().delete()
    page.locator("[name=address]").fill("红星路1号")
    page.get_by_text("登录已过期").wait_for(timeout=10_000)
    sign_in(page, site, cast.people[OWN])
    kept(page)
    assert Draft.objects.get().fields[1] == ["address", "红星路1号"]

    # Somebody else saved the page meanwhile: both versions are there, none is lost.
    Draft.objects.update(marks=[["seen", "7"]])
    page.reload()
    page.get_by_text("此后本页内容已有更新").wait_for()
    assert page.locator("[name=legal]").input_value() != "张三"
    page.get_by_role("button", name="恢复这些内容").click()
    assert page.locator("[name=legal]").input_value() == "张三"

    # Without a connection nothing leaves the page, where the browser's own error would replace it.
    page.context.set_offline(True)
    page.locator("[name=address]").fill("红星路2号")
    page.get_by_role("button", name="公布", exact=True).click()
    page.get_by_text("尚未提交。网络连接中断").wait_for()
    page.context.set_offline(False)
    kept(page)
    assert page.locator("[name=address]").input_value() == "红星路2号"
    page.troubles[:] = [line for line in page.troubles if "ERR_INTERNET" not in line]

    # Sent, it is no draft any more.
    for name, text in (
        ("trade", "3360 金属表面处理"),
        ("contact", "李四"),
        ("phone", "0757-1234567"),
    ):
        page.locator(f"[name={name}]").fill(text)
    press(page, "公布")
    assert Edition.objects.count() == 1
    assert Draft.objects.count() == 0
