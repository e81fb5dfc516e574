"""Keep receipts: of what was taken, and of what was refused."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.intake.models import Receipt, ReceiptRow
from cleanprod.foundation.intake.rules import COUNTS, Report, RowOutcome, State, finding_json
from cleanprod.foundation.trail.actions import Actor

_TITLE = 300
_LABEL = 200


@transaction.atomic
def write_receipt(
    kind: str,
    *,
    title: str,
    file: File,
    rows: Iterable[RowOutcome],
    report: Report,
    by: Actor,
    state: State | None = None,
    city: str = "",
    subject: str = "",
    mapping: Mapping[str, str] | None = None,
) -> Receipt:
    """Write the receipt of an import with one line a row, in the caller's transaction.

    The state follows from the report unless it is given. Rows are brought by COPY.
    """
    receipt = Receipt.objects.create(
        kind=kind,
        file=file,
        title=title[:_TITLE],
        organisation_id=by.office_id,
        office_name=by.office_name,
        person_id=by.person_id,
        person_name=by.person_name,
        recorded_at=clock.now(),
        state=(state or report.state).value,
        mapping=dict(mapping or {}),
        findings=[finding_json(finding) for finding in report.findings],
        city=city,
        subject=subject,
        **{name: getattr(report, name) for name in COUNTS},
    )
    bulk.copy_rows(
        ReceiptRow._meta.db_table,
        ("receipt_id", "number", "outcome", "label", "subject", "note"),
        (
            (receipt.pk, row.number, row.outcome.value, row.label[:_LABEL], row.subject, row.note)
            for row in rows
        ),
    )
    return receipt


def keep_refused(
    kind: str,
    *,
    title: str,
    file: File,
    report: Report,
    by: Actor,
    rows: Iterable[RowOutcome] = (),
    city: str = "",
    subject: str = "",
) -> Receipt:
    """Keep a workbook of which nothing was taken, with everything that was found.

    Call it outside the transaction that was rolled back.
    """
    return write_receipt(
        kind,
        title=title,
        file=file,
        rows=rows,
        report=report,
        by=by,
        state=State.REFUSED,
        city=city,
        subject=subject,
    )
