"""The outline map: read or refused whole, loaded by an administrator, shown with its number."""

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.trail.models import Entry as TrailEntry
from cleanprod.insight.statistics import outline, outlining
from cleanprod.insight.statistics.models import OutlineMap
from cleanprod.insight.statistics.outline import BadOutline
from cleanprod.kernel.errors import NotAllowed, Refused
from tests import world

TWO = {"440100": "广州市", "440300": "深圳市"}


def square(west, south, size=1.0):
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(code="", ring=None, kind="Polygon", **about):
    ring = ring or square(113, 22)
    shape = {"Polygon": [ring], "MultiPolygon": [[ring]], "LineString": ring}.get(kind, ring)
    return {
        "type": "Feature",
        "properties": {"adcode": code, **about},
        "geometry": {"type": kind, "coordinates": shape},
    }


def book(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def test_a_map_becomes_shapes_with_a_place_for_each_name():
    found = outline.read(
        book(
            feature("440100", square(113, 23)),
            feature(440300, square(114, 22), "MultiPolygon"),
            feature(name="岛", ring=square(116, 20.7, 0.1)),
            feature(ring=[[110, 18], [111, 19]], kind="LineString"),
        ),
        TWO,
    )
    assert set(found.cities) == set(TWO)
    assert len(found.others) == 2  # islands and boundary lines are drawn, too
    north, south = found.cities["440100"], found.cities["440300"]
    assert north[2] < south[2]  # what lies north stands higher
    assert north[1] < south[1]
    assert north[0].startswith("M")
    assert north[0].endswith("Z")


def test_all_that_is_wrong_is_told_at_once():
    wrong = book(
        feature("440100", [[1, 2], [3, 4]]),
        feature("440300", kind="Point"),
        feature("440300"),
        feature("440300"),
    )
    with pytest.raises(BadOutline) as refused:
        outline.read(wrong, TWO)
    told = "\n".join(refused.value.problems)
    for wanted in (
        "第1个图形：坐标",
        "第2个图形：类型“Point”",
        "深圳市（440300）出现两次",
        "广州市",
    ):
        assert wanted in told, wanted


@given(st.one_of(st.binary(max_size=60), st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["features", "geometry", "type", "coordinates", "properties", "adcode"]),
        inner, max_size=4,
    ), max_leaves=12,
).map(lambda found: json.dumps(found).encode())))  # fmt: skip
def test_nonsense_is_refused_in_words(content):
    with pytest.raises(BadOutline):
        outline.read(content, TWO)


def test_a_file_that_is_too_large_is_refused_unread():
    with pytest.raises(BadOutline, match="8 MB"):
        outline.read(b" " * (outline.LARGEST + 1), TWO)


@pytest.fixture
def whole(cast):
    cities = territory.cities(settings.PROVINCE_CODE)
    return book(
        *(feature(city.code, square(110 + n % 7, 20 + n // 7)) for n, city in enumerate(cities))
    )


def load(cast, content, approval="粤S（2023）001号", by="admin"):
    return outlining.load(content, approval=approval, publisher="省测绘院", by=cast[by])


def test_only_an_administrator_loads_and_the_same_again_is_once(cast, whole):
    for name in sorted({*world.ROLES} - {"admin"}):
        with pytest.raises(NotAllowed):
            load(cast, whole, by=name)
    assert load(cast, whole) == load(cast, whole)
    newer = load(cast, whole, approval="粤S（2024）002号")
    assert outlining.in_use() == newer
    assert OutlineMap.objects.count() == 2
    with pytest.raises(Refused, match="理由"):
        outlining.withdraw(reason=" ", by=cast["admin"])
    for _ in range(2):
        outlining.withdraw(reason="地图更新", by=cast["admin"])
    assert outlining.in_use() is None
    assert TrailEntry.objects.filter(act="map:withdraw").count() == 2


def test_the_desk_shows_it_with_its_number_beside_the_tiles(cast, whole, client):
    client.force_login(cast.people["admin"])
    address = reverse("statistics:outline")
    typed = {"approval": "粤S（2023）001号", "publisher": "省测绘院"}
    wrong = client.post(address, typed | {"file": SimpleUploadedFile("图.json", b"{}")})
    assert wrong.status_code == 422
    assert "没有图形" in wrong.content.decode()
    right = client.post(address, typed | {"file": SimpleUploadedFile("图.json", whole)})
    assert right.status_code == 302
    client.force_login(cast.people["province-ecology"])
    page = client.get(reverse("statistics:desk")).content.decode()
    assert "审图号：粤S（2023）001号" in page
    assert page.count('<path class="land') == 21
    assert "tilemap" in page
