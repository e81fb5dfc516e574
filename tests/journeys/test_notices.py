"""Written notices: the city issues and prints, its county serves, urges and checks by hand."""

from urllib.parse import urlsplit

from django.urls import reverse

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.audits.models import Round
from cleanprod.stages.notices.models import FirstCheck, Notice, Service, Urging
from cleanprod.stages.programme.judging import BatchKey
from tests import world
from tests.browser import axe, sideways, sign_in
from tests.flow import firms, listed


def test_notices_reach_the_firms_through_their_county(cast, site, page, tmp_path):
    key = BatchKey(2022, world.FOSHAN, Line.INDUSTRY, 1)
    batch = listed(cast, firms(3), key=key, by="foshan-industry").batch
    Round.objects.update(county=world.NANHAI)
    Organisation.objects.filter(pk=Round.objects.first().enterprise_id).update(county=world.NANHAI)
    sign_in(page, site, cast.people["foshan-industry"])
    page.goto(f"{site}/lists/{batch.pk}/")
    page.get_by_role("link", name="出具、打印和送达情况").click()
    page.get_by_label("文号字头").fill("佛工信清通〔2022〕9")
    page.get_by_role("button", name="出具3份").click()
    assert "不能以数字结尾" in page.inner_text("main")
    page.get_by_label("文号字头").fill("佛工信清通〔2022〕")
    page.get_by_role("button", name="出具3份").click()
    assert "已出具书面通知书3份" in page.inner_text("body")
    assert axe(page) == []
    with page.expect_download() as got:
        page.get_by_role("link", name="全部书面通知书和送达回证（PDF）").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")

    page.context.clear_cookies()
    sign_in(page, site, cast.people["nanhai-industry"])
    page.goto(site + reverse("desk:home"))
    page.get_by_role("link", name="书面通知书，待送达").click()
    for box in page.get_by_role("checkbox").all()[:2]:
        box.check()
    page.get_by_role("button", name="登记所选的送达").click()
    assert axe(page) == []
    assert sideways(page) <= 0
    page.get_by_label("签收人").fill("李四")
    page.get_by_role("button", name="登记2份送达").click()
    assert "请说明原因" in page.inner_text("main")
    scan = tmp_path / "回证.pdf"
    scan.write_bytes(b"%PDF-1.4 receipt")
    page.get_by_label("送达回证扫描件").set_input_files(scan)
    page.get_by_role("button", name="登记2份送达").click()
    assert "已登记送达2份" in page.inner_text("body")
    assert (Notice.objects.count(), Service.objects.count()) == (3, 2)

    page.goto(site + reverse("notices:owed"))
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="催办所选企业").click()
    page.get_by_label("催办内容").fill("请尽快完成注册。")
    page.get_by_role("button", name="催办", exact=True).click()
    assert "已催办1家" in page.inner_text("body")
    urged = Urging.objects.get().round_id
    page.goto(f"{site}/rounds/{urged}/")
    assert "请尽快完成注册" in page.inner_text("main")
    page.get_by_role("link", name="登记初审意见").click()
    page.get_by_label("需补充或修改").check()
    page.get_by_label("初审意见").fill("缺三年用水数据")
    page.get_by_role("button", name="登记", exact=True).click()
    assert urlsplit(page.url).path == f"/rounds/{urged}/"
    assert "缺三年用水数据" in page.inner_text("main")
    assert FirstCheck.objects.get().round_id == urged
    assert axe(page) == []
    # The two forms that were sent back with 422 are the errors expected here.
    page.troubles[:] = [line for line in page.troubles if "422" not in line]
