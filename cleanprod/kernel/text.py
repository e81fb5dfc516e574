"""The form of written text in which width and blanks no longer count."""

import re
import unicodedata

# White space, soft hyphens and the marks of zero width that copied cells carry.
_BLANKS = re.compile(r"[\s\u00ad\u180e\u200b-\u200f\u2060\ufeff]+")
_UPPER = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def tidy(text: str) -> str:
    """Return the text in half width (NFKC) without blanks of any kind."""
    if text.isascii() and text.isprintable() and " " not in text:
        return text  # most cells are in this form already
    bare = _BLANKS.sub("", unicodedata.normalize("NFKC", text))
    # A blank may have stood between a letter and its accent.
    return unicodedata.normalize("NFKC", bare)


def upper(text: str) -> str:
    """Return the text with the Latin letters a to z in upper case, and no others changed."""
    return text.translate(_UPPER)
