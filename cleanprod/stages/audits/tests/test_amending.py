"""Changing a published list by numbered notices: all lines or none, once, by the lead alone."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import queries
from cleanprod.stages.audits.actions import withdraw
from cleanprod.stages.audits.amending import amend_list
from cleanprod.stages.audits.models import Amendment, AmendmentLine, Fact, Round
from cleanprod.stages.audits.rules import Change, ChangeLine, Notice
from cleanprod.stages.audits.weighing import changeable, outlook
from cleanprod.stages.programme import access as programme_access
from cleanprod.stages.programme.models import Batch, Entry
from tests.flow import KEY, LEAD, at_once, firms, listed, take_results
from tests.world import TODAY

NOTICE = Notice("佛环函〔2023〕86号", date(2023, 6, 1), "佛山市生态环境局", "部分企业关停、搬迁")
LATER = date(2023, 3, 6)


@pytest.fixture
def two(cast):
    """The list of 2022 (one failed, one deferred, one passed, one open) and the one of 2023."""
    listed(cast, firms(4))
    names = [row[:2] for row in firms(4)]
    take_results(
        cast,
        (*names[0], "2022-10-12", "未通过"),
        (*names[1], "2022-10-12", "暂缓"),
        (*names[2], "2022-10-12", "通过"),
    )
    return listed(cast, firms(6, first=11), replace(KEY, year=2023), on=LATER).batch


def cancel(entry, reason="已关停"):
    return ChangeLine(entry, Change.CANCEL, reason)


def defer(entry, reason="停产改造"):
    return ChangeLine(entry, Change.DEFER, reason)


def roll(entry, reason="恢复生产"):
    return ChangeLine(entry, Change.ROLL, reason)


def rows(batch):
    return list(batch.entries.order_by("row").values_list("pk", flat=True))


def earlier(state):
    return Entry.objects.get(batch__year=2022, state=state).pk


def amend(cast, batch, *lines, notice=NOTICE, by=LEAD):
    return amend_list(batch.pk, notice, lines, by=cast[by])


def test_a_notice_cancels_defers_and_rolls_in_at_once(cast, two):
    first, second, *_ = rows(two)
    failed, deferred = earlier("failed"), earlier("deferred")
    done = amend(cast, two, cancel(first), defer(second), roll(failed), roll(deferred))
    assert (done.number, done.title, done.lines.count()) == (1, "第1次变更", 4)
    told = {
        (line.change, line.before, line.after, line.entry.batch_id) for line in done.lines.all()
    }
    assert told == {
        ("cancel", "listed", "cancelled", two.pk),
        ("defer", "listed", "deferred", two.pk),
        ("roll", "failed", "listed", two.pk),
        ("roll", "deferred", "listed", two.pk),
    }
    assert list(two.entries.order_by("row").values_list("state", flat=True)) == [
        "cancelled", "deferred", *["listed"] * 6
    ]  # fmt: skip
    assert queries.differing() == []


def test_facts_carry_the_number_of_the_notice_and_deadlines_end_or_start(cast, two):
    first, *_ = rows(two)
    failed, deferred = earlier("failed"), earlier("deferred")
    done = amend(cast, two, cancel(first), roll(failed), roll(deferred))
    facts = Fact.objects.filter(document_number=NOTICE.document_number)
    assert sorted(facts.values_list("kind", flat=True)) == ["cancelled", "listed", "rolled"]
    assert {fact.details["amendment"] for fact in facts} == {done.number}
    of = {line.change: line.round_id for line in done.lines.filter(earlier=None)}
    assert not Obligation.objects.open().filter(subject=f"round:{of['cancel']}").exists()
    for line in done.lines.filter(change="roll"):
        duties = Obligation.objects.open().filter(subject=f"round:{line.round_id}")
        assert {duty.opened_on for duty in duties} == {NOTICE.on}
        assert duties.count() == 3
        assert all(duty.basis.startswith("名单第1次变更 2023-06-01 + ") for duty in duties)
    assert TrailEntry.objects.filter(act="list:amend").count() == 1
    assert TrailEntry.objects.filter(act="round:cancel").count() == 1


def test_a_failed_row_opens_a_new_round_and_a_deferred_one_goes_on(cast, two):
    before = Round.objects.count()
    done = amend(cast, two, roll(earlier("failed")), roll(earlier("deferred")))
    assert Round.objects.count() == before + 1
    new, gone_on = done.lines.order_by("earlier_id")
    assert new.round.entry_id == new.entry_id
    assert gone_on.round.entry.batch.year == 2022
    assert gone_on.round.rolled_on == NOTICE.on
    note = new.entry.note
    assert note == "自2022年度名单（第1批）滚动纳入"
    assert not programme_access.rollable_into(two).exists()


def test_the_same_notice_again_is_a_conflict_and_changes_nothing(cast, two):
    first, second, *_ = rows(two)
    lines = [cancel(first), roll(earlier("deferred"))]
    amend(cast, two, *lines)
    before = Fact.objects.count()
    with pytest.raises(Conflict, match=r"已于 2023-06-01 登记.*第1次变更"):
        amend(cast, two, *reversed(lines))
    with pytest.raises(Conflict, match="内容不同"):
        amend(cast, two, cancel(second))
    assert (Fact.objects.count(), Amendment.objects.count()) == (before, 1)


def test_notices_are_numbered_in_the_order_of_their_days(cast, two):
    first, second, third, *_ = rows(two)
    amend(cast, two, defer(first))
    later = replace(NOTICE, document_number="佛环函〔2023〕99号", on=date(2023, 7, 1))
    assert amend(cast, two, cancel(first), cancel(second), notice=later).number == 2
    early = replace(NOTICE, document_number="佛环函〔2023〕98号")
    with pytest.raises(Refused, match="早于上一次变更的日期 2023-07-01"):
        amend(cast, two, cancel(third), notice=early)


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"document_number": " "}, "文号"),
        ({"issuers": ""}, "发布机关"),
        ({"reason": ""}, "变更事由"),
        ({"document_number": "佛环函〔2022〕3号"}, "名单公布的文号"),
        ({"on": LATER - timedelta(days=1)}, "早于名单公布日期"),
        ({"on": TODAY + timedelta(days=1)}, "晚于今天"),
    ],
)
def test_a_notice_that_lacks_something_is_refused(cast, two, changes, said):
    with pytest.raises(Refused, match=said):
        amend(cast, two, cancel(rows(two)[0]), notice=replace(NOTICE, **changes))
    assert not Amendment.objects.exists()


def test_lines_that_cannot_be_are_refused_and_none_takes_effect(cast, two):
    first, second, *_ = rows(two)
    with pytest.raises(Refused, match="没有企业"):
        amend(cast, two)
    with pytest.raises(Refused, match="没有填写变更理由"):
        amend(cast, two, cancel(first), cancel(second, " "))
    with pytest.raises(Refused, match="出现两次"):
        amend(cast, two, cancel(first), defer(first))
    with pytest.raises(Refused, match="本名单中没有该企业"):
        amend(cast, two, cancel(first), cancel(earlier("deferred")))
    passed = earlier("passed")
    with pytest.raises(Refused, match="不在以前名单的未通过、暂缓之列"):
        amend(cast, two, cancel(first), roll(passed))
    with pytest.raises(Refused, match="不在以前名单"):
        amend(cast, two, roll(second))
    assert not Amendment.objects.exists()
    assert not Fact.objects.filter(kind="cancelled").exists()


def test_a_firm_that_passed_is_named_and_can_be_neither_cancelled_nor_deferred(cast, two):
    first, second, *_ = rows(two)
    name, code, _ = firms(1, first=12)[0]
    take_results(cast, (name, code, "2023-05-12", "通过"), year=2023)
    for line in (cancel(second), defer(second)):
        with pytest.raises(Refused, match=f"{name}：当前为“通过验收”，不能"):
            amend(cast, two, cancel(first), line)
    assert second not in changeable(two).values_list("pk", flat=True)
    assert not Amendment.objects.exists()


def test_a_row_that_rolled_on_is_changed_where_it_stands_now(cast, two):
    deferred = earlier("deferred")
    old = Batch.objects.get(year=2022)
    done = amend(cast, two, roll(deferred))
    later = replace(NOTICE, document_number="佛环函〔2023〕99号", on=date(2023, 7, 1))
    with pytest.raises(Refused, match="已滚动纳入以后的名单"):
        amend(cast, old, cancel(deferred), notice=later)
    assert deferred not in changeable(old).values_list("pk", flat=True)
    new = done.lines.get().entry_id
    assert new in changeable(two).values_list("pk", flat=True)
    amend(cast, two, cancel(new), notice=later)
    assert Entry.objects.get(pk=new).state == "cancelled"


def test_a_roll_of_before_the_failure_is_refused(cast, two):
    old = Batch.objects.get(year=2022)
    late = listed(cast, firms(1, first=40), replace(KEY, number=2), on=date(2022, 5, 1)).batch
    notice = replace(NOTICE, on=date(2022, 6, 1))
    with pytest.raises(Refused, match="未通过日期 2022-10-12 晚于变更日期"):
        amend(cast, late, roll(earlier("failed")), notice=notice)
    assert not programme_access.rollable_into(old).exists()


def test_a_roll_recorded_in_error_is_withdrawn_and_the_round_is_deferred_again(cast, two):
    done = amend(cast, two, roll(earlier("deferred")))
    (line,) = done.lines.all()
    fact = Fact.objects.get(round=line.round, kind="rolled")
    withdraw(fact.pk, reason="登记错误", by=cast[LEAD])
    assert Round.objects.get(pk=line.round_id).stage == "deferred"
    assert Entry.objects.get(pk=line.entry_id).state == "deferred"
    assert not Obligation.objects.open().filter(subject=f"round:{line.round_id}").exists()
    assert queries.differing() == []


@pytest.mark.parametrize(
    "name",
    ["foshan-industry", "huizhou-industry", "province-ecology", "nanhai-industry", "red-star",
     "admin"],
)  # fmt: skip
def test_nobody_but_the_lead_changes_a_list(cast, two, name):
    with pytest.raises(NotAllowed):
        amend(cast, two, cancel(rows(two)[0]), by=name)
    assert not Amendment.objects.exists()


def test_a_list_that_is_not_published_is_not_amended(cast, two):
    Batch.objects.filter(pk=two.pk).update(stage="ready")
    with pytest.raises(NotAllowed, match="当前为“待公布”，不能变更名单"):
        amend(cast, two, cancel(rows(two)[0]))


def test_people_of_the_firms_are_told_what_changed_and_what_it_means(cast, two):
    first, second, *_ = rows(two)
    for entry, owner in ((first, "red-star"), (second, "blue-sea")):
        Entry.objects.filter(pk=entry).update(enterprise=cast.offices[owner])
        Round.objects.filter(entry=entry).update(enterprise=cast.offices[owner])
    amend(cast, two, cancel(first), defer(second))
    said = Message.objects.get(person_id=cast["red-star"].person_id)
    assert "佛环函〔2023〕86号" in said.subject
    assert "已关停" in said.body
    assert "不需要再办理" in said.body
    other = Message.objects.get(person_id=cast["blue-sea"].person_id)
    assert "暂缓" in other.body
    assert "第1次变更" in other.body


def test_the_outlook_says_before_what_the_notice_does_after(cast, two):
    first, second, *_ = rows(two)
    lines = [cancel(first), defer(second), roll(earlier("failed")), roll(earlier("deferred"))]
    seen = outlook(two, lines, on=NOTICE.on, today=clock.today())
    assert [seen.count(change) for change in Change] == [1, 1, 2]
    assert (seen.opened, seen.going_on, seen.problems) == (1, 1, [])
    open_before = Obligation.objects.open().count()
    amend(cast, two, *lines)
    new = len(seen.starting) * 2
    assert Obligation.objects.open().count() == open_before - seen.ended + new


def test_a_notice_is_recorded_in_a_number_of_statements_that_does_not_grow(
    cast, django_assert_max_num_queries
):
    counts = []
    for number, size in ((1, 20), (2, 2000)):
        key = replace(KEY, year=2023, number=number)
        batch = listed(cast, firms(size, first=10_000 * number), key, on=LATER).batch
        half = size // 2
        lines = [
            (cancel if place < half else defer)(entry) for place, entry in enumerate(rows(batch))
        ]
        notice = replace(NOTICE, document_number=f"佛环函〔2023〕{number}号")
        with django_assert_max_num_queries(60) as seen:
            amend(cast, batch, *lines, notice=notice)
        counts.append(len(seen))
    batch = listed(cast, firms(1), replace(KEY, year=2023, number=3), on=date(2023, 7, 1)).batch
    for number, size in ((3, 10), (4, 1000)):
        deferred = Entry.objects.filter(state="deferred").order_by("pk")
        lines = [
            roll(one.pk)
            for one in deferred.filter(pk__in=programme_access.rollable_into(batch))[:size]
        ]
        assert lines
        notice = replace(NOTICE, document_number=f"号{number}", on=date(2023, 8, 1))
        with django_assert_max_num_queries(60) as seen:
            amend(cast, batch, *lines, notice=notice)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[2] == counts[3]
    assert queries.differing() == []


@pytest.mark.django_db(transaction=True)
def test_two_people_amend_at_once_and_no_row_is_changed_twice(cast):
    batch = listed(cast, firms(2), replace(KEY, year=2023), on=LATER).batch
    entry = rows(batch)[0]

    def press(number):
        notice = replace(NOTICE, document_number=number)
        return lambda: amend(cast, batch, cancel(entry), notice=notice).number

    told = sorted(map(str, at_once(press("一号"), press("二号"))))
    assert told[0] == "1"
    assert "当前为“取消”，不能取消" in told[1]
    assert AmendmentLine.objects.count() == 1
