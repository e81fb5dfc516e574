"""A system goes into a workbook and comes back; findings name the cell."""

import io

import openpyxl
import pytest

from cleanprod.stages.performance import shipped_systems, system_sheets
from cleanprod.stages.performance.indicators.loading import BadSystem, load
from cleanprod.stages.performance.tests.indicator_systems import (
    RULES_43329,
    group,
    numeric,
    plain,
    rich,
    system,
)


def edited(read, **cells):
    """The workbook of a system with some cells changed, such as 二级指标_F3=9."""
    book = openpyxl.load_workbook(io.BytesIO(system_sheets.workbook(read)))
    for place, value in cells.items():
        sheet, cell = place.split("_")
        book[sheet][cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def wrong(data, name="s.xlsx"):
    with pytest.raises(BadSystem) as caught:
        system_sheets.read(data, name)
    return caught.value.findings


@pytest.mark.parametrize(
    "read",
    [
        load(plain()),
        load(plain(RULES_43329)),
        load(rich()),
        shipped_systems.system("electroplating-2015"),
        load(
            system(
                [
                    group(
                        "A",
                        1,
                        numeric("e", 0.3333333333, 0, 1, direction="equal"),
                        numeric("f", 0.6666666667, "0.000001", 2, direction="below"),
                        confirmed=False,
                        note="说明",
                    )
                ],
                effective_from="2023-04-01",
                trades=["3360", "C38"],
                issuer="某厅",
            )
        ),
    ],
)
def test_a_system_comes_back_from_its_workbook_unchanged(read):
    assert system_sheets.read(system_sheets.workbook(read), "s.xlsx") == read


def test_a_workbook_saved_by_another_program_is_read_as_well():
    assert system_sheets.read(edited(load(rich())), "s.xlsx") == load(rich())


def test_findings_name_sheet_and_cell_all_in_one_pass():
    data = edited(
        load(plain()),
        二级指标_L3="很多",
        二级指标_A4="Z",
        二级指标_D2="魔法",
        一级指标_C2=0.9,
        评定规则_C2=120,
        体系_A2="暗号",
        一级指标_H1="颜色",
    )
    places = {(one.sheet, one.cell) for one in wrong(data)}
    assert places >= {
        ("二级指标", "A4"),
        ("二级指标", "D2"),
        ("二级指标", "L3"),
        ("评定规则", "C2"),
        ("体系", "A2"),
        ("一级指标", "H1"),
    }


def test_missing_sheets_are_named():
    book = openpyxl.Workbook()
    book.active.title = "体系"
    book.active["A1"] = "代码"
    out = io.BytesIO()
    book.save(out)
    rules = [one.rule for one in wrong(out.getvalue())]
    assert [f"缺少工作表“{name}”" for name in ("评定规则", "一级指标", "二级指标")] == rules[:3]


def test_signs_of_directions_may_be_typed():
    data = edited(load(plain()), 二级指标_J2="<=", 二级指标_J3="越高越好")
    assert system_sheets.read(data, "s.xlsx") == load(plain())


def test_what_is_no_workbook_is_refused_in_words():
    for data, name in ((b"PK", "s.xlsx"), (b"x", "s.xlsx"), (b"x", "s.json"), (b"", "s.xlsx")):
        assert wrong(data, name)[0].advice
    assert "5 MB" in wrong(b" " * (system_sheets.MAX_BYTES + 1), "s.json")[0].rule


def test_json_is_read_by_the_same_door():
    content = shipped_systems.content("electroplating-2015")
    assert system_sheets.read(content, "s.json") == shipped_systems.system("electroplating-2015")
