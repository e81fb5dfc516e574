"""The table of remarks and what became of them 修改说明（意见落实表）, as docx and PDF."""

from collections.abc import Sequence

from cleanprod.foundation.documents import docx, pdf
from cleanprod.foundation.documents.blocks import (
    Align,
    Column,
    Paper,
    Paragraph,
    Properties,
    Table,
    table_paper,
)
from cleanprod.foundation.engine import clock
from cleanprod.stages.audits.models import Round
from cleanprod.stages.remarks.models import Remark
from cleanprod.stages.remarks.rules import State, Step

RENDER = {"docx": docx.render, "pdf": pdf.render}


def title(audit: Round, step: Step) -> str:
    """Return the title of the paper, which is its file's name, too."""
    return f"{audit.name}{step.label}专家意见落实表（修改说明）"


def table(audit: Round, step: Step, remarks: Sequence[Remark]) -> Paper:
    """Return the table of a step; it names no expert, as the enterprise prints it."""
    live = [one for one in remarks if one.state != State.DROPPED]
    closed = sum(one.state == State.CLOSED for one in live)
    return table_paper(
        title(audit, step),
        Table(
            columns=(
                Column("序号", 0.6), Column("专家意见", 3.2, Align.LEFT), Column("要求", 0.9),
                Column("修改情况", 3.2, Align.LEFT), Column("修改位置", 1.6, Align.LEFT),
                Column("复核", 1.1),
            ),
            rows=tuple(_row(one) for one in live),
        ),
        Paragraph(f"共{len(live)}条意见，已落实{closed}条。"),
        Paragraph("企业（盖章）：＿＿＿＿＿＿　　　　复核（签名）：＿＿＿＿＿＿"),
        properties=Properties(clock.today(), subject=audit.name),
    )  # fmt: skip


def _row(one: Remark) -> tuple[str, ...]:
    last = max(one.replies.all(), key=lambda reply: reply.pk, default=None)
    said, place = (last.changed, last.place) if last else ("", "")
    if last and last.version:
        place = f"{place}（{last.version}）"
    return (
        str(one.number), one.text, one.get_weight_display(), said or "—", place or "—",
        one.get_state_display(),
    )  # fmt: skip
