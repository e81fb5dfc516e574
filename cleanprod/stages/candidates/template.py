"""The columns of a workbook of key enterprises for VOCs, and of a county's candidates."""

from dataclasses import replace

from cleanprod.foundation.intake.parsers import code, text, whole_number
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.foundation.intake.synonyms import (
    CODES,
    COUNTIES,
    INDUSTRIES,
    LISTS,
    NAMES,
    RESULTS,
)
from cleanprod.stages.programme.template import LIST

KEY_LIST = Template(
    "vocs",
    "VOCs重点监管企业名单",
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
        Column(
            "city", "地市", text(40), synonyms=("市", "所在地市", "设区市"), example="佛山市",
            advice="省级名单必填",
        ),
        Column("county", "县区", text(40), example="南海区", synonyms=COUNTIES),
        Column("industry", "行业代码", text(40), example="2110", synonyms=INDUSTRIES),
        Column("year", "年度", whole_number(2000, 2100), synonyms=("名单年度", "年份")),
        Column(
            "document_number", "依据文号", text(60), synonyms=("文号", "依据", "文件号"),
            example="粤环函〔2023〕1号",
        ),
    ),
    others=LISTS | RESULTS,
)  # fmt: skip

_AS_LISTED = {column.key: column for column in LIST.columns}

CANDIDATES = Template(
    "candidates",
    "候选企业摸底表",
    (
        *(_AS_LISTED[key] for key in ("no", "name", "code", "address", "industry")),
        replace(_AS_LISTED["kind"], required=True, advice="填写强制性或自愿性"),
        replace(_AS_LISTED["categories"], advice="强制性的必填；自愿性的不填"),
        Column(
            "grounds", "依据说明", text(500), required=True, example="使用溶剂型涂料",
            synonyms=("依据", "理由", "摸底依据", "情况说明", "推荐理由", "上报理由"),
            advice="为什么应列入名单，如超标记录、使用的有毒有害原料、能耗情况",
        ),
        Column("remark", "备注", text(300)),
    ),
    others=RESULTS,
)  # fmt: skip
