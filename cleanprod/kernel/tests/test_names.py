"""Names of enterprises in their comparable form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.names import comparable, former_names, spelt_alike


@pytest.mark.parametrize(
    "one, other",
    [
        ("佛山市甲（集团）有限公司", "佛山市甲(集团)有限公司"),
        ("佛山市甲【集团】有限公司", "佛山市甲〔集团〕有限公司"),
        ("佛山市 甲\n有限\u00a0公司", "佛山市甲有限公司"),
        ("ＡＢＣ电子", "abc电子"),
        ("广东甲有限公司（原：广东乙（佛山）有限公司）", "广东甲有限公司"),
        ("广东甲有限公司(曾用名广东乙厂)", "广东甲有限公司"),
        ("廣東華興電鍍廠（原名稱：廣東乙廠）", "广东华兴电镀厂"),
        ("臺灣線纜後勤有限公司", "台湾线缆后勤有限公司"),
    ],
)
def test_two_writings_of_one_name_are_equal(one, other):
    assert comparable(one) == comparable(other)


def test_brackets_that_are_part_of_the_name_stay():
    assert comparable("甲厂（普通合伙）") == "甲厂(普通合伙)"
    assert comparable("乙公司（原料药分厂）") == "乙公司(原料药分厂)"
    assert comparable("丙公司(东莞)") != comparable("丙公司(佛山)")


@pytest.mark.parametrize(
    "name, former",
    [
        ("广东甲有限公司（原：广东乙（佛山）有限公司）", ("广东乙(佛山)有限公司",)),
        ("甲公司（曾用名：乙公司、丙公司）", ("乙公司", "丙公司")),
        ("甲公司（原乙五金厂）", ("乙五金厂",)),
        ("甲公司（原名乙公司）", ("乙公司",)),
        ("甲公司（普通合伙）", ()),
        ("甲公司", ()),
    ],
)
def test_second_names_in_brackets_are_found(name, former):
    assert former_names(name) == former


@given(st.text(st.sampled_from("甲乙(（)）原:：曾用名公司 \u200bAaＡ、"), max_size=20))
def test_the_comparable_form_is_stable(name):
    form = comparable(name)
    assert comparable(form) == form
    assert all(comparable(former) == former for former in former_names(name))


@given(st.text(max_size=15))
def test_blanks_never_count(name):
    assert comparable(f" {name}\u3000\n") == comparable(name)


def test_traditional_characters_are_alike_but_not_spelt_alike():
    known, written = "佛山市华兴电镀（南海）有限公司", "佛山市華興電鍍(南海)有限公司"
    assert comparable(known) == comparable(written)
    assert not spelt_alike(known, written)
    assert spelt_alike(known, "佛山市华兴电镀(南海) 有限公司")
    assert spelt_alike("乙厂", "甲公司（原：乙厂）")


def test_simplified_names_stay_as_they_are():
    for name in ("乾昌里程松谷复合系统制造", "著名干果后台于面准", "徵"):
        assert comparable(name) == name
