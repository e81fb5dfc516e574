"""The columns of a workbook of key enterprises for VOCs."""

from cleanprod.foundation.intake.parsers import code, text, whole_number
from cleanprod.foundation.intake.rules import Column, Template

KEY_LIST = Template(
    "vocs",
    "VOCs重点监管企业名单",
    (
        Column("no", "序号", whole_number(1), synonyms=("编号",)),
        Column(
            "name", "企业名称", text(200), required=True, example="某某有限公司",
            synonyms=("单位名称", "公司名称", "企业", "名称", "企业（单位）名称"),
            advice="按营业执照填写全称",
        ),
        Column(
            "code", "统一社会信用代码", code(), example="91440600MA0000000X",
            synonyms=("信用代码", "社会信用代码", "组织机构代码", "代码"),
            advice="18位；单元格格式设为“文本”",
        ),
        Column(
            "city", "地市", text(40), synonyms=("市", "所在地市", "设区市"), example="佛山市",
            advice="省级名单必填",
        ),
        Column(
            "county", "县区", text(40), example="南海区",
            synonyms=("区县", "县（市、区）", "区（县）", "所属镇街", "镇街", "园区", "所在县区"),
        ),
        Column(
            "industry", "行业代码", text(40), example="2110",
            synonyms=("行业", "所属行业", "行业类别", "国民经济行业代码"),
        ),
        Column("year", "年度", whole_number(2000, 2100), synonyms=("名单年度", "年份")),
        Column(
            "document_number", "依据文号", text(60), synonyms=("文号", "依据", "文件号"),
            example="粤环函〔2023〕1号",
        ),
    ),
)  # fmt: skip
