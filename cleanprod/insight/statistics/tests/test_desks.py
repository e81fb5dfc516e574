"""Whose figures and records open to whom, late entries, and whose turn it is."""

import random
import re
from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cleanprod.foundation.engine import clock
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.insight.statistics import queries
from cleanprod.insight.statistics.rules import Dimension
from cleanprod.insight.statistics.tests.worlds import make_world
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.programme.models import Batch, Entry, Target
from tests.world import FOSHAN, HUIZHOU, NANHAI, SHUNDE

AT = "year=2022&as_of=2023-02-22"


@pytest.fixture
def rounds(cast):
    return make_world(random.Random(7), 120)


@pytest.fixture
def get(cast, client):
    def ask(who, name, *args, **query):
        client.force_login(cast.people[who])
        more = "".join(f"&{key}={value}" for key, value in query.items())
        return client.get(f"{reverse(f'statistics:{name}', args=args)}?{AT}{more}")

    return ask


def counts_of(page):
    found = re.search(r"共 <strong>(\d+)</strong> 家，您可查看其中 <strong>(\d+)</strong>",
                      page.content.decode())  # fmt: skip
    return int(found[1]), int(found[2])


def test_the_province_opens_every_desk_and_every_breakdown(get, rounds):
    assert get("province-industry", "desk").status_code == 200
    assert get("province-industry", "desk", city=HUIZHOU).status_code == 200
    for one in Dimension:
        assert get("province-industry", "breakdown", one.value).status_code == 200


@pytest.mark.parametrize(
    "query",
    [{"city": HUIZHOU}, {"city": FOSHAN, "county": "441302"}, {"county": NANHAI}, {"city": "x"},
     {"lead": "x"}],
)  # fmt: skip
def test_a_city_reads_its_own_desk_alone(get, rounds, query):
    assert get("foshan-ecology", "desk").status_code == 200
    for name, args in (("desk", ()), ("breakdown", ("trade",)), ("unfinished", ())):
        assert get("foshan-ecology", name, *args, **query).status_code == 404


def test_a_city_has_no_breakdown_by_city_and_a_county_none_by_county(get, rounds):
    assert get("foshan-ecology", "breakdown", "city").status_code == 404
    assert get("nanhai-industry", "breakdown", "county").status_code == 404
    assert get("province-ecology", "breakdown", "nonsense").status_code == 404


def test_both_departments_of_a_city_read_the_same_figures(get, rounds):
    one, other = (
        get(f"foshan-{line}", "breakdown", "trade").content.decode()
        for line in ("industry", "ecology")
    )
    table = re.compile(r"<tbody>.*?</tbody>", re.S)
    assert table.findall(one) == table.findall(other)


def test_a_county_counts_exactly_its_county_and_line(get, rounds):
    mine = [
        one for one in rounds
        if one.county_id == NANHAI and one.lead == "industry" and one.accepted_on
        and date(2022, 1, 1) <= one.accepted_on <= date(2022, 12, 31)
    ]  # fmt: skip
    assert counts_of(get("nanhai-industry", "records", "total")) == (len(mine), len(mine))
    assert get("nanhai-industry", "records", "total", city=FOSHAN, county=SHUNDE).status_code == 404
    assert get("nanhai-industry", "records", "total", lead="ecology").status_code == 404
    assert get("nanhai-industry", "desk", city=HUIZHOU).status_code == 404


def test_a_city_learns_of_others_what_the_annexes_say_and_no_more(get, rounds):
    total, mine = counts_of(get("foshan-ecology", "records", "total", city=HUIZHOU))
    assert total == queries.behind("total", _moment(), HUIZHOU).count() > 0
    assert mine == 0
    assert (
        get("foshan-ecology", "records", "total", city=HUIZHOU, lead="ecology").status_code == 200
    )
    for fine in ({"kind": "mandatory"}, {"trade": "33"}, {"county": "441302"}, {"list_year": 2021}):
        assert get("foshan-ecology", "records", "total", city=HUIZHOU, **fine).status_code == 404
        assert get("support", "records", "total", city=HUIZHOU, **fine).status_code == 404
    assert (
        get("foshan-ecology", "records", "total", city=FOSHAN, kind="mandatory").status_code == 200
    )


def test_a_city_that_may_not_see_the_others_learns_nothing_of_them(get, rounds):
    Provision.objects.filter(key="statistics.cities_see_all").update(value=False)
    assert get("foshan-ecology", "records", "total", city=HUIZHOU).status_code == 404
    assert get("foshan-ecology", "records", "total").status_code == 404
    assert get("foshan-ecology", "records", "total", city=FOSHAN).status_code == 200
    assert "全省第" not in get("foshan-ecology", "desk").content.decode()


def test_supporters_read_the_province_at_a_glance_and_nothing_below(get, rounds):
    assert get("support", "desk").status_code == 200
    assert get("support", "desk", city=FOSHAN).status_code == 404
    assert get("support", "breakdown", "trade").status_code == 403


@pytest.mark.parametrize("who", ["red-star", "consultancy", "expert", "auditor", "admin"])
def test_others_read_only_what_is_public(who, get, rounds):
    assert get(who, "desk").status_code == 403
    assert get(who, "breakdown", "trade").status_code == 403
    assert get(who, "records", "total").status_code == 403
    assert get(who, "unfinished").status_code == 403


def test_records_are_found_by_name_within_the_same_figure(get, rounds):
    some = queries.behind("total", _moment()).first()
    page = get("province-ecology", "records", "total", q=some.name).content.decode()
    assert f">{some.name}</a>" in page
    assert get("province-ecology", "records", "total", q="没有这样的企业").status_code == 200


@pytest.mark.parametrize("query", ["year=20x2", "as_of=2023-02-30", "year=3000"])
def test_an_unreadable_moment_is_answered_clearly(query, cast, client):
    client.force_login(cast.people["province-ecology"])
    for name in ("desk", "unfinished"):
        answer = client.get(f"{reverse(f'statistics:{name}')}?{query}")
        assert answer.status_code == (422 if name == "desk" else 200)


def test_accepted_rounds_wait_for_their_lead_department_since_the_acceptance(get, rounds):
    page = get("foshan-industry", "unfinished").content.decode()
    waiting = [one for one in rounds if one.city_id == FOSHAN and one.accepted_on
               and not one.completed_on]  # fmt: skip
    assert waiting
    assert f"共 <strong>{len(waiting)}</strong> 条" in page
    turns = queries.turns(Round.objects.filter(pk__in=[one.pk for one in waiting]))
    for one in waiting:
        assert turns[one.pk].since == one.accepted_on
        bureau = {"ecology": "佛山市生态环境局", "industry": "佛山市工业和信息化局"}[one.lead]
        assert (turns[one.pk].office, turns[one.pk].act) == (bureau, "办结")
        assert f"{bureau}：办结" in page


def _moment():
    return queries.AsOf(2022, date(2023, 2, 22))


def entered(audit, days):
    """Record the acceptance of a round so many days after it happened."""
    moment = datetime.combine(audit.accepted_on + timedelta(days), datetime.min.time())
    return Fact.objects.create(
        round=audit, kind="accepted", happened_on=audit.accepted_on, person_name="t",
        recorded_at=timezone.make_aware(moment),
    )  # fmt: skip


def test_late_entries_are_marked_and_counted_beyond_the_days_of_the_rulebook(get, rounds):
    first, second, third = queries.behind("total", _moment())[:3]
    entered(first, 30)
    entered(second, 31)
    entered(third, 400)
    page = get("province-ecology", "records", "total").content.decode()
    assert "其中 <strong>2</strong> 家为补录" in page
    assert page.count(">补录</span>") == 2
    assert "有 2 家为补录" in get("province-ecology", "desk").content.decode()
    only = get("province-ecology", "records", "total", late=1).content.decode()
    assert f">{second.name}</a>" in only
    assert f">{first.name}</a>" not in only
    Provision.objects.filter(key="statistics.late_entry.days").update(value=500)
    assert "为补录" not in get("province-ecology", "records", "total").content.decode()


def test_a_demo_home_with_a_fixed_day_judges_no_entry_late(get, rounds, settings, monkeypatch):
    entered(queries.behind("total", _moment()).first(), 400)
    monkeypatch.setattr(type(settings.HOME), "business_date", date(2023, 2, 22))
    assert queries.late_after() is None
    assert "补录" not in get("province-ecology", "records", "total").content.decode()


def test_what_is_entered_by_hand_in_a_demo_home_is_late_by_its_fixed_day(
    get, rounds, settings, monkeypatch
):
    first, second = queries.behind("total", _moment())[:2]
    entered(first, 400)
    since = timezone.now()
    Fact.objects.create(
        round=second, kind="accepted", happened_on=second.accepted_on, person_name="t"
    )
    home = type(settings.HOME)
    monkeypatch.setattr(home, "business_date", second.accepted_on)
    monkeypatch.setattr(home, "entered_since", since)
    with clock.fixed(second.accepted_on + timedelta(31)):
        page = get("province-ecology", "records", "total").content.decode()
    assert "其中 <strong>1</strong> 家为补录" in page
    with clock.fixed(second.accepted_on + timedelta(30)):
        page = get("province-ecology", "records", "total").content.decode()
    assert "补录" not in page


def test_what_is_nought_because_nothing_was_recorded_is_explained(get, rounds):
    Round.objects.update(registered_on=None, planned_on=None, completed_on=None)
    page = get("province-ecology", "desk").content.decode()
    assert "不表示企业没有注册" in page
    assert "没有2022年通过验收企业的办结记录" in page


def test_the_number_of_queries_does_not_grow_with_the_records(
    get, client, django_assert_max_num_queries
):
    make_world(random.Random(1), 20)
    addresses = [
        ("desk", ()), ("breakdown", ("county",)), ("records", ("total",)), ("unfinished", ()),
    ]  # fmt: skip

    def asked():
        numbers = []
        for name, args in addresses:
            get("province-ecology", name, *args)  # which remembers regions and signs in
            with django_assert_max_num_queries(30) as caught:
                client.get(f"{reverse(f'statistics:{name}', args=args)}?{AT}")
            numbers.append(len(caught))
        return numbers

    few = asked()
    Round.objects.all().delete()
    Entry.objects.all().delete()
    Batch.objects.all().delete()
    Target.objects.all().delete()
    make_world(random.Random(2), 90)
    assert asked() == few


def test_the_province_sees_all_21_cities(get, cast):
    page = get("province-ecology", "desk").content.decode()
    assert page.count('class="cell step-') == 21


def test_a_null_byte_in_an_address_is_left_out(get, rounds):
    plain = get("province-industry", "records", "total")
    asked = get("province-industry", "records", "total", q="%00")
    assert (asked.status_code, counts_of(asked)) == (200, counts_of(plain))


def test_what_happened_after_the_day_is_marked_among_the_records(get, rounds):
    page = get("province-industry", "records", "not_completed").content.decode()
    later = Round.objects.filter(
        accepted_on__range=("2022-01-01", "2022-12-31"), completed_on__gt="2023-02-22"
    )
    assert page.count("截至日之后") == later.count() > 0
