"""A consultancy sees and does what one enterprise engaged it for in one round, and nothing else."""

from datetime import date, timedelta

import pytest
from django.http import Http404
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.foundation.organisations import access as organisations_access
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind
from cleanprod.foundation.trail.actions import SYSTEM
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits import access as audits_access
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.programme import access as programme_access
from cleanprod.stages.registration import access, engaging, queries
from cleanprod.stages.registration.rules import Scope, includes
from tests.flow import LEAD, firms, listed
from tests.world import TODAY

WHO = "consultancy"


@pytest.fixture
def rounds(cast):
    """Two listed firms: 红星水泥, registered, and 蓝海电镀."""
    listed(cast, firms(2))
    found = list(Round.objects.order_by("pk"))
    for audit, owner in zip(found, ("red-star", "blue-sea"), strict=True):
        Round.objects.filter(pk=audit.pk).update(enterprise=cast.offices[owner])
    fact = audits.NewFact(found[0].pk, Milestone.REGISTERED, TODAY)
    audits.record(Act.REGISTER, [fact], by=cast["red-star"])
    return list(Round.objects.order_by("pk"))


def engage(cast, audit, scope=Scope.SUBMIT, by="red-star", begins=TODAY, ends=date(2024, 3, 31)):
    terms = engaging.Terms(cast.offices[WHO].pk, scope, begins, ends)
    return engaging.engage(audit.pk, terms, by=cast[by])


def test_scopes_include_those_before_them():
    assert [[includes(given, wanted) for wanted in Scope] for given in Scope] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_a_consultancy_sees_the_engaged_round_and_nothing_else(cast, rounds):
    office = cast[WHO]
    assert list(queries.engaged_rounds(office)) == []
    engage(cast, rounds[0], Scope.VIEW)
    assert list(queries.engaged_rounds(office)) == [rounds[0]]
    assert access.engaged_or_404(office, rounds[0].pk).round == rounds[0]
    with pytest.raises(Http404):
        access.engaged_or_404(office, rounds[1].pk)
    with pytest.raises(Http404):
        access.engaged_or_404(cast["red-star"], rounds[0].pk)
    for visible in (
        audits_access.visible_to, programme_access.visible_to,
        programme_access.entries_visible_to,
        access.changes_visible_to, access.resets_visible_to, access.wishes_visible_to,
    ):  # fmt: skip
        assert not visible(office).exists(), visible
    assert set(organisations_access.visible_to(office)) == {cast.offices[WHO]}


def test_it_ends_by_itself_begins_on_its_day_and_is_revoked_at_once(cast, rounds):
    office = cast[WHO]
    made = engage(cast, rounds[0], begins=TODAY + timedelta(1), ends=TODAY + timedelta(2))
    assert not queries.engaged_rounds(office).exists()
    for day, seen in ((1, True), (2, True), (3, False)):
        with clock.fixed(TODAY + timedelta(day)):
            assert queries.engaged_rounds(office).exists() is seen
    with clock.fixed(TODAY + timedelta(1)):
        engaging.revoke(made.pk, reason="更换机构", by=cast["red-star"])
        engaging.revoke(made.pk, by=cast["red-star"])
        assert not queries.engaged_rounds(office).exists()
    made.refresh_from_db()
    assert (made.revoked_on, made.reason) == (TODAY + timedelta(1), "更换机构")


def test_only_the_enterprise_of_the_round_engages_and_revokes(cast, rounds):
    for by in ("blue-sea", LEAD, WHO, "province-ecology"):
        with pytest.raises(NotAllowed):
            engage(cast, rounds[0], by=by)
    made = engage(cast, rounds[0])
    for by in ("blue-sea", LEAD, WHO):
        with pytest.raises(NotAllowed):
            engaging.revoke(made.pk, by=cast[by])
    with pytest.raises(Refused, match="重叠"):
        engage(cast, rounds[0], Scope.VIEW)
    with pytest.raises(Refused, match="止日"):
        engage(cast, rounds[0], begins=date(2023, 1, 1), ends=TODAY - timedelta(1))
    terms = engaging.Terms(cast.offices["support"].pk, Scope.VIEW, TODAY, TODAY)
    with pytest.raises(Refused, match="已登记"):
        engaging.engage(rounds[0].pk, terms, by=cast["red-star"])
    Round.objects.filter(pk=rounds[0].pk).update(stage="accepted")
    with pytest.raises(Refused, match="已结束"):
        engage(cast, rounds[0], begins=date(2024, 4, 1), ends=date(2024, 4, 2))


def test_the_record_counts_rounds_by_how_they_ended_and_leaves_out_revoked_ones(cast, rounds):
    other = organisations.enter(
        organisations.NewOrganisation(Kind.CONSULTANCY, "无业绩咨询有限公司"), by=SYSTEM
    )
    engage(cast, rounds[0])
    engaging.revoke(engage(cast, rounds[1], by="blue-sea").pk, by=cast["blue-sea"])
    audits.record(Act.ACCEPT, [audits.NewFact(rounds[0].pk, Milestone.ACCEPTED, TODAY)],
                  by=cast[LEAD])  # fmt: skip

    def record(standing, office):
        row = queries.track_records(standing).get(pk=office.pk)
        return row.going, row.passed, row.failed, row.deferred, row.revoked

    assert record(cast[LEAD], cast.offices[WHO]) == (0, 1, 0, 0, 1)
    assert record(cast["province-ecology"], cast.offices[WHO]) == (0, 1, 0, 0, 1)
    assert record(cast["huizhou-industry"], cast.offices[WHO]) == (0, 0, 0, 0, 0)
    assert record(cast[LEAD], other) == (0, 0, 0, 0, 0)


def test_an_enterprise_engages_and_revokes_on_its_page(client, cast, rounds):
    client.force_login(cast.people["red-star"])
    page = reverse("registration:engagements", args=[rounds[0].pk])
    said = {"consultancy": cast.offices[WHO].pk, "scope": "submit", "begins_on": "2023-09-28"}
    wrong = client.post(page, said | {"ends_on": "2023-09-01"})
    assert wrong.status_code == 422
    assert "止日不能早于起日" in wrong.content.decode()
    assert client.post(page, said | {"ends_on": "2024-03-31"}).status_code == 302
    again = client.post(page, said | {"ends_on": "2024-03-31"})
    assert "重叠" in again.content.decode()
    assert "清源咨询有限公司" in client.get(f"/rounds/{rounds[0].pk}/").content.decode()
    client.force_login(cast.people[WHO])
    board = client.get(reverse("registration:board")).content.decode()
    assert rounds[0].name in board
    assert rounds[1].name not in board
    assert rounds[0].name in client.get(reverse("desk:home")).content.decode()
    every = client.get(reverse("registration:board"), {"view": "rounds"}).content.decode()
    assert "填写并提交" in every
    own = client.get(reverse("registration:engaged", args=[rounds[0].pk])).content.decode()
    assert "代填审核计划" in own
    made = access.engagements_visible_to(cast[WHO]).get()
    revoke = reverse("registration:revoke", args=[made.pk])
    assert client.post(revoke).status_code in (403, 404)
    client.force_login(cast.people["red-star"])
    for _ in "12":
        assert client.post(revoke, {"reason": "更换"}).status_code == 302
    client.force_login(cast.people[WHO])
    gone = client.get(reverse("registration:engaged", args=[rounds[0].pk]))
    assert gone.status_code == 404
    client.force_login(cast.people[LEAD])
    office = reverse("registration:consultancy", args=[cast.offices[WHO].pk])
    assert rounds[0].name in client.get(office).content.decode()


def test_the_board_is_ordered_by_deadline_over_all_rounds(cast, client, rounds):
    engage(cast, rounds[0])
    engage(cast, rounds[1], by="blue-sea")
    Obligation.objects.filter(subject=f"round:{rounds[1].pk}").update(due_on=date(2022, 1, 1))
    client.force_login(cast.people[WHO])
    board = client.get(reverse("registration:board")).content.decode()
    assert board.index(rounds[1].name) < board.index(rounds[0].name)


def test_an_engagement_follows_a_merger(cast, rounds):
    Organisation.objects.filter(pk=cast.offices["red-star"].pk).update(
        merged_into=cast.offices["blue-sea"]
    )
    made = engage(cast, rounds[0], by="blue-sea")
    assert made in access.engagements_visible_to(cast["blue-sea"])
