"""The pages of effects: who reads what, late entries, trades of substitution, the public table."""

import random
from datetime import date, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils import timezone
from lxml import html

from cleanprod.foundation.engine import clock
from cleanprod.insight.statistics import actions, queries
from cleanprod.insight.statistics.effects import Asked, compile_effects
from cleanprod.insight.statistics.parts import records_url
from cleanprod.insight.statistics.queries import AsOf
from cleanprod.insight.statistics.rules import Dimension, Marked, Report
from cleanprod.insight.statistics.tests.worlds import make_world
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import effects
from cleanprod.stages.measures.models import Effect, Measure, Sheet
from cleanprod.stages.measures.rules import Cost, Field, Tag, Typed, ValueSet
from cleanprod.stages.performance.accounting import library
from tests.world import FOSHAN, HUIZHOU

FACTORS = "2023-广东"


@pytest.fixture
def two_cities(cast):
    """Make one accepted round with a confirmed sheet in each of two cities."""
    chance = random.Random("two")
    make_world(chance, rounds=2)
    rounds = list(Round.objects.order_by("pk"))
    for one, city, county in zip(rounds, (FOSHAN, HUIZHOU), ("440605", "441302"), strict=True):
        one.city_id, one.county_id, one.lead, one.list_year = city, county, "industry", 2022
        one.listed_on, one.accepted_on = date(2022, 3, 8), date(2022, 6, 1)
        one.industry, one.stage, one.completed_on = "2110", "accepted", None
        one.save()
        measure = Typed(
            "水性漆替代", Cost.HIGH, code="ZG1", tags=(Tag.LOW_VOC,),
            values={
                ValueSet.EXPECTED: {Field.VOC: Decimal(9)},
                ValueSet.VERIFIED: {Field.VOC: Decimal(7), Field.ELECTRICITY: Decimal(2)},
            },
        )  # fmt: skip
        totals = effects.computed([measure], library.load(FACTORS))
        sheet = Sheet.objects.create(
            round=one, state="confirmed", border=100000, factors=FACTORS, totals=totals,
            edited_by="经办人", edited_at=timezone.now(), confirmed_on=date(2022, 7, 1),
            confirmed_by="核定人",
        )  # fmt: skip
        Measure.objects.create(
            sheet=sheet, row=1, code="ZG1", name=measure.name, cost="high", tags="low_voc",
            values=measure.as_json(),
        )  # fmt: skip
        effects.keep([effects.Confirmed(one.pk, date(2022, 7, 1), totals, [measure])])
    return rounds


YEAR = "year=2022&as_of=2022-12-31"


def opened(client, cast, name, route, *args, question=YEAR):
    client.force_login(cast.people[name])
    return client.get(f"{reverse(route, args=args)}?{question}")


@pytest.mark.parametrize(
    ("name", "city", "status"),
    [
        ("province-industry", HUIZHOU, 200), ("foshan-industry", FOSHAN, 200),
        ("foshan-ecology", FOSHAN, 200), ("foshan-industry", HUIZHOU, 404),
        ("huizhou-industry", FOSHAN, 404), ("nanhai-industry", FOSHAN, 200),
        ("nanhai-industry", HUIZHOU, 404),
    ],
)  # fmt: skip
def test_effects_below_a_border_are_for_those_within_it(
    two_cities, cast, client, name, city, status
):
    for route, word in (("statistics:effects", "lead"), ("statistics:effect-records", "voc")):
        question = f"{YEAR}&city={city}&set=expected"
        answer = opened(client, cast, name, route, word, question=question)
        assert answer.status_code == status, route
        if status == 200:
            text = answer.content.decode()
            assert "<strong>9</strong> t/年" in text or ">9.00</a>" in text


def test_a_county_sums_its_own_firms_alone(two_cities, cast, client):
    for name, said in (("nanhai-industry", "7.00"), ("shunde-industry", "—")):
        page = html.fromstring(
            opened(client, cast, name, "statistics:effects", "lead").content.decode()
        )
        total = page.xpath("//tr[@class='total']")[0]
        assert total[12].text_content().strip() == said


def test_others_read_the_official_table_and_count_but_open_nothing(two_cities, cast, client):
    for name in ("support", "foshan-industry"):
        page = opened(client, cast, name, "statistics:report", "effects").content.decode()
        assert "14.00" in page  # of both cities, verified
        answer = opened(
            client, cast, name, "statistics:effect-records", "voc",
            question=f"{YEAR}&city={HUIZHOU}",
        )  # fmt: skip
        text = answer.content.decode()
        assert "这些记录属于其他地市" in text
        assert "水性漆替代" not in text
        for more in ("&set=expected", "&basis=list", "&sector=furniture"):
            asked = f"{YEAR}&city={HUIZHOU}{more}"
            refused = opened(client, cast, name, "statistics:effect-records", "voc", question=asked)
            assert refused.status_code == 404, more


def test_enterprises_and_strangers_read_no_statistics(two_cities, cast, client):
    for name in ("red-star", "consultancy", "expert", "auditor", "admin", "support"):
        answer = opened(client, cast, name, "statistics:effects", "lead")
        assert answer.status_code == 403, name


@pytest.mark.parametrize(
    "question", ["set=other", "tag=voc", "year=x", "sector=none2", "tag=low_voc", "basis=list"]
)
def test_nonsense_in_an_address_is_answered(two_cities, cast, client, question):
    for figure in ("voc", "nothing", "tagged"):
        answer = opened(
            client, cast, "province-industry", "statistics:effect-records", figure,
            question=question,
        )  # fmt: skip
        wanted = {404, 422}
        if (question, figure) in {("tag=low_voc", "tagged"), ("basis=list", "voc")}:
            wanted = {200}
        assert answer.status_code in wanted, figure


def test_the_public_reads_what_the_province_marked(two_cities, cast, client):
    moment = AsOf(2022, clock.today())
    with pytest.raises(NotAllowed):
        actions.disclose(Report.EFFECTS, moment, by=cast["foshan-industry"])
    told = actions.disclose(Report.EFFECTS, moment, by=cast["province-ecology"])
    client.logout()
    page = client.get(reverse("statistics:public-table", args=[told.pk])).content.decode()
    assert "14.00" in page
    assert "验收核定" in page
    assert client.get(reverse("statistics:public-table", args=[told.pk]) + "?format=csv").content


def test_a_sheet_counts_from_the_day_of_its_confirmation(two_cities):
    before = compile_effects(Dimension.CITY, Asked(AsOf(2022, date(2022, 6, 30))))
    after = compile_effects(Dimension.CITY, Asked(AsOf(2022, date(2022, 7, 1))))
    assert (before.total["accepted"], before.total["confirmed"]) == (2, 0)
    assert (after.total["confirmed"], after.total["voc"]) == (2, Decimal(14))


def test_late_entries_are_told_and_can_be_listed_alone(two_cities, cast, client):
    Effect.objects.filter(round=two_cities[0]).update(
        recorded_at=timezone.make_aware(datetime(2022, 7, 2))
    )
    assert queries.late_after() == 30  # of the rulebook; the other was recorded just now
    asked = opened(client, cast, "province-ecology", "statistics:effect-records", "voc")
    text = asked.content.decode()
    assert "其中 <strong>1</strong> 份为补录" in text
    page = opened(client, cast, "province-ecology", "statistics:effects", "city").content.decode()
    assert "其中 1 份绩效表为补录" in page
    alone = opened(
        client, cast, "province-ecology", "statistics:effect-records", "voc",
        question=f"{YEAR}&late=1",
    ).content.decode()  # fmt: skip
    assert two_cities[1].name in alone
    assert two_cities[0].name not in alone


def test_substitution_is_counted_by_trade_and_its_measures_open(two_cities, cast, client):
    table = compile_effects(Marked.SUBSTITUTION, Asked(AsOf(2022, date(2022, 12, 31))))
    rows = {row["name"]: row for row in table.rows}
    assert list(rows) == ["工业涂装", "印刷", "制鞋", "家具", "其他行业"]
    assert (rows["家具"]["firms"], rows["家具"]["voc"]) == (2, Decimal(14))
    assert (rows["印刷"]["firms"], rows["印刷"]["voc"]) == (0, None)
    client.force_login(cast.people["province-ecology"])
    address = records_url(table, "tagged", rows["家具"])
    assert parse_qs(urlsplit(address).query)["tag"] == ["low_voc"]
    assert client.get(address).content.decode().count("水性漆替代") == 2


def test_each_page_costs_a_few_reads(two_cities, cast, client, django_assert_max_num_queries):
    client.force_login(cast.people["province-ecology"])
    for route, word in (("statistics:effects", "city"), ("statistics:effect-records", "tce")):
        address = f"{reverse(route, args=[word])}?{YEAR}"
        client.get(address)
        with django_assert_max_num_queries(22):
            client.get(address)
