"""The unified social credit code (GB 32100-2015) and what older lists carry in its place.

Real registers hold codes in lower case, in full width, with blanks, and a few that were issued
with a wrong check character. So the text is normalised first; a wrong check is a question for an
official, never a refusal, and nothing is repaired in silence.
"""

import re
from collections.abc import Callable
from operator import mul
from typing import Final, NamedTuple

from cleanprod.kernel.term import Term
from cleanprod.kernel.text import tidy, upper

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"

_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17)) + (1,)
_VALUES: Final = bytes(max(ALPHABET.find(chr(byte)), 0) for byte in range(256))
_SHAPE: Final = re.compile(rf"[{ALPHABET}]{{2}}\d{{6}}[{ALPHABET}]{{10}}", re.ASCII)
_QUOTES: Final = "'\"`‘’“”"
_EMPTY_WORDS: Final = frozenset(
    ("", "无", "暂无", "没有", "空", "NULL", "NONE", "NAN", "N/A", "NA")
    + ("/", "\\", "-", "--", "—", "——")
)
_LOOKALIKES: Final = str.maketrans("OIZS", "0125")
_LENGTH: Final = 18
_SHORTEST: Final = 9  # below it two codes that are one slip apart tell nothing


class Kind(Term):
    """What a written code turned out to be."""

    VALID = "valid", "统一社会信用代码"
    WRONG_CHECK = "wrong_check", "校验位不符的统一社会信用代码"
    REGISTRATION = "registration", "15位工商注册号"
    THIRTEEN = "thirteen", "13位旧注册号"
    ORGANISATION = "organisation", "组织机构代码"
    OTHER = "other", "其他文字"
    NONE = "none", "未填"


class Verdict(NamedTuple):
    """What was written: the normal form, its kind, what is odd, and a repair to offer.

    `problem` is empty for a valid code and for none; `suggestion` is a valid code that the person
    may have meant. It must be shown and chosen, never applied unasked.
    """

    code: str
    kind: Kind
    problem: str = ""
    suggestion: str = ""


def normalise(text: str) -> str:
    """Return the code in half width and upper case, without blanks of any kind or outer quotes."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return upper(tidy(text).strip(_QUOTES))


def check_character(first17: str) -> str:
    """Return the 18th character that belongs to the first 17."""
    if len(first17) != _LENGTH - 1 or not set(first17) <= set(ALPHABET):
        raise ValueError("17 characters of the credit code alphabet are needed")
    return ALPHABET[-_weighted(first17 + "0") % 31]


def inspect(text: str) -> Verdict:
    """Tell what a written code is.

    The inner organisation code is not checked on its own: valid codes exist in which it fails.
    """
    code = normalise(text)
    if _SHAPE.fullmatch(code):
        if _weighted(code) % 31 == 0:
            return Verdict(code, Kind.VALID)
        return _wrong_check(code)
    if code in _EMPTY_WORDS:
        return Verdict("", Kind.NONE)
    for shape, make in _OLDER:
        if shape.fullmatch(code):
            return make(code)
    return _other(code)


def _weighted(code: str) -> int:
    return sum(map(mul, _WEIGHTS, code.encode("ascii").translate(_VALUES)))


def _wrong_check(code: str) -> Verdict:
    right = check_character(code[:-1])
    problem = f"末位校验码应为{right}，实为{code[-1]}"
    if code[-1] == ALPHABET[_weighted(code[:-1] + "0") % 31]:
        problem += "（与登记机关曾用的错误算法一致，可能原样发证）"
    return Verdict(code, Kind.WRONG_CHECK, problem)


def _registration(code: str) -> Verdict:
    return Verdict(code, Kind.REGISTRATION, "为15位工商注册号，请补统一社会信用代码")


def _thirteen(code: str) -> Verdict:
    return Verdict(code, Kind.THIRTEEN, "为13位旧注册号，请补统一社会信用代码")


def _organisation(code: str) -> Verdict:
    bare = code.replace("-", "")
    return Verdict(bare, Kind.ORGANISATION, "为9位组织机构代码，请补统一社会信用代码")


def _spoilt(code: str) -> Verdict:
    return Verdict(
        code, Kind.OTHER, "被表格软件改成科学计数法，末几位已丢失，请把该列设为文本后重填"
    )


_OLDER: Final[tuple[tuple[re.Pattern[str], Callable[[str], Verdict]], ...]] = (
    (re.compile(r"\d{15}", re.ASCII), _registration),
    (re.compile(r"\d{13}", re.ASCII), _thirteen),
    (re.compile(r"[0-9A-Z]{8}-?[0-9X]", re.ASCII), _organisation),
    (re.compile(r"\d(?:\.\d+)?E\+?\d+", re.ASCII), _spoilt),
)


def differ_by_a_slip(one: str, other: str) -> bool:
    """Tell whether two codes differ as by one slip of the hand.

    A slip is one character changed, left out or doubled, or two neighbours exchanged.
    """
    if one == other or min(len(one), len(other)) < _SHORTEST:
        return False
    if len(one) != len(other):
        short, long = sorted((one, other), key=len)
        return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
    places = [i for i, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if len(places) == 1:
        return True
    first, last = places[0], places[-1]
    exchanged = one[first] == other[last] and one[last] == other[first]
    return len(places) == 2 and last == first + 1 and exchanged


def _other(code: str) -> Verdict:
    if len(code) != _LENGTH:
        problem = f"统一社会信用代码应为18位，实为{len(code)}位"
        return Verdict(code, Kind.OTHER, problem, _of_right_length(code))
    repaired = code.translate(_LOOKALIKES)
    if repaired != code and inspect(repaired).kind is Kind.VALID:
        wrong = [sign for sign in "OIZS" if sign in code]
        meant = "、".join(wrong).translate(_LOOKALIKES)
        problem = f"含字母{'、'.join(wrong)}，统一社会信用代码不用这些字母，疑为数字{meant}"
        return Verdict(code, Kind.OTHER, problem, repaired)
    illegal = "、".join(dict.fromkeys(sign for sign in code if sign not in ALPHABET))
    if illegal:
        return Verdict(code, Kind.OTHER, f"含统一社会信用代码不用的字符：{illegal}")
    return Verdict(code, Kind.OTHER, "第3至8位应为登记机关行政区划数字")


def _of_right_length(code: str) -> str:
    """Return the code without its one doubled character, or with its check character."""
    repaired = code.translate(_LOOKALIKES)
    if len(code) == _LENGTH - 1 and set(repaired) <= set(ALPHABET):
        made = [repaired + check_character(repaired)]
    elif len(code) == _LENGTH + 1:
        doubled = (i for i in range(_LENGTH) if repaired[i] == repaired[i + 1])
        made = [repaired[:i] + repaired[i + 1 :] for i in doubled]
    else:
        made = []
    good = {one for one in made if _SHAPE.fullmatch(one) and _weighted(one) % 31 == 0}
    return good.pop() if len(good) == 1 else ""
