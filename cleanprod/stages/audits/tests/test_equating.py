"""A round that counts as done by a pilot or a certificate: by the lead alone, with its paper."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.engine import clock
from cleanprod.foundation.obligations.models import Obligation
from cleanprod.stages.audits.models import Fact, Round
from cleanprod.stages.audits.rules import Stage
from tests.flow import LEAD, firms, listed


@pytest.fixture
def audit(cast):
    listed(cast, firms(1))
    return Round.objects.get()


def typed(**changed):
    said = {
        "on": clock.today().isoformat(), "ground": "certified", "document_number": "CQC-0001",
        "reason": "认证满足审核要求", "evidence": SimpleUploadedFile("证书.pdf", b"%PDF-1.4"),
    }  # fmt: skip
    return said | changed


def test_the_lead_decides_with_paper_and_reason_and_the_clocks_stop(cast, client, audit):
    address = reverse("audits:equate", args=[audit.pk])
    client.force_login(cast.people[LEAD])
    wrong = client.post(address, typed(evidence="", reason=""))
    assert wrong.status_code == 422
    assert "CQC-0001" in wrong.text
    assert client.post(address, typed()).status_code == 302
    audit.refresh_from_db()
    assert audit.stage == Stage.EQUIVALENT
    fact = Fact.objects.get(kind="equivalent")
    assert (fact.details["ground"], fact.document_number) == ("certified", "CQC-0001")
    assert fact.evidence_id
    assert not Obligation.objects.open().filter(subject=f"round:{audit.pk}").exists()
    assert "评价认证（视同开展一轮）" in client.get(f"/rounds/{audit.pk}/").text
    assert client.get(address).status_code == 404  # it is done


def test_the_other_department_decides_nothing(cast, client, audit):
    client.force_login(cast.people["foshan-industry"])
    assert client.post(reverse("audits:equate", args=[audit.pk]), typed()).status_code == 404
    assert not Fact.objects.filter(kind="equivalent").exists()
