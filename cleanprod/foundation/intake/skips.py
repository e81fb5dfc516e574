"""Tell rows among the data that are no data: totals, remarks, small titles, repeated headers."""

import re
from collections.abc import Sequence

from cleanprod.foundation.intake.rules import Cell, Skip
from cleanprod.kernel.text import tidy

_TOTAL = re.compile(r"^.{0,10}(?:合计|小计|总计|共计|累计)(?:[:：(（\d].*|数|企业.*|户数.*)?$")
TOTAL_COUNT = re.compile(r"(\d+)[家户个]")
_NOTE = re.compile(
    r"^[*※（(\[]?(?:附?注\d?[:：、.\d]|注$|备注\d?[:：]|说明\d?[:：]|填[表报]|制表|审核人|复核|"
    r"单位负责人|负责人[:：]|联系[人电]|打印[日时]|以上|以下空白|[(（]?此页|第\d+页|共\d+页|"
    r"单位[:：])"
)
_ORDINAL = "[一二三四五六七八九十]{1,3}"
_CAPTION = re.compile(rf"^(?:{_ORDINAL}[、.]|[(（]{_ORDINAL}[)）])")
_WORDS = ("合计", "小计", "总计", "共计")
MARKS = frozenset(
    inner.join(word) + tail for word in _WORDS for inner in ("", " ", "  ", "　", "　　")
    for tail in ("", ":", "：")
)  # fmt: skip
OPENINGS = (
    "合计（", "合计(", "总计（", "总计(", "小计（", "小计(", "打印日期", "打印时间",
    "注：", "注:", "注1", "注 ", "备注：", "备注:", "说明：", "说明:", "填表", "填报", "制表人",
    "制表：", "审核人：", "审核人:", "联系人：", "联系人:", "以下空白", "合计：", "合计:", "总计：",
    "一、", "二、", "三、", "四、", "五、", "六、", "（一）", "（二）", "（三）", "（四）",
)  # fmt: skip


# What stands under a remark and goes on with it: 2.企业应于一个月内注册。
GOES_ON = re.compile(r"^[(（]?(?:\d{1,2}|[一二三四五六七八九十]{1,2})[.．、)）]|[。；]$")
DITTO = frozenset(("同上", "〃", "″", "”"))


def says_nothing(cell: Cell) -> bool:
    """Tell whether a cell is empty or holds blanks only."""
    return isinstance(cell, str) and (not cell or not tidy(cell))


def kind_of_words(words: Sequence[str]) -> Skip | None:
    """Tell from its first words which sort of row without data this is."""
    for word in words:
        if _NOTE.match(word):
            return Skip.NOTE
        if _TOTAL.match(word):
            return Skip.TOTAL
    if words and _CAPTION.match(words[0]):
        return Skip.CAPTION
    return None
