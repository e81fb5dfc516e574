"""The pages of candidates: a county fills in and reports, its city reads and decides."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.stages.candidates import actions
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import State
from tests.flow import candidate

COUNTY, LEAD = "nanhai-industry", "foshan-industry"
SAID = {
    "year": "2023", "name": "佛山新某家具有限公司", "kind": "mandatory",
    "categories": ["double_toxic"], "grounds": "使用溶剂型涂料", "industry": "2110",
}  # fmt: skip


@pytest.fixture
def county(cast, client):
    client.force_login(cast.people[COUNTY])
    return client


def url(name, *args):
    return reverse(f"candidates:{name}", args=args)


def test_a_county_drafts_edits_reports_and_withdraws(county, cast, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }
    paper = SimpleUploadedFile("监测报告.pdf", b"%PDF-1.4")
    done = county.post(url("new"), SAID | {"evidence": paper})
    one = Candidate.objects.get()
    assert done.url == url("candidate", one.pk)
    assert (one.state, one.line, one.evidence.name) == (State.DRAFT, "industry", "监测报告.pdf")
    assert county.post(url("new"), SAID).status_code == 422  # the same firm again
    assert "草拟" in county.get(url("survey")).content.decode()
    edited = county.post(url("edit", one.pk), SAID | {"remark": "已核对"}, follow=True)
    assert "已核对" in edited.content.decode()
    for told in ("已上报1家", "已上报0家"):
        page = county.post(url("report"), {"candidate": one.pk}, follow=True).content.decode()
        assert told in page
    one.refresh_from_db()
    assert (one.state, one.evidence.name) == (State.REPORTED, "监测报告.pdf")
    for _ in "12":
        page = county.post(url("withdraw", one.pk), follow=True).content.decode()
        assert "已撤回" in page
    assert county.get(url("edit", one.pk)).status_code == 404
    assert one.name in county.get(url("survey"), {"state": "withdrawn"}).content.decode()
    assert one.name not in county.get(url("survey")).content.decode()


@pytest.mark.parametrize(
    "wrong, field, told",
    [
        ({"name": ""}, "name", "请填写本项"),
        ({"industry": "9999999"}, "industry", "未找到该行业代码"),
        ({"categories": []}, "categories", "应选择列入原因"),
        ({"kind": "voluntary"}, "categories", "没有法定列入原因"),
        ({"separate": "on"}, "remark", "请在备注中说明"),
        ({"name": "红星环保有限公司", "code": "91440605MA00000017"}, "", "名称不同"),
        ({"grounds": ""}, "grounds", "请填写本项"),
    ],
)
def test_what_is_wrong_is_told_beside_its_field_and_kept(county, cast, wrong, field, told):
    typed = {"address": "示例工业园1号"} | SAID | wrong
    page = county.post(url("new"), typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert told in text
    assert 'value="示例工业园1号"' in text
    assert not field or f"id_{field}_error" in text
    assert not Candidate.objects.exists()


def test_a_known_firm_is_found_and_picked(county, cast):
    red_star = cast.offices["red-star"]
    for words in ("红星", "9144060"):
        assert red_star.name in county.get(url("pick"), {"q": words}).content.decode()
    assert "没有找到" in county.get(url("pick"), {"q": "蓝海"}).content.decode()
    address = f"{url('new')}?enterprise={red_star.pk}"
    page = county.get(address).content.decode()
    assert red_star.name in page
    assert 'name="name"' not in page
    county.post(address, {key: SAID[key] for key in ("year", "kind", "categories", "grounds")})
    assert Candidate.objects.get().enterprise_id == red_star.pk
    others = (cast.offices["blue-sea"].pk, cast.offices[COUNTY].pk, "x", "²", "9" * 30)
    for other in others:
        assert county.get(f"{url('new')}?enterprise={other}").status_code == 404


def test_nothing_ticked_or_anothers_is_not_reported(county, cast):
    assert "请先勾选" in county.post(url("report"), follow=True).content.decode()
    other = candidate(cast, by="shunde-industry")
    assert county.post(url("report"), {"candidate": other.pk}).status_code == 404
    other.refresh_from_db()
    assert other.state == State.DRAFT


def test_the_city_closes_declines_and_reopens(cast, client):
    one = candidate(cast)
    actions.report([one.pk], by=cast[COUNTY])
    client.force_login(cast.people[LEAD])
    assert one.name in client.get(url("survey"), {"county": "440605"}).content.decode()
    assert one.name not in client.get(url("survey"), {"line": "ecology"}).content.decode()
    assert client.post(url("decline", one.pk), {"reason": ""}).status_code == 422
    page = client.post(url("decline", one.pk), {"reason": "已关停"}, follow=True)
    assert "未采纳的理由" in page.content.decode()
    assert "恢复上报" in client.post(url("restore", one.pk), follow=True).content.decode()
    for _ in "12":
        page = client.post(url("close"), {"year": "2023"}, follow=True).content.decode()
        assert "2023年度摸底已截止" in page
    assert client.post(url("close"), {"year": "x"}).status_code == 422
    client.force_login(cast.people[COUNTY])
    assert "填报新企业" not in client.get(url("survey")).content.decode()
    assert "已截止" in client.post(url("new"), SAID | {"name": "佛山后来"}).content.decode()
    client.force_login(cast.people[LEAD])
    client.post(url("reopen"), {"year": "2023"})
    client.force_login(cast.people[COUNTY])
    assert "填报新企业" in client.get(url("survey")).content.decode()


def test_what_waits_stands_on_the_home_page(cast, client):
    one = candidate(cast)
    for name, told in ((COUNTY, "尚未上报"), ("shunde-industry", "")):
        client.force_login(cast.people[name])
        page = client.get(reverse("desk:home")).content.decode()
        assert (told in page) if told else ("候选企业已草拟" not in page)
    actions.report([one.pk], by=cast[COUNTY])
    for name, waits in ((LEAD, True), ("foshan-ecology", False), (COUNTY, False)):
        client.force_login(cast.people[name])
        page = client.get(reverse("desk:home")).content.decode()
        assert ("县区上报的候选企业" in page) is waits


def test_the_evidence_is_closed_to_the_other_department(cast, client):
    paper = attachments.store(b"%PDF-1.4", "监测报告.pdf", by=cast[COUNTY])
    one = candidate(cast, evidence=paper.pk)
    for name, status in ((COUNTY, 200), (LEAD, 200), ("foshan-ecology", 404)):
        client.force_login(cast.people[name])
        answer = client.get(url("evidence", one.pk))
        assert answer.status_code == status
        if status == 200:
            b"".join(answer.streaming_content)
        text = client.get(url("candidate", one.pk)).content.decode()
        assert ("下载佐证材料" in text) is (status == 200)


def test_nonsense_in_the_address_is_answered_plainly(cast, client):
    client.force_login(cast.people[LEAD])
    for name in ("survey", "keys", "proposal", "due", "coverage"):
        for word in ("\x00", "²", "x" * 300, "9" * 40):
            asked = dict.fromkeys(("year", "state", "line", "county", "level", "q", "within"), word)
            assert client.get(url(name), asked).status_code == 200
            assert client.get(url(name), {"city": word}).status_code in (200, 404)
    client.force_login(cast.people[COUNTY])
    assert client.get(url("pick"), {"q": "\x00", "year": "²"}).status_code == 200
