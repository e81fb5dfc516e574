"""Headers and words that every office uses, whichever workbook it fills in."""

from cleanprod.foundation.organisations.rules import Line

NAMES = (
    "单位名称", "公司名称", "企业", "名称", "企业（单位）名称", "企业全称", "审核企业名称",
)  # fmt: skip
CODES = (
    "信用代码", "社会信用代码", "统一信用代码", "社会统一信用代码", "组织机构代码",
    "营业执照注册号", "企业代码", "代码",
)  # fmt: skip
COUNTIES = (
    "区县", "县（市、区）", "区（县）", "区（市、县）", "县（区）", "县市区",
    "所在县区", "所属县区", "所在区县", "所属区县", "所在县（市、区）", "所属县（市、区）",
    "区域", "所属区域", "所在区域",
    "辖区", "所属辖区", "属地", "所在区", "所属区",
    "所属镇街", "所在镇街", "镇街", "镇（街）", "镇（街道）", "镇街道", "镇区", "街镇", "所属街镇",
    "所在镇（街道）", "所属镇（街道）", "所属镇", "所在镇", "园区", "镇街（园区）",
)  # fmt: skip
INDUSTRIES = (
    "行业", "行业代码", "行业名称", "所属行业", "行业类别", "行业分类", "行业类型", "行业类别代码",
    "所属行业代码", "国民经济行业", "国民经济行业代码", "国民经济行业类别",
)  # fmt: skip
LEADS = ("牵头单位", "主管部门", "组织部门", "牵头组织部门", "审核牵头部门")

# Headers by which a workbook is seen to be another one.
RESULTS = {
    "清洁生产审核验收结果": (
        "验收日期", "结论", "验收结论", "验收结果", "评估得分", "验收得分", "清洁生产水平",
        "证书编号", "有效期至",
    ),
    "旧平台办结数据": ("办结日期", "旧平台编号"),
}  # fmt: skip
LISTS = {
    "年度清洁生产审核企业名单": (
        "审核类型", "列入原因", "牵头部门", "上轮验收日期", "是否VOCs重点监管",
    ),
}  # fmt: skip

# 佛山市生态环境局南海分局, 市工信局: the office is known by a word inside its name.
LEAD_WORDS = {
    "工信": Line.INDUSTRY, "工业和信息化": Line.INDUSTRY, "经信": Line.INDUSTRY,
    "生态": Line.ECOLOGY, "环保": Line.ECOLOGY, "环境": Line.ECOLOGY,
}  # fmt: skip
