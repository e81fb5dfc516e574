"""What forms say of bad input: our own words, compiled, in force."""

import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django import forms

FOLDER = Path(__file__).parents[1] / "locale" / "zh_Hans" / "LC_MESSAGES"
ENTRY = re.compile(
    r'^msgid "(?P<one>.+)"\n(?:msgid_plural "(?P<many>.+)"\n)?msgstr(?:\[0\])? "(?P<said>.+)"$',
    re.MULTILINE,
)


def test_the_compiled_messages_are_those_of_the_source():
    source = list(ENTRY.finditer((FOLDER / "django.po").read_text(encoding="utf-8")))
    with (FOLDER / "django.mo").open("rb") as stream:
        compiled = GNUTranslations(stream)
    for entry in source:
        if entry["many"]:
            assert compiled.ngettext(entry["one"], entry["many"], 2) == entry["said"]
        else:
            assert compiled.gettext(entry["one"]) == entry["said"]
    texts = [key for key in compiled._catalog if key]
    assert len(source) == len(texts), "run make messages"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (forms.CharField(), "", "请填写本项。"),
        (forms.CharField(max_length=3), "四个字符", "最多3个字，现有4个字，请精简。"),
        (forms.IntegerField(), "x", "应为整数。"),
        (forms.IntegerField(min_value=2000), "1", "不能小于2000。"),
        (forms.DecimalField(max_digits=5, decimal_places=2), "1.234", "小数最多2位。"),
        (forms.DateField(), "3月8日", "应为日期，如 2023-03-08。"),
        (forms.EmailField(), "x", "应为电子邮箱地址，如 name@example.com。"),
        (forms.ChoiceField(choices=[("a", "甲")]), "z", "没有“z”这个选项，请从列表中选择。"),
    ],
)
def test_a_field_says_what_is_wrong_in_the_words_of_an_office(field, typed, said):
    with pytest.raises(forms.ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages == [said]
