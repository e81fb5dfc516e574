"""A started round of 红星水泥 with all it needs, for the tests of both slices."""

import hashlib
from datetime import date
from decimal import Decimal
from functools import cache
from io import BytesIO

from pypdf import PdfWriter

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.engine import clock
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.materials import actions, queries
from cleanprod.stages.materials.models import Print
from cleanprod.stages.materials.rules import Changed, Draft, Gate
from cleanprod.stages.measures import actions as measures
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope
from tests import world
from tests.flow import firms, listed

OWN = "red-star"
STARTED = date(2022, 5, 10)
ROW = Changed("第12页", "节电2万kWh", "节电3万kWh", "专家意见第1条")


@cache
def _blank():
    """Return a PDF of one empty page."""
    out, paper = BytesIO(), PdfWriter()
    paper.add_blank_page(width=595, height=842)
    paper.write(out)
    return out.getvalue()


def pdf(text="报告"):
    """Return a PDF that everybody can open, other for every text."""
    return _blank() + b"\n% " + text.encode()


def started(cast, stage="started"):
    """List one firm of 南海, owned by 红星, registered, planned and started."""
    listed(cast, firms(1))
    Round.objects.update(county=world.NANHAI, enterprise=cast.offices[OWN])
    audit = Round.objects.get()
    by, on = cast[OWN], STARTED
    audits.record(Act.REGISTER, [audits.NewFact(audit.pk, Milestone.REGISTERED, on)], by=by)
    if stage != "registered":
        plan = {"start": on, "finish": on, "team": "厂长", "focus": "喷涂"}
        audits.file_plan(audit.pk, plan, by=by)
        audits.record(
            Act.START, [audits.NewFact(audit.pk, Milestone.STARTED, clock.today())], by=by
        )
    audit.refresh_from_db()
    return audit


def engaged(cast, audit, scope=Scope.SUBMIT):
    """Engage 清源咨询 for the round."""
    terms = engaging.Terms(cast.offices["consultancy"].pk, scope, clock.today(), date(2024, 3, 31))
    return engaging.engage(audit.pk, terms, by=cast[OWN])


def add(cast, audit, key="report", content=None, by=OWN, **said):
    """Bring a version of an item, having seen the last one."""
    file = attachments.store(content or pdf(key), f"{key}.pdf", by=cast[by])
    new = actions.New(
        said.get("draft", Draft.REVIEW), said.get("changes", ()),
        said.get("seen", queries.last_number(audit, key)), said.get("printed"),
    )  # fmt: skip
    return actions.add(audit.pk, key, new, file=file, by=cast[by])


def printed(cast, audit, key, by=OWN):
    """Print a paper for the seal; return the print."""
    actions.print_for_seal(audit.pk, key, by=cast[by])
    return Print.objects.filter(item=key).latest("serial")


def sheet(cast, audit, version=0, amount=2):
    """Fill the performance sheet with one measure."""
    values = {ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(amount), Field.INVESTMENT: Decimal(5)}}
    one = Typed("变频改造", Cost.LOW, values=values)
    return measures.fill(audit.pk, [one], version=version, by=cast[OWN])


def complete(cast, audit):
    """Fill the sheet, print what is sealed, bring everything that is required."""
    sheet(cast, audit)
    bring(cast, audit)


def bring(cast, audit, gates=(Gate.PLAN, Gate.ASSESSMENT), by=OWN):
    """Bring what is required at these gates and not there yet, prints for the seal included."""
    for one in queries.missing(audit, gates):
        made = printed(cast, audit, one.key, by).pk if one.paper else None
        add(cast, audit, one.key, printed=made, draft=Draft.FINAL, by=by)


def sha256(content):
    """Return the fingerprint of bytes."""
    return hashlib.sha256(content).hexdigest()
