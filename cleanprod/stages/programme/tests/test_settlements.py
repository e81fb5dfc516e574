"""Two departments of a city list the same enterprise and settle it: one audit, one lead."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.organisations.rules import Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.programme import actions, settlements
from cleanprod.stages.programme.models import Entry, Settlement
from cleanprod.stages.programme.rules import AuditKind, Category, Claim, EntryState, settled
from tests.flow import KEY, at_once, firms, publish, take_list
from tests.world import FOSHAN

ECOLOGY, INDUSTRY = "foshan-ecology", "foshan-industry"
YEAR = KEY.year
USUAL = {"prevails": "mandatory", "leads": "ecology"}
VOLUNTARY = [(name, code, "") for name, code, _ in firms(5)]


def claim(lead, kind, *categories):
    return Claim(Line(lead), AuditKind(kind), categories)


@pytest.mark.parametrize(
    ("industry", "ecology", "lead", "kind", "categories"),
    [
        (("voluntary",), ("mandatory", "double_toxic"), "ecology", "mandatory", ("double_toxic",)),
        (("mandatory", "high_energy"), ("voluntary",), "industry", "mandatory", ("high_energy",)),
        (("voluntary",), ("voluntary",), "ecology", "voluntary", ()),
        (
            ("mandatory", "high_energy"), ("mandatory", "double_excess"), "ecology", "mandatory",
            ("double_excess", "high_energy"),
        ),
    ],
)  # fmt: skip
def test_the_mandatory_prevails_and_ecology_leads(industry, ecology, lead, kind, categories):
    claims = [claim("industry", *industry), claim("ecology", *ecology)]
    for given_ in (claims, claims[::-1]):
        told = settled(given_, **USUAL)
        assert (told.lead, told.kind, told.categories) == (lead, kind, categories)


claims_of_any_kind = st.lists(
    st.builds(
        Claim, st.sampled_from(Line), st.sampled_from(AuditKind),
        st.lists(st.sampled_from([one.value for one in Category]), unique=True).map(tuple),
    ),
    min_size=1, max_size=4,
)  # fmt: skip


@given(claims_of_any_kind)
def test_no_reason_is_lost_and_the_lead_claimed_it(claims):
    told = settled(claims, **USUAL)
    assert set(told.categories) == {key for one in claims for key in one.categories}
    assert any(one.lead is told.lead and one.kind is told.kind for one in claims)
    assert told.kind is AuditKind.MANDATORY or all(
        one.kind is AuditKind.VOLUNTARY for one in claims
    )


@pytest.fixture
def both(cast):
    """Five firms voluntary on the industry's list, two of them mandatory on the ecology's."""
    mine = take_list(cast, VOLUNTARY, replace(KEY, lead=Line.INDUSTRY), by=INDUSTRY)
    told = take_list(cast, firms(2))
    return mine.batch, told


def enterprises():
    return [one.enterprise for one in settlements.overlaps(FOSHAN, YEAR)]


def test_an_import_tells_of_the_other_list_and_takes_the_row_for_settling(cast, both):
    report = both[1].report
    assert (report.created, report.refused) == (2, 0)
    told = [finding for finding in report.findings if "也在另一部门的" in finding.rule]
    assert len(told) == 2
    assert all(finding.cell and finding.advice for finding in told)
    found = settlements.overlaps(FOSHAN, YEAR)
    assert [(one.usual.lead, one.usual.kind) for one in found] == [("ecology", "mandatory")] * 2


def test_no_list_goes_on_before_it_is_settled(cast, both):
    industry, told = both
    for batch, by in ((industry, INDUSTRY), (told.batch, ECOLOGY)):
        with pytest.raises(Refused, match="2家企业同时列入另一部门的名单"):
            actions.finish(batch.pk, by=cast[by])
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    with pytest.raises(Refused, match="请先在“两部门会商”"):
        actions.finish(industry.pk, by=cast[INDUSTRY])
    settlements.agree(FOSHAN, YEAR, enterprises(), by=cast[INDUSTRY])
    actions.finish(industry.pk, by=cast[INDUSTRY])
    actions.finish(told.batch.pk, by=cast[ECOLOGY])
    states = Entry.objects.filter(batch=industry).values_list("state", flat=True)
    assert sorted(states) == ["listed"] * 3 + ["yielded"] * 2


def test_a_list_made_ready_before_the_other_came_is_not_published_unsettled(cast):
    industry = take_list(cast, VOLUNTARY, replace(KEY, lead=Line.INDUSTRY), by=INDUSTRY).batch
    actions.finish(industry.pk, by=cast[INDUSTRY])
    take_list(cast, firms(1))
    with pytest.raises(Refused, match="1家企业同时列入"):
        publish(cast, industry.pk, by=INDUSTRY)


def test_an_enterprise_of_a_published_list_is_refused_on_the_other(cast):
    industry = take_list(cast, VOLUNTARY, replace(KEY, lead=Line.INDUSTRY), by=INDUSTRY).batch
    actions.finish(industry.pk, by=cast[INDUSTRY])
    publish(cast, industry.pk, by=INDUSTRY)
    report = take_list(cast, firms(2)).report
    assert (report.created, report.refused) == (0, 2)


def test_nobody_agrees_to_their_own_proposal(cast, both):
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    with pytest.raises(NotAllowed, match="另一部门同意"):
        settlements.agree(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    assert settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY]) == 0
    assert TrailEntry.objects.filter(act="settlement:propose").count() == 2


def test_the_same_proposal_of_the_other_department_is_an_agreement(cast, both):
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[INDUSTRY])
    assert Settlement.objects.filter(agreed_on__isnull=False).count() == 2


def test_another_lead_needs_a_reason_and_the_other_department(cast, both):
    one = enterprises()[:1]
    with pytest.raises(Refused, match="写明理由"):
        settlements.propose(FOSHAN, YEAR, one, lead=Line.INDUSTRY, by=cast[INDUSTRY])
    settlements.propose(
        FOSHAN, YEAR, one, lead=Line.INDUSTRY, reason="已在节能审查中", by=cast[INDUSTRY]
    )
    settlements.agree(FOSHAN, YEAR, one, by=cast[ECOLOGY])
    kept = Entry.objects.get(batch__lead="industry", enterprise=one[0])
    gone = Entry.objects.get(batch__lead="ecology", enterprise=one[0])
    assert (kept.kind, kept.state, gone.state) == ("mandatory", "listed", EntryState.YIELDED)
    assert kept.categories == "double_toxic"


def test_an_agreement_is_taken_back_with_all_it_changed(cast, both):
    before = list(Entry.objects.order_by("pk").values())
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    settlements.agree(FOSHAN, YEAR, enterprises(), by=cast[INDUSTRY])
    assert list(Entry.objects.order_by("pk").values()) != before
    for told in Settlement.objects.all():
        with pytest.raises(Refused, match="理由"):
            settlements.reopen(told.pk, reason=" ", by=cast[ECOLOGY])
        settlements.reopen(told.pk, reason="核对有误", by=cast[ECOLOGY])
        with pytest.raises(Conflict):
            settlements.reopen(told.pk, reason="核对有误", by=cast[ECOLOGY])
    assert list(Entry.objects.order_by("pk").values()) == before


def test_nothing_is_taken_back_once_a_list_is_published(cast, both):
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    settlements.agree(FOSHAN, YEAR, enterprises(), by=cast[INDUSTRY])
    actions.finish(both[0].pk, by=cast[INDUSTRY])
    publish(cast, both[0].pk, by=INDUSTRY)
    told = Settlement.objects.first()
    with pytest.raises(Refused, match="变更通知"):
        settlements.reopen(told.pk, reason="核对有误", by=cast[ECOLOGY])


def test_only_the_two_departments_of_the_city_settle(cast, both):
    found = enterprises()
    for name in set(cast.standings) - {ECOLOGY, INDUSTRY}:
        with pytest.raises(NotAllowed):
            settlements.propose(FOSHAN, YEAR, found, by=cast[name])
        with pytest.raises(NotAllowed):
            settlements.agree(FOSHAN, YEAR, found, by=cast[name])
    assert not Settlement.objects.exists()


def test_what_is_settled_already_or_not_double_is_told(cast, both):
    found = enterprises()
    settlements.propose(FOSHAN, YEAR, found, by=cast[ECOLOGY])
    settlements.agree(FOSHAN, YEAR, found, by=cast[INDUSTRY])
    with pytest.raises(Conflict, match="已商定"):
        settlements.agree(FOSHAN, YEAR, found, by=cast[INDUSTRY])
    other = Entry.objects.filter(batch__lead="industry").exclude(enterprise__in=found).first()
    for pick in ([], [other.enterprise_id], [0]):
        with pytest.raises(Refused, match="请选择"):
            settlements.propose(FOSHAN, YEAR, pick, by=cast[ECOLOGY])


def test_a_settled_row_comes_in_again_without_a_change(cast, both):
    settlements.propose(FOSHAN, YEAR, enterprises(), by=cast[ECOLOGY])
    settlements.agree(FOSHAN, YEAR, enterprises(), by=cast[INDUSTRY])
    again = take_list(cast, VOLUNTARY, replace(KEY, lead=Line.INDUSTRY), by=INDUSTRY).report
    assert (again.matched, again.changed, again.created) == (5, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_both_propose_at_once_and_one_agreement_or_two_proposals_come_of_it(cast, both):
    found = enterprises()
    told = at_once(
        lambda: settlements.propose(FOSHAN, YEAR, found, by=cast[ECOLOGY]),
        lambda: settlements.propose(FOSHAN, YEAR, found, by=cast[INDUSTRY]),
    )
    assert told == [2, 2]
    assert Settlement.objects.filter(agreed_on__isnull=False).count() == 2


def test_the_page_settles_with_ticks_and_keeps_what_was_typed(cast, both, client):
    client.force_login(cast.people[ECOLOGY])
    address = f"/programme/overlaps/?year={YEAR}"
    page = client.get(address).content.decode()
    assert "待会商（2家）" in page
    found = enterprises()
    typed = {"enterprise": found, "act": "industry", "reason": ""}
    refused = client.post(address, typed)
    assert refused.status_code == 422
    assert refused.content.decode().count(" checked") == 2
    assert client.post(address, {"act": "usual", "enterprise": ["x"]}).status_code == 422
    assert client.post(address, typed | {"act": "usual"}).status_code == 302
    client.force_login(cast.people[INDUSTRY])
    assert "待本部门同意" in client.get(address).content.decode()
    assert client.post(address, {"act": "agree", "enterprise": found}).status_code == 302
    assert "已商定（2家）" in client.get(address).content.decode()
