"""Short forms of place names."""

import pytest

from cleanprod.foundation.territory.rules import stem, tidy


@pytest.mark.parametrize(
    "name, short",
    [
        ("广州市", "广州"),
        ("南海区", "南海"),
        ("城区", "城区"),
        ("东区街道", "东区"),
        ("古镇镇", "古镇"),
        ("连山壮族瑶族自治县", "连山"),
        ("恩施土家族苗族自治州", "恩施"),
        ("内蒙古自治区", "内蒙古"),
        ("梅县", "梅县"),
    ],
)
def test_a_short_name_leaves_out_the_kind_of_place(name, short):
    assert stem(name) == short


def test_blanks_of_all_kinds_and_full_width_are_ignored():
    assert tidy(" 佛山\u00a0市\u3000\n\u200b南海区") == "佛山市南海区"
    assert tidy("４４０６００") == "440600"
