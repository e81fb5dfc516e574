"""Writes: the archive keeps the first production of a paper; the register issues receipts."""

from collections.abc import Callable, Mapping
from hashlib import sha256 as fingerprint_of

from django.db import connection, transaction
from django.db.models import Max

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import rules
from cleanprod.foundation.documents.models import Produced, Receipt
from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail import actions as trail


@transaction.atomic
def produce(
    key: str,
    kind: str,
    title: str,
    format: str,
    render: Callable[[], bytes],
    *,
    by: trail.Actor,
) -> Produced:
    """Return the archived file of this key and format; the first call renders and keeps it.

    Two callers at once get one production: the second waits for the first.
    """
    _only_one(f"documents:produced:{key}:{format}")
    existing = Produced.objects.select_related("file").filter(key=key, format=format).first()
    if existing:
        return existing
    data = render()
    digest = fingerprint_of(data).hexdigest()
    paper = Produced.objects.create(
        key=key,
        kind=kind,
        title=title,
        format=format,
        sha256=digest,
        file=attachments.store(data, f"{title}.{format}", by=by),
        produced_at=clock.now(),
        person_id=by.person_id,
        person_name=by.person_name,
        office_name=by.office_name,
    )
    after = {"format": format, "sha256": digest}
    trail.record(
        trail.Line(
            act="paper:produce",
            verb="生成文件",
            subject=f"paper:{paper.pk}",
            label=title,
            after=after,
        ),
        by=by,
    )
    return paper


@transaction.atomic
def issue_receipt(
    kind: str,
    subject: str,
    facts: Mapping[str, object],
    *,
    by: trail.Actor,
    sha256: str = "",
) -> Receipt:
    """Enter a receipt in the public register under the year's next number.

    `facts` is JSON that the public may read; `sha256` is the fingerprint of the file that the
    receipt is about, else that of the facts.
    """
    year = clock.today().year
    _only_one(f"documents:receipt:{year}")
    last = Receipt.objects.filter(year=year).aggregate(last=Max("serial"))["last"] or 0
    receipt = Receipt.objects.create(
        number=rules.receipt_number(year, last + 1),
        year=year,
        serial=last + 1,
        kind=kind,
        subject=subject,
        facts=dict(facts),
        sha256=sha256.lower() or rules.fingerprint(kind, subject, facts),
        issued_at=clock.now(),
    )
    after = {"number": receipt.number, "sha256": receipt.sha256}
    trail.record(
        trail.Line(
            act="receipt:issue",
            verb="出具回执",
            subject=f"receipt:{receipt.pk}",
            label=subject,
            after=after,
        ),
        by=by,
    )
    return receipt


def _only_one(name: str) -> None:
    """Wait until no other transaction holds this name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
