"""Publishing a list: all rounds at once, once, whoever presses the button how often."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from cleanprod.foundation.engine import schema
from cleanprod.foundation.notifications.models import Message
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail import actions as trail_actions
from cleanprod.foundation.trail import queries as trail
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits import actions, queries
from cleanprod.stages.audits.models import Fact, Relisting, Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import settlements
from cleanprod.stages.programme.models import Batch
from cleanprod.stages.programme.rules import BatchStage
from tests.flow import (
    KEY,
    LEAD,
    PUBLISHED,
    at_once,
    firms,
    listed,
    publish,
    take_list,
    take_results,
)
from tests.world import TODAY

ROWS = 40


@pytest.fixture
def ready(cast):
    """A list of forty firms that waits for publication."""
    batch = take_list(cast, firms(ROWS)).batch
    return programme.finish(batch.pk, by=cast[LEAD])


def counts():
    return {
        "rounds": Round.objects.count(),
        "facts": Fact.objects.count(),
        "duties": Obligation.objects.count(),
        "opened": TrailEntry.objects.filter(act="round:open").count(),
        "published": TrailEntry.objects.filter(act="list:publish").count(),
    }


ONCE = {"rounds": ROWS, "facts": ROWS, "duties": 3 * ROWS, "opened": ROWS, "published": 1}
NEVER = dict.fromkeys(ONCE, 0)


@pytest.mark.django_db(transaction=True)
def test_eight_people_publish_one_list_at_once_and_one_of_them_does_it(cast, ready):
    told = at_once(*[lambda: publish(cast, ready.pk).opened] * 8)
    assert sum(isinstance(one, Conflict) for one in told) == 7
    assert ROWS in told
    assert counts() == ONCE
    trail_actions.seal()
    found = trail.verify()
    assert (found.good, found.unsealed) == (True, 0)


def test_the_law_binds_mandatory_rounds_and_voluntary_ones_follow_it(cast):
    listed(cast, firms(1))
    ((name, code, _),) = firms(1, first=30)
    key = replace(KEY, lead=Line.INDUSTRY)
    listed(cast, [(name, code, "")], key=key, by="foshan-industry")
    found = dict(Obligation.objects.filter(key__contains=":start:").values_list("lead", "basis"))
    assert "参照" not in found["ecology"]
    assert found["industry"].endswith("）；自愿性审核参照执行")


@pytest.mark.django_db(transaction=True)
def test_two_lists_with_the_same_firms_published_at_once_open_one_round_each(cast):
    """The later transaction waits for the earlier one's rounds instead of opening a second."""
    batches = []
    for number in (1, 2):
        # The second import would refuse firms of the first, so the entries are put there first.
        batch = take_list(cast, firms(1, first=90 + number), replace(KEY, number=number)).batch
        batches.append(batch)
    first = batches[0].entries.get()
    batches[1].entries.update(enterprise=first.enterprise_id)
    for batch in batches:
        programme.finish(batch.pk, by=cast[LEAD])
    told = at_once(*[lambda key=batch.pk: publish(cast, key) for batch in batches])
    assert sorted((done.opened, done.linked) for done in told) == [(0, 1), (1, 0)]
    assert Round.objects.count() == 1
    assert queries.differing() == []


def test_a_list_is_published_in_a_bounded_number_of_statements(
    cast, ready, django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        assert publish(cast, ready.pk).opened == ROWS
    assert counts() == ONCE


def test_publishing_again_is_a_conflict_that_names_day_and_number(cast, ready):
    publish(cast, ready.pk)
    for _ in range(3):
        with pytest.raises(Conflict, match="2022-03-08.*佛环函〔2022〕3号"):
            publish(cast, ready.pk)
    assert counts() == ONCE


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"on": TODAY + timedelta(days=1)}, "晚于今天"),
        ({"document_number": " "}, "文号"),
        ({"issuers": []}, "发布机关"),
    ],
)
def test_a_publication_that_lacks_a_fact_leaves_everything_as_it_was(cast, ready, changes, said):
    facts = {"on": PUBLISHED, "document_number": "x", "issuers": ["某局"]} | changes
    with pytest.raises(Refused, match=said):
        actions.publish_list(ready.pk, by=cast[LEAD], **facts)
    assert counts() == NEVER
    assert Batch.objects.get().stage == BatchStage.READY


def test_a_failure_in_the_middle_leaves_nothing(cast, ready):
    """The last rows that publication writes collide, and the first ones are gone with them."""
    taken = Obligation.objects.model(
        key=f"round:{_next_round()}:start:{ready.entries.order_by('enterprise').first().pk}",
        owner_id=ready.entries.first().enterprise_id, title="x", subject="x", opened_on=PUBLISHED,
        due_on=PUBLISHED, basis="x",
    )  # fmt: skip
    taken.save()
    with pytest.raises(Exception, match="obligations_obligation"), transaction.atomic():
        publish(cast, ready.pk)
    assert counts() == NEVER | {"duties": 1}
    assert Batch.objects.get().stage == BatchStage.READY


def _next_round():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audits_round', 'id')) + 1")
        return cursor.fetchone()[0]


def test_a_firm_that_is_still_at_work_keeps_its_round_when_it_is_listed_again(cast):
    listed(cast, firms(3))
    done = listed(cast, firms(4), replace(KEY, year=2023), on=date(2023, 3, 6))
    assert (done.opened, done.linked) == (1, 3)
    assert Round.objects.count() == 4
    assert Relisting.objects.count() == 3
    assert set(Round.objects.values_list("stage", flat=True)) == {"listed"}
    # Its clocks run on from the first listing: nothing is owed twice.
    assert Obligation.objects.count() == 3 * 4
    assert queries.differing() == []


def test_a_deferred_round_owes_anew_from_the_list_that_rolled_it_in(cast):
    listed(cast, firms(1))
    take_results(cast, (*firms(1)[0][:2], "2022-06-02", "暂缓"))
    assert not Obligation.objects.open().exists()
    listed(cast, firms(1), replace(KEY, year=2023), on=date(2023, 3, 6))
    audit = Round.objects.get()
    assert (audit.stage, audit.rolled_on) == (Stage.LISTED, date(2023, 3, 6))
    due = sorted(Obligation.objects.open().values_list("due_on", flat=True))
    assert due == [date(2023, 4, 6), date(2023, 5, 6), date(2024, 3, 6)]
    take_results(cast, (*firms(1)[0][:2], "2023-05-04", "暂缓"), year=2023)
    audit.refresh_from_db()
    assert (audit.stage, audit.deferred_on) == (Stage.DEFERRED, date(2023, 5, 4))
    assert not Obligation.objects.open().exists()
    assert queries.differing() == []


def test_a_list_dated_before_the_deferral_does_not_end_it(cast):
    listed(cast, firms(1))
    take_results(cast, (*firms(1)[0][:2], "2022-06-02", "暂缓"))
    listed(cast, firms(1), replace(KEY, number=2, year=2021), on=date(2022, 5, 1))
    assert Round.objects.get().stage == Stage.DEFERRED
    assert not Obligation.objects.open().exists()
    assert queries.differing() == []


def test_a_firm_whose_round_ended_starts_a_new_one(cast):
    listed(cast, firms(1))
    take_results(cast, (*firms(1)[0][:2], "2022-10-12", "通过"))
    done = listed(cast, firms(1), replace(KEY, year=2023), on=date(2023, 3, 6))
    assert (done.opened, done.linked) == (1, 0)
    assert sorted(Round.objects.values_list("stage", flat=True)) == ["accepted", "listed"]


def test_a_firm_that_both_departments_listed_gets_one_round_of_the_settled_lead(cast):
    voluntary = [(name, text, "") for name, text, _ in firms(3)]
    mine = take_list(cast, voluntary, replace(KEY, lead=Line.INDUSTRY), by="foshan-industry").batch
    other = take_list(cast, firms(2)).batch
    shared = [one.enterprise for one in settlements.overlaps(KEY.city, KEY.year)]
    settlements.propose(KEY.city, KEY.year, shared, by=cast[LEAD])
    settlements.agree(KEY.city, KEY.year, shared, by=cast["foshan-industry"])
    for batch, by in ((mine, "foshan-industry"), (other, LEAD)):
        programme.finish(batch.pk, by=cast[by])
        publish(cast, batch.pk, by=by)
    leads = Round.objects.order_by("name").values_list("lead", flat=True)
    assert list(leads) == ["ecology", "ecology", "industry"]


def test_people_of_listed_firms_are_told_once(cast):
    firm = ("红星水泥有限公司", "91440605MA00000017", "双有")
    listed(cast, [firm])
    assert Message.objects.filter(person_id=cast["red-star"].person_id).count() == 1
    assert not Message.objects.filter(person_id=cast["blue-sea"].person_id).exists()


APPENDED = (
    "audits_fact", "audits_withdrawal", "audits_amendment", "audits_amendmentline",
    "review_result", "trail_entry", "trail_seal",
)  # fmt: skip


@pytest.mark.parametrize("table", APPENDED)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]
)
def test_the_app_role_only_ever_appends_where_the_past_is_kept(db, table, statement):
    role = "audits_test_app"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {role}")
        schema.grant(role)
        cursor.execute(f"SET LOCAL ROLE {role}")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            cursor.execute(statement.format(table))
        cursor.execute("RESET ROLE")
    assert table in schema.append_only_tables()


def test_nobody_publishes_the_list_of_another(cast, ready):
    for name in ("foshan-industry", "huizhou-industry", "province-ecology", "admin", "red-star"):
        with pytest.raises(NotAllowed):
            publish(cast, ready.pk, by=name)
    assert counts() == NEVER
