"""The table of moves, walked at random."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import NotAllowed
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term


class Stage(Term):
    DRAFT = "draft", "草拟"
    READY = "ready", "待审"
    DONE = "done", "已公布"


class Act(Term):
    SUBMIT = "submit", "提交"
    RETURN = "return", "退回"
    PUBLISH = "publish", "公布"


class Role(Term):
    CLERK = "clerk", "经办人"
    HEAD = "head", "负责人"


CLERK, HEAD = frozenset({Role.CLERK}), frozenset({Role.HEAD})
PAPER = Lifecycle(
    [
        Move(Act.SUBMIT, Stage.DRAFT, Stage.READY, CLERK | HEAD, when=lambda rows: bool(rows)),
        Move(Act.RETURN, Stage.READY, Stage.DRAFT, HEAD, reason=True),
        Move(Act.PUBLISH, Stage.READY, Stage.DONE, HEAD),
    ]
)

roles = st.sets(st.sampled_from(list(Role)))
steps = st.lists(st.tuples(st.sampled_from(list(Act)), roles, st.booleans()), max_size=12)


@given(steps)
def test_a_random_walk_only_ever_makes_moves_of_the_table(walk):
    stage = Stage.DRAFT
    for act, who, rows in walk:
        legal = [m for m in PAPER.moves if m.source is stage and m.act is act and m.who & who]
        if legal and legal[0].when(rows):
            stage = PAPER.target(stage, act, who, rows)
            assert stage is legal[0].target
            assert Role.HEAD in who or act is Act.SUBMIT
        else:
            with pytest.raises(NotAllowed):
                PAPER.target(stage, act, who, rows)


@given(st.sampled_from(list(Stage)), roles, st.booleans())
def test_what_is_open_is_what_can_be_done(stage, who, rows):
    offered = {move.act for move in PAPER.open_to(stage, who, rows)}
    for act in Act:
        if act in offered:
            PAPER.target(stage, act, who, rows)
        else:
            with pytest.raises(NotAllowed):
                PAPER.target(stage, act, who, rows)


def test_a_refusal_names_the_stage_and_the_act():
    with pytest.raises(NotAllowed, match="当前为“已公布”，不能提交"):
        PAPER.target(Stage.DONE, Act.SUBMIT, {Role.HEAD}, True)


def test_a_return_needs_a_reason_and_the_chart_says_so():
    assert PAPER.needs_reason(Stage.READY, Act.RETURN)
    assert not PAPER.needs_reason(Stage.READY, Act.PUBLISH)
    assert "| 待审 | 退回 | 草拟 | 负责人 | 要 |" in PAPER.chart()
    assert "| 草拟 | 提交 | 待审 | 经办人、负责人 |  |" in PAPER.chart()
