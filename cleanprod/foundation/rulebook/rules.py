"""What a provision may say: its status, and values that fit the earlier ones."""

import re
from typing import Any

from cleanprod.kernel.errors import Refused
from cleanprod.kernel.term import Term


class Status(Term):
    """Whether a source was seen for the value."""

    CONFIRMED = "confirmed", "已核实"
    UNCONFIRMED = "unconfirmed", "待核实"


class Unit(Term):
    """How the value of a provision is to be read."""

    MONTHS = "months", "个月"
    YEARS = "years", "年"
    DAYS = "days", "天"
    HOURS = "hours", "小时"
    MINUTES = "minutes", "分钟"
    TIMES = "times", "次"
    PERCENT = "percent", "%"
    MONTH_DAY = "month_day", "每年的月-日"
    TABLE = "table", "对照表"
    SWITCH = "switch", "是否"
    WORDS = "words", "文字"


_WHOLE = (Unit.MONTHS, Unit.YEARS, Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.TIMES)
_LONG_MONTHS = {1, 3, 5, 7, 8, 10, 12}
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})", re.ASCII)


def check_value(value: Any, *, unit: Unit, before: Any) -> None:
    """Refuse a value that the readers of this provision could not use.

    `before` is the value that held so far: a table must keep its keys, each with the same type.
    """
    if unit in _WHOLE:
        if type(value) is not int or value <= 0:
            raise Refused(f"须为大于0的整数（{unit.label}）")
    elif unit is Unit.PERCENT:
        if type(value) is not int or not 0 < value <= 100:
            raise Refused("须为1至100的整数（%）")
    elif unit is Unit.SWITCH:
        if type(value) is not bool:
            raise Refused("须为“是”或“否”")
    elif unit is Unit.MONTH_DAY:
        _check_month_day(value)
    elif unit is Unit.TABLE:
        _check_table(value, before)
    elif not isinstance(value, str) or not value.strip():
        raise Refused("请填写内容")


def _check_month_day(value: Any) -> None:
    written = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    month, day = (int(part) for part in written.groups()) if written else (0, 0)
    # 29 February is left out: the day must exist in every year.
    last = 31 if month in _LONG_MONTHS else 28 if month == 2 else 30
    if not (1 <= month <= 12 and 1 <= day <= last):
        raise Refused("须为每年都有的“月-日”，如03-10")


def _check_table(value: Any, before: Any) -> None:
    if not isinstance(value, dict) or not isinstance(before, dict) or value.keys() != before.keys():
        keys = "、".join(sorted(before)) if isinstance(before, dict) else ""
        raise Refused(f"对照表须保留原有各项：{keys}")
    for key, entry in value.items():
        if type(entry) is not type(before[key]):
            raise Refused(f"“{key}”的值与原值类型不同")
