"""Registration in the demo: codes for one list, a wish, a change, and an engaged consultancy."""

from collections.abc import Mapping
from datetime import timedelta

from django.core.files.base import ContentFile

from cleanprod.faces.cli.demo import people, plan
from cleanprod.faces.cli.demo.scans import scan
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.organisations.access import standing_of
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.foundation.territory import queries as territory
from cleanprod.kernel.credit_code import check_character
from cleanprod.kernel.errors import Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import OPEN
from cleanprod.stages.registration import actions, asking, changes, engaging
from cleanprod.stages.registration.rules import ChangeKind, Decision, Scope

CITY = "440600"
_WISHES = (("佛山市演示自愿陶瓷有限公司", "3071"), ("佛山市演示自愿铝业有限公司", "3252"))
_BODY = "91440600MA9XWH00{}"  # of an unissued block, past the codes of the lists


def load(who: Mapping[str, Standing]) -> None:
    """Leave the firm of `enterprise-demo` engaged and with a change to confirm, on the demo day."""
    person = Person.objects.get(username="enterprise-demo")
    firm = standing_of(person)
    audit = (
        Round.objects.filter(enterprise=firm.office_id, stage__in=OPEN).first() if firm else None
    )
    if firm is None or audit is None:
        raise Refused("演示数据有误：演示企业没有正在开展的审核")
    engage(audit, firm)
    told = changes.Told(
        ChangeKind.RENAME, plan.TODAY - timedelta(12), "因经营范围调整更名，登记机关已核准",
        name=firm.office_name.replace("有限公司", "科技有限公司"),
    )  # fmt: skip
    changes.tell(firm.office_id or 0, told, evidence=_scan(firm.office_name), by=firm)
    actions.issue(audit.entry.batch_id, None, by=who[f"city-{CITY}-{audit.lead}"])
    _wish(who[f"city-{CITY}-industry"])


def engage(audit: Round, firm: Standing) -> None:
    """Let a firm engage the consultancy of `consultancy-demo` for its round."""
    terms = engaging.Terms(
        people.consultancy().pk, Scope.SUBMIT, plan.TODAY, plan.TODAY + timedelta(240)
    )
    engaging.engage(audit.pk, terms, by=firm)


def _scan(name: str) -> "ContentFile[bytes]":
    return ContentFile(scan("变更登记通知书（演示）", name), name="变更登记通知书.pdf")


def _wish(department: Standing) -> None:
    """Let two firms ask to join; the department accepts the second."""
    place = next(one for one in territory.below(CITY) if one.official)
    made = []
    for number, (name, trade) in enumerate(_WISHES, 1):
        body = _BODY.format(number)
        wanted = asking.Wanted(
            name, body + check_character(body), place, trade, "", "希望通过审核降低能耗和物耗"
        )
        made.append(asking.ask_wish(wanted, asking.Asker("演示联系人", "0757-00000000")))
    asking.decide_wish(made[1].pk, Decision.GRANT, reason="", by=department)
