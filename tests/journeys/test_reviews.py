"""Reviews in the browser: separate with a returned report, joint with a veto, one on paper."""

from decimal import Decimal

from django.urls import reverse

from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.experts.tests import cast as experts
from cleanprod.stages.hearings import actions
from cleanprod.stages.hearings.models import Hearing
from cleanprod.stages.hearings.rules import Mode, State
from cleanprod.stages.hearings.tests import cast as hall
from cleanprod.stages.hearings.tests.cast import LEAD
from cleanprod.stages.remarks.models import Remark
from tests.browser import PHONE, WIDE, axe, sideways, sign_in


def as_(page, cast, site, name):
    """Sign somebody else in."""
    page.context.clear_cookies()
    sign_in(page, site, cast.people[name])


def checked(page):
    """Look at the page wide and on a phone."""
    assert axe(page) == []
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    page.set_viewport_size(WIDE)


def opened(page, site, name, *args):
    page.goto(site + reverse(name, args=args))


def test_separate_reviews_with_a_returned_report_and_closed_remarks(cast, site, page):
    audit = hall.submitted(cast)
    as_(page, cast, site, "red-star")
    opened(page, site, "hearings:round", audit.pk)
    checked(page)
    page.get_by_role("button", name="提交评估申请").click()
    as_(page, cast, site, LEAD)
    opened(page, site, "hearings:board")
    checked(page)
    page.get_by_role("link", name=audit.name).click()
    page.get_by_text("退回补正", exact=True).first.click()
    page.get_by_label("理由").first.fill("缺少水平衡")
    page.get_by_label("同时退回审核报告").check()
    page.get_by_role("button", name="确认退回补正").click()
    audit.refresh_from_db()
    assert audit.stage == Stage.STARTED
    hall.report(cast, audit)
    as_(page, cast, site, "red-star")
    opened(page, site, "hearings:round", audit.pk)
    assert "缺少水平衡" in page.inner_text("main")
    page.get_by_role("button", name="提交评估申请").click()
    hearing = Hearing.objects.get()
    held(page, cast, site, hearing)
    audit.refresh_from_db()
    assert audit.stage == Stage.ASSESSED
    remarks_closed(page, cast, site, audit)
    hall.ready(cast, audit)
    as_(page, cast, site, "red-star")
    opened(page, site, "hearings:round", audit.pk)
    page.get_by_role("button", name="提交验收申请").click()
    assert Hearing.objects.filter(step="acceptance", state=State.APPLIED).exists()


def held(page, cast, site, hearing, **scores):
    """Admit, schedule with a panel, open, let all score, conclude: the lead by the pages."""
    as_(page, cast, site, LEAD)
    opened(page, site, "hearings:hearing", hearing.pk)
    page.get_by_role("button", name="受理").click()
    experts.pool(cast)
    new = hall.appointing.NewPanel(
        hall.PANEL_PURPOSES[hall.Step(hearing.step)], hall.clock.today(), 3,
        (hearing.round_id,), {}, "会议室",
    )  # fmt: skip
    panel = hall.appointing.form_panel(new, by=cast[LEAD])
    hall.appointing.draw_panel(panel.pk, by=cast[LEAD])
    experts.accept_all(cast, panel)
    page.get_by_role("link", name="安排会议").click()
    page.get_by_label("会议日期").fill(hall.clock.today().isoformat())
    page.get_by_label("会议地点或线上会议方式").fill("企业会议室")
    checked(page)
    page.get_by_role("button", name="安排会议").click()
    page.get_by_role("link", name="宣布会议召开").click()
    page.get_by_role("button", name="宣布会议召开").click()
    assert "评审中" in page.inner_text("main")
    hearing.refresh_from_db()
    hall.scored(hearing, **scores)
    agreed(page, site, hearing.sitting)
    as_(page, cast, site, LEAD)
    opened(page, site, "scoring:confirm", hearing.sitting_id)
    checked(page)
    page.get_by_role("button", name="审定").click()
    opened(page, site, "hearings:hearing", hearing.pk)
    page.get_by_text("登记结论", exact=True).first.click()
    page.get_by_role("button", name="确认登记结论").click()
    assert "已有结论" in page.inner_text("main")
    checked(page)


def agreed(page, site, sitting):
    """Let the leader put forward the drafted opinion, and the others sign it, by the pages."""
    for seat in sitting.members.select_related("person").order_by("-leader", "pk"):
        page.context.clear_cookies()
        sign_in(page, site, seat.person)
        opened(page, site, "scoring:agree", sitting.pk)
        if seat.leader:
            assert "过程规范性（得分率" in page.get_by_label("专家组意见").input_value()
            checked(page)
            page.get_by_role("button", name="提出并签署").click()
        else:
            page.get_by_label("不同意见").fill("仍应补充台账")
            page.get_by_role("button", name="签署专家组意见").click()
    assert "仍应补充台账" in page.inner_text("main")


def remarks_closed(page, cast, site, audit):
    """Answer every remark as the enterprise and tick it off as the lead department."""
    for one in Remark.objects.filter(round=audit, weight="must"):
        as_(page, cast, site, "red-star")
        opened(page, site, "remarks:remark", one.pk)
        page.get_by_label("修改情况").fill("已补充物料平衡")
        page.get_by_label("修改位置").fill("第4章第32页")
        page.get_by_role("button", name="提交回复").click()
        as_(page, cast, site, LEAD)
        opened(page, site, "remarks:remark", one.pk)
        page.get_by_role("button", name="复核通过").click()
    checked(page)
    opened(page, site, "remarks:round", audit.pk)
    checked(page)


def test_a_joint_review_ends_by_a_veto(cast, site, page):
    hearing = hall.applied(cast, Mode.JOINT)
    held(page, cast, site, hearing, veto="弄虚作假")
    assert "未通过" in page.inner_text("main")
    hearing.round.refresh_from_db()
    assert hearing.round.stage == Stage.FAILED


def test_a_review_on_paper_takes_two_people(cast, site, page, tmp_path):
    hearing = hall.applied(cast, Mode.JOINT)
    actions.admit(hearing.pk, by=cast[LEAD])
    second = hall.second_person(cast)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4")
    as_(page, cast, site, LEAD)
    opened(page, site, "hearings:enter", hearing.pk)
    day = hall.clock.today().isoformat()
    page.get_by_label("会议日期").fill(day)
    page.get_by_label("会议地点").fill("局会议室")
    page.get_by_label("专家组意见").fill("同意通过验收。")
    for place in (1, 2, 3):
        page.get_by_label(f"第{place}位专家姓名").fill(f"专家{place}")
        page.get_by_label(f"第{place}位专家工作单位").fill(f"第{place}研究院")
        page.get_by_label(f"第{place}位专家得分").fill(str(Decimal(80 + place)))
    for label in ("意见扫描件", "评分表扫描件", "签到表扫描件"):
        page.get_by_label(label).set_input_files(scan)
    checked(page)
    page.get_by_role("button", name="录入线下评审结果").click()
    page.get_by_text("复核确认", exact=True).first.click()
    page.get_by_role("button", name="确认复核确认").click()
    assert "以外的人" in page.inner_text("body")
    page.troubles[:] = [line for line in page.troubles if "40" not in line]
    page.context.clear_cookies()
    sign_in(page, site, second)
    opened(page, site, "hearings:hearing", hearing.pk)
    checked(page)
    page.get_by_text("复核确认", exact=True).first.click()
    page.get_by_role("button", name="确认复核确认").click()
    assert "线下评审" in page.inner_text("main")
    hearing.round.refresh_from_db()
    assert hearing.round.stage == Stage.ACCEPTED
