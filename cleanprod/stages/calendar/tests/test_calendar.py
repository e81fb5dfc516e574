"""The year's duties: their days come from the rulebook, their states from the records."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role
from cleanprod.foundation.rulebook import queries as rulebook
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.calendar import actions, queries, rules
from cleanprod.stages.calendar.models import Confirmation
from cleanprod.stages.calendar.rules import DUTIES, Known, State
from cleanprod.stages.candidates import actions as candidates
from cleanprod.stages.planning import actions as planning
from cleanprod.stages.planning.rules import FilingAct, FilingKind
from tests.flow import KEY, at_once, candidate, firms, listed, take_completions, take_results
from tests.world import FOSHAN, HUIZHOU

ECOLOGY, INDUSTRY = "foshan-ecology", "foshan-industry"
YEAR = 2023
TOLD = {"on": date(2023, 5, 4), "note": "举办培训1场，96人参加"}
days = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(days, days, st.integers(1, 90))
def test_a_duty_is_ahead_then_soon_then_overdue(due, today, soon):
    state = rules.state_of(due, None, today=today, soon=soon)
    expected = (
        State.OVERDUE if today > due
        else State.SOON if (due - today).days <= soon else State.AHEAD
    )  # fmt: skip
    assert state is expected


@given(days, days, days)
def test_what_is_done_is_in_time_or_late_whatever_the_day(due, done, today):
    state = rules.state_of(due, done, today=today, soon=30)
    assert state is (State.DONE if done <= due else State.LATE)


def test_the_overdue_comes_first_and_the_done_not_at_all():
    states = [
        (date(2023, 5, 1), State.SOON), (date(2023, 4, 1), State.DONE),
        (date(2023, 3, 1), State.OVERDUE), (date(2023, 2, 1), State.OVERDUE),
        (date(2023, 9, 1), State.AHEAD),
    ]  # fmt: skip
    assert rules.urgent(states) == [3, 2, 0]


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.key)
def test_every_duty_has_a_dated_rule_with_its_basis(db, duty):
    rule = rulebook.value(duty.rule, on=date(2023, 1, 1))
    assert rule.unit in ("month_day", "months")
    assert rule.title
    assert rule.basis
    due = rules.due_on(duty, rule.value, YEAR, date(YEAR, 3, 8))
    assert due.year == YEAR + duty.after


def test_the_annual_report_is_due_in_the_next_year():
    assert rules.due_on(rules.BY_KEY["annual"], "01-15", 2023, date.min) == date(2024, 1, 15)


def test_months_count_from_the_publication_of_the_list():
    assert rules.due_on(rules.BY_KEY["register"], 1, 2023, date(2023, 3, 8)) == date(2023, 4, 8)


@given(days, days)
def test_last_year_is_asked_for_in_january_only_and_only_its_end(due, today):
    asked = rules.still_asked(due, today.year - 1, today)
    assert asked is (today.month == 1 and due >= date(today.year - 1, 10, 1))
    assert rules.still_asked(due, today.year, today)


def state(standing, key, year=YEAR):
    return next(one for one in queries.items(standing, year) if one.duty.key == key).state


def test_the_records_tell_whether_lists_were_published_in_time(cast):
    assert state(cast[ECOLOGY], "lists") is State.OVERDUE
    listed(cast, firms(2), replace(KEY, year=YEAR), on=date(2023, 3, 8))
    assert state(cast[ECOLOGY], "lists") is State.DONE
    assert state(cast[INDUSTRY], "lists") is State.OVERDUE
    late = replace(KEY, year=YEAR, lead=Line.INDUSTRY)
    listed(cast, firms(1, 20), late, on=date(2023, 4, 1), by=INDUSTRY)
    assert state(cast[INDUSTRY], "lists") is State.LATE


def test_each_role_has_its_own_duties(cast):
    keys = {
        name: {one.duty.key for one in queries.items(cast[name], YEAR)}
        for name in ("province-ecology", ECOLOGY, "nanhai-industry", "red-star")
    }
    assert keys["province-ecology"] == {"targets", "bulletin"}
    assert keys["nanhai-industry"] == {"survey", "register", "start", "dispatch"}
    assert {"lists", "filing", "training"} <= keys[ECOLOGY]
    assert keys["red-star"] == set()


def item(standing, key, year=YEAR):
    return next(one for one in queries.items(standing, year) if one.duty.key == key)


def test_registration_and_start_are_told_by_the_rounds(cast):
    listed(cast, firms(2), replace(KEY, year=YEAR), on=date(2023, 3, 8))
    due = item(cast[ECOLOGY], "register")
    assert (due.due, due.left, due.state) == (date(2023, 4, 8), 2, State.OVERDUE)
    Round.objects.filter(name=firms(1)[0][0]).update(
        registered_on=date(2023, 3, 20), stage="registered"
    )
    assert item(cast[ECOLOGY], "register").left == 1
    Round.objects.filter(registered_on=None).update(
        registered_on=date(2023, 4, 9), stage="registered"
    )
    assert item(cast[ECOLOGY], "register").state is State.LATE
    assert item(cast[ECOLOGY], "start").left == 2
    # The list of the other department and those of later in the year have days of their own.
    listed(cast, firms(1, 50), replace(KEY, year=YEAR, number=2), on=date(2023, 6, 1))
    assert item(cast[ECOLOGY], "register").left == 0
    assert item(cast[INDUSTRY], "register").left == 0


def test_the_backlog_is_told_by_the_rounds_or_by_the_office(cast):
    listed(cast, firms(2))
    take_results(cast, *((*firm[:2], "2022-10-12", "通过") for firm in firms(2)))
    told = item(cast[ECOLOGY], "backlog")
    assert (told.left, told.done, told.by_hand) == (2, None, True)
    take_completions(cast, (*firms(1)[0][:2], date(2023, 1, 20)))
    assert item(cast[ECOLOGY], "backlog").left == 1
    actions.confirm("backlog", YEAR, by=cast[ECOLOGY], **TOLD)
    assert item(cast[ECOLOGY], "backlog").state is State.LATE


def test_candidates_reported_by_the_county_settle_its_survey(cast):
    with clock.fixed(date(2023, 1, 20)):
        one = candidate(cast)
        assert item(cast["nanhai-industry"], "survey").state is State.SOON
        candidates.report([one.pk], by=cast["nanhai-industry"])
    told = item(cast["nanhai-industry"], "survey")
    assert (told.done, told.state, told.by_hand) == (date(2023, 1, 20), State.DONE, False)
    assert item(cast["shunde-industry"], "survey").by_hand


def test_what_is_done_is_confirmed_once_and_taken_back_with_a_reason(cast):
    told = actions.confirm("training", YEAR, by=cast[ECOLOGY], **TOLD)
    assert state(cast[ECOLOGY], "training") is State.DONE
    assert state(cast[INDUSTRY], "training") is State.OVERDUE
    with pytest.raises(Conflict, match="已于 2023-05-04"):
        actions.confirm("training", YEAR, by=cast[ECOLOGY], **TOLD)
    with pytest.raises(NotAllowed):
        actions.withdraw(told.pk, reason="误填", by=cast[INDUSTRY])
    with pytest.raises(Refused, match="理由"):
        actions.withdraw(told.pk, reason=" ", by=cast[ECOLOGY])
    actions.withdraw(told.pk, reason="误填", by=cast[ECOLOGY])
    with pytest.raises(Conflict):
        actions.withdraw(told.pk, reason="误填", by=cast[ECOLOGY])
    assert state(cast[ECOLOGY], "training") is State.OVERDUE
    actions.confirm("training", YEAR, by=cast[ECOLOGY], **TOLD)
    assert Confirmation.objects.count() == 2
    acts = TrailEntry.objects.filter(act__startswith="calendar:").values_list("act", flat=True)
    assert sorted(acts) == ["calendar:confirm"] * 2 + ["calendar:withdraw"]


@pytest.mark.parametrize(
    ("key", "changes", "why"),
    [
        ("training", {"on": date(2023, 9, 29)}, "晚于今天"),
        ("training", {"note": " "}, "完成情况"),
        ("lists", {}, "自动判定"),
        ("targets", {}, "不由您所在单位"),
        ("nothing", {}, "不由您所在单位"),
    ],
)
def test_what_cannot_be_confirmed_is_told(cast, key, changes, why):
    with pytest.raises(Refused, match=why):
        actions.confirm(key, YEAR, by=cast[ECOLOGY], **TOLD | changes)
    assert not Confirmation.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_people_confirm_at_once_and_one_word_is_kept(cast):
    told = at_once(*[lambda: actions.confirm("training", YEAR, by=cast[ECOLOGY], **TOLD)] * 8)
    assert sum(isinstance(one, Conflict) for one in told) == 7
    assert Confirmation.objects.count() == 1


def test_the_board_tells_firms_listed_again_apart(cast):
    listed(cast, firms(2), replace(KEY, year=YEAR - 1), on=date(2022, 3, 8))
    listed(cast, firms(3), replace(KEY, year=YEAR), on=date(2023, 3, 8))
    foshan = next(row for row in queries.board(YEAR) if row.code == FOSHAN)
    assert (foshan.firms, foshan.again) == (3, 2)
    assert Round.objects.filter(list_year=YEAR).count() == foshan.firms - foshan.again


def test_the_board_shows_who_is_late_and_by_how_much(cast):
    listed(cast, firms(3), replace(KEY, year=YEAR), on=date(2023, 3, 15))
    listed(
        cast, firms(2, 20), replace(KEY, year=YEAR, lead=Line.INDUSTRY), on=date(2023, 3, 10),
        by=INDUSTRY,
    )  # fmt: skip
    paper = planning.draft(YEAR, by=cast[ECOLOGY])
    for name in (ECOLOGY, INDUSTRY):
        planning.agree(paper.pk, version=1, by=cast[name])
    planning.publish(paper.pk, on=date(2023, 3, 15), document_number="x", by=cast[ECOLOGY])
    with clock.fixed(date(2023, 3, 20)):
        filing = planning.file(FilingKind.PLAN, paper.pk, by=cast[ECOLOGY])
    for name in ("province-ecology", "province-industry"):
        planning.answer(filing.pk, FilingAct.REGISTER, by=cast[name])
    rows = {row.code: row for row in queries.board(YEAR)}
    foshan, today = rows[FOSHAN], clock.today()
    assert len(rows) == 21
    assert (foshan.firms, foshan.registered, foshan.whole) == (5, True, True)
    assert foshan.late(foshan.ecology, foshan.lists_due, today) == 5
    assert foshan.late(foshan.industry, foshan.lists_due, today) == 0
    assert foshan.late(foshan.filed, foshan.filing_due, today) == 10
    huizhou = rows[HUIZHOU]
    assert not huizhou.whole
    assert (
        huizhou.late(huizhou.industry, huizhou.lists_due, today) == (today - date(2023, 3, 10)).days
    )
    assert len(queries.behind(list(rows.values()), today)) == 21
    lacking = queries.lacking(list(rows.values()), today)
    assert len(lacking) == 20
    assert foshan not in lacking
    assert state(cast[ECOLOGY], "filing") is State.LATE


def test_before_the_day_nobody_is_late(cast):
    with clock.fixed(date(2023, 3, 10)):
        assert queries.behind(queries.board(YEAR), date(2023, 3, 10)) == []
        assert state(cast[ECOLOGY], "lists") is State.SOON
    with clock.fixed(date(2023, 3, 10) - timedelta(days=31)):
        assert state(cast[ECOLOGY], "lists") is State.AHEAD


def test_the_pages_confirm_and_show(cast, client):
    client.force_login(cast.people[ECOLOGY])
    year = reverse("calendar:year") + f"?year={YEAR}"
    assert "公布年度清洁生产审核企业名单" in client.get(year).content.decode()
    form = reverse("calendar:confirm", args=[YEAR, "training"])
    assert client.get(form).status_code == 200
    bad = client.post(form, {"on": "2023-13-01", "note": "说明在此"})
    assert bad.status_code == 422
    assert "说明在此" in bad.content.decode()
    assert client.post(form, {"on": "2023-05-04", "note": "一场"}).status_code == 302
    assert client.post(form, {"on": "2023-05-04", "note": "一场"}).status_code == 404
    assert client.get(reverse("calendar:confirm", args=[YEAR, "lists"])).status_code == 404
    for year in (0, 1999, 999999):
        assert client.get(reverse("calendar:confirm", args=[year, "training"])).status_code == 404
    told = Confirmation.objects.get()
    client.force_login(cast.people[INDUSTRY])
    back = reverse("calendar:withdraw", args=[told.pk])
    assert client.post(back, {"reason": "x"}).status_code == 404
    client.force_login(cast.people["province-industry"])
    board = reverse("calendar:board")
    page = client.get(board + f"?year={YEAR}").content.decode()
    assert "逾期202天" in page
    assert "佛山" in client.get(board + f"?year={YEAR}&only=late").content.decode()
    assert "佛山" in client.get(board + f"?year={YEAR}&only=lacking").content.decode()
    home = client.get(reverse("desk:home")).content.decode()
    assert "逾期未公布名单或未报送备案的地市" in home
    assert client.get(board + f"?year={YEAR}&format=xlsx").content[:2] == b"PK"
    assert client.get(board + "?year=x").status_code == 200


def test_the_homes_say_what_is_next(cast, client):
    for name in (ECOLOGY, "province-ecology", "nanhai-industry"):
        client.force_login(cast.people[name])
        assert "已逾期" in client.get(reverse("desk:home")).content.decode(), name


def test_in_february_a_city_without_a_list_is_told_once_to_make_one(cast, client):
    client.force_login(cast.people[ECOLOGY])
    with clock.fixed(date(YEAR, 2, 20)):
        page = client.get(reverse("desk:home")).content.decode()
        assert "编制2023年度企业名单" in page
        assert "起草2023年度计划" in page
        assert "公布年度清洁生产审核企业名单并录入平台" not in page
        listed(cast, firms(1), replace(KEY, year=YEAR), on=date(YEAR, 2, 15))
        assert "编制2023年度企业名单" not in client.get(reverse("desk:home")).content.decode()


def test_only_officials_have_a_calendar():
    assert set().union(*(duty.roles for duty in DUTIES)) == {Role.PROVINCE, Role.CITY, Role.COUNTY}
    assert {duty.known for duty in DUTIES} == set(Known)
