"""Papers of a panel: the notice of the meeting, the letter to an expert, the sheet of fees."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from cleanprod.foundation.documents.blocks import (
    Align,
    Annex,
    Block,
    Column,
    Paper,
    Paragraph,
    Properties,
    Signature,
    Table,
)
from cleanprod.foundation.web import downloads
from cleanprod.stages.experts.models import Appointment, Fee, Panel
from cleanprod.stages.experts.rules import PanelStage, Seat

_FIRMS = (
    Column("序号", 0.8), Column("企业名称", 3.0, Align.LEFT), Column("统一社会信用代码", 2.2),
    Column("县区", 1.0), Column("咨询机构", 2.4, Align.LEFT),
)  # fmt: skip


def members(panel: Panel) -> list[Appointment]:
    """Return the members who sit: for an open meeting, the names that the reviewed may know."""
    rows = panel.appointments.filter(state=Seat.ACCEPTED).select_related("expert")
    return list(rows.order_by("pk"))


def notice(panel: Panel) -> Paper:
    """Return the notice of the meeting; the experts are listed only once it is open."""
    what = panel.get_purpose_display()
    firms = f"清洁生产{what}企业名单"
    annexes = [Annex("附件1", firms, (_firms(panel),))]
    if panel.stage == PanelStage.OPENED:
        annexes.append(Annex("附件2", "评审专家名单", (_names(panel),)))
    if len(annexes) == 1:
        annexes = [Annex("附件", firms, annexes[0].blocks)]
    return Paper(
        title=f"{panel.office_name}关于召开清洁生产{what}会议的通知",
        properties=Properties(created=panel.made_on, author=panel.office_name, subject=firms),
        letterhead=(panel.office_name,),
        doc_number=f"〔{panel.meets_on.year}〕　　号",
        addressee="各有关单位、有关企业：",
        blocks=tuple(_meeting(panel)),
        attachments=tuple(one.title for one in annexes),
        signature=Signature((panel.office_name,)),
        annexes=tuple(annexes),
        draft=True,
    )


def _meeting(panel: Panel) -> Iterator[Block]:
    number = panel.reviewed.count()
    yield Paragraph(
        f"兹定于{_words(panel.meets_on)}召开清洁生产{panel.get_purpose_display()}会议，"
        f"评审企业{number}家（名单见附件）。现将有关事项通知如下："
    )
    yield Paragraph(f"一、会议时间：{_words(panel.meets_on)}。")
    yield Paragraph(f"二、会议地点：{panel.place or '另行通知'}。")
    yield Paragraph(
        "三、参会人员：评审专家组，企业负责人及审核小组成员，受委托的咨询机构，所在地主管部门人员。"
    )
    yield Paragraph("四、请企业准备审核报告、绩效核算依据和现场查看所需资料。")
    invited = panel.appointments.filter(draw=None, state=Seat.ACCEPTED).exists()
    how = "从专家库随机抽取和定向邀请" if invited else "由系统从专家库随机抽取"
    yield Paragraph(
        f"五、评审专家{how}，与被评审企业及其咨询机构有利害关系的应当回避；"
        "专家名单在会议召开时公开。"
    )


def letter(seat: Appointment) -> Paper:
    """Return the letter of appointment 邀请函 to one expert; other members are not named."""
    panel = seat.panel
    what = panel.get_purpose_display()
    how = "经从清洁生产专家库中随机抽取" if seat.draw_id else "经研究"
    firms = f"清洁生产{what}企业名单"
    return Paper(
        title=f"清洁生产{what}专家邀请函",
        properties=Properties(
            created=seat.appointed_on, author=panel.office_name, subject=panel.title
        ),
        letterhead=(panel.office_name,),
        addressee=f"{seat.expert.name} {seat.expert.title}：",
        blocks=(
            Paragraph(
                f"{how}，现聘请您为清洁生产{what}评审组专家，参加{_words(panel.meets_on)}"
                f"的{what}会议，评审企业{panel.reviewed.count()}家（名单见附件）。"
            ),
            Paragraph(f"会议地点：{panel.place or '另行通知'}。"),
            Paragraph(
                "请核对本人与上述企业及其咨询机构有无任职、服务、亲属、经济等利害关系；"
                "有利害关系的应当申报回避。会议召开前请对专家身份和企业资料保密。"
            ),
        ),
        attachments=(firms,),
        signature=Signature((panel.office_name,), seat.appointed_on),
        annexes=(Annex("附件", firms, (_firms(panel),)),),
    )


def _words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _firms(panel: Panel) -> Table:
    rows = panel.reviewed.select_related("round__county").order_by("pk")
    return Table(
        columns=_FIRMS,
        rows=tuple(
            (
                str(number), one.round.name, one.round.code or "—",
                one.round.county.name if one.round.county else "—", one.consultancy or "—",
            )
            for number, one in enumerate(rows, 1)
        ),
    )  # fmt: skip


def _names(panel: Panel) -> Table:
    return Table(
        columns=(Column("序号", 0.8), Column("姓名", 1.2), Column("专业技术职称", 2.0)),
        rows=tuple(
            (str(number), one.expert.name, one.expert.title)
            for number, one in enumerate(members(panel), 1)
        ),
    )


def fee_sheet(panel: Panel) -> bytes:
    """Return the fees of a panel as a workbook; without bank data, which the payer keeps."""
    fees = list(
        Fee.objects.filter(appointment__panel=panel)
        .select_related("appointment__expert")
        .order_by("appointment_id")
    )
    rows = [
        [
            number, fee.appointment.expert.name, fee.appointment.expert.title,
            fee.appointment.expert.employer, fee.task, fee.days, fee.amount, fee.payer, "",
        ]
        for number, fee in enumerate(fees, 1)
    ]  # fmt: skip
    total = [
        "", "合计", "", "", "", sum((fee.days for fee in fees), Decimal(0)),
        sum((fee.amount for fee in fees), Decimal(0)), "", "",
    ]  # fmt: skip
    return downloads.xlsx(
        [
            downloads.Sheet(
                "专家费用",
                ("序号", "姓名", "职称", "工作单位", "工作内容", "天数（天）", "金额（元）",
                 "支付单位", "签名"),
                [*rows, total],
                lead=(f"{panel.title}专家费用表",),
                notes=("本表不含银行账户信息，收款账户由支付单位另行收集。",),
                total=True,
            )
        ]
    )  # fmt: skip
