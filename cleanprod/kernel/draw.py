"""A draw by lot that anybody can redo.

How to redo it by hand: for every name in the pool that is not excluded, take the SHA-256 of the
UTF-8 text "<seed>\n<name>" and write it in hexadecimal; sort the names by it; the first ones are
drawn. The order of the pool does not matter. In a shell:
`printf '%s\n%s' "$seed" "$name" | sha256sum`.
"""

from collections.abc import Collection, Sequence
from hashlib import sha256

from cleanprod.kernel.errors import Refused


def draw(
    seed: str, pool: Sequence[str], size: int, excluded: Collection[str] = frozenset()
) -> list[str]:
    """Draw so many different names without replacement, in the order in which they are drawn."""
    banned = frozenset(excluded)
    candidates = {name for name in pool if name not in banned}
    if size < 0:
        raise Refused("抽取数量不能为负数")
    if size > len(candidates):
        raise Refused(f"可抽取的只有{len(candidates)}个，不足{size}个")
    return sorted(candidates, key=lambda name: (ticket(seed, name), name))[:size]


def ticket(seed: str, name: str) -> str:
    """Return the number, in hexadecimal, by which a name is ordered under a seed."""
    return sha256(f"{seed}\n{name}".encode()).hexdigest()
