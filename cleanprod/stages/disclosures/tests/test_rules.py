"""What is published, by whom and when; what of it the public reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Part
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.disclosures.rules import (
    BASIC,
    CATEGORIES,
    LIFECYCLE,
    OUT,
    RESULTS,
    SECRET,
    Act,
    Cell,
    Kind,
    State,
    fields_of,
    for_partner,
    for_public,
    is_number,
    kinds_of,
    next_making,
    personal,
    problems,
    proof_problems,
    why_closed,
)
from cleanprod.stages.programme.rules import AuditKind, Category
from tests.world import TODAY


def filled(fields, **changed):
    return {
        one.key: changed.get(one.key, Cell(one.key, one.title, "1" if one.number else "文字"))
        for one in fields
    }


def test_a_voluntary_audit_publishes_the_basic_information_alone():
    assert kinds_of(AuditKind.VOLUNTARY) == (Kind.BASIC,)
    assert kinds_of(AuditKind.MANDATORY) == tuple(Kind)


@given(st.sets(st.sampled_from(list(Category)), min_size=1))
def test_several_categories_publish_the_fields_of_all_of_them(categories):
    found = fields_of(Kind.CATEGORY, [one.value for one in categories])
    assert {one.key for one in found} == {
        field.key for category in categories for field in CATEGORIES[category]
    }
    assert len({one.key for one in found}) == len(found)


def test_without_a_known_category_one_tells_what_the_reason_is_about():
    assert fields_of(Kind.CATEGORY, [""]) == list(CATEGORIES[Category.OTHER])


def test_all_keys_differ_so_that_a_union_loses_nothing():
    keys = [one.key for fields in CATEGORIES.values() for one in fields]
    assert len(keys) == len(set(keys))


def test_only_proofs_are_checked_and_only_by_the_lead():
    for kind in (Kind.BASIC, Kind.RESULTS):
        assert not LIFECYCLE.open_to(State.PUBLISHED, {Part.LEAD}, kind)
    passed = LIFECYCLE.target(State.WAITING, Act.PASS, {Part.LEAD}, Kind.CATEGORY)
    assert passed is State.ACCEPTED
    with pytest.raises(NotAllowed):
        LIFECYCLE.target(State.WAITING, Act.PASS, {Part.PARTNER}, Kind.CATEGORY)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_enterprise_can_always_bring_a_next_version(kind):
    reached, todo = {State.DRAFT}, [State.DRAFT]
    while todo:
        state = todo.pop()
        assert next_making(state, kind)
        for move in LIFECYCLE.open_to(state, set(Part), kind):
            if move.target not in reached:
                reached.add(move.target)
                todo.append(move.target)
    assert reached - {State.DRAFT} <= OUT


def test_nothing_is_published_before_the_registration_and_no_results_before_the_acceptance():
    assert why_closed(Kind.BASIC, Stage.LISTED) == "请先完成企业注册"
    assert why_closed(Kind.RESULTS, Stage.STARTED) == "通过验收后公布审核结果"
    assert "取消" in why_closed(Kind.BASIC, Stage.CANCELLED)
    assert not why_closed(Kind.BASIC, Stage.REGISTERED)
    assert not why_closed(Kind.RESULTS, Stage.COMPLETED)


def test_a_secret_of_the_results_needs_a_reason_and_no_value():
    cell = Cell("investment", "总投资（元）", "", True, "")
    wrong = problems(RESULTS, filled(RESULTS, investment=cell), kind=Kind.RESULTS)
    assert wrong == {"investment": "作为商业秘密不公开的，请写明理由"}
    cell = Cell("investment", "总投资（元）", "", True, "与供应商有保密约定")
    assert not problems(RESULTS, filled(RESULTS, investment=cell), kind=Kind.RESULTS)


def test_nothing_but_results_is_withheld():
    cell = Cell("legal", "法定代表人", "张三", True, "不愿公开")
    wrong = problems(BASIC, filled(BASIC, legal=cell), kind=Kind.BASIC)
    assert wrong == {"legal": "该项应当公布，不能作为商业秘密"}


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_the_public_reads_neither_a_secret_nor_its_reason(value, why):
    told = [Cell("a", "甲", value, True, why), Cell("b", "乙", "公开")]
    for shown in (for_public(told), for_partner(told)):
        assert shown[0].why == ""
        assert shown[0].value != value or value in (SECRET,)
        assert shown[1] == told[1]
    assert for_public(told)[0].value == SECRET


@pytest.mark.parametrize("text", ["12", "12.50", "1,200", "0", " 3 "])
def test_figures_are_plain_numbers(text):
    assert is_number(text)


@pytest.mark.parametrize("text", ["-1", "NaN", "inf", "约3万", "3元", ""])
def test_what_is_no_plain_number_is_told(text):
    assert not is_number(text)


def test_a_proof_says_where_and_since_when_and_shows_it():
    said = proof_problems(way="", where=" ", since=None, link="", has_file=False, today=TODAY)
    assert set(said) == {"way", "where", "since", "link"}
    good = {"way": "media", "where": "佛山日报", "since": TODAY, "today": TODAY}
    assert not proof_problems(**good, link="", has_file=True)
    assert not proof_problems(**good, link="https://example.com", has_file=False)
    assert "link" in proof_problems(**good, link="javascript:alert(1)", has_file=True)


@pytest.mark.parametrize(
    "text",
    ["13800138000", "张工 138-0013-8000", "＋86 139 0013 8000", "联系人：１３８００１３８０００"],
)
def test_a_mobile_number_does_not_go_before_the_public(text):
    assert "手机号码" in personal(text)
    assert (
        "手机号码" in problems(BASIC, {"phone": Cell("phone", "", text)}, kind=Kind.BASIC)["phone"]
    )


def test_nor_does_an_identity_card_while_plain_figures_do():
    assert "身份证号" in personal("张三，身份证 440601198001011234")
    for text in ("0757-12345678", "020-8313 3000", "91440605MA00000017", "914406051234567891",
                 "COD 13800 t/年", "2023-09-28", "123456789012345678"):  # fmt: skip
        assert personal(text) == ""
