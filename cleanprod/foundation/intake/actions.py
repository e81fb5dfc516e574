"""Keep receipts: of what was taken, and of what was refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.engine import bulk, clock
from cleanprod.foundation.intake.models import LearnedHeader, Receipt, ReceiptRow
from cleanprod.foundation.intake.rules import (
    COUNTS,
    How,
    Report,
    RowOutcome,
    State,
    Table,
    finding_json,
    header_forms,
)
from cleanprod.foundation.trail.actions import Actor

_TITLE = 300
_LABEL = 200
_HEADER = 200


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


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import did."""

    report: Report
    receipt: Receipt


@transaction.atomic
def conclude(
    table: Table,
    rows: Iterable[RowOutcome],
    report: Report,
    *,
    title: str,
    file: File,
    by: Actor,
    city: str = "",
    subject: str = "",
) -> Taken:
    """Write the receipt of what an import did, and learn what the office called its columns."""
    receipt = write_receipt(
        table.template.name, title=title, file=file, rows=rows, report=report, by=by, city=city,
        subject=subject, mapping=table.mapping,
    )  # fmt: skip
    learn(table, by=by)
    return Taken(report, receipt)


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
        state=report.lacks or (State.BLOCKED if report.refused or not report.matched else None),
        city=city,
        subject=subject,
    )


@transaction.atomic
def learn(table: Table, *, by: Actor) -> None:
    """Remember for the office what it said the headers mean that the template does not know.

    A header that was learned before and is not read in that way any more is forgotten.
    """
    if by.office_id is None:
        return
    keys = {name: key for key, name in table.columns.items()}
    forms = {header_forms(text)[0][:_HEADER]: name for name, text in table.headers.items()}
    foreign = {form: name for form, name in forms.items() if form not in table.template.headers}
    own = LearnedHeader.objects.filter(organisation_id=by.office_id, kind=table.template.name)
    own.filter(header__in=[form for form, name in foreign.items() if name not in keys]).delete()
    LearnedHeader.objects.bulk_create(
        [
            LearnedHeader(
                organisation_id=by.office_id, kind=table.template.name, header=form,
                column=keys[name], person_id=by.person_id, recorded_at=clock.now(),
            )
            for form, name in foreign.items()
            if name in keys and form and table.how.get(keys[name]) is How.CHOSEN
        ],
        update_conflicts=True,
        unique_fields=["organisation_id", "kind", "header"],
        update_fields=["column", "person_id", "recorded_at"],
    )  # fmt: skip
