"""Short forms of place names."""

import pytest

from cleanprod.foundation.territory.rules import stem


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
