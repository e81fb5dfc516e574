"""From registration to the first phase: drafts outlive a sign-out, a remark makes a new plan."""

from urllib.parse import quote

from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.foundation.engine import clock
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.phases.models import Plan, Progress
from tests.browser import PHONE, WIDE, axe, sideways, sign_in
from tests.flow import LEAD, firms, listed

_PASTE = """([name, text]) => {
  const at = document.querySelector(`[name="${name}"]`);
  const carried = new DataTransfer();
  carried.setData('text/plain', text);
  const how = {clipboardData: carried, bubbles: true, cancelable: true};
  at.dispatchEvent(new ClipboardEvent('paste', how));
}"""


def usable(page):
    """Hold that the page is clean and fits a phone."""
    page.set_viewport_size(WIDE)
    page.evaluate("scrollTo(0, 0)")  # a scrolled page cuts the menu at another place
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert axe(page) == []
    assert sideways(page) <= 0
    page.set_viewport_size(WIDE)


def registered(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    audit = Round.objects.get()
    fact = audits.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
    audits.record(Act.REGISTER, [fact], by=cast["red-star"])
    return audit


def submit(page):
    page.get_by_role("button", name="提交审核计划").click()
    page.get_by_text("提交回执").first.wait_for()


def test_a_round_goes_from_registration_to_its_first_phase(cast, site, page):
    audit = registered(cast)
    sign_in(page, site, cast.people["red-star"])
    page.goto(f"{site}/rounds/{audit.pk}/")
    expect(page.get_by_text("召开启动会，启动审核")).to_be_visible()  # what comes next
    usable(page)
    page.get_by_role("link", name="填报审核计划").click()
    page.get_by_role("button", name="添加一人").wait_for()  # which the script brings
    page.evaluate(_PASTE, ["r0-name", "陈厂长\t厂长\t组长\n李工\t环保部\t成员"])
    for number in range(1, 8):
        page.locator(f'[name="p{number}-first"]').fill(f"2023-{number:02}-01")
        page.locator(f'[name="p{number}-last"]').fill(f"2023-{number:02}-20")
    sent = quote("喷涂")
    with page.expect_response(lambda answer: sent in (answer.request.post_data or "")):
        page.locator('[name="focus"]').fill("喷涂")
    page.get_by_text("草稿已保存").wait_for()
    usable(page)
    page.context.clear_cookies()  # the session lapses, the browser is closed
    sign_in(page, site, cast.people["red-star"])
    page.goto(f"{site}/phases/{audit.pk}/plan/edit/")
    assert page.locator('[name="focus"]').input_value() == "喷涂"
    assert page.locator('[name="r1-name"]').input_value() == "李工"
    submit(page)
    usable(page)
    assert Round.objects.get().stage == Stage.PLANNED

    page.context.clear_cookies()
    sign_in(page, site, cast.people[LEAD])
    page.goto(f"{site}/phases/{audit.pk}/plan/")
    page.locator('[name="text"]').fill("请明确审核重点")
    usable(page)
    page.get_by_role("button", name="告知企业").click()
    page.get_by_text("反馈意见已告知企业").wait_for()

    page.context.clear_cookies()
    sign_in(page, site, cast.people["red-star"])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="审核计划有反馈意见").click()
    page.get_by_role("link", name="更新审核计划").click()
    page.locator('[name="focus"]').fill("喷涂车间")
    page.locator('[name="reason"]').fill("按反馈意见明确")
    submit(page)
    assert Plan.objects.count() == 2

    page.get_by_role("link", name="登记启动审核").click()
    usable(page)
    page.get_by_role("button", name="登记启动审核").click()
    page.get_by_text("已登记启动审核").wait_for()
    assert Round.objects.get().stage == Stage.STARTED
    usable(page)
    page.get_by_role("link", name="填报审核准备").click()
    page.locator('[name="first_on"]').fill("2023-01-05")
    page.locator('[name="last_on"]').fill("2023-01-20")
    page.locator('[name="note"]').fill("已成立审核小组")
    usable(page)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已保存“审核准备”的进展").wait_for()
    assert Progress.objects.get().note == "已成立审核小组"

    page.goto(f"{site}/rounds/{audit.pk}/")
    usable(page)
