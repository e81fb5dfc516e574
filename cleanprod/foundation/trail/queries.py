"""Read the trail, and prove that nothing in it was altered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cleanprod.foundation.trail.models import Entry, Seal

_SHOWN = 20
"""Faults of one kind that are named one by one; the rest are counted."""

_COUNTS = """
WITH ends AS (SELECT epoch, max(upto_txid) AS upto FROM trail_seal GROUP BY epoch),
     open AS (
       SELECT e.id, e.epoch, e.recorded_at FROM trail_entry e LEFT JOIN ends USING (epoch)
        WHERE e.txid >= coalesce(ends.upto, 0)),
     today AS (SELECT coalesce(max(id), 0) AS epoch FROM trail_epoch)
SELECT (SELECT count(*) FROM trail_entry),
       (SELECT coalesce(sum(entries), 0)::bigint FROM trail_seal),
       (SELECT count(*) FROM trail_seal),
       (SELECT coalesce(encode((SELECT seal_hash FROM trail_seal ORDER BY id DESC LIMIT 1),
                               'hex'), '')),
       (SELECT count(*) FROM open),
       (SELECT (extract(epoch FROM clock_timestamp())
                - extract(epoch FROM min(recorded_at)))::float8 FROM open),
       (SELECT count(*) FROM open WHERE epoch <> (SELECT epoch FROM today))
"""

_ALTERED = """
SELECT id, subject, count(*) OVER () FROM trail_entry e
 WHERE row_hash IS DISTINCT FROM trail_row_hash(e) ORDER BY id LIMIT %s
"""

_BROKEN_SEALS = """
WITH chain AS (
  SELECT s.*, trail_seal_hash(s) AS own,
         lag(seal_hash, 1, ''::bytea) OVER (ORDER BY id) AS before,
         lag(epoch, 1, 0) OVER (ORDER BY id) AS epoch_before,
         lag(upto_txid, 1, 0::bigint) OVER (PARTITION BY epoch ORDER BY id) AS upto_before
    FROM trail_seal s),
checked AS (
  SELECT chain.id, found.entries IS DISTINCT FROM chain.entries AS missing,
         found.digest IS DISTINCT FROM chain.digest AS altered,
         seal_hash IS DISTINCT FROM own AS rewritten,
         previous IS DISTINCT FROM before AS unchained,
         (from_txid <> upto_before OR epoch < epoch_before) AS apart
    FROM chain,
         LATERAL (
           SELECT count(*) AS entries,
                  sha256(coalesce(string_agg(row_hash, ''::bytea ORDER BY e.id), '')) AS digest
             FROM trail_entry e
            WHERE e.epoch = chain.epoch
              AND e.txid >= chain.from_txid AND e.txid < chain.upto_txid) AS found)
SELECT id, missing, altered, rewritten, unchained, apart, count(*) OVER () FROM checked
 WHERE missing OR altered OR rewritten OR unchained OR apart ORDER BY id LIMIT %s
"""
_FAULTS = ("记录条数不符", "记录内容或次序不符", "封存值不符", "与前一封存不相接", "范围不相接")


@dataclass(frozen=True, slots=True)
class Verification:
    """What the proof found; `broken` tells in words what is wrong where, nothing if all is well.

    `sealed` is what the seals say they cover; a row may be missing from unsealed ones unnoticed,
    so they must stay young.
    """

    rows: int
    sealed: int
    unsealed: int
    oldest_unsealed_seconds: float | None
    seals: int
    last_seal: str
    broken: Sequence[str]

    @property
    def good(self) -> bool:
        """Tell whether no fault was found."""
        return not self.broken


def verify(known_seal: str = "") -> Verification:
    """Recompute every row hash, every digest and the chain of seals, in the database.

    Whoever owns the database could rewrite the whole chain; a seal written down elsewhere before
    (`known_seal`, in hexadecimal) shows that, for it must still be there.
    """
    with connection.cursor() as cursor:
        broken = [*_altered(cursor), *_broken_seals(cursor)]
        cursor.execute(_COUNTS)
        rows, sealed, seals, last, unsealed, age, stray = cursor.fetchone()
    if stray:
        broken.append(f"{stray}条记录属于已结束的时段却未封存")
    if known_seal and not _is_there(known_seal):
        broken.append(f"此前抄存的封存值{known_seal}不在链上")
    return Verification(rows, sealed, unsealed, age, seals, last, broken)


def _is_there(known_seal: str) -> bool:
    try:
        wanted = bytes.fromhex(known_seal)
    except ValueError:
        return False
    return Seal.objects.filter(seal_hash=wanted).exists()


def _altered(cursor: Any) -> list[str]:
    cursor.execute(_ALTERED, [_SHOWN])
    found = cursor.fetchall()
    told = [f"第{pk}条记录（{subject}）的内容与校验值不符" for pk, subject, _ in found]
    return told + _more(len(found), found[0][2] if found else 0, "条记录")


def _broken_seals(cursor: Any) -> list[str]:
    cursor.execute(_BROKEN_SEALS, [_SHOWN])
    found = cursor.fetchall()
    told = []
    for pk, *flags, _ in found:
        wrong = "、".join(word for word, flag in zip(_FAULTS, flags, strict=True) if flag)
        told.append(f"第{pk}次封存：{wrong}")
    return told + _more(len(found), found[0][-1] if found else 0, "次封存")


def _more(shown: int, total: int, what: str) -> list[str]:
    return [f"另有{total - shown}{what}不符，未逐一列出"] if total > shown else []


def history(
    *,
    dossier: int | None = None,
    subject: str = "",
    city: str = "",
    before: int | None = None,
    limit: int = 50,
) -> list[Entry]:
    """Return the newest lines about an enterprise or a record; `city` narrows to one city.

    `before` is the id of the last line shown, for the next page.
    """
    rows = Entry.objects.order_by("-id")
    if dossier is not None:
        rows = rows.filter(dossier=dossier)
    if subject:
        rows = rows.filter(subject=subject)
    if city:
        rows = rows.filter(city=city)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows[:limit])
