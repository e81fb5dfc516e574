"""How a firm in a workbook is told from another, and who has which part in a record."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import (
    CodeState,
    Known,
    Line,
    Match,
    Part,
    Role,
    Standing,
    code_state,
    grouped,
    has_role,
    judge,
    parts_in,
)
from cleanprod.kernel.credit_code import check_character, inspect
from cleanprod.kernel.names import comparable, former_names

FOSHAN, HUIZHOU, NANHAI, SHUNDE = "440600", "441300", "440605", "440606"


def code(number):
    first = f"91440699MA{number:07d}"
    return first + check_character(first)


def wrong_check(number):
    good = code(number)
    return good[:-1] + ("0" if good[-1] != "0" else "1")


ONE, TWO = code(1), code(2)
OLD = "440600000012345"
KNOWN = [
    Known(1, "红星水泥有限公司", "红星水泥有限公司", ONE, "valid", FOSHAN),
    Known(2, "蓝海电镀厂", "蓝海电镀厂", "", "none", FOSHAN),
    Known(3, "双子一厂", "双子一厂", TWO, "valid", FOSHAN),
    Known(4, "双子二厂", "双子二厂", TWO, "valid", FOSHAN),
    Known(5, "老字号厂", "老字号厂", OLD, "legacy", FOSHAN),
    Known(6, "同名厂", "同名厂", "", "none", FOSHAN),
    Known(7, "同名厂", "同名厂", "", "none", FOSHAN),
    Known(8, "别处厂", "别处厂", "", "none", HUIZHOU),
    Known(9, "重复厂", "重复厂", code(9), "valid", FOSHAN),
    Known(10, "重复厂", "重复厂", code(9), "valid", FOSHAN),
    Known(11, "错码厂", "错码厂", wrong_check(11), "confirmed", FOSHAN),
]

# What stands in the row, and what the comparison with the known firms must say.
CASES = {
    "the same code and name": (ONE, "红星水泥有限公司", Match.SAME, 1),
    "the same code in lower case and full width": (
        f" {ONE.lower()[:6]} {ONE[6:]}",
        "红星水泥有限公司",
        Match.SAME,
        1,
    ),
    "the same name in other brackets and width": (ONE, "红星水泥 有限公司", Match.SAME, 1),
    "the same code with another name": (ONE, "红星建材有限公司", Match.UNSURE, 1),
    "the same code with the former name in brackets": (
        ONE,
        "红星建材有限公司（原名：红星水泥有限公司）",
        Match.SAME,
        1,
    ),
    "the same name with another code": (code(7), "红星水泥有限公司", Match.UNSURE, 1),
    "the same name, a code where none was known": (code(7), "蓝海电镀厂", Match.UNSURE, 2),
    "the same name without any code": ("", "蓝海电镀厂", Match.SAME, 2),
    "the same name and the word 无 as code": ("无", "蓝海电镀厂", Match.SAME, 2),
    "the known firm's name without its code": ("", "红星水泥有限公司", Match.SAME, 1),
    "the name of a firm in another city": ("", "别处厂", Match.NEW, None),
    "a name that two firms of the city carry": ("", "同名厂", Match.UNSURE, 6),
    "one code on two firms, the first of them": (TWO, "双子一厂", Match.SAME, 3),
    "one code on two firms, the second of them": (TWO, "双子二厂", Match.SAME, 4),
    "one code on two firms, a third name": (TWO, "双子三厂", Match.UNSURE, 3),
    "two records of one code and name": (code(9), "重复厂", Match.UNSURE, 9),
    "an old registration number that is known": (OLD, "老字号厂", Match.SAME, 5),
    "an old registration number that is new": ("440600000099999", "新厂", Match.NEW, None),
    "thirteen digits": ("4406000000999", "新厂", Match.NEW, None),
    "the code of an organisation": ("12345678-9", "新厂", Match.NEW, None),
    "a new firm with a valid code": (code(100), "新厂", Match.NEW, None),
    "a new firm without a code": ("", "新厂", Match.NEW, None),
    "a wrong check character": (wrong_check(100), "新厂", Match.UNSURE, None),
    "a wrong check character that an official once confirmed": (
        wrong_check(11),
        "错码厂",
        Match.SAME,
        11,
    ),
    "a wrong check character under a known name": (
        wrong_check(100),
        "红星水泥有限公司",
        Match.UNSURE,
        1,
    ),
    "a traditional name with its code": (ONE, "紅星水泥有限公司", Match.SAME, 1),
    "a traditional name without any code": ("", "藍海電鍍廠", Match.UNSURE, 2),
    "brackets and blanks without any code": ("", "蓝海 电镀厂（原：旧名厂）", Match.SAME, 2),
    "a letter for a digit, under another name": (
        ONE.replace("0", "O", 1),
        "新厂",
        Match.UNSURE,
        1,
    ),
    "17 characters under a known name": (ONE[:17], "红星水泥有限公司", Match.UNSURE, 1),
    "another code, one slip away": (code(2), "红星水泥有限公司", Match.UNSURE, 3),
    "too few characters": ("91440699MA00", "新厂", Match.UNSURE, None),
    "a code spoilt by the spreadsheet": ("9.14407E+17", "新厂", Match.UNSURE, None),
}


def judged(written, name, city=FOSHAN, known=KNOWN):
    names = [comparable(name), *former_names(name)]
    return judge(
        inspect(written), names, city, grouped(known, "code"), grouped(known, "comparable"),
        written=name,
    )  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_a_row_is_compared_by_code_and_name_together(case):
    written, name, match, enterprise = CASES[case]
    told = judged(written, name)
    assert told.match is match
    assert (told.enterprise.id if told.enterprise else None) == enterprise
    assert bool(told.why) == (match is Match.UNSURE)


@pytest.mark.parametrize("sign", ["O", "I"])
def test_a_letter_for_a_digit_is_shown_with_its_repair_and_never_repaired_in_silence(sign):
    good = code(1000001 if sign == "I" else 1000000)
    digit = {"O": "0", "I": "1"}[sign]
    assert digit in good
    written = good.replace(digit, sign, 1)
    told = judged(written, "新厂")
    assert told.match is Match.UNSURE
    assert good in told.why


def test_a_code_that_may_be_a_slip_of_the_known_one_is_said_to_be_so():
    assert "疑为录入错误" in judged(ONE[:17], "红星水泥有限公司").why
    assert "疑为录入错误" in judged(wrong_check(1), "红星水泥有限公司").why
    assert "即已有企业“红星水泥有限公司”的代码" in judged(ONE[:17], "新厂").why


@given(st.text(max_size=25), st.text(min_size=1, max_size=25))
def test_whatever_is_written_is_answered_and_an_unsure_answer_says_why(written, name):
    told = judged(written, name)
    assert bool(told.why) == (told.match is Match.UNSURE)
    assert told.match is not Match.SAME or told.enterprise is not None


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN))
def test_a_row_is_never_taken_for_a_firm_whose_code_differs(of_code, of_name):
    told = judged(of_code.code, of_name.name)
    if told.match is Match.SAME and of_code.code:
        assert told.enterprise.code == inspect(of_code.code).code


@pytest.mark.parametrize(
    "written, state",
    [
        (ONE, CodeState.VALID),
        (wrong_check(1), CodeState.CONFIRMED),
        ("91440699MA00", CodeState.CONFIRMED),
        (OLD, CodeState.LEGACY),
        ("4406000000999", CodeState.LEGACY),
        ("12345678-9", CodeState.LEGACY),
        ("", CodeState.NONE),
    ],
)
def test_how_a_code_is_kept_tells_how_far_it_can_be_relied_on(written, state):
    assert code_state(inspect(written)) is state


def standing(role, **more):
    return Standing(1, "某人", role, **more)


RECORD = {"city": FOSHAN, "lead": "ecology", "county": NANHAI, "enterprise": 7}
PARTS = {
    "province": (standing(Role.PROVINCE, line=Line.INDUSTRY, office_id=1), Part.PROVINCE),
    "lead": (standing(Role.CITY, line=Line.ECOLOGY, city=FOSHAN), Part.LEAD),
    "partner": (standing(Role.CITY, line=Line.INDUSTRY, city=FOSHAN), Part.PARTNER),
    "other city": (standing(Role.CITY, line=Line.ECOLOGY, city=HUIZHOU), None),
    "county of the lead's line": (
        standing(Role.COUNTY, line=Line.ECOLOGY, city=FOSHAN, county=NANHAI),
        Part.COUNTY,
    ),
    "county of both lines": (standing(Role.COUNTY, city=FOSHAN, county=NANHAI), Part.COUNTY),
    "county of the other line": (
        standing(Role.COUNTY, line=Line.INDUSTRY, city=FOSHAN, county=NANHAI),
        None,
    ),
    "other county": (standing(Role.COUNTY, line=Line.ECOLOGY, city=FOSHAN, county=SHUNDE), None),
    "county without a place": (standing(Role.COUNTY, line=Line.ECOLOGY, city=FOSHAN), None),
    "enterprise": (standing(Role.ENTERPRISE, office_id=7), Part.ENTERPRISE),
    "other enterprise": (standing(Role.ENTERPRISE, office_id=8), None),
    "enterprise without an office": (standing(Role.ENTERPRISE), None),
    # The same office id in another role opens nothing.
    "consultancy": (standing(Role.CONSULTANCY, office_id=7), None),
    "expert": (standing(Role.EXPERT, office_id=7), None),
    "support": (standing(Role.SUPPORT, office_id=7, city=FOSHAN), None),
    "admin": (standing(Role.ADMIN, office_id=7, city=FOSHAN), None),
    "auditor": (standing(Role.AUDITOR, office_id=7, city=FOSHAN), None),
}


@pytest.mark.parametrize("who", PARTS)
def test_everybody_has_exactly_one_part_in_a_record_or_none(who):
    person, part = PARTS[who]
    assert parts_in(person, **RECORD) == (frozenset({part}) if part else frozenset())


def test_every_role_has_a_row_in_the_table_above():
    assert {person.role for person, _ in PARTS.values()} == set(Role)


def test_a_record_without_county_or_enterprise_belongs_to_none():
    bare = {**RECORD, "county": "", "enterprise": None}
    assert parts_in(standing(Role.COUNTY, line=Line.ECOLOGY, city=FOSHAN), **bare) == frozenset()
    assert parts_in(standing(Role.ENTERPRISE), **bare) == frozenset()


def test_only_the_city_department_of_the_line_leads():
    leading = [
        name for name, (person, _) in PARTS.items() if person.leads(city=FOSHAN, lead="ecology")
    ]
    assert leading == ["lead"]


def test_nobody_has_no_role():
    assert not has_role(None, set(Role))
    assert has_role(standing(Role.ADMIN), {Role.ADMIN, Role.AUDITOR})
    assert not has_role(standing(Role.CITY), {Role.ADMIN})
