"""Claim codes, contacts of an enterprise, its changes, and what visitors ask for; no Django."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from cleanprod.foundation.organisations.rules import Part, Role, Standing
from cleanprod.kernel.lifecycle import Lifecycle, Move
from cleanprod.kernel.term import Term
from cleanprod.stages.audits.rules import Act as RoundAct

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that people read as something else
GROUPS, GROUP = 4, 4
LENGTH = GROUPS * GROUP


class CodeKind(Term):
    """What a one-time code lets a person do."""

    CLAIM = "claim", "认领码"
    INVITE = "invite", "邀请码"


class CodeState(Term):
    """How an enterprise of a list stands to its claim code."""

    NONE = "none", "未发放"
    LIVE = "live", "已发放"
    EXPIRED = "expired", "已过期"
    CLAIMED = "claimed", "已认领"


def spelt(secret: str) -> str:
    """Return a code as it is printed: four groups of four."""
    return "-".join(secret[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def read_code(text: str) -> str:
    """Return the sixteen signs that somebody typed, or nothing if it cannot be a code."""
    plain = unicodedata.normalize("NFKC", text).upper()
    bare = re.sub(r"[\s\-‐-―−_.]", "", plain)
    fits = len(bare) == LENGTH and all(sign in ALPHABET for sign in bare)
    return bare if fits else ""


def digest(secret: str) -> str:
    """Return what is kept of a code.

    Sixteen signs of thirty-one are 79 bits drawn at random, so that no slow hash is needed and a
    code can be found by its digest.
    """
    return hashlib.sha256(f"cleanprod:code:{secret}".encode()).hexdigest()


def code_state(*, claimed: bool, expires_on: date | None, today: date) -> CodeState:
    """Return how an enterprise stands: taken over, or with a code that holds, held, or is none."""
    if claimed:
        return CodeState.CLAIMED
    if expires_on is None:
        return CodeState.NONE
    return CodeState.LIVE if expires_on >= today else CodeState.EXPIRED


class Rank(Term):
    """Which of the contacts a person is."""

    FIRST = "first", "第一联系人"
    DEPUTY = "deputy", "代理第一联系人"
    SECOND = "second", "第二联系人"


class ContactAct(Term):
    """What the first contact, or the deputy, does about contacts."""

    INVITE = "invite", "邀请联系人"
    HAND_OVER = "hand_over", "移交第一联系人"
    DEPUTE = "depute", "委托代理"
    RECALL = "recall", "收回代理"
    REMOVE = "remove", "解除联系人"


def ranked(rows: Sequence[tuple[int, str]]) -> dict[int, Rank]:
    """Return the rank of each membership; where nobody is first, the oldest one is.

    `rows` are (membership, rank or nothing) in the order in which they began.
    """
    found = {pk: Rank(rank) if rank else Rank.SECOND for pk, rank in rows}
    if found and Rank.FIRST not in found.values():
        found[rows[0][0]] = Rank.FIRST
    return found


MANAGERS = frozenset({Rank.FIRST, Rank.DEPUTY})


def open_acts(actor: Rank | None, target: Rank, *, own: bool) -> tuple[ContactAct, ...]:
    """Return what a contact may do about another one, or about themselves.

    The deputy invites and removes while the first one is away, but does not touch the first.
    """
    if own:
        return () if target is Rank.FIRST else (ContactAct.REMOVE,)
    if actor not in MANAGERS or target is Rank.FIRST:
        return ()
    if actor is Rank.DEPUTY:
        return (ContactAct.REMOVE,)
    turn = ContactAct.RECALL if target is Rank.DEPUTY else ContactAct.DEPUTE
    return (ContactAct.HAND_OVER, turn, ContactAct.REMOVE)


class Asked(Term):
    """Where something that was asked for stands."""

    ASKED = "asked", "待办理"
    GRANTED = "granted", "已同意"
    DECLINED = "declined", "未同意"
    WITHDRAWN = "withdrawn", "已撤回"
    TAKEN = "taken", "已纳入名单"


class Decision(Term):
    """What is done about something that was asked for."""

    GRANT = "grant", "同意"
    DECLINE = "decline", "不同意"
    WITHDRAW = "withdraw", "撤回"
    TAKE = "take", "纳入名单"


_LEAD = frozenset({Part.LEAD})
_OFFICES = frozenset({Part.LEAD, Part.COUNTY})
RESETS: Lifecycle[Asked, Decision, Part] = Lifecycle(
    (
        Move(Decision.GRANT, Asked.ASKED, Asked.GRANTED, _OFFICES, reason=True),
        Move(Decision.DECLINE, Asked.ASKED, Asked.DECLINED, _OFFICES, reason=True),
    )
)
WISHES: Lifecycle[Asked, Decision, Part] = Lifecycle(
    (
        Move(Decision.GRANT, Asked.ASKED, Asked.GRANTED, _LEAD),
        Move(Decision.DECLINE, Asked.ASKED, Asked.DECLINED, _LEAD, reason=True),
        Move(Decision.TAKE, Asked.GRANTED, Asked.TAKEN, _LEAD),
    )
)
CHANGES: Lifecycle[Asked, Decision, Part] = Lifecycle(
    (
        Move(Decision.GRANT, Asked.ASKED, Asked.GRANTED, _LEAD),
        Move(Decision.DECLINE, Asked.ASKED, Asked.DECLINED, _LEAD, reason=True),
        Move(
            Decision.WITHDRAW, Asked.ASKED, Asked.WITHDRAWN, frozenset({Part.LEAD, Part.ENTERPRISE})
        ),
    )
)


class ChangeKind(Term):
    """What changed with an enterprise."""

    RENAME = "rename", "更名"
    MOVE = "move", "迁移"
    MERGE = "merge", "合并"
    SHUTDOWN = "shutdown", "停产"
    DEREGISTERED = "deregistered", "注销"


# A round that cannot go on: a shutdown may end, a deregistration does not.
STOPS: Mapping[ChangeKind, RoundAct] = {
    ChangeKind.SHUTDOWN: RoundAct.DEFER,
    ChangeKind.DEREGISTERED: RoundAct.CANCEL,
}


class Scope(Term):
    """What a consultancy may do in one round; each includes those before it."""

    VIEW = "view", "查看"
    FILL = "fill", "填写"
    SUBMIT = "submit", "填写并提交"


_SCOPES = tuple(Scope)


def includes(given: Scope, wanted: Scope) -> bool:
    """Tell whether a scope covers what is wanted."""
    return _SCOPES.index(given) >= _SCOPES.index(wanted)


def may_issue(standing: Standing, *, city: str, lead: str) -> bool:
    """Tell whether this office issues codes for a list: its lead, or a county of its city."""
    if standing.role is Role.COUNTY:
        return standing.city == city and standing.line in (None, lead)
    return standing.leads(city=city, lead=lead)
