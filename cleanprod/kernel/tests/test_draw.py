"""The draw by lot can be redone by anybody."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.draw import draw, ticket
from cleanprod.kernel.errors import Refused

POOL = ["张一", "李二", "王三", "赵四", "钱五"]

pools = st.lists(st.text(max_size=6), max_size=12)


def test_the_same_seed_draws_the_same_names_for_ever():
    assert draw("2026-03-02", POOL, 3) == ["王三", "钱五", "李二"]


def test_a_shell_gives_the_same_ticket():
    out = subprocess.run(
        ["sha256sum"], input="种子\n张一".encode(), capture_output=True, check=True
    ).stdout
    assert out.decode().split()[0] == ticket("种子", "张一")


@given(st.text(max_size=8), pools, st.data())
def test_a_draw_is_fair_to_the_order_and_never_repeats(seed, pool, data):
    excluded = set(data.draw(st.lists(st.sampled_from(pool)))) if pool else set()
    free = set(pool) - excluded
    size = data.draw(st.integers(0, len(free)))
    drawn = draw(seed, pool, size, excluded)
    assert len(drawn) == len(set(drawn)) == size
    assert set(drawn) <= free
    assert draw(seed, list(reversed(pool)), size, excluded) == drawn
    assert draw(seed, pool, len(free), excluded)[:size] == drawn


def test_too_small_a_pool_is_refused():
    with pytest.raises(Refused, match="可抽取的只有4个，不足5个"):
        draw("x", POOL, 5, {"张一"})
    with pytest.raises(Refused, match="不能为负数"):
        draw("x", POOL, -1)
