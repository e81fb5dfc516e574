import pytest

from cleanprod.foundation.documents import numbers
from cleanprod.foundation.documents.numbers import DocumentNumber


@pytest.mark.parametrize(
    "text",
    [
        "粤工信节能函〔2023〕4号",
        "粤工信节能函[2023]4号",
        "粤工信节能函(2023)4号",
        "粤工信节能函【2023】4号",
        " 粤工信节能函（２０２３）第04 号",
        "粤工信节能函﹝2023﹞4",
    ],
)
def test_any_bracket_is_read(text):
    assert numbers.parse(text) == DocumentNumber("粤工信节能函", 2023, 4)
    assert numbers.tidy(text) == "粤工信节能函〔2023〕4号"


def test_a_draft_has_a_blank_serial():
    assert numbers.blank("粤工信节能函", 2023) == "粤工信节能函〔2023〕　号"
    assert numbers.parse("粤工信节能函〔2023〕　号") == DocumentNumber("粤工信节能函", 2023)


def test_brackets_inside_the_office_code_stay():
    assert str(numbers.parse("粤环（函）[2023]12号")) == "粤环（函）〔2023〕12号"


@pytest.mark.parametrize(
    "text", ["", "2023", "〔2023〕4号", "粤工信〔23〕4号", "粤工信〔2023〕0号", "第4号"]
)
def test_what_is_no_number_is_left_alone(text):
    assert numbers.parse(text) is None
    assert numbers.tidy(text) == text
