"""What may be kept of a form; no Django."""

import json
from collections.abc import Sequence

from cleanprod.kernel.errors import Refused

LONGEST_PAGE = 300
LARGEST = 300_000
"""Signs of one form with everything typed into it."""

Pairs = Sequence[tuple[str, str | None]]


def read_pairs(text: str) -> Pairs:
    """Return names with values from JSON, in their order; None says that a box is not ticked."""
    if len(text) > LARGEST:
        raise Refused("填写的内容过长，无法自动保存，请先提交或分开填写")
    try:
        said = json.loads(text)
        pairs = [(str(name), None if value is None else str(value)) for name, value in said]
    except (ValueError, TypeError, RecursionError) as error:
        raise Refused("草稿无法读取") from error
    return [(_plain(name), None if value is None else _plain(value)) for name, value in pairs]


def _plain(text: str) -> str:
    """Return the text without what the database takes for no text at all."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def checked_page(address: str) -> str:
    """Return the address of a page of ours, or refuse."""
    if not address.startswith("/") or address.startswith("//") or len(address) > LONGEST_PAGE:
        raise Refused("草稿的页面地址不对")
    return _plain(address)
