"""Rounds of 红星水泥 that publish, and what they type, for the tests of the slice."""

from datetime import date

from cleanprod.foundation.attachments import actions as attachments
from cleanprod.foundation.rulebook.models import Provision
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.disclosures import actions
from cleanprod.stages.disclosures.models import Publication
from cleanprod.stages.disclosures.rules import Cell, Kind, fields_of
from cleanprod.stages.materials.tests.cast import OWN, started
from tests.flow import LEAD

ACCEPTED_ON = date(2023, 9, 1)


def registered(cast):
    """List one firm of 南海, owned by 红星, and register it; count lists from 2022 on."""
    count_from("2022-01-01")
    return started(cast, "registered")


def accepted(cast):
    """Return the same round after its acceptance."""
    audit = registered(cast)
    fact = audits.NewFact(
        audit.pk, Milestone.ACCEPTED, ACCEPTED_ON, document_number="验〔2023〕1号"
    )
    audits.record(Act.ACCEPT, [fact], by=cast[LEAD])
    audit.refresh_from_db()
    return audit


def count_from(day):
    """Chase what was listed or accepted since a day."""
    Provision.objects.filter(key="disclosure.since").update(value=day)


def voluntary(audit):
    """Make a round a voluntary one."""
    Round.objects.filter(pk=audit.pk).update(kind="voluntary", categories="")
    audit.refresh_from_db()
    return audit


def typed(kind, audit, *, seen=None, **changed):
    """Return what an enterprise types: every field, with what is changed."""
    secrets = changed.pop("secrets", {})
    rest = {
        name: changed.pop(name)
        for name in ("way", "place", "link", "since", "reason")
        if name in changed
    }
    if kind is Kind.CATEGORY:
        proof = {
            "way": "website", "place": "红星水泥官网", "link": "https://example.com/news",
            "since": date(2022, 4, 1),
        }  # fmt: skip
        rest = proof | rest
    cells = {}
    for one in fields_of(kind, audit.categories.split(",")):
        if not one.fixed:
            value = changed.get(one.key, "12" if one.number else f"{one.label}内容")
            why = secrets.get(one.key, "")
            cells[one.key] = Cell(one.key, one.title, value, bool(why), why)
    if seen is None:
        kept = Publication.objects.filter(round=audit, kind=kind).first()
        seen = kept.revision if kept else 0
    return actions.Told(cells, seen, **rest)


def publish(cast, audit, kind=Kind.BASIC, by=OWN, proof=None, **changed):
    """Publish one version."""
    told = typed(kind, audit, **changed)
    return actions.publish(audit.pk, kind, told, proof=proof, by=cast[by])


def picture(cast, by=OWN, name="截图.pdf"):
    """Store a proof."""
    return attachments.store(b"%PDF-1.4\n" + name.encode(), name, by=cast[by])
