"""Extensions: asked by the firm, decided by its lead, once; the first day is kept."""

from datetime import date

import pytest

from cleanprod.foundation.engine import clock
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.notices import access, extending
from cleanprod.stages.notices.models import Extension
from cleanprod.stages.notices.rules import Asked, Reply, checked_until
from tests import world
from tests.flow import LEAD, firms, listed

TODAY, UNTIL = date(2022, 4, 1), date(2022, 7, 8)


@pytest.fixture
def duty(cast):
    """Publish a list; return the duty to start of red-star's round, due on 2022-05-08."""
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"], county=world.NANHAI)
    with clock.fixed(TODAY):
        yield Obligation.objects.get(key__contains=":start")


def ask(cast, duty, by="red-star", **changes):
    typed = {"until": UNTIL, "reason": "停产检修"} | changes
    return extending.ask(Round.objects.get().pk, duty.pk, by=cast[by], **typed)


def test_a_granted_extension_moves_the_clock_and_keeps_the_first_day(cast, duty):
    made = ask(cast, duty)
    assert ask(cast, duty).pk == made.pk
    asked = Message.objects.get(person_id=cast[LEAD].person_id, key__contains=":asked:")
    assert "延期至2022-07-08。理由：停产检修" in asked.body
    assert access.replies(cast[LEAD], made) == {Reply.GRANT, Reply.REFUSE}
    assert access.replies(cast["red-star"], made) == {Reply.WITHDRAW}
    for _ in range(2):
        extending.grant(made.pk, by=cast[LEAD])
    duty.refresh_from_db()
    assert (duty.due_on, duty.first_due_on) == (UNTIL, date(2022, 5, 8))
    assert "佛山市生态环境局" in duty.extension
    assert "原到期日 2022-05-08" in duty.extension
    told = Message.objects.get(person_id=cast["red-star"].person_id, key__startswith="extension:")
    assert "已批准延期至2022-07-08" in told.body


def test_only_the_firm_asks_and_only_its_lead_decides(cast, duty):
    for name in sorted({*world.ROLES} - {"red-star"}):
        with pytest.raises(NotAllowed):
            ask(cast, duty, by=name)
    made = ask(cast, duty)
    for name in sorted({*world.ROLES} - {LEAD}):
        with pytest.raises(NotAllowed):
            extending.grant(made.pk, by=cast[name])
        with pytest.raises(NotAllowed):
            extending.refuse(made.pk, reason="理由", by=cast[name])
    seen = {name for name in world.ROLES if access.extensions_visible_to(cast[name]).exists()}
    assert seen == {
        "province-industry", "province-ecology", "foshan-industry", "foshan-ecology", "red-star",
    }  # fmt: skip


def test_a_refusal_has_a_reason_and_a_new_request_may_follow(cast, duty):
    made = ask(cast, duty)
    with pytest.raises(Refused, match="理由"):
        extending.refuse(made.pk, reason=" ", by=cast[LEAD])
    for _ in range(2):
        extending.refuse(made.pk, reason="检修已结束", by=cast[LEAD])
    with pytest.raises(NotAllowed):
        extending.grant(made.pk, by=cast[LEAD])
    assert Obligation.objects.get(pk=duty.pk).due_on == date(2022, 5, 8)
    assert ask(cast, duty).pk != made.pk
    assert Extension.objects.filter(state=Asked.ASKED).count() == 1


def test_another_request_waits_for_the_first_to_be_taken_back(cast, duty):
    made = ask(cast, duty)
    with pytest.raises(Refused, match="先撤回"):
        ask(cast, duty, until=date(2022, 8, 1))
    for _ in range(2):
        extending.withdraw(made.pk, by=cast["red-star"])
    assert ask(cast, duty, until=date(2022, 8, 1)).state == Asked.ASKED


def test_what_is_done_or_void_is_not_extended(cast, duty):
    made = ask(cast, duty)
    Obligation.objects.filter(pk=duty.pk).update(done_on=TODAY)
    with pytest.raises(Refused, match="不能延期"):
        extending.grant(made.pk, by=cast[LEAD])
    extending.withdraw(made.pk, by=cast["red-star"])
    with pytest.raises(Refused, match="不需要延期"):
        ask(cast, duty)
    assert Extension.objects.get().state == Asked.WITHDRAWN


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (date(2022, 5, 8), "应晚于现在的到期日"),
        (date(2022, 11, 9), "最迟到 2022-11-08"),
    ],
)
def test_a_day_out_of_reach_is_refused(cast, duty, until, said):
    with pytest.raises(Refused, match=said):
        ask(cast, duty, until=until)


def test_the_last_day_of_a_month_stays_within_the_month():
    checked_until(date(2023, 2, 28), due=date(2022, 8, 31), today=TODAY, months=6)
    with pytest.raises(Refused, match="2023-02-28"):
        checked_until(date(2023, 3, 1), due=date(2022, 8, 31), today=TODAY, months=6)
    with pytest.raises(Refused, match="早于今天"):
        checked_until(date(2022, 3, 1), due=date(2022, 2, 1), today=TODAY, months=6)
