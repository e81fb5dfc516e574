"""The bulletin on platform use as an example: every element of the letter form, three annexes."""

import csv
from datetime import date
from io import StringIO

from cleanprod.foundation.documents.blocks import (
    Annex,
    Column,
    Heading,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
    Total,
    table_paper,
)

INDUSTRY, ECOLOGY = "广东省工业和信息化厅", "广东省生态环境厅"
PLATFORM = "“广东省清洁生产信息公共服务平台”"
FIGURES = """\
广州,138,30,168,120,150
深圳,52,66,118,72,100
珠海,27,32,59,23,80
汕头,56,63,119,102,70
佛山,95,102,197,187,150
韶关,29,22,51,18,40
河源,8,21,29,29,20
梅州,7,12,19,16,15
惠州,59,118,177,168,80
汕尾,0,0,0,0,10
东莞,119,349,468,285,200
中山,64,37,101,100,80
江门,20,34,54,43,30
阳江,16,24,40,39,35
湛江,12,24,36,24,35
茂名,15,9,24,19,20
肇庆,26,12,38,35,45
清远,28,161,189,18,50
潮州,18,4,22,18,15
揭阳,7,0,7,3,25
云浮,15,14,29,22,20
"""
CITIES = [tuple(row) for row in csv.reader(StringIO(FIGURES))]
PROPERTIES = Properties(created=date(2023, 7, 10), author=INDUSTRY, subject="“平台”使用情况")


def annex_1() -> Table:
    return Table(
        columns=(
            Column("序号", 0.7),
            Column("地市", 1.0),
            Column("工业和信息化\n牵头数量", 1.5),
            Column("生态环境\n牵头数量", 1.3),
            Column("合计", 1.0),
            Column("“平台”\n完成验收流程\n企业数量", 1.6),
        ),
        rows=tuple((str(n), *row[:5]) for n, row in enumerate(CITIES, start=1)),
        total=Total("合　计", 2, ("811", "1134", "1945", "1341")),
        note="“平台”统计截至2023年2月22日，统计内容为2022年在平台开展流程的数量。",
    )


def annex_2() -> Table:
    return Table(
        columns=(Column("序号"), Column("地市", 2), Column("完成企业清洁生产审核数（家）", 3)),
        rows=tuple((str(n), row[0], row[5]) for n, row in enumerate(CITIES, start=1)),
        total=Total("合　计", 2, ("1270",)),
        note="表中数据为工业和信息化、生态环境主管部门组织实施清洁生产审核企业的合计数。",
    )


def platform_use() -> Table:
    rows = []
    for n, (city, industry, ecology, total, done, target) in enumerate(CITIES, start=1):
        share = f"{100 * int(done) / int(total):.2f}" if int(total) else "—"
        rest = str(int(total) - int(done))
        rank = str(n) if int(total) else "—"
        listed = (target, target, target)
        rows.append((str(n), city, *listed, industry, ecology, total, done, share, rank, rest))
    passed = "通过验收"
    return Table(
        columns=(
            Column("序号", 0.7),
            Column("地市", 1),
            Column("名单\n企业", 1),
            Column("已注册", 1),
            Column("已填报\n审核计划", 1.2),
            Column("工业和信息\n化牵头", 1.3, group=passed),
            Column("生态环境\n牵头", 1.2, group=passed),
            Column("合计", 1, group=passed),
            Column("“平台”\n完成", 1.1),
            Column("占比", 1.1),
            Column("排序", 0.8),
            Column("尚未\n完成", 1),
        ),
        rows=tuple(rows),
        total=Total(
            "合　计",
            2,
            ("1270", "1270", "1270", "811", "1134", "1945", "1341", "68.95", "—", "604"),
        ),
        unit="家、%",
        note="1.统计截至2023年2月22日；2.按未取整的占比排序；3.无通过验收企业的地市不参加排序；"
        "4.视同开展的企业不计入。",
        landscape=True,
    )


def bulletin(**changes) -> Paper:
    parts = {
        "title": f"{INDUSTRY} {ECOLOGY}关于2023年上半年{PLATFORM}使用情况的通报",
        "properties": PROPERTIES,
        "doc_number": "粤工信节能函〔2023〕　号",
        "letterhead": (INDUSTRY, ECOLOGY),
        "addressee": "各地级以上市工业和信息化、生态环境主管部门：",
        "draft": True,
        "blocks": (
            Paragraph(
                "根据《广东省工业和信息化厅 广东省生态环境厅关于2023年清洁生产推行工作的通知》"
                "（粤工信节能函〔2023〕4号）要求，现将截至2023年2月22日“平台”使用情况通报如下。"
            ),
            Heading(1, "总体情况"),
            Heading(
                2,
                "名单公布、导入、备案。",
                "21个地级以上市均已公布本年度清洁生产审核企业名单并导入“平台”，全部已登记备案。",
            ),
            Heading(
                2,
                "评估验收及“平台”完成验收流程。",
                "2022年度通过验收1945家，其中工业和信息化牵头811家、生态环境牵头1134家，"
                "“平台”完成验收流程1341家，占比68.95%。",
            ),
            Heading(1, "占比较高的地市"),
            Paragraph("河源、中山、阳江、佛山、惠州、肇庆6市占比较高（按占比由高到低排列）。"),
            Heading(1, "存在问题"),
            Paragraph(
                "部分地市督促指导不够，企业修订审核报告和填报绩效数据信息不及时，"
                "尚有604家企业已通过验收、未完成“平台”流程。"
            ),
            Heading(1, "下一步工作要求"),
            Heading(2, "严格把关。"),
            Heading(3, "各地要于2023年8月31日前完成核对，并将有关情况报送省工业和信息化厅。"),
            Heading(3, "无填报数据的企业由牵头部门逐家核实。"),
            Paragraph("特此通报。"),
        ),
        "attachments": (
            "2022年通过清洁生产审核验收企业情况",
            "2023年各地清洁生产审核预期目标",
            "“平台”使用情况统计表",
        ),
        "signature": Signature((INDUSTRY, ECOLOGY)),
        "contact": "联系人：×××，电话：×××",
        "annexes": (
            Annex("附件 1", "2022年通过清洁生产审核验收企业情况（家）", (annex_1(),)),
            Annex("附件 2", "2023年各地清洁生产审核预期目标", (annex_2(),)),
            Annex("附件 3", "“平台”使用情况统计表", (platform_use(),)),
        ),
        "disclosure": "依申请公开",
        "copy_to": "省环境科学研究院、省清洁生产协会",
    }
    return Paper(**(parts | changes))


def report() -> Paper:
    return table_paper(
        "2022年通过清洁生产审核验收企业情况（家）",
        annex_1(),
        properties=PROPERTIES,
        label="附件 1",
    )
