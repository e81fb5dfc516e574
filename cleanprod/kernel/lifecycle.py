"""One table of moves per lifecycle: checks, buttons, tests and the chart in the docs read it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cleanprod.kernel.errors import NotAllowed
from cleanprod.kernel.term import Term

S = TypeVar("S", bound=Term)
A = TypeVar("A", bound=Term)
R = TypeVar("R", bound=Term)


def always(_facts: Any) -> bool:
    """Hold for every record."""
    return True


@dataclass(frozen=True)
class Move(Generic[S, A, R]):
    """One legal step: who may do it, from where to where, and when it applies."""

    act: A
    source: S
    target: S
    who: frozenset[R]
    reason: bool = False
    when: Callable[[Any], bool] = always


class Lifecycle(Generic[S, A, R]):
    """The table of all moves of one kind of record."""

    def __init__(self, moves: Iterable[Move[S, A, R]]) -> None:
        """Keep the moves in the order of the trade."""
        self.moves: tuple[Move[S, A, R], ...] = tuple(moves)

    def open_to(
        self, stage: S, roles: Collection[R], facts: Any = None
    ) -> tuple[Move[S, A, R], ...]:
        """Return the moves that these roles may make from this stage."""
        return tuple(
            move
            for move in self.moves
            if move.source == stage and not move.who.isdisjoint(roles) and move.when(facts)
        )

    def target(self, stage: S, act: A, roles: Collection[R], facts: Any = None) -> S:
        """Return the stage that the act leads to, or raise NotAllowed."""
        for move in self.open_to(stage, roles, facts):
            if move.act == act:
                return move.target
        raise NotAllowed(f"当前为“{stage.label}”，不能{act.label}")

    def needs_reason(self, stage: S, act: A) -> bool:
        """Tell whether the act must be explained."""
        return any(m.reason for m in self.moves if m.source == stage and m.act == act)

    def chart(self) -> str:
        """Return the table as a Markdown table for the docs."""
        lines = ["| from | act | to | who | reason | if |", "| --- | --- | --- | --- | --- | --- |"]
        for move in self.moves:
            who = "、".join(sorted(role.label for role in move.who))
            lines.append(
                f"| {move.source.label} | {move.act.label} | {move.target.label} | {who} "
                f"| {'要' if move.reason else ''} | {_condition(move.when)} |"
            )
        return "\n".join(lines)


def _condition(when: Callable[[Any], bool]) -> str:
    """Return in words when a move applies: the condition's own sentence, nothing for always."""
    if when is always:
        return ""
    said = (when.__doc__ or when.__name__).split("\n")[0].rstrip(".")
    return said.removeprefix("Tell whether ").removeprefix("Hold while ")
