"""Reports of some firms of 佛山 on their way: brought in part, handed in, one of them returned."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from cleanprod.faces.cli.demo import plan
from cleanprod.faces.cli.demo.scans import scan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.documents import pdf
from cleanprod.foundation.documents.blocks import Paragraph, Properties, table_paper
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone, Stage
from cleanprod.stages.materials import actions as materials
from cleanprod.stages.materials import queries
from cleanprod.stages.materials.models import Print
from cleanprod.stages.materials.rules import Changed, Draft, Gate, Item
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures import queries as sheets
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.submissions import actions
from cleanprod.stages.submissions import queries as submissions

CITY = "440600"
_NUMBER = 4  # of them: two wait, one came back, one still collects
GATES = (Gate.PLAN, Gate.ASSESSMENT)


def load(who: Mapping[str, Standing]) -> None:
    """Let firms start, bring their materials, and hand in; the lead department returns one.

    They are the last of the planned ones, which no panel or sheet of the demo speaks of.
    """
    planned = Round.objects.filter(
        city=CITY, lead=Line.ECOLOGY, stage=Stage.PLANNED, list_year=2023, sheet=None
    )
    rounds = list(planned.select_related("entry__batch", "city", "county").order_by("-pk"))
    for number, audit in enumerate(rounds[:_NUMBER]):
        by = Standing(
            0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY
        )
        begun = max(audit.planned_on or plan.TODAY, plan.TODAY - timedelta(20 - number))
        with clock.fixed(min(begun, plan.TODAY - timedelta(5))):
            fact = audits.NewFact(audit.pk, Milestone.STARTED, clock.today())
            audits.record(Act.START, [fact], by=by)
        with clock.fixed(plan.TODAY - timedelta(4 - number)):
            audit.refresh_from_db()
            _bring(audit, by, short=number == _NUMBER - 1)
            if number < _NUMBER - 1:
                made = _hand_in(audit, by)
                if number == 0:
                    lead = who[f"city-{CITY}-{Line.ECOLOGY}"]
                    reason = "能量平衡测算缺少蒸汽部分，请补充后重新提交（演示）。"
                    actions.send_back(made, reason=reason, by=lead)
                    _revise(audit, by)


def _bring(audit: Round, by: Standing, *, short: bool) -> None:
    """Fill the sheet and bring every required item, all but the last two if it is to be short."""
    values = {ValueSet.EXPECTED: {Field.INVESTMENT: Decimal(6), Field.ELECTRICITY: Decimal(3)}}
    one = Typed("空压机管网查漏和变频改造", Cost.LOW, content="演示数据", values=values)
    if sheets.sheet_of(audit) is None:
        measures.fill(audit.pk, [one], version=0, by=by)
    needed = queries.missing(audit, GATES)
    bring(audit, needed[: -2 if short else None], by)


def bring(audit: Round, items: Sequence[Item], by: Standing) -> None:
    """Bring a first version of each of these items, printed for the seal where it is sealed."""
    for item in items:
        printed = _printed(audit, item, by) if item.paper else None
        draft = Draft.FINAL if item.sealed else Draft.REVIEW
        _add(audit, item.key, materials.New(draft, printed=printed), _paper(audit, item), by)


def _printed(audit: Round, item: Item, by: Standing) -> int:
    materials.print_for_seal(audit.pk, item.key, by=by)
    return Print.objects.filter(round=audit, item=item.key).latest("serial").pk


def _paper(audit: Round, item: Item) -> bytes:
    """Return a page for the report, a few bytes for the rest: the load is to stay quick."""
    if item.key != "report":
        return scan(f"{item.title}（演示）", audit.name)
    return pdf.render(
        table_paper(
            f"{audit.name}清洁生产审核报告", Paragraph("演示数据，不是真实的审核报告。"),
            properties=Properties(created=clock.today()),
        )
    )  # fmt: skip


def _add(audit: Round, key: str, new: materials.New, content: bytes, by: Standing) -> None:
    file = attachments.store(content, f"{key}（演示）.pdf", by=by)
    materials.add(audit.pk, key, new, file=file, by=by)


def _hand_in(audit: Round, by: Standing) -> int:
    mark = submissions.current(audit).mark
    actions.declare(audit.pk, mark=mark, by=by)
    return actions.submit(audit.pk, mark=mark, reasons={}, by=by).pk


def _revise(audit: Round, by: Standing) -> None:
    row = Changed("第4章 4.2", "未列蒸汽", "补充蒸汽平衡图和测算表", "退回意见：缺少蒸汽部分")
    new = materials.New(Draft.REVISED, [row], seen=1)
    _add(audit, "report", new, scan("清洁生产审核报告（演示）", "修改稿"), by)
