"""The columns of a list workbook, with the headers that offices use for them."""

import re
from dataclasses import replace

from cleanprod.foundation.intake.parsers import (
    code,
    day_in_words,
    graded,
    one_of,
    several,
    text,
    whole_number,
)
from cleanprod.foundation.intake.rules import Cell, Column, Parser, Template
from cleanprod.foundation.intake.synonyms import (
    CODES,
    COUNTIES,
    INDUSTRIES,
    LEAD_WORDS,
    LEADS,
    NAMES,
    RESULTS,
)
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.programme.rules import AuditKind, Category, Vocs

_RUN_TOGETHER = re.compile(r"(双超|双有|高耗能)[\s和与]*(?=双超|双有|高耗能)")  # 双超双有


def _categories() -> Parser:
    """Return a parser for the legal reasons of an audit, which offices also run together."""
    reasons = several(one_of(Category, {
        "超标": Category.DOUBLE_EXCESS, "超标超总量": Category.DOUBLE_EXCESS,
        "超标排放": Category.DOUBLE_EXCESS, "双超企业": Category.DOUBLE_EXCESS,
        "双超类": Category.DOUBLE_EXCESS, "超能耗限额": Category.HIGH_ENERGY,
        "高能耗": Category.HIGH_ENERGY, "高耗能企业": Category.HIGH_ENERGY,
        "高耗能类": Category.HIGH_ENERGY, "有毒有害": Category.DOUBLE_TOXIC,
        "双有企业": Category.DOUBLE_TOXIC, "双有类": Category.DOUBLE_TOXIC,
        "使用有毒有害原料": Category.DOUBLE_TOXIC, "使用有毒有害物质": Category.DOUBLE_TOXIC,
        "排放有毒有害物质": Category.DOUBLE_TOXIC, "其它": Category.OTHER,
    }))  # fmt: skip

    def read(cell: Cell) -> object:
        return reasons.read(_RUN_TOGETHER.sub(r"\1、", cell) if isinstance(cell, str) else cell)

    return replace(reasons, read=read)


LIST = Template(
    "list",
    "年度清洁生产审核企业名单",
    (
        Column("no", "序号", whole_number(1), synonyms=("编号",)),
        Column(
            "name", "企业名称", text(200), required=True, example="某某有限公司",
            synonyms=NAMES, advice="按营业执照填写全称",
        ),
        Column(
            "code", "统一社会信用代码", code(), example="91440600MA0000000X",
            synonyms=CODES, advice="18位；单元格格式设为“文本”",
        ),
        Column("city", "地市", text(40), synonyms=("市", "所在地市", "设区市"), example="佛山市"),
        Column("county", "县区", text(40), example="南海区",
               synonyms=(*COUNTIES, "地区", "所属地区", "所在地区")),
        Column(
            "address", "详细地址", text(300),
            synonyms=("地址", "企业地址", "所在地址", "企业所在地址"),
        ),
        Column("industry", "行业代码", text(40), example="3360", synonyms=INDUSTRIES),
        Column(
            "kind", "审核类型",
            one_of(AuditKind, {
                "强制": AuditKind.MANDATORY, "强制审核": AuditKind.MANDATORY,
                "强制性审核": AuditKind.MANDATORY, "强制性清洁生产审核": AuditKind.MANDATORY,
                "自愿": AuditKind.VOLUNTARY, "自愿性审核": AuditKind.VOLUNTARY,
                "自愿审核": AuditKind.VOLUNTARY, "自愿性清洁生产审核": AuditKind.VOLUNTARY,
            }),
            synonyms=("类型", "审核类别", "清洁生产审核类型", "审核性质", "审核方式", "审核分类"),
            example="强制性",
        ),
        Column(
            "categories", "列入原因", _categories(), example="双有",
            synonyms=("列入类别", "列入依据", "列入名单原因", "原因", "强制性审核类别",
                      "强制性审核原因", "企业类别"),
        ),
        Column(
            "lead", "牵头部门", one_of(Line, inside=LEAD_WORDS), synonyms=LEADS,
            example="生态环境",
        ),
        Column(
            "vocs", "是否VOCs重点监管",
            graded(one_of(Vocs, {
                "省": Vocs.PROVINCIAL, "省级重点": Vocs.PROVINCIAL,
                "省级重点监管": Vocs.PROVINCIAL, "省级重点监管企业": Vocs.PROVINCIAL,
                "市": Vocs.MUNICIPAL, "市级重点": Vocs.MUNICIPAL,
                "市级重点监管": Vocs.MUNICIPAL, "市级重点监管企业": Vocs.MUNICIPAL,
            }), Vocs),
            synonyms=("VOCs重点监管", "VOCs重点监管企业", "VOCs级别", "是否VOCs重点监管企业",
                      "VOCs重点监管级别", "VOCs重点企业", "是否VOCs重点企业"),
            example="省级",
        ),
        Column(
            "last_accepted", "上轮验收日期", day_in_words(), example="2018-11-02",
            synonyms=("上轮验收时间", "上一轮验收时间", "上次验收时间", "上一轮验收日期",
                      "上轮审核验收日期", "上轮审核验收时间", "上一轮审核验收日期",
                      "上一轮审核验收时间", "上轮清洁生产审核验收时间",
                      "上一轮清洁生产审核验收时间"),
        ),
        Column("note", "备注", text(300), synonyms=("说明",)),
    ),
    others=RESULTS,
)  # fmt: skip
