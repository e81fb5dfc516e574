"""From the data check to the issued bulletin, by hand in a browser."""

from django.urls import reverse

from cleanprod.insight.bulletins.models import Bulletin, Snapshot
from tests.browser import PHONE, axe, sideways, sign_in
from tests.frozen import accepted
from tests.world import FOSHAN


def test_cities_confirm_the_province_freezes_and_issues(cast, site, page, tmp_path):
    accepted(cast)

    def enter(name, address):
        page.context.clear_cookies()
        sign_in(page, site, cast.people[name])
        page.goto(site + address)

    enter("province-industry", reverse("bulletins:checks"))
    page.get_by_label("统计年度").fill("2022")
    page.get_by_label("统计截至").fill("2023-02-22")
    page.get_by_label("核对期限").fill("2023-10-10")
    page.get_by_role("button", name="发起").click()
    for name in ("foshan-industry", "foshan-ecology"):
        enter(name, reverse("desk:home"))
        page.get_by_role("link", name="核对2022年数据").first.click()
        assert axe(page) == []
        page.set_viewport_size(PHONE)
        assert sideways(page) <= 0
        page.set_viewport_size({"width": 1280, "height": 800})
        for box in page.get_by_label("确认", exact=True).all():
            box.check()
        page.get_by_role("button", name="提交核对意见").click()
        assert "已提交核对意见" in page.inner_text("body")
    enter("province-industry", reverse("bulletins:checks"))
    page.get_by_role("link", name="2022年数据").click()
    assert "都已确认" in page.get_by_role("row").filter(has_text="佛山").inner_text()
    page.goto(site + reverse("bulletins:snapshots"))
    page.get_by_label("统计年度").fill("2022")
    page.get_by_label("统计截至").fill("2023-02-22")
    page.get_by_role("button", name="封存").click()
    assert FOSHAN not in Snapshot.objects.get().unconfirmed
    assert axe(page) == []
    page.get_by_role("button", name="起草“平台”使用情况通报").click()
    page.get_by_role("link", name="修改文字").click()
    page.get_by_label("总体情况补充").fill("请各地对照核查。")
    page.get_by_role("button", name="保存").click()
    assert "请各地对照核查。" in page.inner_text("article")
    assert "通过清洁生产审核验收企业4家" in page.inner_text("article")
    assert axe(page) == []
    with page.expect_download() as got:
        page.get_by_role("link", name="PDF").click()
    assert got.value.path().read_bytes().startswith(b"%PDF")
    page.get_by_role("button", name="定稿").click()
    page.get_by_label("文号").fill("演示〔2023〕88号")
    scan = tmp_path / "通报.pdf"
    scan.write_bytes(b"%PDF-1.4 signed")
    page.get_by_label("印发件扫描").set_input_files(scan)
    page.get_by_role("button", name="登记印发").click()
    assert Bulletin.objects.get().number == "演示〔2023〕88号"
    enter("foshan-ecology", reverse("bulletins:home"))
    assert "演示〔2023〕88号" in page.inner_text("main")
