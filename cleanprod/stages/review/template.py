"""The columns of a results workbook and of an old-platform completions workbook."""

from decimal import Decimal

from cleanprod.foundation.intake.parsers import (
    code,
    day,
    decimal,
    long_number,
    one_of,
    text,
    whole_number,
)
from cleanprod.foundation.intake.rules import Column, Template
from cleanprod.foundation.intake.synonyms import (
    CODES,
    COUNTIES,
    INDUSTRIES,
    LEAD_WORDS,
    LEADS,
    NAMES,
)
from cleanprod.foundation.organisations.rules import Line
from cleanprod.stages.review.rules import Conclusion, GreenLevel

_NO = Column("no", "序号", whole_number(1), synonyms=("编号",))
_NAME = Column(
    "name", "企业名称", text(200), required=True, example="某某有限公司",
    synonyms=NAMES,
)  # fmt: skip
_CODE = Column(
    "code", "统一社会信用代码", code(), synonyms=CODES, example="91440600MA0000000X",
)  # fmt: skip
_MOST_SCORE = Decimal(200)  # some sheets score up to 200; the sheet itself is checked in review

RESULTS = Template(
    "results",
    "清洁生产审核验收结果",
    (
        _NO,
        _NAME,
        _CODE,
        Column("county", "县区", text(40), synonyms=COUNTIES),
        Column("industry", "行业", text(60), synonyms=INDUSTRIES),
        Column("lead", "牵头部门", one_of(Line, inside=LEAD_WORDS), synonyms=LEADS),
        Column(
            "consultancy", "咨询机构", text(200),
            synonyms=("审核机构", "审核咨询机构", "审核机构名称"),
        ),
        Column("assessment_score", "评估得分", decimal(0, _MOST_SCORE, 2, unit="分")),
        Column("acceptance_score", "验收得分", decimal(0, _MOST_SCORE, 2, unit="分"),
               synonyms=("得分",)),
        Column(
            "on", "验收日期", day(), required=True, example="2022-11-18",
            synonyms=("验收时间", "完成验收时间", "日期", "结果日期"),
        ),
        Column(
            "conclusion", "结论",
            one_of(Conclusion, {
                "合格": Conclusion.PASSED, "通过验收": Conclusion.PASSED,
                "验收合格": Conclusion.PASSED, "同意通过": Conclusion.PASSED,
                "同意通过验收": Conclusion.PASSED, "通过评估验收": Conclusion.PASSED,
                "不合格": Conclusion.FAILED, "不通过": Conclusion.FAILED,
                "验收不合格": Conclusion.FAILED, "未通过验收": Conclusion.FAILED,
                "不通过验收": Conclusion.FAILED, "不同意通过验收": Conclusion.FAILED,
                "取消审核": Conclusion.CANCELLED, "暂缓审核": Conclusion.DEFERRED,
            }),
            required=True, synonyms=("验收结论", "验收结果", "结果", "审核结果"), example="通过",
        ),
        Column(
            "level", "清洁生产水平",
            one_of(GreenLevel, {"Ⅰ级": GreenLevel.FIRST, "Ⅱ级": GreenLevel.SECOND,
                                "Ⅲ级": GreenLevel.THIRD, "I级": GreenLevel.FIRST,
                                "II级": GreenLevel.SECOND, "III级": GreenLevel.THIRD},
                   inside={"国际清洁生产领先": GreenLevel.FIRST, "国际领先": GreenLevel.FIRST,
                           "国内清洁生产先进": GreenLevel.SECOND, "国内先进": GreenLevel.SECOND,
                           "国内清洁生产一般": GreenLevel.THIRD, "国内一般": GreenLevel.THIRD,
                           "国内清洁生产基本": GreenLevel.THIRD, "国内基本": GreenLevel.THIRD}),
            synonyms=("水平", "清洁生产水平等级"),
        ),
        Column("certificate", "证书编号", long_number(60)),
        Column("valid_until", "有效期至", day(), synonyms=("证书有效期", "有效期")),
        Column("document_number", "文号", text(60), synonyms=("结果文号", "公布文号", "发文字号")),
        Column("note", "备注", text(300), synonyms=("理由", "说明")),
    ),
)  # fmt: skip

COMPLETIONS = Template(
    "completions",
    "旧平台办结数据",
    (
        _NO,
        Column("city", "地市", text(40), synonyms=("市", "所在地市")),
        _NAME,
        _CODE,
        Column(
            "on", "办结日期", day(), required=True, example="2023-01-16",
            synonyms=("完成日期", "平台完成日期", "完成验收流程日期", "办结时间"),
        ),
        Column(
            "old_number", "旧平台编号", long_number(60), synonyms=("编号（旧平台）", "项目编号")
        ),
    ),
)  # fmt: skip
