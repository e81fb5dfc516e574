"""A drawn value is found wrong, contested by its enterprise, and decided."""

from decimal import Decimal

from django.urls import reverse

from cleanprod.stages.accuracy.models import Item
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.review import actions as review
from cleanprod.stages.review.rules import Conclusion
from tests.browser import PHONE, axe, sideways, sign_in
from tests.flow import LEAD, firms, listed
from tests.world import TODAY


def completed(cast):
    """Make a completed round with a confirmed sheet of three values."""
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    audit = Round.objects.get()
    numbers = {
        Field.ELECTRICITY: Decimal(2), Field.INVESTMENT: Decimal(5), Field.BENEFIT: Decimal(3),
    }  # fmt: skip
    one = Typed("变频改造", Cost.LOW, values={ValueSet.VERIFIED: numbers})
    sheet = measures.fill(audit.pk, [one], version=0, by=cast["red-star"])
    measures.confirm(audit.pk, version=sheet.version, by=cast[LEAD])
    passed = review.NewResult(audit.pk, Conclusion.PASSED, TODAY, document_number="佛环1号")
    review.record_results([passed], by=cast[LEAD])
    review.complete([audit.pk], by=cast[LEAD])


def test_a_lost_value_is_contested_and_restored(cast, site, page):
    completed(cast)
    sign_in(page, site, cast.people["province-ecology"])
    page.goto(site + reverse("accuracy:board"))
    page.get_by_label("地市").select_option(label="佛山")
    page.get_by_role("button", name="抽取").click()
    assert "抽样框3项" in page.inner_text("main") or "3项" in page.inner_text("main")
    assert axe(page) == []
    page.context.clear_cookies()
    sign_in(page, site, cast.people["support"])
    item = Item.objects.get(column="electricity")
    page.goto(site + reverse("accuracy:item", args=[item.pk]))
    page.get_by_label("与佐证不一致").check()
    page.get_by_label("佐证值").fill("1.8")
    page.get_by_label("复核说明").fill("电费单合计1.8万千瓦时")
    page.get_by_role("button", name="保存复核结果").click()
    page.context.clear_cookies()
    sign_in(page, site, cast.people["red-star"])
    page.goto(site + reverse("accuracy:mine"))
    page.set_viewport_size(PHONE)
    assert sideways(page) <= 0
    assert axe(page) == []
    page.get_by_role("link", name="节电（万kWh/年）").click()
    page.get_by_label("异议理由").fill("另有一块电表，凭证已补")
    page.get_by_role("button", name="提出异议").click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.context.clear_cookies()
    sign_in(page, site, cast.people["province-ecology"])
    page.goto(site + reverse("accuracy:item", args=[item.pk]))
    page.get_by_label("撤销扣分").check()
    page.get_by_label("处理理由").fill("补充凭证成立")
    page.get_by_role("button", name="处理").click()
    assert "异议成立" in page.inner_text("main")
    item.refresh_from_db()
    assert item.stage == "restored"
