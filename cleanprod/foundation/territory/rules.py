"""How place names are compared: what may be left out without meaning another place."""

import re

_PEOPLES = (
    "壮族|藏族|回族|彝族|苗族|瑶族|侗族|傣族|白族|黎族|土家族|布依族|哈尼族|景颇族|傈僳族|羌族|"
    "朝鲜族|蒙古族|(?<!内)蒙古|哈萨克|柯尔克孜|维吾尔"
)
_AUTONOMOUS = re.compile(rf"(?:{_PEOPLES})*(?:自治州|自治县|自治区)$")
_SUFFIX = re.compile(r"(?:街道办事处|街道|地区|林区|省|市|区|县|镇|乡|盟)$")

SHORTEST_STEM = 2


def stem(name: str) -> str:
    """Return the name without its kind: 广州市 gives 广州, 东区街道 gives 东区, 城区 stays."""
    short = _AUTONOMOUS.sub("", name)
    if short == name:
        short = _SUFFIX.sub("", name)
    return short if len(short) >= SHORTEST_STEM else name
