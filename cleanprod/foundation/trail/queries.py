"""Read the trail, and prove that nothing in it was altered."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from cleanprod.foundation.trail.models import Entry

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Verification:
    """What the proof found; `broken` names each fault in words, none means all is well."""

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


def verify() -> Verification:
    """Recompute every row hash, every digest and the chain of seals, in the database."""
    with connection.cursor() as cursor:
        broken = [*_altered(cursor), *_broken_seals(cursor)]
        cursor.execute("SELECT count(*) FROM trail_entry")
        rows = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(sum(entries), 0), count(*) FROM trail_seal")
        sealed, seals = cursor.fetchone()
        cursor.execute(
            """
            SELECT count(*), extract(epoch FROM clock_timestamp() - min(e.recorded_at))
              FROM trail_entry e
             WHERE e.txid >= coalesce(
                     (SELECT max(upto_txid) FROM trail_seal s WHERE s.epoch = e.epoch), 0)
            """
        )
        unsealed, age = cursor.fetchone()
        cursor.execute("SELECT encode(seal_hash, 'hex') FROM trail_seal ORDER BY id DESC LIMIT 1")
        last = cursor.fetchone()
    return Verification(
        rows, int(sealed), unsealed, float(age) if age is not None else None, seals,
        last[0] if last else "", broken,
    )  # fmt: skip


def _altered(cursor: Any) -> list[str]:
    cursor.execute(
        "SELECT e.id FROM trail_entry e WHERE e.row_hash IS DISTINCT FROM trail_hash(e) "
        "ORDER BY e.id LIMIT %s",
        [_SHOWN],
    )
    return [f"第{pk}条记录的内容与校验值不符" for (pk,) in cursor.fetchall()]


def _broken_seals(cursor: Any) -> list[str]:
    cursor.execute(
        """
        SELECT s.id,
               d.entries IS DISTINCT FROM s.entries,
               d.digest IS DISTINCT FROM s.digest,
               s.previous IS DISTINCT FROM coalesce(lag(s.seal_hash) OVER (ORDER BY s.id), ''),
               s.seal_hash IS DISTINCT FROM trail_seal_hash(
                 s.epoch, s.from_txid, s.upto_txid, s.entries, s.digest, s.previous),
               s.from_txid IS DISTINCT FROM coalesce(
                 lag(s.upto_txid) OVER (PARTITION BY s.epoch ORDER BY s.id), 0)
          FROM trail_seal s,
               LATERAL trail_seal_digest(s.epoch, s.from_txid, s.upto_txid) AS d
         ORDER BY s.id
        """
    )
    words = ("记录条数不符", "记录内容或次序不符", "与前一封存不相接", "封存值不符", "范围不相接")
    faults = []
    for pk, *flags in cursor.fetchall():
        wrong = [word for word, flag in zip(words, flags, strict=True) if flag]
        if wrong:
            faults.append(f"第{pk}次封存：{'、'.join(wrong)}")
    return faults[:_SHOWN]


def history(
    *, dossier: int | None = None, subject: str = "", city: str = "", limit: int = 50
) -> list[Entry]:
    """Return the newest lines about an enterprise or a record; `city` narrows to one city."""
    rows = Entry.objects.order_by("-id")
    if dossier is not None:
        rows = rows.filter(dossier=dossier)
    if subject:
        rows = rows.filter(subject=subject)
    if city:
        rows = rows.filter(city=city)
    return list(rows[:limit])
