"""The pages of the indicator systems."""

import io
import json

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cleanprod.stages.performance import actions, shipped_systems, system_sheets, value_sheets
from cleanprod.stages.performance.indicators.loading import load
from cleanprod.stages.performance.models import IndicatorSystem
from cleanprod.stages.performance.tests.indicator_systems import plain, rich
from tests import flow

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path},
        }
    }


@pytest.fixture
def sign_in(cast):
    def client(name):
        person = Client()
        person.force_login(cast.people[name])
        return person

    return client


@pytest.fixture
def kept(cast):
    return flow.indicator_systems(cast)[0]


def in_force(cast, data):
    by = cast["province-industry"]
    return actions.put_in_force(
        actions.load_system(json.dumps(data).encode(), "体系.json", by=by).pk, by=by
    )


def text(answer):
    return answer.content.decode()


def test_the_list_shows_drafts_to_the_province_only(sign_in, kept):
    address = reverse("performance:systems")
    assert "待启用" in text(sign_in("province-industry").get(address))
    page = text(sign_in("red-star").get(address))
    assert "电镀行业清洁生产评价指标体系" in page
    assert "有待核实" in page
    assert "待启用" not in page
    assert "导入指标体系" not in page
    found = sign_in("admin").get(address, {"q": "3360", "stage": "draft"})
    assert "共 <strong>1</strong> 条" in text(found)
    assert "没有指标体系" in text(sign_in("red-star").get(address, {"q": "水泥"}))


def test_a_system_shows_weights_demands_and_open_questions(sign_in, kept):
    page = text(sign_in("foshan-industry").get(reverse("performance:system", args=[kept.pk])))
    for said in (
        "有20处待核实",
        "限定性指标全部达到I级",
        "共享 0.8（适用的均分）",
        "≤24 L/m²",
        "同II级",
        "Y_III ≥ 100",
    ):
        assert said in page
    assert "启用</summary>" not in page
    assert kept.file.sha256 not in page


def test_a_system_goes_through_its_life_on_the_pages(sign_in):
    client = sign_in("province-industry")
    book = system_sheets.workbook(load(rich()))
    upload = SimpleUploadedFile("体系.xlsx", book)
    answer = client.post(reverse("performance:load"), {"file": upload}, follow=True)
    kept = IndicatorSystem.objects.get()
    assert "第1版，待启用" in text(answer)
    assert kept.file.sha256 in text(answer)
    answer = client.post(reverse("performance:put", args=[kept.pk]), follow=True)
    assert "已启用第1版" in text(answer)
    assert client.post(reverse("performance:put", args=[kept.pk])).status_code == 409
    address = reverse("performance:withdraw", args=[kept.pk])
    assert client.post(address).status_code == 422
    assert "已停用第1版" in text(client.post(address, {"reason": "改用新版"}, follow=True))


def test_a_bad_file_is_shown_with_every_finding_and_not_kept(sign_in):
    client, address = sign_in("province-industry"), reverse("performance:load")
    data = plain()
    data["groups"][0]["weight"] = 2
    del data["rules"][2]
    upload = SimpleUploadedFile("体系.json", json.dumps(data).encode())
    answer = client.post(address, {"file": upload})
    assert answer.status_code == 422
    assert "有2处错误，未导入" in text(answer)
    assert "groups[0].weight" in text(answer)
    assert not IndicatorSystem.objects.exists()
    assert client.post(address).status_code == 422


def test_what_is_downloaded_can_be_loaded_again(sign_in, kept):
    client = sign_in("red-star")
    for shape in ("json", "xlsx"):
        content = client.get(reverse("performance:system-file", args=[kept.pk, shape])).content
        assert system_sheets.read(content, f"s.{shape}") == load(kept.body)
    for shape in ("csv", "xlsx"):
        content = client.get(reverse("performance:blank", args=[kept.pk, shape])).content
        assert value_sheets.read(load(kept.body), content, f"v.{shape}") == {}
    for name in ("system-file", "blank"):
        address = reverse(f"performance:{name}", args=[kept.pk, "pdf"])
        assert client.get(address).status_code == 404


def test_the_blank_template_has_every_sheet(sign_in):
    content = sign_in("province-ecology").get(reverse("performance:load-template")).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["体系", "评定规则", "原始数据", "一级指标", "共享权重", "二级指标"]


def best(read):
    """What to type into the trial form so that every item meets the best grade."""
    typed = [""] * len(read.inputs)
    for _, item in read.items():
        typed.append(str(item.demands[0]) if item.direction else "I")
    return {f"v{number}": value for number, value in enumerate(typed)}


def test_values_are_tried_and_not_kept(sign_in, kept):
    client, address = sign_in("red-star"), reverse("performance:trial", args=[kept.pk])
    assert "综合评价指数" not in text(client.get(address))
    values = best(load(kept.body))
    answer = client.post(address, values)
    assert answer.status_code == 200
    assert "国际清洁生产领先水平" in text(answer)
    worse = text(client.post(address, values | {"v4": "20", "v21": ""}))
    assert "国内清洁生产先进水平" in worse
    assert "限定性指标“单位产品每次清洗取水量”未达到I级：填报20，要求≤8 L/m²" in worse
    assert "有1项未填" in worse
    assert 'value="20"' in worse


def test_bad_values_are_told_beside_their_fields_and_kept_there(sign_in, kept):
    address = reverse("performance:trial", args=[kept.pk])
    answer = sign_in("consultancy").post(address, {"v4": "二十", "v0": "IV", "v5": "１，０"})
    assert answer.status_code == 422
    assert "“单位产品每次清洗取水量”应填数字" in text(answer)
    assert 'value="二十"' in text(answer)
    assert "有 3 处需要修改" in text(answer)


def test_a_filled_sheet_is_tried_and_shown_in_the_form(sign_in, kept):
    client, address = sign_in("expert"), reverse("performance:trial", args=[kept.pk])
    sheet = SimpleUploadedFile(
        "v.csv", "编号,填报值\n5,20\n7,不适用\n15,达不到\n".encode("gb18030")
    )
    answer = client.post(address, {"sheet": sheet})
    assert answer.status_code == 200
    assert 'value="20"' in text(answer)
    assert '<option value="达不到" selected>' in text(answer)
    bad = SimpleUploadedFile("v.csv", "编号,填报值\n5,多\n77,1\n".encode())
    answer = client.post(address, {"sheet": bad})
    assert answer.status_code == 422
    assert "体系中没有指标“77”" in text(answer)


def test_computed_items_and_inputs_are_tried_as_well(sign_in, cast):
    kept = in_force(cast, rich())
    address = reverse("performance:trial", args=[kept.pk])
    client = sign_in("foshan-ecology")
    assert "公式：power * 0.1229 / (double + multi)" in text(client.get(address))
    typed = ("1000", "30", "10", "", "1", "1", "2", "1", "9", "30")
    values = {f"v{number}": value for number, value in enumerate(typed)}
    answer = client.post(address, values)
    assert answer.status_code == 200
    assert "3.0725" in text(answer)
    assert "国际清洁生产领先水平" in text(answer)


def test_drafts_are_not_there_for_others(sign_in, cast):
    draft = flow.indicator_systems(cast)[1]
    for name, more in (
        ("system", ()),
        ("trial", ()),
        ("blank", ("csv",)),
        ("system-file", ("json",)),
    ):
        address = reverse(f"performance:{name}", args=[draft.pk, *more])
        assert sign_in("red-star").get(address).status_code == 404
        assert sign_in("admin").get(address).status_code == 200


def test_the_province_is_told_of_drafts_that_wait(sign_in, kept):
    assert "已导入、尚未启用的评价指标体系" in text(
        sign_in("province-industry").get(reverse("desk:home"))
    )


def test_the_shipped_systems_are_small_enough_to_be_loaded():
    for code in shipped_systems.codes():
        assert len(shipped_systems.content(code)) < system_sheets.MAX_BYTES
