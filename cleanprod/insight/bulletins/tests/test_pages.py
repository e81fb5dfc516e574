"""The pages of data check, snapshots and bulletins, with what is typed wrong."""

from datetime import date
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.documents.models import Produced
from cleanprod.insight.bulletins import actions, checking
from cleanprod.insight.bulletins.models import Bulletin, DataCheck, Opinion, Snapshot
from cleanprod.insight.bulletins.rules import CHECKED, Kind
from tests import world
from tests.frozen import accepted, freeze

TEXTS = {
    "version": "1", "joint": "on", "period": "2022年", "cutoff": "90", "opening": "现通报如下。",
    "demands": "按时完成。", "disclosure": "依申请公开", "copy_to": "",
}  # fmt: skip


@pytest.fixture
def province(client, cast):
    client.force_login(cast.people["province-industry"])
    return client


@pytest.fixture
def draft(cast):
    accepted(cast)
    return actions.draft(freeze(cast).pk, Kind.PLATFORM_USE, by=cast["province-industry"])


def test_the_province_freezes_and_lets_a_bulletin_write_itself(cast, province):
    accepted(cast)
    wrong = province.post(reverse("bulletins:snapshots"), {"year": "2023", "as_of": "2024-01-01"})
    assert wrong.status_code == 422
    assert "晚于今天" in wrong.content.decode()
    province.post(reverse("bulletins:snapshots"), {"year": "2022", "as_of": "2023-02-22"})
    snapshot = Snapshot.objects.get()
    for _ in range(2):
        page = province.post(
            reverse("bulletins:draft", args=[snapshot.pk]), {"kind": "platform-use"}, follow=True
        )
    assert "通过清洁生产审核验收企业4家" in page.content.decode()
    assert Bulletin.objects.count() == 1
    assert (
        province.post(reverse("bulletins:draft", args=[snapshot.pk]), {"kind": "poem"}).status_code
        == 404
    )
    cell = province.get(
        reverse("bulletins:cell", args=[snapshot.pk, "total"]), {"city": world.FOSHAN}
    )
    assert "封存时共 <strong>4</strong> 家" in cell.content.decode()
    for address in (
        reverse("bulletins:cell", args=[snapshot.pk, "nonsense"]),
        reverse("bulletins:cell", args=[snapshot.pk, "total"]) + "?city=nowhere",
        reverse("bulletins:snapshot", args=[snapshot.pk]) + "?report=nonsense",
    ):
        assert province.get(address).status_code == 404, address


def test_a_draft_shows_the_whole_paper_and_what_is_still_open(province, draft):
    address = reverse("bulletins:bulletin", args=[draft.pk])
    page = province.get(address).content.decode()
    for said in (
        "附件：1.2022年通过清洁生产审核验收企业情况（家）", "公开方式：依申请公开",
        "抄送：省环境科学研究院、省清洁生产协会。", "2023年　月　日", "没有填写联系人",
        "反馈日期还没有填写", "有21个地市的数据未经",
    ):  # fmt: skip
        assert said in page, said
    typed = TEXTS | {"contact": "张三 020-1"}
    province.post(reverse("bulletins:edit", args=[draft.pk]), typed)
    page = province.get(address).content.decode()
    assert "（联系人：张三 020-1）" in page
    assert "没有填写联系人" not in page
    assert "反馈日期还没有填写" not in page


def test_a_scan_is_added_on_the_page_of_an_issued_bulletin(province, draft):
    address = reverse("bulletins:add-scan", args=[draft.pk])
    province.post(reverse("bulletins:finish", args=[draft.pk]), {"version": "1"})
    issued = {"number": "演示〔2023〕9号", "on": "2023-09-28"}
    province.post(reverse("bulletins:issue", args=[draft.pk]), issued)
    assert province.post(address).status_code == 422
    typed = {"scan": SimpleUploadedFile("通报.pdf", b"%PDF-1.4 signed")}
    assert province.post(address, typed).status_code == 302
    assert Bulletin.objects.get().scan.name == "通报.pdf"


def test_a_text_that_somebody_changed_meanwhile_is_kept_and_told(province, draft):
    address = reverse("bulletins:edit", args=[draft.pk])
    assert province.post(address, TEXTS | {"remarks": "甲"}).status_code == 302
    stale = province.post(address, TEXTS | {"remarks": "乙"})
    assert stale.status_code == 422
    page = stale.content.decode()
    assert "第2稿" in page
    assert "乙" in page
    assert province.post(address, TEXTS | {"cutoff": "900"}).status_code == 422
    assert province.post(address, TEXTS | {"version": "2", "opening": ""}).status_code == 422
    assert Bulletin.objects.get().remarks == "甲"


def test_a_final_bulletin_is_served_from_the_archive_and_registered(cast, province, draft, client):
    paper = reverse("bulletins:paper", args=[draft.pk, "pdf"])
    before = province.get(paper).content
    province.post(reverse("bulletins:finish", args=[draft.pk]), {"version": "1"})
    after = b"".join(province.get(paper).streaming_content)
    assert after == before
    assert province.get(reverse("bulletins:edit", args=[draft.pk])).status_code == 404
    address = reverse("bulletins:issue", args=[draft.pk])
    refused = province.post(address, {"number": "演示〔2023〕9号", "on": "2022-01-01"})
    assert refused.status_code == 422
    assert "早于统计截至" in refused.content.decode()
    typed = {
        "number": "演示〔2023〕9号", "on": "2023-09-28",
        "scan": SimpleUploadedFile("通报.pdf", b"%PDF-1.4 signed"),
    }  # fmt: skip
    wrong = typed | {"scan": SimpleUploadedFile("通报.pdf", b"no scan at all")}
    assert "不是 PDF、JPG 或 PNG 文件" in province.post(address, wrong).content.decode()
    assert province.post(address, typed).status_code == 302
    shown = province.get(reverse("bulletins:bulletin", args=[draft.pk])).content.decode()
    assert "以存档的 Word、PDF 为准" in shown
    assert "文字可以修改" not in shown
    kept = Produced.objects.values_list("sha256", flat=True)
    assert len(kept) == 2
    for fingerprint in (*kept, sha256(b"%PDF-1.4 signed").hexdigest()):
        assert fingerprint in shown
    client.force_login(cast.people["foshan-ecology"])
    assert "演示〔2023〕9号" in client.get(reverse("bulletins:home")).content.decode()
    scan = client.get(reverse("bulletins:scan", args=[draft.pk]))
    assert b"".join(scan.streaming_content) == b"%PDF-1.4 signed"


def test_a_city_checks_all_figures_in_one_pass(cast, client):
    accepted(cast)
    by = cast["province-industry"]
    check = checking.open_check(freeze(cast).moment, due_on=date(2023, 10, 1), by=by)
    client.force_login(cast.people["foshan-ecology"])
    address = reverse("bulletins:check", args=[check.pk])
    typed = {f"verdict-{figure}": "confirmed" for figure in CHECKED}
    del typed["verdict-planned"]
    wrong = client.post(address, typed | {"verdict-ecology": "disputed"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "有 2 处需要修改" in page
    assert not Opinion.objects.exists()
    typed |= {
        "verdict-planned": "confirmed", "verdict-ecology": "disputed", "reason-ecology": "少1家",
    }  # fmt: skip
    assert client.post(address, typed).status_code == 302
    assert Opinion.objects.count() == len(CHECKED)
    client.force_login(cast.people["province-ecology"])
    page = client.get(address).content.decode()
    assert "少1家" in page
    assert "1项有异议" in page
    of_city = client.get(address, {"city": world.FOSHAN}).content.decode()
    assert "有异议" in of_city
    assert "少1家" in of_city
    assert client.get(address, {"city": "440001"}).status_code == 404
    assert client.post(reverse("bulletins:urge", args=[check.pk]), follow=True).status_code == 200
    assert client.post(address, typed).status_code == 404
    home = client.get(reverse("desk:home")).content.decode()
    assert "数据核对中的异议，待答复" in home


def test_a_check_with_a_past_deadline_is_not_opened(province):
    typed = {"year": "2023", "as_of": "2023-08-31", "due_on": "2023-01-01"}
    answer = province.post(reverse("bulletins:checks"), typed)
    assert answer.status_code == 422
    assert "早于今天" in answer.content.decode()
    assert not DataCheck.objects.exists()
