"""Terms, findings and errors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.kernel.finding import Finding, Level, blocks
from cleanprod.kernel.term import Term


class Colour(Term):
    RED = "red", "红"
    BLUE = "blue", "蓝"


def test_a_term_is_its_value_and_carries_its_label():
    assert Colour.RED == "red"
    assert str(Colour.RED) == f"{Colour.RED}" == "red"
    assert Colour.RED.label == "红"
    assert Colour("blue") is Colour.BLUE
    assert Colour.choices() == [("red", "红"), ("blue", "蓝")]


def test_a_term_without_a_label_cannot_be_written():
    with pytest.raises(TypeError, match="green has no label"):

        class Half(Term):
            GREEN = "green"


def test_an_unknown_value_is_no_term():
    with pytest.raises(ValueError, match="pink"):
        Colour("pink")


@given(st.sampled_from(list(Colour)))
def test_a_term_is_found_by_its_label_and_its_value(colour):
    assert Colour.from_label(colour.label) is Colour.from_label(colour.value) is colour
    assert hash(colour) == hash(colour.value)


@given(st.text(max_size=4))
def test_other_text_is_no_term(text):
    known = {part for colour in Colour for part in (colour.label, colour.value)}
    assert (Colour.from_label(text) is None) is (text not in known)


def test_a_finding_is_printed_as_plain_text():
    finding = Finding(Level.BLOCK, "code.missing", "请填写", sheet="名单", cell="C12", value="无")
    assert finding.as_json() == {
        "level": "block",
        "rule": "code.missing",
        "advice": "请填写",
        "sheet": "名单",
        "cell": "C12",
        "value": "无",
    }


@given(st.lists(st.sampled_from(list(Level))))
def test_only_a_blocking_finding_blocks(levels):
    findings = [Finding(level, "r", "a") for level in levels]
    assert blocks(findings) is (Level.BLOCK in levels)


@pytest.mark.parametrize("error", [NotAllowed, Conflict])
def test_every_refusal_is_caught_as_one(error):
    with pytest.raises(Refused, match="不行"):
        raise error("不行")
