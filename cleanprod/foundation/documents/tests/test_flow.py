from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.documents import flow, letter
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
)
from cleanprod.foundation.documents.flow import HeadCell, Line, Record, Role, Signed
from cleanprod.foundation.documents.tests import example


def lines(paper: Paper) -> list[Line]:
    return [i for sheet in letter.layout(paper) for i in sheet.items if isinstance(i, Line)]


def test_elements_follow_the_order_of_the_standard():
    kinds = [
        item.role if isinstance(item, Line) else item.kind
        for sheet in letter.layout(example.bulletin())
        for item in sheet.items
    ]
    wanted = [
        "head", Role.NUMBER, Role.TITLE, Role.DRAFT, Role.ADDRESSEE, Role.BODY, Role.HEADING_1,
        Role.ATTACHMENT, "signed", Role.CONTACT, Role.ANNEX_LABEL, Role.ANNEX_TITLE, "grid",
        Role.NOTE, "record",
    ]  # fmt: skip
    firsts = [kinds.index(kind) for kind in wanted]
    assert firsts == sorted(firsts)
    assert kinds[-1] == "record"


def test_headings_number_themselves_and_lower_levels_start_anew():
    blocks = (
        Heading(1, "甲"), Heading(2, "乙"), Heading(3, "丙"), Heading(3, "丁"),
        Heading(1, "戊"), Heading(2, "己"),
    )  # fmt: skip
    leads = [item.lead for item in flow.sheets(blocks)[0].items]
    assert leads == ["一、甲", "（一）乙", "1.丙", "2.丁", "二、戊", "（一）己"]


def test_a_page_of_its_own_is_signed_at_the_right_over_the_day():
    signed = Signature(("佛山市生态环境局",), date(2023, 9, 28))
    items = flow.sheets((Paragraph("特此告知。"), signed))[0].items
    assert items[-1] == Signed((("", "佛山市生态环境局"),), "2023年9月28日")


@pytest.mark.parametrize(
    "number, text", [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (99, "九十九")]
)
def test_chinese_numerals(number, text):
    assert flow.chinese(number) == text


def test_one_attachment_has_no_number_and_several_do():
    one = lines(example.bulletin(attachments=("甲",)))
    assert [i.lead for i in one if i.role is Role.ATTACHMENT] == ["附件："]
    two = lines(example.bulletin(attachments=("甲", "乙")))
    assert [i.lead for i in two if i.role is Role.ATTACHMENT] == ["附件：1.", "2."]


def test_the_record_names_disclosure_before_copies_and_ends_copies_with_a_stop():
    record = letter.layout(example.bulletin())[-1].items[-1]
    wanted = ("公开方式：依申请公开", "抄送：省环境科学研究院、省清洁生产协会。")
    assert record == Record(wanted)


def test_a_draft_leaves_the_day_open_and_an_issued_paper_prints_figures():
    def day(signature):
        sheet = letter.layout(example.bulletin(signature=signature))[0]
        return next(item for item in sheet.items if isinstance(item, Signed))

    assert day(Signature(("甲", "乙"))) == Signed((("甲", "乙"),), "2023年　月　日", keep=True)
    assert day(Signature(("甲",), date(2023, 3, 2))) == Signed(
        (("", "甲"),), "2023年3月2日", keep=True
    )


def test_titles_break_in_balance_and_keep_words_whole():
    assert letter.title_lines(example.bulletin()) == [
        "广东省工业和信息化厅 广东省生态环境厅",
        "关于2023年上半年“广东省清洁生产",
        "信息公共服务平台”使用情况的通报",
    ]


@given(st.text("清洁生产审核“”《》（）2023年的、。abc", min_size=1, max_size=80))
def test_breaking_loses_nothing_and_keeps_the_limit(text):
    parts = flow.balanced(text, 20)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")
    assert all(flow.width(part) <= 20 for part in parts)


def test_a_group_spans_its_columns_and_the_others_span_both_rows():
    columns = (Column("序号"), Column("工业", group="通过"), Column("合计", group="通过"))
    assert flow.head_cells(columns) == (
        (
            HeadCell("序号", 0, 0, 2, 1),
            HeadCell("通过", 0, 1, 1, 2),
            HeadCell("工业", 1, 1, 1, 1),
            HeadCell("合计", 1, 2, 1, 1),
        ),
        2,
    )


def test_heads_of_narrow_columns_break_between_words():
    names = ("工业和信息化牵头", "生态环境牵头", "目标完成进度", "已填报审核计划", "名单", "占比")
    table = Table(columns=tuple(map(Column, names)), rows=())
    told = [cell.text.split("\n") for cell in flow.grid(table).head]
    assert told == [
        ["工业和", "信息化牵头"], ["生态环境", "牵头"], ["目标完成", "进度"],
        ["已填报", "审核计划"], ["名单"], ["占比"],
    ]  # fmt: skip


def test_only_a_title_that_fills_its_line_is_set_closer():
    assert letter.title_spacing("2022年通过清洁生产审核验收企业情况（家）") < -0.5
    assert letter.title_spacing("2023年各地清洁生产审核预期目标") == 0
    assert letter.title_spacing("清" * 60) == 0


def test_a_landscape_table_in_the_text_turns_only_its_own_pages():
    wide = Table(columns=(Column("甲"),), rows=(("1",),), landscape=True)
    sheets = flow.sheets((Paragraph("前"), wide, Paragraph("后")))
    assert [sheet.landscape for sheet in sheets] == [False, True, False]
    assert [s.landscape for s in flow.annex_sheets(Annex("附件", "表", (wide,)))] == [True]


def test_rows_that_do_not_fit_the_columns_are_refused():
    with pytest.raises(ValueError, match="row 0 has 1 cells"):
        Table(columns=(Column("甲"), Column("乙")), rows=(("1",),))
    with pytest.raises(ValueError, match="total row"):
        Table(columns=(Column("甲"), Column("乙")), rows=(), total=Total("合计", 1, ()))


def test_unprintable_characters_are_dropped():
    assert flow.clean("甲\x00乙\ud800\t丙\r\n丁") == "甲乙 丙\n丁"


def test_an_empty_paper_still_has_a_page():
    paper = Paper(title="", properties=Properties(date(2023, 1, 1)))
    assert letter.layout(paper)
