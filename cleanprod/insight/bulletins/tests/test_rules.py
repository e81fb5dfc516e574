"""What a bulletin says, from figures alone: the numbers of 2022 as the notice printed them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.insight.bulletins.rules import (
    Choices,
    Figures,
    Kind,
    compared,
    fingerprint,
    lagging,
    leading,
    named,
    period,
    says,
    title,
)
from cleanprod.insight.statistics.rules import CityCounts
from cleanprod.kernel.errors import Refused

# 地市、通过验收（工业和信息化、生态环境）、“平台”完成、预期目标: annexes of the 2023 notice.
NOTICE = (
    ("广州", 138, 30, 120, 150), ("深圳", 52, 66, 72, 100), ("珠海", 27, 32, 23, 80),
    ("汕头", 56, 63, 102, 70), ("佛山", 95, 102, 187, 150), ("韶关", 29, 22, 18, 40),
    ("河源", 8, 21, 29, 20), ("梅州", 7, 12, 16, 15), ("惠州", 59, 118, 168, 80),
    ("汕尾", 0, 0, 0, 10), ("东莞", 119, 349, 285, 200), ("中山", 64, 37, 100, 80),
    ("江门", 20, 34, 43, 30), ("阳江", 16, 24, 39, 35), ("湛江", 12, 24, 24, 35),
    ("茂名", 15, 9, 19, 20), ("肇庆", 26, 12, 35, 45), ("清远", 28, 161, 18, 50),
    ("潮州", 18, 4, 18, 15), ("揭阳", 7, 0, 3, 25), ("云浮", 15, 14, 22, 20),
)  # fmt: skip
ROWS = [
    CityCounts(no, city, f"44{no:02}00", 0, 0, 0, industry, ecology, done, 0, target)
    for no, (city, industry, ecology, done, target) in enumerate(NOTICE, 1)
]
FIGURES = Figures(2022, date(2023, 2, 22), ROWS, {"440100": 2}, ["440100"], ["440100"])
CHOICES = Choices("2022年", Decimal(90), False, "现通报如下。", "", "", "按时完成。\n反馈情况。")


def text(kind=Kind.PLATFORM_USE, figures=FIGURES, **changes):
    said = says(kind, figures, replace(CHOICES, **changes))
    return "\n".join(part for one in said for part in (one.heading, *one.paragraphs))


def test_the_bulletin_says_the_numbers_of_the_notice():
    said = text()
    for wanted in (
        "通过清洁生产审核验收企业1945家",
        "工业和信息化牵头811家、生态环境牵头1134家",
        "“平台”完成验收流程1341家，占比68.95%，尚未完成604家",
        "占比较高的地市有河源、中山、阳江、佛山、惠州、肇庆6市",
        "预期目标1270家",
        "1个地市公布2022年度清洁生产审核企业名单2份",
        "尚未公布的地市20个",
    ):
        assert wanted in said, wanted


def test_the_cut_off_is_the_drafters():
    assert [row.city for row in leading(FIGURES, Decimal("99.5"))] == ["河源"]
    assert leading(FIGURES, None) == []
    assert "占比较高" not in text(cutoff=None)
    # 佛山 187/197 and 惠州 168/177 print alike; the exact fractions tell them apart.
    assert [row.city for row in leading(FIGURES, Decimal(94))][-2:] == ["佛山", "惠州"]
    for wrong in ("0", "-1", "101"):
        with pytest.raises(Refused, match="界限"):
            leading(FIGURES, Decimal(wrong))


def test_cities_are_named_as_lagging_only_by_choice():
    found = [row.city for row in lagging(FIGURES)]
    assert found[0] == "清远"
    assert "汕尾" not in found  # nobody accepted, so nothing to lag with
    assert "清远" not in text()
    assert f"地市{len(found)}个：清远、" in text(name_cities=True)


def test_each_kind_says_something_else():
    assert "已完成预期目标的地市" in text(Kind.PROGRESS)
    assert "目标完成进度153.15%" in text(Kind.PROGRESS)
    assert "名单和备案" in text(Kind.BRIEF)


def test_progress_without_targets_counts_nobody_behind():
    free = replace(FIGURES, rows=[replace(row, target=None) for row in ROWS])
    assert "尚未完成预期目标" not in text(Kind.PROGRESS, free)
    assert "存在问题" not in text(Kind.PROGRESS, free)
    assert "尚未完成预期目标的地市" in text(Kind.PROGRESS)


def test_nobody_is_counted_as_nought_cities():
    none = replace(FIGURES, rows=[replace(row, target=999) for row in ROWS], in_time=[])
    said = text(Kind.PROGRESS, none) + text(figures=none)
    assert "尚无地市完成预期目标" in said
    assert "各地市均未完成预期目标" in said
    assert "没有地市按期公布" in said
    assert "尚无地市公布2022年度" in text(figures=replace(FIGURES, lists={}))


def test_accuracy_is_said_by_exact_fractions_once_it_is_adopted():
    assert "准确率" not in text()
    counted = {ROWS[0].code: (187, 197), ROWS[1].code: (168, 177), ROWS[2].code: (0, 0)}
    said = text(figures=replace(FIGURES, accuracy=counted))
    assert "2个地市完成填报数据核查，核查数据374项，正确355项，填报数据准确率94.92%" in said
    assert "准确率最高的地市为广州。" in said
    assert "没有已封存" in text(figures=replace(FIGURES, accuracy={}))


def test_no_figures_make_no_share_and_no_rank():
    empty = replace(FIGURES, rows=[CityCounts(1, "汕尾", "441500")], lists={})
    said = text(figures=empty)
    assert "通过清洁生产审核验收企业0家" in said
    assert "占比" not in said
    assert "预期目标尚未确定" in said


@pytest.mark.parametrize(
    ("as_of", "wanted"),
    [
        (date(2023, 2, 22), "2022年"),
        (date(2022, 12, 31), "2022年"),
        (date(2022, 6, 30), "2022年上半年"),
        (date(2022, 9, 30), "2022年1月至9月"),
    ],
)
def test_the_time_has_its_name(as_of, wanted):
    assert period(2022, as_of) == wanted


def test_the_title_names_the_issuers_but_a_brief_does_not():
    both = ("广东省工业和信息化厅", "广东省生态环境厅")
    assert title(Kind.PLATFORM_USE, "2023年上半年", both) == (
        "广东省工业和信息化厅 广东省生态环境厅关于2023年上半年"
        "“广东省清洁生产信息公共服务平台”使用情况的通报"
    )
    assert title(Kind.BRIEF, "2023年上半年", both) == "2023年上半年清洁生产推行工作简报"


def test_a_half_year_is_not_named_twice():
    assert named(Kind.BRIEF, "2023年上半年") == "2023年上半年工作简报"
    assert named(Kind.BRIEF, "2022年") == "2022年半年工作简报"
    assert named(Kind.PROGRESS, "2023年上半年") == "2023年上半年目标完成进度通报"


def test_cells_are_compared_record_by_record():
    then = {("total", "a"): [1, 2, 3], ("total", "b"): [4]}
    now = {("total", "a"): [2, 3, 5], ("total", "b"): [4], ("listed", "c"): [9]}
    found = {(one.figure, one.city): one for one in compared(then, now)}
    assert set(found) == {("total", "a"), ("listed", "c")}
    assert (found["total", "a"].came, found["total", "a"].left) == ((5,), (1,))
    assert (found["listed", "c"].frozen, found["listed", "c"].now) == (0, 1)


@given(st.dictionaries(st.text(), st.lists(st.integers())), st.text(min_size=1))
def test_the_fingerprint_sees_every_change_and_no_order(content, key):
    turned = dict(reversed(list(content.items())))
    assert fingerprint(content) == fingerprint(turned)
    assert fingerprint(content | {key: [*content.get(key, []), 7]}) != fingerprint(content)
