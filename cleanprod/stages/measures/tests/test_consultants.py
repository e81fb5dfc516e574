"""A consultancy works on the sheet of a round as far as its engagement goes, and no further."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import NotAllowed
from cleanprod.stages.audits.models import Round
from cleanprod.stages.measures import actions
from cleanprod.stages.measures.models import Sheet, YearTable
from cleanprod.stages.measures.rules import Cost, Field, Typed, ValueSet
from cleanprod.stages.measures.years import Line, Sort
from cleanprod.stages.registration import engaging
from cleanprod.stages.registration.rules import Scope
from tests.flow import firms, listed

OWNER, WHO = "red-star", "consultancy"
MEASURES = [
    Typed("变频改造", Cost.LOW, values={ValueSet.EXPECTED: {Field.ELECTRICITY: Decimal(2)}})
]
YEARS = [Line(Sort.ENERGY, "电力", "万kWh", "electricity", {2019: Decimal(30)})]


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices[OWNER])
    return Round.objects.get()


def engaged(cast, audit, scope):
    terms = engaging.Terms(cast.offices[WHO].pk, scope, clock.today(), date(2099, 1, 1))
    return engaging.engage(audit.pk, terms, by=cast[OWNER])


def test_a_consultant_fills_for_the_enterprise_and_the_trail_names_both(cast, audit):
    engaged(cast, audit, Scope.FILL)
    actions.fill(audit.pk, MEASURES, version=0, by=cast[WHO])
    actions.fill_years(audit.pk, YEARS, version=0, by=cast[WHO])
    assert (Sheet.objects.count(), YearTable.objects.count()) == (1, 1)
    line = Entry.objects.get(act="sheet:fill")
    assert line.person_name == cast[WHO].person_name
    assert "代办" in line.office_name
    assert cast[WHO].office_name in line.office_name


def test_who_may_only_read_or_was_never_engaged_writes_nothing(cast, audit):
    def refused():
        for call in (
            lambda: actions.fill(audit.pk, MEASURES, version=0, by=cast[WHO]),
            lambda: actions.fill_years(audit.pk, YEARS, version=0, by=cast[WHO]),
            lambda: actions.keep_level(audit.pk, 0, {}, version=0, by=cast[WHO]),
        ):
            with pytest.raises(NotAllowed):
                call()

    refused()
    held = engaged(cast, audit, Scope.VIEW)
    refused()
    engaging.revoke(held.pk, by=cast[OWNER])
    held = engaged(cast, audit, Scope.SUBMIT)
    engaging.revoke(held.pk, by=cast[OWNER])
    refused()
    assert not Sheet.objects.exists()


def test_the_pages_open_with_the_engagement_and_close_with_it(cast, audit, client):
    client.force_login(cast.people[WHO])
    pages = [reverse(f"measures:{name}", args=[audit.pk]) for name in ("sheet", "years", "level")]
    edits = [reverse(f"measures:{name}", args=[audit.pk]) for name in ("edit", "years-edit")]
    home = f"/rounds/{audit.pk}/"

    def answers(addresses):
        return {client.get(address).status_code for address in addresses}

    assert answers([*pages, *edits, home]) == {404}
    held = engaged(cast, audit, Scope.VIEW)
    assert (answers(pages), answers(edits), answers([home])) == ({200}, {404}, {302})
    engaging.revoke(held.pk, by=cast[OWNER])
    held = engaged(cast, audit, Scope.FILL)
    assert answers([*pages, *edits]) == {200}
    engaging.revoke(held.pk, by=cast[OWNER])
    assert answers([*pages, *edits, home]) == {404}
