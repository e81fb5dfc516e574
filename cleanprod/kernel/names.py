"""The names of enterprises as they are compared, and the second names written in brackets."""

import re

from cleanprod.kernel.text import tidy, upper
from cleanprod.kernel.traditional import simplified

_SIGNS = str.maketrans(
    "【〔〖[{】〕〗]}•‧∙・",
    "((((()))))····",
)
_INNER = r"[^()]*(?:\([^()]*\)[^()]*)*"
_SECOND_NAME = re.compile(
    r"\((?:"
    rf"(?:曾用名|原名称?|原企业名称?|原公司名称?|更名前|变更前|旧名称?|又名|别名)[:为是]?({_INNER})"
    rf"|原[:为是]({_INNER})"
    rf"|原(?![料材油药子木纸浆煤])({_INNER}(?:公司|厂|店|部|中心|企业|集团|合作社))"
    r")\)"
)
_BETWEEN = re.compile("[、;,/]")


def comparable(name: str) -> str:
    """Return the form in which two writings of one name are equal.

    Width, brackets, case, blanks, line breaks and traditional characters do not count; a former
    name in brackets is left out. The result is for matching, not for showing.
    """
    return _without_former(simplified(_tidy(name)))


def former_names(name: str) -> tuple[str, ...]:
    """Return the second names written in brackets, each in its comparable form."""
    text = simplified(_tidy(name))
    if "(" not in text:
        return ()
    found = (
        comparable(part)
        for groups in _SECOND_NAME.findall(text)
        for written in groups
        for part in _BETWEEN.split(written)
    )
    return tuple(dict.fromkeys(part for part in found if part))


def spelt_alike(known: str, written: str) -> bool:
    """Tell whether a known name stands in a written one in the very same characters.

    Width, brackets, case and blanks still do not count; traditional characters do.
    """
    return _without_former(_tidy(known)) in _tidy(written)


def _without_former(text: str) -> str:
    if "(" not in text:
        return text
    while (shorter := _tidy(_SECOND_NAME.sub("", text))) != text:
        text = shorter
    return text


def _tidy(text: str) -> str:
    return tidy(upper(tidy(text)).translate(_SIGNS))
