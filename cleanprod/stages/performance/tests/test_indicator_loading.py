"""Systems are read whole or refused whole, with everything that is wrong said at once."""

import json
import re
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.stages.performance import shipped_systems
from cleanprod.stages.performance.indicators.dumping import dumped
from cleanprod.stages.performance.indicators.expression import BadFormula, parse
from cleanprod.stages.performance.indicators.loading import BadSystem, load
from cleanprod.stages.performance.indicators.numbers import number_of
from cleanprod.stages.performance.indicators.system import Direction, Sharing
from cleanprod.stages.performance.tests.indicator_systems import (
    group,
    numeric,
    plain,
    rich,
    system,
    wordy,
)


def wrong(data):
    with pytest.raises(BadSystem) as caught:
        load(data)
    return caught.value.findings


def rules_of(data):
    return [finding.rule for finding in wrong(data)]


def test_a_system_is_read_from_json_text_bytes_and_objects_alike():
    text = json.dumps(plain(), ensure_ascii=False)
    assert load(text) == load(text.encode()) == load("\ufeff" + text) == load(plain())
    read = load(plain())
    assert read.grades == ("I", "II", "III")
    assert read.groups[0].items[0].demands == (8, 24, 40)
    assert read.groups[1].items[1].direction is Direction.RANGE


def test_what_is_written_is_read_as_the_same_system():
    for data in (plain(), rich()):
        read = load(data)
        assert load(json.dumps(dumped(read))) == read


def test_a_blank_benchmark_means_the_same_as_the_grade_before():
    care = load(plain()).groups[1].items[2]
    assert care.demands == ("连续过滤", "定期过滤", "定期过滤")
    assert (care.same_as(2), care.same_as(1), care.same_as(0)) == (1, 1, 0)


def test_everything_that_is_wrong_is_said_in_one_pass_with_place_and_advice():
    bad = system(
        [
            group(
                "A",
                0.4,
                numeric("x", 0.5, 8, 4, "vier"),
                numeric("x", 0.6, 1, 2, 3, direction="sideways"),
            ),
            group("A", "many", wordy("q", 1, None, "b"), colour="red"),
        ],
        rules=[{"level": "I", "name": "好", "least": {"IV": 85}}],
    )
    findings = wrong(bad)
    places = {finding.cell for finding in findings}
    assert places >= {
        "groups[0].items[0].benchmarks.II",
        "groups[0].items[0].benchmarks.III",
        "groups[0].items[1].direction",
        "groups[0].items[1].id",
        "groups[0].items",
        "groups[1].weight",
        "groups[1].colour",
        "groups[1].id",
        "groups[1].items[0].benchmarks",
        "rules[0].least",
    }
    assert all(finding.rule and finding.advice for finding in findings)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda d: d.pop("rules"), "没有评定规则"),
        (lambda d: d["rules"].pop(1), "基准等级“II”没有评定规则"),
        (lambda d: d["rules"].append(dict(d["rules"][0])), "评定等级的编号“I”重复"),
        (lambda d: d["rules"][1]["least"].update(I=90), "要求高于更优的等级"),
        (lambda d: d["rules"][0].update(limiting="IV"), "“IV”不在基准等级之中"),
        (lambda d: d["rules"][0].update(least={"I": 120}), "应为0到100的数字"),
        (lambda d: d["groups"][0].update(weight=0.5), "一级指标权重之和为1.1"),
        (lambda d: d["groups"][0].update(weight=-0.4), "应在0到1之间"),
        (lambda d: d["groups"][1]["items"][0].update(weight=0.4), "权重之和为0.9"),
        (lambda d: d["groups"][1]["items"][0].pop("weight"), "应有权重，或归入一个共享权重"),
        (lambda d: d["groups"][1]["items"][0].update(kind="magic"), "“magic”不认识"),
        (lambda d: d["groups"][1]["items"][0].pop("direction"), "缺少方向"),
        (lambda d: d["groups"][1]["items"][0].update(pool="p", weight=None), "“p”不存在"),
        (lambda d: d["groups"][1]["items"][0].update(formula="a b"), "公式有误"),
        (lambda d: d["groups"][1]["items"][0].update(formula="a / 2"), "没有列出的原始数据“a”"),
        (lambda d: d["groups"][1]["items"][2].update(formula="1"), "不能由公式计算"),
        (lambda d: d["groups"][1]["items"][2].update(direction="lower"), "不应有方向"),
        (lambda d: d["groups"][1]["items"][0].update(limiting="perhaps"), "应为 true 或 false"),
        (lambda d: d["groups"][1]["items"][0].update(limitting=True), "不认识的字段“limitting”"),
        (lambda d: d["groups"][1]["items"][1]["benchmarks"].update(II=[8, 9]), "更严"),
        (lambda d: d["groups"][1]["items"][1]["benchmarks"].update(II=7), "范围不对"),
        (lambda d: d["groups"][1]["items"][0]["benchmarks"].update(IV=7), "“IV”不在基准等级"),
        (lambda d: d["groups"][1]["items"][0].update(kind="report"), "仅报告"),
        (lambda d: d["groups"][1].update(items=[]), "没有二级指标"),
        (lambda d: d.update(groups={}), "应为列表"),
        (lambda d: d["groups"].append("x"), "应为一组字段"),
        (lambda d: d.update(format="other"), "格式标识不对"),
        (lambda d: d.update(code="a b"), "代码不合规则"),
        (lambda d: d.update(name=" "), "缺少名称"),
        (lambda d: d.update(effective_from="next year"), "不是日期"),
        (lambda d: d.update(grades=["I", "I"]), "基准等级不对"),
        (lambda d: d.update(trades="3360"), "行业代码"),
    ],
)
def test_each_mistake_is_named(change, said):
    data = plain()
    change(data)
    assert any(said in rule for rule in rules_of(data)), rules_of(data)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda d: d["groups"][1]["items"][0].pop("output"), "应指明产量是哪个原始数据"),
        (lambda d: d["groups"][1]["items"][2].update(output="double"), "不应有产量"),
        (lambda d: d["groups"][1]["pools"].append({"id": "x", "weight": 0, "by": "equal"}),
         "“x”没有指标"),
        (lambda d: d["inputs"].append({"id": "steam", "name": "蒸汽"}), "“steam”重复"),
        (lambda d: d["groups"][1]["pools"][0].update(by="luck"), "“luck”不认识"),
        (lambda d: d["groups"].append(
            group("Z", 0.1, {"id": "z", "name": "z", "kind": "report"})), "权重应为0"),
    ],
)  # fmt: skip
def test_each_mistake_of_richer_systems_is_named(change, said):
    data = rich()
    change(data)
    assert any(said in rule for rule in rules_of(data)), rules_of(data)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 100_000, '{"a": NaN', b"\xff\xfe\x00", '{"a":' + "9" * 9000 + "}", "[]", "7"],
)
def test_what_is_no_json_or_no_system_is_refused_in_words(text):
    assert wrong(text)


def test_a_field_written_twice_is_said():
    text = json.dumps(plain()).replace('"code": "trial"', '"code": "trial", "code": "other"')
    assert "字段“code”在同一处写了两次" in rules_of(text)


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
trees = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner)
)


@given(place=st.integers(0, 400), junk=trees)
def test_no_junk_anywhere_in_a_system_breaks_the_reading(place, junk):
    data, spots = rich(), []

    def walk(node):
        for key in node if isinstance(node, dict) else range(len(node)):
            spots.append((node, key))
            if isinstance(node[key], dict | list):
                walk(node[key])

    walk(data)
    node, key = spots[place % len(spots)]
    node[key] = junk
    with suppress(BadSystem):
        load(data)


def test_the_shipped_systems_are_sound_and_tell_what_is_not_confirmed():
    assert "electroplating-2015" in shipped_systems.codes()
    for code in shipped_systems.codes():
        assert shipped_systems.system(code).code == code
    read = shipped_systems.system("electroplating-2015")
    items = {item.id: item for _, item in read.items()}
    assert [key for key, item in items.items() if item.confirmed] == [str(n) for n in range(1, 13)]
    assert items["5"].limiting
    assert items["5"].demands == (8, 24, 40)
    assert items["9"].demands == (60, 24, 20)
    assert read.groups[2].pools[0].by is Sharing.EQUAL
    assert read.groups[2].pools[0].weight == Decimal("0.8")
    assert [group.confirmed for group in read.groups] == [True] * 3 + [False] * 3
    assert not read.confirmed


def test_the_form_in_which_systems_were_collected_is_read_as_well():
    collected = {
        "id": "metal",
        "name_zh": "镀层",
        "source": "表1",
        "level_rule": [
            {"level": "I", "zh": "领先", "min_index": {"Y_I": 85}, "limiting": "all"},
            {"level": "II", "zh": "先进", "min_index": {"Y_II": 85}, "limiting": "all"},
            {"level": "III", "zh": "基本", "min_index": {"Y_III": 100}, "limiting": "all"},
        ],
        "groups": [
            {
                "name_zh": "利用",
                "weight": 1.0,
                "indicators": [
                    {
                        "no": number,
                        "name_zh": f"金属{number}",
                        "unit": "%",
                        "weight": weight,
                        "kind": "quantitative",
                        "limiting": False,
                        "level_I": 90,
                        "level_II": "same",
                        "level_III": None,
                        "verification": said,
                        "direction": "higher_is_better",
                    }
                    for number, weight, said in (
                        (1, "0.8/n", "verified"),
                        (2, "0.8/n", "unverified, from general knowledge"),
                        (3, 0.2, "verified"),
                    )
                ],
            }
        ],
    }
    read = load(collected)
    first, second, third = read.groups[0].items
    assert (first.id, first.pool, third.weight) == ("1", "share-0.8", Decimal("0.2"))
    assert first.demands == (90, 90, 90)
    assert (first.confirmed, second.confirmed, read.rules[0].confirmed) == (True, False, False)
    assert read.rules[2].limiting == "III"
    collected["groups"][0]["weight"] = 0.9
    collected["level_rule"] = [7]
    assert len(wrong(collected)) >= 2


@pytest.mark.parametrize(
    "text, value",
    [
        ("1+2*3", 7),
        ("(1+2)*3", 9),
        ("8/4/2", 1),
        ("2-3-4", -5),
        ("-a*2", -6),
        ("a×2÷（1＋1）", 3),
        ("用电量*0.1229", Decimal("1.229")),
        ("- - 2", 2),
    ],
)
def test_formulas_follow_the_rules_of_arithmetic(text, value):
    assert parse(text).value({"a": 3, "用电量": 10}) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "1+", "*2", "(1", "1)", "()", "a.b", "a**b", "__import__('os')", "a b", "1 2", "a;b",
     "(" * 60 + "1" + ")" * 60, "-" * 60 + "1", "1" * 60, "a" * 501, "f(1)", "[1]", "²"],
)  # fmt: skip
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(BadFormula):
        parse(text)


@given(st.text(alphabet="ab1.()+-*/ ２（", max_size=40))
def test_any_text_is_a_formula_or_refused(text):
    with suppress(BadFormula):
        parse(text)


@pytest.mark.parametrize(
    "written, number",
    [
        ("８．５", Decimal("8.5")), ("1,200", 1200), ("-3", -3), ("1e3", 1000), (7, 7),
        (0.1, Decimal("0.1")), ("", None),
        ("1,20", None), (True, None), (None, None), ("inf", None),
        ("nan", None), ("1e99", None), ("9" * 41, None), (float("inf"), None), ("五", None),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(written, number):
    assert number_of(written) == number


def test_the_example_of_the_docs_is_sound():
    page = (Path(__file__).parents[4] / "docs" / "indicator-systems.md").read_text(encoding="utf-8")
    assert load(re.search(r"```json\n(.*?)```", page, re.DOTALL)[1]).code == "pcb-trial"
