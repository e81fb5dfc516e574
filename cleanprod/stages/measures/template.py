"""The workbook of the performance sheet: the printed columns, then the suggested ones."""

from cleanprod.foundation.intake.parsers import decimal, one_of, several, text, whole_number
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.stages.measures.rules import Cost, Field, Tag

_SYNONYMS = {
    Field.INVESTMENT: ("投资额", "投资", "投资（万元）", "总投资"),
    Field.BENEFIT: ("经济效益", "经济效益（万元）", "年经济效益"),
    Field.ELECTRICITY: ("节电", "年节电", "节电（万kWh）", "节电（万千瓦时）", "节电量"),
    Field.TCE: ("折标煤", "节能量", "折标煤（t）", "折标准煤"),
    Field.CO2: ("CO2", "CO2（t）", "二氧化碳", "二氧化碳减排"),
    Field.MATERIAL: ("原辅料", "原辅料（t）", "节约原辅材料", "原辅材料"),
    Field.WATER: ("节水", "年节水", "节水（t）"),
    Field.COD: ("COD", "COD（t）"),
    Field.AMMONIA: ("氨氮", "氨氮（t）"),
    Field.SMOKE: ("烟尘", "烟尘（t）"),
    Field.DUST: ("粉尘", "粉尘（t）"),
    Field.SO2: ("SO2", "SO2（t）", "二氧化硫"),
    Field.NOX: ("NOx", "NOx（t）", "氮氧化物"),
    Field.VOC: ("VOC", "VOCs", "VOC（t）", "VOCs（t）"),
    Field.SOLID_WASTE: ("固废", "固废（t）"),
    Field.LIQUID_WASTE: ("废液", "废液（t）"),
    Field.HEAVY_METAL: ("重金属", "重金属（t）"),
    Field.NATURAL_GAS: ("节气", "节气（万m3）", "天然气"),
    Field.COAL: ("节煤", "节煤（t）"),
    Field.OIL: ("节油", "节油（t）", "柴油"),
    Field.STEAM: ("节约蒸汽", "蒸汽", "蒸汽（t）"),
    Field.WASTEWATER: ("废水", "废水减排", "废水（t）"),
    Field.WASTE_GAS: ("废气", "废气减排"),
    Field.HAZARDOUS: ("危险废物", "危废"),
    Field.GENERAL_WASTE: ("一般固废",),
    Field.TOXIC: ("有毒有害原辅材料",),
}
_OFFICIAL = 17  # numbers of the printed sheet; what follows is suggested


# How the class of a measure is written, here and in a grid that is pasted into.
COSTS = {
    "无低费": Cost.LOW, "无/低费": Cost.LOW, "无费": Cost.LOW, "低费": Cost.LOW, "WD": Cost.LOW,
    "中高费": Cost.HIGH, "中/高费": Cost.HIGH, "中费": Cost.HIGH, "高费": Cost.HIGH,
    "ZG": Cost.HIGH,
}  # fmt: skip


def _number(field: Field) -> Column:
    least = 0 if field is Field.INVESTMENT else None
    return Column(field.value, field.label, decimal(least), synonyms=_SYNONYMS.get(field, ()))


_FIELDS = list(Field)
SHEET = Template(
    "performance-sheet",
    "清洁生产项目绩效表",
    (
        Column("no", "序号", text(20)),  # some print the code here
        Column(
            "name", "项目名称", text(200), required=True, example="空压机变频改造",
            synonyms=("方案名称", "名称", "方案", "项目"),
        ),
        Column("content", "项目内容", text(1000), synonyms=("方案内容", "内容", "方案简介")),
        *(_number(field) for field in _FIELDS[:_OFFICIAL]),
        Column("other", "其他", text(200)),
        Column("code", "方案编号", text(20), synonyms=("编号", "项目编号"), example="WD1"),
        Column(
            "cost", "方案类型", one_of(Cost, COSTS),
            synonyms=("类型", "费用类型", "方案类别"), example="无/低费",
        ),
        Column("phase", "产生阶段", text(60), synonyms=("审核阶段", "阶段")),
        Column("tags", "标记", several(one_of(Tag)), synonyms=("特征",)),
        Column("planned_days", "计划工期（天）", whole_number(0), synonyms=("计划工期",)),
        Column("actual_days", "实际工期（天）", whole_number(0), synonyms=("实际工期",)),
        *(_number(field) for field in _FIELDS[_OFFICIAL:]),
    ),
)  # fmt: skip
