"""Ready parsers for the cells of a workbook: text, codes, days, numbers, words, yes or no.

Each gets a cell that is not blank. Spreadsheets give numbers as floats and may give days as
dates, as serial numbers or as text; each parser takes what offices write and says in Chinese what
it cannot take.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from cleanprod.foundation.intake.rules import Cell, Parser, Problem, shown
from cleanprod.kernel import credit_code
from cleanprod.kernel.finding import Level
from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy, upper

_SAFE_DIGITS = 1e15  # spreadsheets keep 15 digits; those behind are already lost
_EPOCH = datetime(1899, 12, 30)
_FIRST_YEAR, _LAST_YEAR = 1950, 2099
_BREAKS = re.compile(r"(?:_x000[dD]_)?[\r\n\v\f\x85\u2028\u2029]+|_x000[dD]_")
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u00ad\u180e\u200b-\u200f\u2028-\u202e\u2060\ufeff]+")
_HAN_SIDE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]"
_BLANK_IN_HAN = re.compile(rf"(?<={_HAN_SIDE}) (?={_HAN_SIDE})")
_WIDE = {ord(wide): unicodedata.normalize("NFKC", wide) for wide in map(chr, range(0xFF10, 0xFF1A))}
_WIDE |= {code: chr(code - 0xFEE0) for code in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_WIDE_SIGNS = re.compile("[０-ｚ]")
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[eE]\+?\d+")


def clean(text: str) -> str:
    """Return the text in one line without blanks at its ends and invisible signs.

    Full-width digits and letters become half-width; brackets stay as they are written, because
    they belong to registered names.
    """
    if " " not in text and text.isprintable() and not _WIDE_SIGNS.search(text):
        return text
    text = _BREAKS.sub(" ", text).replace("\t", " ")
    text = _BLANKS.sub(" ", _INVISIBLE.sub("", text)).translate(_WIDE).strip()
    return _BLANK_IN_HAN.sub("", text)


def text(longest: int = 200) -> Parser:
    """Return a parser for text of at most so many characters."""

    def read(cell: Cell) -> str:
        value = clean(cell) if isinstance(cell, str) else _digits(cell)
        if len(value) > longest:
            raise Problem(f"不超过{longest}个字，实有{len(value)}个字", "缩短后重填")
        return value

    return Parser(read, blank="")


def long_number(longest: int = 40) -> Parser:
    """Return a parser for numbers that are names: phones, certificates, registrations."""
    inner = text(longest).read
    return Parser(lambda cell: inner(_whole_digits(cell)), blank="", as_text=True)


def code() -> Parser:
    """Return a parser for the credit code and what older lists carry in its place.

    The normal form is returned; whether it is a code at all is judged by
    `kernel.credit_code.inspect`, because a wrong check is a question and not an error.
    """
    return Parser(lambda cell: credit_code.normalise(_whole_digits(cell)), blank="", as_text=True)


def _whole_digits(cell: Cell) -> str:
    if isinstance(cell, str):
        if _SCIENTIFIC.fullmatch(cell.strip()):
            raise _lost()
        return cell
    if isinstance(cell, (date, time, timedelta)):
        raise Problem("号码被表格软件改成了日期", "先把该列单元格格式设为“文本”，再按原件重新录入")
    return _digits(cell)


def _lost() -> Problem:
    return Problem(
        "长号码按数字存放，第15位以后的数字已丢失",
        "先把该列单元格格式设为“文本”，再按原件重新录入完整号码",
    )


def _digits(cell: Cell) -> str:
    if isinstance(cell, (int, float)) and abs(cell) >= _SAFE_DIGITS:
        raise _lost()
    return shown(cell)


_DAY_TEXT = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})(?:日|号)?")
_CLOCK = re.compile(r"(?:(?<=日)|[T\s]+)\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?\s*$")
_DAY_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_TEXT = re.compile(r"\d{4}(?:年|[-/.])\d{1,2}月?")
_YEAR_TEXT = re.compile(r"\d{4}年?度?")
_DAY_ADVICE = "按“2022-09-01”或“2022年9月1日”填写到日"


def day() -> Parser:
    """Return a parser for days: dates, serial numbers, 2022年9月1日, 2022.9.1, 20220901."""
    return Parser(_day, number_format="yyyy-mm-dd")


def day_in_words(longest: int = 40) -> Parser:
    """Return a parser for days of old papers: a day in its form, else the words as they stand."""
    words = text(longest).read

    def read(cell: Cell) -> str:
        try:
            return _day(cell).isoformat()
        except Problem as problem:
            rule = f"{problem.rule}，按原文保留"
            kept = words(cell)
            raise Problem(rule, problem.advice, level=Level.INFORM, value=kept) from None

    return Parser(read, blank="", number_format="yyyy-mm-dd")


def _day(cell: Cell) -> date:
    if isinstance(cell, datetime):
        return _plausible(cell.date())
    if isinstance(cell, date):
        return _plausible(cell)
    if isinstance(cell, str):
        return _day_of_text(tidy(_CLOCK.sub("", cell)).strip("'"))
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise Problem("应为日期", _DAY_ADVICE)
    return _day_of_number(cell)


def _day_of_text(text: str) -> date:
    found = _DAY_TEXT.fullmatch(text) or _DAY_DIGITS.fullmatch(text)
    if found:
        try:
            return _plausible(date(*map(int, found.groups())))
        except ValueError:
            raise Problem("没有这一天", "核对年、月、日后重填") from None
    if _YEAR_TEXT.fullmatch(text):
        raise Problem("日期应写到日，只有年份不够", _DAY_ADVICE)
    if _MONTH_TEXT.fullmatch(text):
        raise Problem("日期应写到日，只有年月不够", _DAY_ADVICE)
    if text.isdecimal() and len(text) == 5:
        return _day_of_number(int(text))
    raise Problem("不是能识别的日期", _DAY_ADVICE)


def _day_of_number(number: float) -> date:
    if _FIRST_YEAR <= number < _LAST_YEAR + 1:
        short = "年月" if number != int(number) else "年份"
        raise Problem(f"日期应写到日，只有{short}不够", _DAY_ADVICE)
    if number == int(number) and 10_000_000 <= number <= 99_999_999:
        return _day_of_text(str(int(number)))
    if 0 < number < 100_000:
        return _plausible((_EPOCH + timedelta(days=int(number))).date())
    raise Problem("不是能识别的日期", _DAY_ADVICE)


def _plausible(value: date) -> date:
    if _FIRST_YEAR <= value.year <= _LAST_YEAR:
        return value
    raise Problem(f"年份不在{_FIRST_YEAR}至{_LAST_YEAR}之间", "核对年份后重填")


_NUMBER = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d+)?")


def _number(cell: Cell) -> Decimal:
    if isinstance(cell, str):
        bare = tidy(cell).strip("'")
        if _NUMBER.fullmatch(bare):
            return Decimal(bare.replace(",", ""))
        if _SCIENTIFIC.fullmatch(bare):
            return Decimal(bare)
        raise Problem("应为数字", "只填数字，不带单位和文字")
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        raise Problem("应为数字", "把单元格格式设为“常规”后重填数字")
    # A spreadsheet stores 15 digits; the rest of the binary form is noise.
    return Decimal(f"{cell:.15g}")


def _bounded(value: Any, smallest: Decimal | int | None, largest: Decimal | int | None) -> None:
    if abs(value) >= _SAFE_DIGITS:
        raise Problem("数值超过15位", "核对数值和单位后重填")
    if smallest is not None and value < smallest:
        raise Problem(f"不能小于{smallest}", "核对数值和单位后重填")
    if largest is not None and value > largest:
        raise Problem(f"不能大于{largest}", "核对数值和单位后重填")


def _places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def whole_number(smallest: int | None = None, largest: int | None = None) -> Parser:
    """Return a parser for whole numbers between the bounds."""

    def read(cell: Cell) -> int:
        value: float | Decimal
        value = cell if cell.__class__ is float and cell.is_integer() else _number(cell)
        if value != int(value):
            raise Problem("应为整数", "填写不带小数的数字")
        _bounded(value, smallest, largest)
        return int(value)

    return Parser(read, number_format="0")


def decimal(
    smallest: Decimal | int | None = None,
    largest: Decimal | int | None = None,
    places: int | None = None,
    unit: str = "",
) -> Parser:
    """Return a parser for decimal numbers between the bounds with at most so many places.

    The one `unit` in which all are told may stand behind the number.
    """

    def read(cell: Cell) -> Decimal:
        bare = isinstance(cell, str) and unit and tidy(cell).removesuffix(unit)
        value = _number(bare or cell)
        _bounded(value, smallest, largest)
        if places is not None and _places(value) > places:
            raise Problem(f"最多保留{places}位小数", "四舍五入后重填")
        return value

    return Parser(read)


def one_of(
    words: type[Term],
    aliases: Mapping[str, Term] | None = None,
    inside: Mapping[str, Term] | None = None,
) -> Parser:
    """Return a parser for the words of a vocabulary, by label, value or alias.

    A remark in brackets does not count; `inside` names words by which longer texts are known,
    unless they point at several.
    """
    known: dict[str, Term] = {_word(alias): word for alias, word in (aliases or {}).items()}
    for word in words:
        known[_word(word.label)] = known[_word(word.value)] = word
    labels = tuple(word.label for word in words)

    def read(cell: Cell) -> Term:
        said = _word(shown(cell))
        found = known.get(said) or known.get(_REMARK.sub("", said))
        if found is None and inside:
            named = {word for part, word in inside.items() if part in said}
            found = named.pop() if len(named) == 1 else None
        if found is None:
            raise Problem("不在可填内容之内", f"可填：{'、'.join(labels)}")
        return found

    return Parser(read, choices=labels)


_REMARK = re.compile(r"\([^()]*\)$")


def _word(text: str) -> str:
    return upper(tidy(text)).strip("。.;,、'\"“”")


_YES = frozenset(("是", "有", "Y", "YES", "TRUE", "√", "✓", "✔", "1", "对"))
_NO = frozenset(("否", "无", "没有", "不是", "N", "NO", "FALSE", "×", "✗", "X", "0"))


def yes_no() -> Parser:
    """Return a parser for yes and no; 无 is an answer here and not a blank."""

    def read(cell: Cell) -> bool:
        word = _word(shown(cell))
        if word in _YES or word in _NO:
            return word in _YES
        raise Problem("应填“是”或“否”", "填写“是”或“否”")

    return Parser(read, choices=("是", "否"), answers=frozenset(("无", "没有")))


def graded(of: Parser, levels: type[Term]) -> Parser:
    """Return a parser for a level where offices also write only whether there is one.

    否 means none; 是 is told and kept without a level; of several levels the highest counts.
    """
    inner, order = several(of), list(levels)

    def read(cell: Cell) -> Term | None:
        word = _word(shown(cell))
        if word in _NO:
            return None
        if word in _YES:
            named = "、".join(of.choices)
            raise Problem("没有写明级别，按未注明级别导入", f"可填：{named}", level=Level.INFORM)
        return min(inner.read(cell), key=order.index, default=None)

    return Parser(read, choices=of.choices)


_BETWEEN = re.compile(r"[、，,;；/+＋\r\n]+")
_ITEM = re.compile(r"(?<![0-9.])[(（]?[0-9０-９]{1,2}[.．、)）]|[①-⑳]")


def several(of: Parser) -> Parser:
    """Return a parser for several values in one cell, each read by the inner parser, each once.

    Values are parted by 、，,;/+ or line breaks, and may be numbered.
    """

    def read(cell: Cell) -> tuple[Any, ...]:
        if not isinstance(cell, str):
            return (of.read(cell),)
        parts = (p for p in _BETWEEN.split(_ITEM.sub("、", cell)) if not of.sees_blank(p))
        return tuple(dict.fromkeys(_part(of.read, part) for part in parts))

    return Parser(read, blank=())


def _part(read: Callable[[Cell], Any], part: str) -> Any:
    try:
        return read(part)
    except Problem as problem:
        raise Problem(f"“{part.strip()}”{problem.rule}", problem.advice) from None
