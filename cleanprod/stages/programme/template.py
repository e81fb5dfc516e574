"""The columns of a list workbook, with the headers that offices use for them."""

from cleanprod.foundation.intake.parsers import (
    code,
    day_in_words,
    one_of,
    several,
    text,
    whole_number,
)
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.programme.rules import AuditKind, Category, Vocs

LIST = Template(
    "list",
    "年度清洁生产审核企业名单",
    (
        Column("no", "序号", whole_number(1), synonyms=("编号",)),
        Column(
            "name", "企业名称", text(200), required=True, example="某某有限公司",
            synonyms=("单位名称", "公司名称", "企业", "名称", "企业（单位）名称"),
            advice="按营业执照填写全称",
        ),
        Column(
            "code", "统一社会信用代码", code(), example="91440600MA0000000X",
            synonyms=("信用代码", "社会信用代码", "组织机构代码", "营业执照注册号", "代码"),
            advice="18位；单元格格式设为“文本”",
        ),
        Column("city", "地市", text(40), synonyms=("市", "所在地市", "设区市"), example="佛山市"),
        Column(
            "county", "县区", text(40), example="南海区",
            synonyms=("区县", "县（市、区）", "区（县）", "所属镇街", "镇街", "镇（街）", "镇区",
                      "园区", "所在县区", "县市区", "所属区县"),
        ),
        Column(
            "address", "详细地址", text(300),
            synonyms=("地址", "企业地址", "所在地址", "企业所在地址"),
        ),
        Column(
            "industry", "行业代码", text(40), example="3360",
            synonyms=("行业", "所属行业", "行业类别", "行业类别代码", "国民经济行业代码"),
        ),
        Column(
            "kind", "审核类型",
            one_of(AuditKind, {
                "强制": AuditKind.MANDATORY, "强制审核": AuditKind.MANDATORY,
                "强制性审核": AuditKind.MANDATORY, "强制性清洁生产审核": AuditKind.MANDATORY,
                "自愿": AuditKind.VOLUNTARY, "自愿性审核": AuditKind.VOLUNTARY,
                "自愿审核": AuditKind.VOLUNTARY, "自愿性清洁生产审核": AuditKind.VOLUNTARY,
            }),
            synonyms=("类型", "审核类别", "清洁生产审核类型", "审核性质"), example="强制性",
        ),
        Column(
            "categories", "列入原因",
            several(one_of(Category, {
                "双超双有": Category.OTHER, "超标": Category.DOUBLE_EXCESS,
                "超标超总量": Category.DOUBLE_EXCESS, "超能耗限额": Category.HIGH_ENERGY,
                "高能耗": Category.HIGH_ENERGY, "有毒有害": Category.DOUBLE_TOXIC,
                "双超企业": Category.DOUBLE_EXCESS, "双有企业": Category.DOUBLE_TOXIC,
                "高耗能企业": Category.HIGH_ENERGY, "超标排放": Category.DOUBLE_EXCESS,
            })),
            synonyms=("列入类别", "原因", "强制性审核类别", "企业类别"), example="双有",
        ),
        Column(
            "lead", "牵头部门",
            one_of(Line, {
                "工信": Line.INDUSTRY, "工信局": Line.INDUSTRY, "工业和信息化局": Line.INDUSTRY,
                "工业和信息化部门": Line.INDUSTRY, "工信部门": Line.INDUSTRY,
                "市工信局": Line.INDUSTRY, "市工业和信息化局": Line.INDUSTRY,
                "工业和信息化主管部门": Line.INDUSTRY, "市生态环境局": Line.ECOLOGY,
                "生态环境主管部门": Line.ECOLOGY,
                "生态环境局": Line.ECOLOGY, "环保局": Line.ECOLOGY, "生态": Line.ECOLOGY,
                "生态环境部门": Line.ECOLOGY, "环境": Line.ECOLOGY,
            }),
            synonyms=("牵头单位", "主管部门", "组织部门"), example="生态环境",
        ),
        Column(
            "vocs", "是否VOCs重点监管",
            one_of(Vocs, {"省级重点": Vocs.PROVINCIAL, "市级重点": Vocs.MUNICIPAL,
                          "省级重点监管": Vocs.PROVINCIAL, "市级重点监管": Vocs.MUNICIPAL,
                          "省级重点监管企业": Vocs.PROVINCIAL,
                          "市级重点监管企业": Vocs.MUNICIPAL}),
            synonyms=("VOCs重点监管", "VOCs重点监管企业", "VOCs级别", "是否VOCs重点监管企业"),
            example="省级",
        ),
        Column(
            "last_accepted", "上轮验收日期", day_in_words(), example="2018-11-02",
            synonyms=("上轮验收时间", "上一轮验收时间", "上次验收时间"),
        ),
        Column("note", "备注", text(300), synonyms=("说明",)),
    ),
)  # fmt: skip
