"""The proposal of a city: found, read, taken into a list."""

from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations import actions as organisations
from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Line
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.kernel.errors import NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.candidates import actions, queries
from cleanprod.stages.candidates.models import Candidate
from cleanprod.stages.candidates.rules import Reason, State
from cleanprod.stages.programme import actions as programme
from cleanprod.stages.programme import entries
from cleanprod.stages.programme.models import Batch, Entry
from cleanprod.stages.programme.rules import AuditKind
from tests import world
from tests.flow import candidate, firms, listed, publish, take_keys, take_results
from tests.workbooks import code
from tests.world import FOSHAN, NANHAI

LEAD, COUNTY = "foshan-ecology", "nanhai-industry"


@pytest.fixture
def known(cast):
    """Four firms of a list of 2022: passed, failed, deferred, under way; two key, one candidate."""
    four = firms(4)
    listed(cast, four)
    ends = ("通过", "未通过", "暂缓")
    take_results(
        cast, *((*firm[:2], "2022-10-12", end) for firm, end in zip(four, ends, strict=False))
    )
    take_keys(
        cast, ("佛山重点家具有限公司", code(50), "佛山市", "南海区", "2110"),
        (*four[3][:2], "佛山市", "南海区", "3360"),
    )  # fmt: skip
    one = candidate(cast, kind=AuditKind.VOLUNTARY, categories=())
    actions.report([one.pk], by=cast[COUNTY])
    return {firm.name: firm for firm in Organisation.objects.enterprises().filter(city=FOSHAN)}


def reasons(cast, year=2023, who=LEAD):
    names = dict(Organisation.objects.values_list("pk", "name"))
    return {
        names[one.firm.id]: [why.reason for why in one.reasons]
        for one in queries.proposals(FOSHAN, year, by=cast[who])
    }


def take(cast, known, *names, who=LEAD, number=7, year=2023):
    chosen = [known[name].pk for name in names]
    return actions.take(chosen, year=year, number=number, by=cast[who])


NEW, KEY_FIRM = "佛山新某家具有限公司", "佛山重点家具有限公司"
PASSED, FAILED, DEFERRED, GOING = (f"佛山第{n}电镀有限公司" for n in range(1, 5))


def test_each_firm_is_proposed_with_all_its_reasons(cast, known):
    assert reasons(cast) == {
        FAILED: [Reason.ROLL],
        DEFERRED: [Reason.ROLL],
        GOING: [Reason.VOCS],
        KEY_FIRM: [Reason.VOCS, Reason.INDUSTRY],
        NEW: [Reason.INDUSTRY, Reason.CANDIDATE],
    }
    due = reasons(cast, 2027)
    assert due[PASSED] == [Reason.DUE]
    assert PASSED not in reasons(cast, 2026)


def test_ticked_rows_stand_on_the_departments_draft_with_what_is_known(cast, known):
    taken = take(cast, known, FAILED, KEY_FIRM)
    assert (taken.batch.lead, taken.batch.number, taken.batch.stage) == ("ecology", 7, "draft")
    rows = taken.batch.entries.order_by("row").values_list(
        "name", "code", "county", "kind", "categories", "vocs", "note", "industry"
    )
    assert list(rows) == [
        (FAILED, code(2), NANHAI, "mandatory", "double_toxic", "", "滚动纳入", ""),
        (KEY_FIRM, code(50), NANHAI, "mandatory", "other", "provincial", "", "2110"),
    ]
    assert TrailEntry.objects.filter(act="list:add").count() == 1
    programme.finish(taken.batch.pk, by=cast[LEAD])
    assert publish(cast, taken.batch.pk, on=date(2023, 3, 8)).opened == 2


def test_taking_twice_adds_nothing_and_rows_follow_those_of_an_import(cast, known):
    batch = take(cast, known, FAILED).batch
    assert take(cast, known, FAILED, DEFERRED).added == 1
    assert take(cast, known, FAILED, DEFERRED).added == 0
    assert list(batch.entries.order_by("row").values_list("row", flat=True)) == [1, 2]
    assert TrailEntry.objects.filter(act="list:add").count() == 2


def test_taking_a_candidate_of_the_own_line_settles_it(cast, known):
    taken = take(cast, known, NEW, who="foshan-industry")
    assert (taken.added, taken.candidates) == (1, 1)
    assert Candidate.objects.get().state == State.TAKEN
    entry = taken.batch.entries.get()
    assert (entry.kind, entry.categories, taken.batch.lead) == ("voluntary", "", "industry")


def test_the_other_departments_candidate_stays_with_it(cast, known):
    assert take(cast, known, NEW).candidates == 0
    assert Candidate.objects.get().state == State.REPORTED


def test_what_cannot_be_listed_is_refused_by_name(cast, known):
    for name, why in ((GOING, "仍在开展"), (PASSED, "不在建议名单中")):
        with pytest.raises(Refused, match=why):
            take(cast, known, name)
    take(cast, known, FAILED)
    with pytest.raises(Refused, match="已列入"):
        take(cast, known, FAILED, number=8)
    with pytest.raises(Refused, match="已列入"):
        take(cast, known, FAILED, who="foshan-industry")
    with pytest.raises(Refused, match="勾选"):
        take(cast, known)
    with pytest.raises(Refused, match="不在建议名单中"):
        actions.take([2_000_000_000], year=2023, number=7, by=cast[LEAD])
    assert not Batch.objects.filter(number=8).exists()


def test_a_published_list_takes_no_more(cast, known):
    batch = take(cast, known, FAILED).batch
    programme.finish(batch.pk, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        take(cast, known, DEFERRED)
    publish(cast, batch.pk, on=date(2023, 3, 8))
    with pytest.raises(NotAllowed):
        take(cast, known, DEFERRED)
    assert batch.entries.count() == 1


def test_nobody_else_takes(cast, known):
    for name in sorted({*world.ROLES} - {LEAD, "foshan-industry", "huizhou-industry"}):
        with pytest.raises(NotAllowed):
            take(cast, known, FAILED, who=name)
    with pytest.raises(Refused):
        take(cast, known, FAILED, who="huizhou-industry")
    assert not Batch.objects.filter(year=2023).exists()


def new_entry(firm, **changes):
    return entries.NewEntry(
        firm.pk, firm.name, firm.code, firm.county_id, "", "", AuditKind.VOLUNTARY, **changes
    )


def test_entries_are_refused_twice_on_another_list_and_on_a_published_one(cast, known):
    batch = programme.open_batch(year=2023, city=FOSHAN, lead=Line.ECOLOGY, number=1, by=cast[LEAD])
    failed = known[FAILED]
    with pytest.raises(Refused, match="两次"):
        entries.add_entries(batch.pk, [new_entry(failed)] * 2, by=cast[LEAD])
    with pytest.raises(NotAllowed):
        entries.add_entries(batch.pk, [new_entry(failed)], by=cast["foshan-industry"])
    assert entries.add_entries(batch.pk, [new_entry(failed)], by=cast[LEAD]) == 1
    other = programme.open_batch(year=2023, city=FOSHAN, lead=Line.ECOLOGY, number=2, by=cast[LEAD])
    with pytest.raises(Refused, match="已列入同年度其他名单"):
        entries.add_entries(other.pk, [new_entry(failed)], by=cast[LEAD])
    partner = programme.open_batch(
        year=2023, city=FOSHAN, lead=Line.INDUSTRY, number=1, by=cast["foshan-industry"]
    )
    # Two drafts are settled between the departments; a published one is not.
    assert entries.add_entries(partner.pk, [new_entry(failed)], by=cast["foshan-industry"]) == 1
    Entry.objects.filter(batch=partner).delete()
    programme.finish(batch.pk, by=cast[LEAD])
    publish(cast, batch.pk, on=date(2023, 3, 8))
    with pytest.raises(Refused, match="已列入同年度其他名单"):
        entries.add_entries(partner.pk, [new_entry(failed)], by=cast["foshan-industry"])


def test_the_province_does_not_see_a_draft_in_the_proposal(cast, known):
    take(cast, known, FAILED)
    own = {one.firm.id: one for one in queries.proposals(FOSHAN, 2023, by=cast[LEAD])}
    read = queries.proposals(FOSHAN, 2023, by=cast["province-ecology"])
    assert own[known[FAILED].pk].firm.listed is not None
    assert {one.firm.listed for one in read} == {None}


def proposal(client, **asked):
    return client.get(reverse("candidates:proposal"), asked)


def test_the_page_filters_and_tells_what_cannot_be_chosen(cast, known, client):
    client.force_login(cast.people[LEAD])
    page = proposal(client).content.decode()
    assert "仍在开展" in page
    assert page.count('name="firm"') == len(reasons(cast)) - 1
    assert proposal(client, reason="roll").content.decode().count('name="firm"') == 2
    assert proposal(client, county="440606", reason="roll").content.decode().count("<code>") == 0
    assert "没有符合条件" in proposal(client, stand="listed").content.decode()
    assert proposal(client, city="441300").status_code == 404
    client.force_login(cast.people["province-industry"])
    read = proposal(client, city=FOSHAN).content.decode()
    assert FAILED in read
    assert 'name="firm"' not in read
    assert client.post(reverse("candidates:proposal"), {"number": "1"}).status_code == 404


def test_rows_are_taken_on_the_page_and_errors_keep_the_ticks(cast, known, client):
    client.force_login(cast.people[LEAD])
    address = f"{reverse('candidates:proposal')}?year=2023"
    pk = known[FAILED].pk
    bad = client.post(address, {"number": "0", "firm": [pk]})
    assert bad.status_code == 422
    assert f'value="{pk}" aria-label="选择{FAILED}" checked' in bad.content.decode()
    none = client.post(address, {"number": "7"})
    assert none.status_code == 422
    assert "请先勾选" in none.content.decode()
    odd = client.post(address, {"number": "7", "firm": ["²", "9" * 30, "x"]})
    assert odd.status_code == 422
    for added in ("1家", "0家"):
        done = client.post(address, {"number": "7", "firm": [pk]})
        assert done.url == f"/lists/{Batch.objects.get(year=2023).pk}/"
        assert added in client.get(done.url).content.decode()
    assert Entry.objects.filter(batch__year=2023).count() == 1


def test_the_workbook_holds_the_filtered_rows(cast, known, client):
    client.force_login(cast.people[LEAD])
    answer = proposal(client, reason="roll", format="xlsx")
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert [row[1] for row in rows[2:4]] == [FAILED, DEFERRED]
    assert "滚动纳入：2022年度名单，未通过" in rows[2][8]


def test_the_due_list_tells_the_exact_day(cast, known, client):
    client.force_login(cast.people[LEAD])
    page = client.get(reverse("candidates:due")).content.decode()
    assert "2022-10-12" in page
    assert "2027-10-12" in page
    assert "还有48个月" in page
    assert FAILED not in page
    empty = client.get(reverse("candidates:due"), {"within": "overdue"}).content.decode()
    assert "没有符合条件" in empty
    book = client.get(reverse("candidates:due"), {"format": "xlsx"})
    rows = list(load_workbook(BytesIO(book.content)).active.iter_rows(values_only=True))
    assert rows[2][1] == PASSED
    with clock.fixed(date(2028, 1, 1)):
        late = client.get(reverse("candidates:due"), {"within": "overdue"}).content.decode()
    assert "逾期2个月" in late


def test_a_city_with_two_thousand_firms_is_read_in_few_queries(cast, known, client):
    organisations.enter_many(
        [
            organisations.NewOrganisation(
                Kind.ENTERPRISE, f"佛山第{n}陶瓷有限公司", province="440000", city=FOSHAN,
                county=NANHAI, industry="3071",
            )
            for n in range(2000)
        ],
        by=cast[LEAD],
    )  # fmt: skip
    client.force_login(cast.people[LEAD])
    with CaptureQueriesContext(connection) as asked:
        page = proposal(client)
    assert len(asked) < 30
    text = page.content.decode()
    assert text.count("<code>") == 50
    assert 'rel="next"' in text
    assert Round.objects.count() == 4
