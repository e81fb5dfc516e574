"""The shipped regions and how they are found."""

import time

import pytest

from cleanprod.foundation.territory import queries, shipped
from cleanprod.foundation.territory.models import Industry, Level, Region

pytestmark = pytest.mark.django_db

NOTICE = (
    "广州、深圳、珠海、汕头、佛山、韶关、河源、梅州、惠州、汕尾、东莞、中山、江门、阳江、湛江、茂名、"
    "肇庆、清远、潮州、揭阳、云浮"
)


def code(text, within=""):
    found = queries.by_name(text, within)
    return found and found.code


def test_cities_come_in_the_order_of_the_notice():
    names = [city.short_name for city in queries.cities("440000")]
    assert "、".join(names) == NOTICE


def test_guangdong_has_all_its_counties():
    assert Region.objects.filter(code__startswith="44", level=Level.COUNTY).count() == 122


def test_towns_stand_right_below_dongguan_and_zhongshan():
    for city, towns in (("441900", 32), ("442000", 23)):
        levels = [one.level for one in queries.below(city)]
        assert levels.count(Level.TOWN) == towns
        assert Level.COUNTY not in levels
        assert levels == sorted(levels)  # towns before zones


def test_every_region_knows_the_unit_below_the_province():
    for one in Region.objects.exclude(level=Level.PROVINCE):
        assert one.city_code in {unit.code for unit in queries.cities(f"{one.code[:2]}0000")}


def test_another_province_can_run_the_platform():
    assert len(queries.cities("430000")) == 14
    assert len(queries.cities("110000")) == 16
    assert Region.objects.filter(level=Level.PROVINCE).count() == 31


def test_a_zone_without_a_public_code_says_so():
    zone = queries.by_name("大亚湾", "441300")
    assert zone is not None
    assert (zone.code, zone.official, zone.level) == ("441300-Z-dayawan", False, Level.ZONE)


@pytest.mark.parametrize(
    "text, within, expected",
    [
        ("佛山", "", "440600"),
        ("佛山市", "440000", "440600"),
        (" 佛 山 市 ", "440000", "440600"),
        ("440605", "440600", "440605"),
        ("南海", "440600", "440605"),
        ("佛山市南海区", "440600", "440605"),
        ("广东省佛山市南海区", "", "440605"),
        ("佛山南海", "", "440605"),
        ("长安", "441900", "441900119"),
        ("虎门", "441900", "441900121"),
        ("东城区", "441900", "441900003"),
        ("中山港街道", "442000", "442000003"),
        ("中山市东区", "440000", "442000002"),
        ("古镇", "442000", "442000105"),
        ("东升镇", "442000", "442000118"),
        ("萝岗区", "440100", "440112"),
        ("阳东县", "441700", "441704"),
        ("深汕特别合作区", "440300", "440300-Z-shenshan"),
        ("佛山高新区", "440600", "440600-Z-gaoxin"),
        ("高新区", "440600", "440600-Z-gaoxin"),
        ("高新区", "", None),
        ("南海区", "440100", None),
        ("不存在的地方", "", None),
        ("", "", None),
    ],
)
def test_people_write_places_in_many_ways(text, within, expected):
    assert code(text, within) == expected


def test_every_name_within_its_own_city_finds_the_region_itself():
    for city in queries.cities("440000"):
        for one in queries.below(city.code):
            assert code(one.name, city.code) == one.code
            assert code(one.short_name, city.code) == one.code
            assert code(city.name + one.name, "440000") == one.code


def test_a_county_is_meant_before_a_zone_of_a_like_name():
    assert code("南沙", "440100") == "440115"


def test_industries_know_the_sector_of_the_notice():
    plating = queries.industry_by_code("C3360")
    assert plating is not None
    assert (plating.notice_sector, plating.parent, plating.confirmed) == ("电镀", "33", True)
    assert queries.industry_by_code("3999") is None
    assert queries.nearest_industry("C3999").code == "39"
    assert queries.nearest_industry("垃圾") is None
    assert {one.edition for one in queries.industries()} == {2017}


@pytest.mark.parametrize("text", ["木质家具制造", "木质家具 制造（2110）", "2110木质家具", "C2110"])
def test_a_trade_is_known_by_its_code_or_its_name(text):
    assert queries.nearest_industry(text).code == "2110"


def test_every_industry_hangs_below_a_known_one():
    known = {one.code for one in Industry.objects.all()}
    assert all(not one.parent or one.parent in known for one in Industry.objects.all())


def test_loading_again_repairs_and_keeps_what_an_installation_added():
    Region.objects.filter(code="440600").update(name="错")
    Region.objects.create(
        code="440600-Z-own", name="自设区", short_name="自设区", level=Level.ZONE,
        parent_id="440600", city_code="440600",
    )  # fmt: skip
    before = Region.objects.count()
    start = time.perf_counter()
    shipped.load()
    assert time.perf_counter() - start < 1
    assert Region.objects.count() == before
    assert Region.objects.get(code="440600").name == "佛山市"


def test_a_second_look_up_asks_the_database_nothing(django_assert_num_queries):
    queries.cities("440000")
    with django_assert_num_queries(0):
        queries.cities("440000")
        queries.by_name("佛山市南海区")
