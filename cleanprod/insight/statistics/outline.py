"""An approved outline map 标准地图: read from GeoJSON, checked whole, turned into shapes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from cleanprod.kernel.errors import Refused

LARGEST = 8 * 1024 * 1024  # bytes
WIDTH = 1000  # of the drawing, in its own units
_NAMES = ("adcode", "code", "id", "gb")
_EAST, _NORTH = (70.0, 140.0), (0.0, 56.0)  # degrees; what lies outside is not in China
_MOST_POINTS = 300_000

Ring = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Outline:
    """The drawing: height for a width of 1000, a path and a label's place by city, other lines."""

    height: int
    cities: Mapping[str, tuple[str, float, float]]
    others: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the drawing as it is stored."""
        return {
            "height": self.height,
            "cities": {code: list(shape) for code, shape in self.cities.items()},
            "others": list(self.others),
        }


class BadOutline(Refused):
    """A file is no map of the province; `problems` names everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        """Keep what is wrong."""
        self.problems = tuple(problems)
        super().__init__("；".join(problems))


def read(content: bytes, cities: Mapping[str, str]) -> Outline:
    """Return the drawing of a GeoJSON file that holds exactly these cities, code by name.

    Shapes without a city's code, such as islands and boundary lines, are drawn, too. Raises
    BadOutline with all that is wrong.
    """
    features = _features(content)
    problems: list[str] = []
    shapes: dict[str, list[Ring]] = {}
    others: list[Ring] = []
    for number, feature in enumerate(features, 1):
        rings = list(_rings(feature, number, problems))
        code = _code(feature, cities)
        if not code:
            others += rings
        elif code in shapes:
            problems.append(f"第{number}个图形：{cities[code]}（{code}）出现两次")
        elif not rings:
            problems.append(f"第{number}个图形：{cities[code]}（{code}）没有边界线")
        else:
            shapes[code] = rings
    missing = [f"{name}（{code}）" for code, name in cities.items() if code not in shapes]
    if missing:
        problems.append(f"缺少{len(missing)}个地市：{'、'.join(missing)}；图形应带行政区划代码")
    if sum(len(ring) for rings in (*shapes.values(), others) for ring in rings) > _MOST_POINTS:
        problems.append(f"坐标点超过{_MOST_POINTS}个，请简化后再载入")
    if problems:
        raise BadOutline(problems[:40])
    return _drawn(shapes, others)


def _features(content: bytes) -> list[Any]:
    if len(content) > LARGEST:
        raise BadOutline(["文件超过8 MB，请简化后再载入"])
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise BadOutline(["文件不是 JSON，请上传 GeoJSON 格式的标准地图"]) from error
    features = found.get("features") if isinstance(found, dict) else None
    if not isinstance(features, list) or not features:
        raise BadOutline(["文件中没有图形（GeoJSON 的 features），请上传 GeoJSON 格式的标准地图"])
    return features


def _code(feature: Any, cities: Mapping[str, str]) -> str:
    """Return the code of the city that a shape names, by code or by name; blank for none."""
    about = feature.get("properties") if isinstance(feature, dict) else None
    about = about if isinstance(about, dict) else {}
    for key in _NAMES:
        text = str(about.get(key) or (feature.get(key) if isinstance(feature, dict) else "") or "")
        code = text.removeprefix("156")[:6]
        if code in cities:
            return code
    by_name = {name: code for code, name in cities.items()}
    return by_name.get(str(about.get("name", "")), "")


def _rings(feature: Any, number: int, problems: list[str]) -> Iterator[Ring]:
    shape = feature.get("geometry") if isinstance(feature, dict) else None
    kind = shape.get("type") if isinstance(shape, dict) else None
    depth = {"LineString": 0, "Polygon": 1, "MultiLineString": 1, "MultiPolygon": 2}.get(str(kind))
    if not isinstance(shape, dict) or depth is None:
        problems.append(f"第{number}个图形：类型“{kind}”不能使用，应为面或线")
        return
    try:
        for line in _lines(shape.get("coordinates"), depth):
            yield [_point(pair) for pair in line]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        problems.append(f"第{number}个图形：坐标不是经纬度数字，或超出我国范围")


def _lines(found: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield found
    else:
        for part in found:
            yield from _lines(part, depth - 1)


def _point(pair: Any) -> tuple[float, float]:
    east, north = float(pair[0]), float(pair[1])
    if not (_EAST[0] <= east <= _EAST[1] and _NORTH[0] <= north <= _NORTH[1]):
        raise ValueError
    return east, north


def _drawn(shapes: Mapping[str, list[Ring]], others: list[Ring]) -> Outline:
    points = [point for rings in (*shapes.values(), others) for ring in rings for point in ring]
    west, south = min(x for x, _ in points), min(y for _, y in points)
    east, north = max(x for x, _ in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, 1e-6)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    def path(rings: list[Ring], close: str = "Z") -> str:
        return "".join(
            "M" + "L".join(f"{x} {y}" for x, y in map(place, ring)) + close
            for ring in rings
            if ring
        )

    cities = {code: (path(rings), *_middle(rings, place)) for code, rings in shapes.items()}
    return Outline(
        max(1, round((north - south) * scale)), cities, tuple(path([ring], "") for ring in others)
    )


def _middle(rings: list[Ring], place: Any) -> tuple[float, float]:
    """Return where a label stands: the middle of the largest ring's box."""
    largest = max(rings, key=_box)
    x, y = place(
        (
            (min(p[0] for p in largest) + max(p[0] for p in largest)) / 2,
            (min(p[1] for p in largest) + max(p[1] for p in largest)) / 2,
        )
    )
    return x, y


def _box(ring: Ring) -> float:
    wide = max(p[0] for p in ring) - min(p[0] for p in ring)
    return wide * (max(p[1] for p in ring) - min(p[1] for p in ring))
