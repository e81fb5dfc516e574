"""Ties, limits, masks and moves, purely."""

from datetime import date

import pytest

from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.experts import personal, rules
from cleanprod.stages.experts.rules import (
    EXPERTS,
    PANELS,
    SEATS,
    Act,
    Bond,
    Candidate,
    Composition,
    Level,
    Limits,
    PanelAct,
    PanelStage,
    Party,
    Seat,
    SeatAct,
    State,
    TieKind,
    Who,
)

DAY = date(2023, 9, 28)
FIRM = Party("红星水泥有限公司", 7)
ADVISER = Party("清源咨询有限公司", None, consultancy=True)
LIMITS = Limits(cooling_years=3, monthly_cap=2)


def told(on=DAY, **facts):
    candidate = Candidate(1, "李", Level.CHIEF, **facts)
    return rules.exclusions(candidate, [FIRM, ADVISER], on=on, limits=LIMITS)


def test_nobody_without_ties_is_excluded():
    assert told() == []
    assert told(employer="别的公司", bonds=(Bond(TieKind.EMPLOYED, "别的公司"),), load=1) == []


def test_the_employer_is_compared_however_it_is_written():
    assert told(employer="红星水泥有限公司 ") == ["现工作单位即被评审企业“红星水泥有限公司”"]
    assert told(employer="清源咨询 有限公司") == ["现工作单位即咨询机构“清源咨询有限公司”"]


def test_an_account_that_acts_for_the_enterprise_is_a_tie():
    assert told(offices=frozenset({7})) == ["账号现为被评审企业“红星水泥有限公司”的人员"]


def test_a_tie_binds_until_the_cooling_years_are_over():
    def ended(day):
        return told(bonds=(Bond(TieKind.CONSULTED, ADVISER.name, None, None, day),))

    assert ended(None) == ["为咨询机构“清源咨询有限公司”提供咨询服务（至今）"]
    assert ended(date(2020, 9, 29)) == [
        "为咨询机构“清源咨询有限公司”提供咨询服务（2020-09-29止，未满3年）"
    ]
    assert ended(date(2020, 9, 28)) == []


def test_a_tie_by_the_record_of_the_platform_outlasts_a_change_of_name():
    assert told(bonds=(Bond(TieKind.EMPLOYED, "旧名", 7),)) == [
        "在被评审企业“红星水泥有限公司”任职（至今）"
    ]
    assert told(bonds=(Bond(TieKind.DECLARED, "旧名", 7, reason="配偶任职"),)) == [
        "本人申报回避被评审企业“红星水泥有限公司”：配偶任职"
    ]


def test_absence_another_panel_and_the_cap_exclude():
    away = (date(2023, 9, 28), date(2023, 9, 30))
    found = told(away=away, busy=True, load=2)
    assert len(found) == 3
    assert told(away=away, on=date(2023, 10, 1)) == []


def test_sizes_and_senior_titles_follow_the_rule():
    rule = Composition(3, 9, True, True, True, 50, True)
    for size in (2, 4, 11):
        with pytest.raises(Refused):
            rules.checked_size(size, rule)
    rules.checked_size(5, rule)
    assert [rules.seniors_needed(size, rule) for size in (3, 5, 7)] == [2, 3, 4]
    with pytest.raises(Refused, match="按行业分组"):
        rules.checked_trades({"13", "14", "15", "16"}, 3)


def test_personal_facts_are_masked():
    assert personal.masked_phone("13812341234") == "138****1234"
    assert personal.masked_phone("123") == "****"
    assert personal.masked_phone("") == ""
    assert personal.masked_mail("lihua@example.org") == "l***@example.org"
    assert personal.masked_identity("440600198001011234") == "440*************34"


def test_trades_are_the_divisions_of_the_standard():
    assert [rules.trade_of(code) for code in ("3360", "C3360", "33", "", "C")] == [
        "33", "33", "33", "", "",
    ]  # fmt: skip


def test_jobs_are_read_line_by_line():
    jobs = personal.read_jobs("清源咨询有限公司 2019-03 2021-06\n\n绿水咨询，2020.1 至今\n蓝天")
    assert [(one.name, one.since, one.until) for one in jobs] == [
        ("清源咨询有限公司", date(2019, 3, 1), date(2021, 6, 1)),
        ("绿水咨询", date(2020, 1, 1), None),
        ("蓝天", None, None),
    ]
    for bad in ("2019-03", "甲 2019-13", "甲 2021-01 2019-01", "甲 2019-1 2019-2 2019-3", "甲 20x"):
        with pytest.raises(Refused):
            personal.read_jobs(bad)


def test_the_tables_of_moves_say_who_may_do_what():
    assert EXPERTS.target(State.APPLIED, Act.CONFIRM, {Who.PROVINCE}) is State.POOL
    with pytest.raises(NotAllowed):
        EXPERTS.target(State.APPLIED, Act.CONFIRM, {Who.EXPERT})
    with pytest.raises(NotAllowed):
        PANELS.target(PanelStage.DRAWN, PanelAct.DRAW, {Who.LEAD})  # no second try
    with pytest.raises(NotAllowed):
        PANELS.target(PanelStage.PREPARED, PanelAct.DRAW, {Who.PROVINCE})
    assert SEATS.needs_reason(Seat.DRAWN, SeatAct.DECLINE)


def test_an_invitation_is_open_only_where_the_pool_is_small():
    assert rules.may_invite(5, below=9, possible=True)
    assert rules.may_invite(50, below=9, possible=False)
    assert not rules.may_invite(9, below=9, possible=True)
