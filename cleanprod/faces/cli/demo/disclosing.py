"""Publications in the demo: each kind, a correction, a secret, one proof waits, one came back."""

from collections.abc import Mapping
from datetime import timedelta

from cleanprod.faces.cli.demo import plan
from cleanprod.faces.cli.demo.scans import scan
from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.foundation.organisations.rules import Line, Role, Standing
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Stage
from cleanprod.stages.disclosures import actions, queries
from cleanprod.stages.disclosures.actions import Told
from cleanprod.stages.disclosures.models import Publication
from cleanprod.stages.disclosures.rules import Act, Cell, Field, Kind, fields_of

CITY = "440600"
_NUMBER = 6
_SECRETS = {"investment": "与设备供应商签有保密协议，合同金额不得对外提供（演示）"}
_WORDS = {"legal": "演示人员", "contact": "演示联系人", "phone": "0757-00000000"}


def load(who: Mapping[str, Standing]) -> None:
    """Let some firms of 佛山 publish, and the lead department look at their proofs."""
    lead = who[f"city-{CITY}-{Line.ECOLOGY}"]
    rows = Round.objects.filter(city=CITY, lead=Line.ECOLOGY, kind="mandatory", list_year=2023)
    rows = rows.select_related("enterprise", "entry").order_by("pk")
    for number, audit in enumerate(rows.filter(stage=Stage.PLANNED)[:_NUMBER]):
        with clock.fixed(plan.TODAY - timedelta(9 - number)):
            _publish(audit, Kind.BASIC)
            if number == 0:
                _publish(audit, Kind.BASIC, reason="联系电话变更（演示）", phone="0757-11111111")
            if number < _NUMBER - 2:
                _prove(audit, number, lead)
    ended = rows.filter(stage__in=[Stage.ACCEPTED, Stage.COMPLETED])
    for number, audit in enumerate(ended[:2]):
        with clock.fixed(plan.TODAY - timedelta(3 - number)):
            _publish(audit, Kind.BASIC)
            _publish(audit, Kind.RESULTS, secrets=_SECRETS if number == 0 else {})


def _prove(audit: Round, number: int, lead: Standing) -> None:
    made = _publish(audit, Kind.CATEGORY)
    if number == 0:
        actions.judge(made, Act.RETURN, reason="截图看不清公布日期，请重新提交（演示）", by=lead)
    elif number > 1:
        actions.judge(made, Act.PASS, by=lead)


def _publish(
    audit: Round, kind: Kind, *, reason: str = "", secrets: Mapping[str, str] | None = None,
    **said: str,
) -> int:  # fmt: skip
    by = Standing(0, "演示企业经办人", Role.ENTERPRISE, audit.enterprise_id, audit.name, city=CITY)
    known = queries.known(audit, kind) | said
    kept = Publication.objects.filter(round=audit, kind=kind).first()
    fields = fields_of(kind, audit.categories.split(","))
    cells = {one.key: _cell(one, known, secrets or {}) for one in fields if not one.fixed}
    told = Told(cells, kept.revision if kept else 0, reason=reason)
    proof = None
    if kind is Kind.CATEGORY:
        told = Told(
            cells, told.seen, "website", "企业网站首页（演示）", "https://example.com/demo",
            clock.today() - timedelta(2),
        )  # fmt: skip
        content = scan("公布截图（演示）", audit.name)
        proof = attachments.store(content, "公布截图（演示）.pdf", by=by)
    return actions.publish(audit.pk, kind, told, proof=proof, by=by).pk


def _cell(one: Field, known: Mapping[str, str], secrets: Mapping[str, str]) -> Cell:
    usual = "0" if one.number else _WORDS.get(one.key, "演示内容")
    why = secrets.get(one.key, "")
    value = known.get(one.key) or (usual if one.required else "")
    return Cell(one.key, one.title, value, bool(why), why)
