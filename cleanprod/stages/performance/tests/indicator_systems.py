"""Small indicator systems for the tests, in the format of the product."""

from copy import deepcopy

RULES_2013 = [
    {"level": "I", "name": "国际清洁生产领先水平", "least": {"I": 85}, "limiting": "I"},
    {"level": "II", "name": "国内清洁生产先进水平", "least": {"II": 85}, "limiting": "II"},
    {"level": "III", "name": "国内清洁生产基本水平", "least": {"III": 100}, "limiting": "III"},
]
RULES_43329 = [
    {
        "level": "I",
        "name": "清洁生产先进（标杆）水平",
        "least": {"I": 85},
        "limiting": "I",
        "others": "II",
    },
    {"level": "II", "name": "清洁生产准入水平", "least": {"II": 85}, "limiting": "II"},
    {"level": "III", "name": "清洁生产一般水平", "least": {"III": 100}, "limiting": "III"},
]


def numeric(item_id, weight, *levels, direction="lower", **more):
    return {
        "id": item_id,
        "name": f"指标{item_id}",
        "kind": "quantitative",
        "weight": weight,
        "direction": direction,
        "benchmarks": dict(zip(("I", "II", "III"), levels, strict=False)),
    } | more


def wordy(item_id, weight, *texts, **more):
    return {
        "id": item_id,
        "name": f"要求{item_id}",
        "kind": "qualitative",
        "weight": weight,
        "benchmarks": dict(zip(("I", "II", "III"), texts, strict=False)),
    } | more


def system(groups, rules=RULES_2013, **more):
    return {
        "format": "cleanprod-indicators/1",
        "code": "trial",
        "name": "试验体系",
        "rules": deepcopy(rules),
        "groups": groups,
    } | more


def group(group_id, weight, *items, **more):
    return {"id": group_id, "name": f"组{group_id}", "weight": weight, "items": [*items]} | more


def plain(rules=RULES_2013):
    """A limiting item on water, two others, and one requirement in words."""
    return system(
        [
            group("A", 0.4, numeric("water", 1, 8, 24, 40, limiting=True, unit="L/m²")),
            group(
                "B",
                0.6,
                numeric("reuse", 0.5, 60, 40, 30, direction="higher", unit="%"),
                numeric("ph", 0.2, [7, 7], [6.5, 8], [6, 9], direction="range"),
                wordy("care", 0.3, "连续过滤", "定期过滤"),
            ),
        ],
        rules,
    )


def rich():
    """Computed, shared, reported and bonus items beside plain ones."""
    return system(
        [
            group(
                "E",
                0.5,
                numeric("energy", 0.6, 10, 20, 30, formula="power * 0.1229 / (double + multi)"),
                numeric("steam", 0.4, 1, 2, 3),
            ),
            group(
                "W",
                0.5,
                {k: v for k, v in numeric("w2", 0, 1, 2, 3).items() if k != "weight"}
                | {"pool": "water", "output": "double"},
                {k: v for k, v in numeric("w4", 0, 2, 4, 6).items() if k != "weight"}
                | {"pool": "water", "output": "multi"},
                numeric("leak", 0.25, 1, 2, 3),
                {"id": "co2", "name": "单位产品碳排放", "kind": "report"},
                pools=[{"id": "water", "weight": 0.75, "by": "output"}],
            ),
            group("R", 0.1, numeric("recycle", 1, 30, 20, 10, direction="higher"), bonus=True),
        ],
        inputs=[
            {"id": "power", "name": "用电量", "unit": "kWh"},
            {"id": "double", "name": "双面板产量", "unit": "m²"},
            {"id": "multi", "name": "多层板产量", "unit": "m²"},
        ],
    )
