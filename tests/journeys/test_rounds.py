"""Rounds of other kinds: with a consultancy, voluntary under the industry office, over the year."""

from datetime import date

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Act, Stage
from cleanprod.stages.hearings import actions as hearings
from cleanprod.stages.hearings.rules import Mode
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.materials.tests import cast as materials
from cleanprod.stages.measures.models import Sheet
from cleanprod.stages.programme.judging import BatchKey
from cleanprod.stages.submissions.models import Submission
from tests.browser import sign_in
from tests.flow import KEY, LEAD, firms, listed
from tests.journeys.test_browser import files_in_a_temporary_folder, good, press  # noqa: F401
from tests.journeys.test_sheet import _PASTE
from tests.journeys.test_submission import choose, words
from tests.world import FOSHAN

OWNER, WHO = "red-star", "consultancy"


@pytest.fixture(autouse=True)
def soon(page):
    page.set_default_timeout(10_000)


def as_(page, cast, site, name, route, *args):
    """Sign somebody else in and open a page."""
    sign_in(page, site, cast.people[name])
    page.goto(site + reverse(route, args=args))


def test_a_consultancy_does_the_work_and_leaves_when_it_is_told_to(cast, site, page):
    audit = materials.started(cast, "registered")
    as_(page, cast, site, OWNER, "registration:engagements", audit.pk)
    page.get_by_label("咨询机构").select_option(index=1)
    page.get_by_label("查看、填报、提交").or_(page.locator("[name=scope][value=submit]")).check()
    page.locator("[name=ends_on]").fill("2099-12-31")
    press(page, "委托")
    assert "委托中" in words(page)

    # The consultancy files the plan, fills the sheet, brings the report.
    as_(page, cast, site, WHO, "registration:engaged", audit.pk)
    page.get_by_role("link", name="代填审核计划").click()
    page.locator("[name=r0-name]").fill("陈厂长")
    page.locator("[name=r0-duty]").select_option("leader")
    for number in range(1, 8):
        page.locator(f"[name=p{number}-first]").fill(f"2023-{number + 4:02}-01")
        page.locator(f"[name=p{number}-last]").fill(f"2023-{number + 4:02}-20")
    page.locator("[name=focus]").fill("喷涂车间")
    good(page)
    press(page, "提交审核计划")
    assert "清源咨询有限公司" in str(Fact.objects.get(round=audit, kind="planned").office_name)
    good(page)
    hall.record(cast, audit, OWNER, Act.START)
    page.get_by_role("link", name="审核阶段").click()
    page.get_by_role("link", name="填报审核准备").click()
    page.locator("[name=first_on]").fill("2023-05-02")
    press(page, "保存")
    good(page)
    page.goto(site + reverse("registration:engaged", args=[audit.pk]))
    page.get_by_role("link", name="绩效表", exact=True).click()
    page.get_by_role("link", name="填报预期数值").click()
    page.get_by_role("button", name="添加一行").wait_for()
    page.evaluate(_PASTE, "变频改造\t无/低费\t5\t3.2\t2")
    good(page)
    press(page, "保存")
    assert Sheet.objects.get().edited_by == cast[WHO].person_name
    page.get_by_role("navigation").get_by_role("link", name=audit.name).click()
    page.get_by_role("link", name="审核材料").last.click()
    page.get_by_role("main").get_by_role("link", name="清洁生产审核报告", exact=True).click()
    choose(page, "报告.pdf", materials.pdf("报告"))
    press(page, "上传")
    assert "已上传“清洁生产审核报告”第1稿" in words(page)
    materials.bring(cast, audit)
    page.goto(site + reverse("submissions:check", args=[audit.pk]))
    page.get_by_label("本机构声明").check()
    press(page, "声明")
    good(page)

    # The enterprise declares as well and submits; then it ends the engagement.
    as_(page, cast, site, OWNER, "submissions:check", audit.pk)
    page.get_by_label("本单位声明").check()
    press(page, "声明")
    assert "检查通过" in words(page)
    press(page, "提交审核报告")
    assert Submission.objects.get().round.stage == Stage.SUBMITTED
    page.goto(site + reverse("registration:engagements", args=[audit.pk]))
    page.get_by_text("撤销委托", exact=True).click()
    press(page, "确认撤销委托")
    sign_in(page, site, cast.people[WHO])
    assert page.goto(site + reverse("measures:sheet", args=[audit.pk])).status == 404
    page.troubles[:] = [line for line in page.troubles if "404" not in line]


def test_a_voluntary_round_is_led_by_industry_and_never_threatened(cast, site, page):
    key = BatchKey(2022, FOSHAN, Line.INDUSTRY, 1)
    ((name, number, _),) = firms(1)
    listed(cast, [(name, number, "")], key=key, by="foshan-industry")
    Round.objects.update(enterprise=cast.offices[OWNER])
    audit = Round.objects.get()
    as_(page, cast, site, OWNER, "desk:round", audit.pk)
    text = words(page)
    assert "逾期" in text  # it registers as everybody else does
    assert "自愿性清洁生产审核" in text
    assert "罚" not in text
    assert "责令" not in text
    good(page)
    hall.begun(cast, audit)
    materials.sheet(cast, audit)
    materials.bring(cast, audit)
    hall.report(cast, audit)
    hall.ready(cast, audit)
    lead = cast["foshan-industry"]
    hearings.arrange(audit.pk, Mode.JOINT, county=False, by=lead)
    page.goto(site + reverse("hearings:round", args=[audit.pk]))
    press(page, "提交评估验收申请")
    as_(page, cast, site, "foshan-industry", "hearings:board")
    page.get_by_role("link", name=audit.name).click()
    press(page, "受理")
    assert "已受理" in words(page)
    good(page)
    sign_in(page, site, cast.people[LEAD])  # the other department reads, and decides nothing
    page.goto(site + reverse("hearings:board"))
    page.get_by_role("link", name=audit.name).click()
    expect(page.get_by_role("link", name="安排会议")).to_have_count(0)


def test_a_round_goes_on_over_the_turn_of_the_year(cast, site, page):
    with clock.fixed(date(2022, 3, 8)):
        listed(cast, firms(2))
    first, second = Round.objects.order_by("pk")
    Round.objects.filter(pk=first.pk).update(enterprise=cast.offices[OWNER])
    with clock.fixed(date(2022, 12, 30)):
        hall.begun(cast, Round.objects.get(pk=first.pk))
    listed(cast, firms(1, first=21), BatchKey(2023, FOSHAN, KEY.lead, 1), on=date(2023, 3, 7))
    sign_in(page, site, cast.people[LEAD])
    page.goto(site + reverse("audits:carry") + "?year=2022")
    assert "待结转" in words(page)
    good(page)
    page.get_by_text("全部结转到2023年", exact=True).click()
    press(page, "确认全部结转到2023年")
    assert "已结转2家到2023年，期限不变，已告知企业" in words(page)
    page.goto(site + reverse("desk:rounds") + "?year=2022")
    text = words(page)
    assert first.name in text
    assert second.name in text
    good(page)
    page.get_by_role("link", name=first.name).click()
    assert "2022年名单" in words(page)
    assert Round.objects.get(pk=first.pk).stage == Stage.STARTED
    hall.report(cast, Round.objects.get(pk=first.pk))
    assert Round.objects.get(pk=first.pk).list_year == 2022
