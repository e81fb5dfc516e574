"""The table of the three years: nothing is not nought, earlier rounds fill it, checks use it."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.urls import reverse

from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions, checking, queries
from cleanprod.stages.measures.models import YearTable, YearVersion
from cleanprod.stages.measures.rules import BadSheet, Cost, Field, Typed, ValueSet
from cleanprod.stages.measures.years import (
    USUAL,
    Line,
    Sort,
    checked,
    figures,
    prefilled,
    years_of,
)
from tests.flow import LEAD, firms, listed

OWNER = "red-star"
SPAN = (2019, 2020, 2021)
POWER = next(line for line in USUAL if line.item == Field.ELECTRICITY.value)
WATER = next(line for line in USUAL if line.item == Field.WATER.value)


def line(of=POWER, *amounts, **changed):
    told = {
        year: Decimal(amount)
        for year, amount in zip(SPAN, amounts, strict=False)
        if amount is not None
    }
    return replace(of, amounts=told, **changed)


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    return Round.objects.get()


def fill(cast, audit, *lines, version=0, by=OWNER):
    return actions.fill_years(audit.pk, lines, version=version, by=cast[by])


def test_the_years_are_the_three_before_the_list_year():
    assert years_of(2022) == SPAN


def test_nothing_and_nought_are_two_things():
    found = figures([line(POWER, 0, None, 5)], SPAN)
    assert [None if one.amount is None else one.amount.amount for one in found] == [0, None, 5]
    assert Line.read(line(POWER, 0, None, 5).as_json()) == line(POWER, 0, None, 5)


def test_an_earlier_round_fills_the_years_both_share():
    earlier = [
        replace(POWER, amounts={2018: Decimal(1), 2019: Decimal(2)}),
        Line(Sort.MATERIAL, "铝锭", "t", "", {2020: Decimal(7)}),
    ]
    lines = prefilled([], earlier, SPAN)
    by_name = {one.name: one for one in lines}
    assert by_name["电力"].amounts == {2019: Decimal(2)}
    assert by_name["铝锭"].amounts == {2020: Decimal(7)}
    assert len(lines) == len(USUAL) + 1
    kept = [line(POWER, 9)]
    assert prefilled(kept, earlier, SPAN)[0].of(2019) == 9


def test_every_mistake_is_told_in_one_pass():
    wrong = [
        line(POWER, 5, unit="t"), line(WATER, -1), line(WATER, 2),
        Line(Sort.MATERIAL, "", "", "", {2019: Decimal(1)}),
    ]  # fmt: skip
    said = [(one.row, one.column) for one in checked(wrong)]
    assert said == [(1, "单位"), (2, "2019年"), (3, "项目"), (4, "项目"), (4, "单位")]
    assert checked([line(POWER, 5, unit="kWh"), line(WATER, 1)]) == []


def test_the_table_is_kept_with_each_version(cast, audit):
    table = fill(cast, audit, line(POWER, 500, 480, 470))
    assert fill(cast, audit, line(POWER, 500, 480, 470), version=1).version == 1
    fill(cast, audit, line(POWER, 500, 480, 460), version=1)
    with pytest.raises(Conflict, match="第2稿"):
        fill(cast, audit, line(POWER, 1), version=1)
    assert YearVersion.objects.filter(table=table).count() == 2
    with pytest.raises(NotAllowed):
        fill(cast, audit, line(POWER, 1), version=2, by=LEAD)
    with pytest.raises(BadSheet):
        fill(cast, audit, line(POWER, -1), version=2)
    Round.objects.filter(pk=audit.pk).update(stage="completed")
    with pytest.raises(Refused, match="不能再填报"):
        fill(cast, audit, line(POWER, 1), version=2)


def test_a_saving_above_the_years_use_blocks_the_confirmation(cast, audit):
    numbers = {Field.ELECTRICITY: Decimal(20)}
    one = Typed("节能", Cost.LOW, values={ValueSet.VERIFIED: numbers})
    sheet = actions.fill(audit.pk, [one], version=0, by=cast[OWNER])
    told = [one.found.check for one in checking.told(sheet, ValueSet.VERIFIED)]
    assert "years" in told
    fill(cast, audit, line(POWER, 30, 28, "190000", unit="kWh"))
    told = [one.found.check for one in checking.told(sheet, ValueSet.VERIFIED)]
    assert "above_use" in told
    assert "years" not in told
    with pytest.raises(Refused, match="超过2021年全年的19"):
        actions.confirm(audit.pk, version=sheet.version, by=cast[LEAD])


def test_pieces_may_stand_for_what_was_made():
    output = next(line for line in USUAL if line.item == "output")
    assert checked([line(output, 5, unit="件")]) == []
    assert figures([line(output, 5, unit="件")], SPAN)[0].amount.amount == 5


def test_the_grid_keeps_what_was_typed_and_says_where_it_is_wrong(cast, audit, client):
    client.force_login(cast.people[OWNER])
    address = reverse("measures:years-edit", args=[audit.pk])
    page = client.get(address).content.decode()
    assert 'value="新水取水量"' in page
    typed = {
        "version": "0",
        "r0-sort": "energy", "r0-item": "electricity", "r0-name": "电力", "r0-unit": "万kWh",
        "r0-y0": "五百", "r0-y1": "", "r0-y2": "0",
        "r1-sort": "material", "r1-item": "", "r1-name": "铝锭", "r1-unit": "t", "r1-y0": "1200",
        "r1-y1": "", "r1-y2": "",
        "r2-sort": "water", "r2-item": "fresh_water", "r2-name": "新水取水量", "r2-unit": "t",
        "r2-y0": "", "r2-y1": "", "r2-y2": "",
    }  # fmt: skip
    wrong = client.post(address, typed)
    assert wrong.status_code == 422
    assert 'value="五百"' in wrong.content.decode()
    assert "有 1 处需要修改" in wrong.content.decode()
    assert not YearTable.objects.exists()
    assert client.post(address, typed | {"r0-y0": "500"}).status_code == 302
    kept = queries.lines_of(YearTable.objects.get())
    assert [(one.name, one.of(2019), one.of(2020), one.of(2021)) for one in kept] == [
        ("电力", 500, None, 0), ("铝锭", 1200, None, None),
    ]  # fmt: skip
    stale = client.post(address, typed | {"r0-y0": "501"})
    shown = stale.content.decode()
    assert "请对照后再保存" in shown
    assert "<td>501</td><td>500</td>" in shown
    client.force_login(cast.people[LEAD])
    page = client.get(reverse("measures:years", args=[audit.pk])).content.decode()
    assert "铝锭" in page
    book = client.get(reverse("measures:years-workbook", args=[audit.pk])).getvalue()
    rows = list(openpyxl.load_workbook(BytesIO(book)).active.values)
    assert ("能源", "电力", "万kWh", 500, None, 0) in rows


def test_materials_are_added_up_where_every_one_is_told_and_weighed():
    paint = Line(Sort.MATERIAL, "油漆", "t", "", {2020: Decimal(2), 2021: Decimal(3)})
    zinc = Line(Sort.MATERIAL, "锌锭", "kg", "", {2020: Decimal(500)})
    (whole,) = figures([paint, zinc], SPAN)
    assert (whole.item, whole.year, whole.amount.amount) == ("material", 2020, Decimal("2.5"))
    boxes = Line(Sort.MATERIAL, "纸箱", "个", "", {2020: Decimal(9)})
    assert figures([paint, zinc, boxes], SPAN) == []
