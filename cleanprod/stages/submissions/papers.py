"""The receipt of a submission 提交回执 as PDF with a QR code that leads to its public page."""

from urllib.parse import urlencode

from django.utils import timezone

from cleanprod.foundation.documents import pdf
from cleanprod.foundation.documents.blocks import (
    Align,
    Code,
    Column,
    Paper,
    Paragraph,
    Properties,
    Table,
    Total,
    table_paper,
)
from cleanprod.stages.submissions.models import Submission
from cleanprod.stages.submissions.rules import NOT_A_SEAL, readable


def key(number: str) -> str:
    """Return under which key the paper of a receipt is kept."""
    return f"receipt:{number}"


def render(submission: Submission, address: str) -> bytes:
    """Return the paper as PDF."""
    return pdf.render(paper(submission, address))


def paper(submission: Submission, address: str) -> Paper:
    """Return the paper; `address` is that of the public page where receipts are verified."""
    receipt, audit = submission.receipt, submission.round
    files = receipt.facts["files"]
    sheet = receipt.facts["sheet"]
    rows = [
        (
            str(place), f"{one['title']}\n{one['size']}字节",
            f"第{one['version']}稿\n{one['draft']}", readable(one["sha256"]),
        )
        for place, one in enumerate(files, 1)
    ]  # fmt: skip
    rows.append(
        (
            str(len(rows) + 1), "绩效表（平台填报数据）", f"第{sheet['version']}稿",
            readable(sheet["sha256"]),
        )
    )  # fmt: skip
    moment = timezone.localtime(receipt.issued_at)
    verify = f"{address}?{urlencode({'number': receipt.number})}"
    return table_paper(
        "提交回执",
        Paragraph(
            f"{audit.name}于{moment.year}年{moment.month}月{moment.day}日"
            f"{moment:%H时%M分%S秒}提交{submission.get_purpose_display()}（{audit.list_year}年名单，"
            f"第{submission.number}次提交），提交单位：{submission.office_name}。"
        ),
        Code(verify, f"扫码或在平台“回执查验”输入编号 {receipt.number}"),
        Table(
            columns=(
                Column("序号", 0.65), Column("材料", 2.2, Align.LEFT), Column("稿次", 0.8),
                Column("文件指纹（SHA-256）", 4.2),
            ),
            rows=tuple(rows),
            total=Total("总指纹", 3, (readable(receipt.sha256),)),
            note=f"本回执证明系统收到上述文件，不代表材料合格。{NOT_A_SEAL}",
        ),
        properties=Properties(created=submission.happened_on, subject=receipt.number),
        label=f"编号 {receipt.number}",
    )  # fmt: skip
