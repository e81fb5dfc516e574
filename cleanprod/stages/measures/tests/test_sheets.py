"""The sheet of a round: filled, confirmed, taken out and in again; who may what."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.intake.models import Receipt
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, checking, effects, queries
from cleanprod.stages.measures.models import Measure, Sheet
from cleanprod.stages.measures.rules import Cost, Field, State, Tag, Typed, ValueSet
from tests import world
from tests.flow import LEAD, at_once, firms, listed
from tests.workbooks import workbook

OWNER = "red-star"
EXPECTED, VERIFIED = ValueSet.EXPECTED, ValueSet.VERIFIED


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER], county=world.NANHAI)
    return Round.objects.get()


def numbers(**typed):
    return {Field(key): Decimal(text) for key, text in typed.items()}


def one(name="变频改造", **values):
    kept = {ValueSet(which): numbers(**typed) for which, typed in values.items()}
    return Typed(name, Cost.LOW, values=kept)


FULL = one(expected={"electricity": "2", "investment": "5"}, verified={"electricity": "1.5"})


def fill(cast, audit, *measures, version=0, by=OWNER, **more):
    return actions.fill(audit.pk, list(measures), version=version, by=cast[by], **more)


def test_a_sheet_is_kept_with_its_totals_and_the_same_twice_is_once(cast, audit):
    sheet = fill(cast, audit, FULL)
    assert fill(cast, audit, *queries.typed(sheet), version=1).version == 1
    assert Decimal(sheet.totals["expected"]["tce"]) == Decimal("2.458")
    assert Decimal(sheet.totals["verified"]["electricity"]) == Decimal("1.5")
    assert Measure.objects.get().code == "WD1"


def test_two_people_get_one_sheet_and_one_conflict(cast, audit):
    fill(cast, audit, FULL)
    with pytest.raises(Conflict, match="第1稿"):
        fill(cast, audit, one("另一方案"), version=0)
    assert Measure.objects.get().name == "变频改造"


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_keep_one(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    audit = Round.objects.get()
    came = at_once(*(lambda n=n: fill(cast, audit, one(f"方案{n}")) for n in range(2)))
    assert sorted(type(each).__name__ for each in came) == ["Conflict", "Sheet"]
    assert Measure.objects.count() == 1


def test_only_the_owner_fills_and_only_the_lead_confirms(cast, audit):
    for name in sorted({*world.ROLES} - {OWNER}):
        with pytest.raises(NotAllowed):
            fill(cast, audit, FULL, by=name)
    sheet = fill(cast, audit, FULL)
    for name in sorted({*world.ROLES} - {LEAD}):
        with pytest.raises(NotAllowed):
            actions.confirm(audit.pk, version=sheet.version, by=cast[name])
    for _ in range(2):
        assert actions.confirm(audit.pk, version=1, by=cast[LEAD]).state == State.CONFIRMED
    with pytest.raises(NotAllowed):
        fill(cast, audit, one("晚了"), version=1)
    with pytest.raises(Refused, match="理由"):
        actions.reopen(audit.pk, reason="", by=cast[LEAD])
    assert actions.reopen(audit.pk, reason="单位有误", by=cast[LEAD]).state == State.OPEN
    assert fill(cast, audit, one("改好了"), version=1).version == 2


def test_a_sheet_without_verified_numbers_is_not_confirmed(cast, audit):
    with pytest.raises(Refused, match="还没有填报"):
        actions.confirm(audit.pk, version=0, by=cast[LEAD])
    fill(cast, audit, one(expected={"cod": "1"}))
    with pytest.raises(Refused, match="验收核定"):
        actions.confirm(audit.pk, version=1, by=cast[LEAD])
    with pytest.raises(Conflict):
        actions.confirm(fill(cast, audit, FULL, version=1).round_id, version=1, by=cast[LEAD])


def test_the_workbook_goes_out_and_comes_in_unchanged(cast, audit, client):
    tagged = Typed(
        "水性漆替代", Cost.HIGH, content="喷涂线改造", phase="方案产生", tags=(Tag.LOW_VOC,),
        planned_days=60, other="异味减轻",
        values={EXPECTED: numbers(voc="3.25", investment="80", natural_gas="0.4"),
                VERIFIED: numbers(voc="3")},
    )  # fmt: skip
    before = queries.typed(fill(cast, audit, FULL, tagged))
    client.force_login(cast.people[OWNER])
    address = reverse("measures:export", args=[audit.pk])
    out = client.get(address, {"set": "expected"}).content
    assert "绩效表" in load_workbook(BytesIO(out)).active["A1"].value
    typed = {"which": "expected", "file": SimpleUploadedFile("绩效表.xlsx", out)}
    answer = client.post(reverse("measures:import", args=[audit.pk]), typed)
    assert answer.status_code == 302, answer.content.decode()
    after = queries.typed(Sheet.objects.get())
    for old, new in zip(before, after, strict=True):
        assert new.of(EXPECTED) == old.of(EXPECTED)
        assert new.of(VERIFIED) == old.of(VERIFIED)
        assert (new.code, new.cost, new.tags, new.planned_days, new.other) == (
            old.code, old.cost, old.tags, old.planned_days, old.other,
        )  # fmt: skip


def test_a_total_row_that_is_not_the_sum_is_told_with_its_cell(cast, audit, client):
    client.force_login(cast.people[OWNER])
    head = ("序号", "项目名称", "投资额(万元)", "节电(万kWh)", "节水(t)")
    rows = ((1, "变频改造", 5.25, 2, 0.1), (2, "查漏", 3, 1, 0.2), ("", "合计", 9.25, 3, 0.3))
    typed = {"which": "expected", "file": SimpleUploadedFile("表.xlsx", workbook(head, *rows))}
    page = client.post(reverse("measures:import", args=[audit.pk]), typed, follow=True)
    text = page.content.decode()
    assert "C4 “投资额（万元）”合计写9.25，各方案之和为8.25" in text
    assert text.count("，各方案之和为") == 1
    assert Measure.objects.count() == 2


def test_a_title_that_names_another_unit_is_converted_by_and_told(cast, audit, client):
    client.force_login(cast.people[OWNER])
    head = (
        "序号", "项目名称", "投资额(元)", "节电（年节约，kWh/年）", "节水(m3)", "折标煤(t)",
        "VOC(kg)",
    )  # fmt: skip
    rows = (
        ("WD1", "查漏", 5000, 52300, 7, 6.4, 250),
        ("ZG1", "变频改造", 1200000, 10000, 1, 1.2, 50),
        ("", "合计", 1205000, 62300, 8, 7.6, 300),
    )
    typed = {"which": "expected", "file": SimpleUploadedFile("表.xlsx", workbook(head, *rows))}
    page = client.post(reverse("measures:import", args=[audit.pk]), typed, follow=True)
    text = page.content.decode()
    assert "D1 “节电(年节约,kWh/年)”：按表头单位kWh换算为万kWh" in text
    assert text.count("按表头单位") == 3
    assert "，各方案之和为" not in text
    first, second = queries.typed(Sheet.objects.get())
    assert first.of(EXPECTED) == numbers(
        investment="0.5", electricity="5.23", fresh_water="7", reported_tce="6.4", voc="0.25"
    )
    assert [(one.code, one.cost) for one in (first, second)] == [
        ("WD1", Cost.LOW), ("ZG1", Cost.HIGH),
    ]  # fmt: skip


def test_a_title_in_a_unit_of_another_kind_stops_the_workbook(cast, audit, client):
    client.force_login(cast.people[OWNER])
    book = workbook(("序号", "项目名称", "节电(t)", "投资额(万元)"), (1, "查漏", 5, -1))
    typed = {"which": "expected", "file": SimpleUploadedFile("表.xlsx", book)}
    answer = client.post(reverse("measures:import", args=[audit.pk]), typed)
    assert answer.status_code == 422
    assert "表头单位t不能换算为万kWh" in answer.content.decode()
    assert "<code>D2</code>" in answer.content.decode()
    assert not Sheet.objects.exists()


def test_an_empty_value_set_starts_from_another_and_is_saved_only_then(cast, audit, client):
    fill(cast, audit, one(expected={"electricity": "2.75", "investment": "5"}))
    client.force_login(cast.people[OWNER])
    address = reverse("measures:edit", args=[audit.pk])
    page = client.get(address, {"set": "verified", "from": "expected"}).content.decode()
    assert 'name="r0-electricity" value="2.75"' in page
    assert "带入预期数值" in client.get(address, {"set": "verified"}).content.decode()
    assert not Measure.objects.get().values.get("verified")
    client.force_login(cast.people[LEAD])
    sheet = client.get(reverse("measures:sheet", args=[audit.pk]), {"set": "verified"})
    assert "企业还没有填报验收核定的数值" in sheet.content.decode()


def test_the_page_sums_the_measures_in_its_last_row(cast, audit, client):
    more = (one("甲", expected={"electricity": "0.1"}), one("乙", expected={"electricity": "0.2"}))
    fill(cast, audit, *more)
    client.force_login(cast.people[OWNER])
    page = client.get(reverse("measures:sheet", args=[audit.pk])).content.decode()
    total = page[page.index('<tr class="total">') :]
    assert total.index(">0.3<") < total.index("</tr>")
    assert total.index(">0.3687<") < total.index("</tr>")


def test_a_wrong_workbook_is_told_cell_by_cell_and_kept(cast, audit, client):
    client.force_login(cast.people[OWNER])
    head = ("序号", "项目名称", "投资额(万元)", "节电(万kWh)", "COD(t)")
    book = workbook(head, (1, "变频改造", "五万", 2, "x"), (2, "", 3, 1, 0))
    typed = {"which": "expected", "file": SimpleUploadedFile("表.xlsx", book)}
    answer = client.post(reverse("measures:import", args=[audit.pk]), typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    for place in ("C2", "E2", "B3"):
        assert f"<code>{place}</code>" in page
    assert not Sheet.objects.exists()
    assert Receipt.objects.get(kind="performance-sheet").title == "未导入：表.xlsx"
    broken = {"which": "expected", "file": SimpleUploadedFile("表.xlsx", b"not a workbook")}
    assert client.post(reverse("measures:import", args=[audit.pk]), broken).status_code == 422


def posted(**cells):
    return {
        "version": "0", "factors": "2022-广东", "border": "100000", "r0-cost": "low",
    } | {key.replace("__", "-"): value for key, value in cells.items()}  # fmt: skip


def test_the_grid_tells_all_mistakes_at_once_and_keeps_what_was_typed(cast, audit, client):
    client.force_login(cast.people[OWNER])
    address = reverse("measures:edit", args=[audit.pk])
    assert client.get(address).status_code == 200
    wrong = posted(
        r0__name="变频改造", r0__electricity="两万", r0__cod="１．５", r1__name="", r1__voc="3",
        r0__planned_days="1.5", r0__code="WD1", r1__code="WD1", r1__investment="-5",
    )  # fmt: skip
    answer = client.post(address, wrong)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "有 5 处需要修改" in page
    assert "第2行“编号”：与第1行重复" in page
    assert "第2行“投资额（万元）”" in page
    assert 'value="两万"' in page
    assert not Sheet.objects.exists()
    right = wrong | {
        "r0-electricity": "2", "r1-name": "活性炭更换", "r0-planned_days": "15", "r1-code": "",
        "r1-investment": "5",
    }  # fmt: skip
    assert client.post(address, right).status_code == 302
    assert Measure.objects.get(row=1).values["expected"]["cod"] == "1.5"
    stale = client.post(address, right | {"r0-name": "另一方案", "r0-code": "WD1"})
    assert stale.status_code == 422
    shown = stale.content.decode()
    assert "请对照后再保存" in shown
    assert "WD1 方案名称</th><td>另一方案</td><td>变频改造</td>" in shown


def test_every_number_is_explained_and_another_set_only_compared(cast, audit, client):
    sheet = fill(cast, audit, FULL, factors="2022-广东")
    client.force_login(cast.people[LEAD])
    address = reverse("measures:account", args=[audit.pk])
    page = client.get(address).content.decode()
    for wanted in ("0.1229", "0.4403", "GB/T 2589", "2022"):
        assert wanted in page, wanted
    other = client.get(address, {"factors": "2023-广东"}).content.decode()
    assert "0.4419" in other
    assert Sheet.objects.get().totals == sheet.totals
    assert client.get(address, {"factors": "nonsense"}).status_code == 404
    assert client.get(address, {"set": "nonsense"}).status_code == 404


def test_the_terms_of_an_appraisal_are_asked_in_the_address(cast, audit, client):
    fill(cast, audit, one(expected={"investment": "100", "economic_benefit": "25"}))
    client.force_login(cast.people[LEAD])
    address = reverse("measures:economics", args=[audit.pk])
    page = client.get(address, {"tax": "0", "years": "10", "rate": "8"}).content.decode()
    assert "67.75" in page
    assert "4.00" in page
    wrong = client.get(address, {"years": "0"})
    assert wrong.status_code == 422
    assert "67.75" not in wrong.content.decode()


def test_gas_needs_a_stated_value_and_is_computed_with_it(cast, audit, client):
    fill(cast, audit, one(verified={"natural_gas": "10"}))
    told = checking.told(Sheet.objects.get(), VERIFIED)
    (found,) = [each.found for each in told if each.stands_in_the_way]
    assert "没有填写采用值" in found.rule
    client.force_login(cast.people[OWNER])
    address = reverse("measures:edit", args=[audit.pk]) + "?set=verified"
    typed = {
        "version": "1", "factors": "2021-广东", "border": "100000", "gas": "1.25",
        "r0-name": "变频改造", "r0-code": "WD1", "r0-cost": "low", "r0-natural_gas": "10",
    }  # fmt: skip
    assert client.post(address, typed).status_code == 302
    sheet = Sheet.objects.get()
    assert Decimal(sheet.totals["verified"]["tce"]) == 125
    assert not [each for each in checking.told(sheet, VERIFIED) if each.stands_in_the_way]
    assert 'value="1.25"' in client.get(address).content.decode()
    account = client.get(reverse("measures:account", args=[audit.pk]), {"set": "verified"})
    assert "1.25 kgce/m3" in account.content.decode()
    assert effects.differing() == []
    client.post(address, typed | {"version": "2", "gas": "1.5"})
    (found,) = [
        each.found for each in checking.told(Sheet.objects.get(), VERIFIED)
        if each.stands_in_the_way
    ]  # fmt: skip
    assert "超出天然气折标准煤系数的公布区间" in found.rule
