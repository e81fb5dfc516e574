"""Pages: what is typed stays, workbooks come in with findings at their cells."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from cleanprod.foundation.engine import clock
from cleanprod.stages.audits import actions as audits
from cleanprod.stages.audits.models import Round
from cleanprod.stages.audits.rules import Act, Milestone
from cleanprod.stages.phases.models import Draft, Plan, YearTable
from tests.flow import firms, listed


@pytest.fixture
def audit(cast, client):
    listed(cast, firms(1))
    Round.objects.update(enterprise=cast.offices["red-star"])
    audit = Round.objects.get()
    fact = audits.NewFact(audit.pk, Milestone.REGISTERED, clock.today())
    audits.record(Act.REGISTER, [fact], by=cast["red-star"])
    client.force_login(cast.people["red-star"])
    return audit


def typed(**more):
    team = {"r0-name": "陈厂长", "r0-post": "厂长", "r0-duty": "leader"}
    days = {f"p{n}-{end}": f"2023-0{n}-01" for n in range(1, 8) for end in ("first", "last")}
    return {"version": "0", **team, **days, **more}


def test_a_draft_keeps_what_is_wrong_and_goes_with_the_plan(audit, client):
    client.post(reverse("phases:keep", args=[audit.pk]), {"p1-first": "2023-99-99", "focus": "喷"})
    address = reverse("phases:edit-plan", args=[audit.pk])
    assert "喷" in client.get(address).content.decode()
    assert client.post(address, {**typed(), "r0-duty": "member"}).status_code == 422
    wrong = client.post(address, {**typed(), "p3-first": "2023-99-99"})
    assert wrong.status_code == 422
    assert "陈厂长" in wrong.content.decode()
    assert client.post(address, typed()).status_code == 302
    assert client.post(address, typed(reason="x")).status_code == 302  # Back and submit again
    assert Plan.objects.count() == 1
    assert not Draft.objects.exists()


def test_the_workbook_goes_out_and_comes_in(audit, client):
    out = client.get(reverse("phases:export-years", args=[audit.pk]))
    book = load_workbook(BytesIO(out.content))
    sheet = book.active
    head = next(row for row in sheet.iter_rows() if row[0].value == "类别")[0].row
    for row in sheet.iter_rows(min_row=head + 1):
        if row[1].value == "电":
            row[3].value, row[5].value = 10, 0
            kept = row[0].row
    for number in range(sheet.max_row, head, -1):
        if number != kept:
            sheet.delete_rows(number)
    address = reverse("phases:import-years", args=[audit.pk])
    assert client.post(address, {"file": upload(book)}).status_code == 302
    assert YearTable.objects.get().rows[0]["amounts"] == {"2019": "10", "2021": "0"}
    sheet.cell(head + 1, 3).value = "元"
    refused = client.post(address, {"file": upload(book)})
    assert refused.status_code == 422
    assert f"C{head + 1}" in refused.content.decode()
    assert YearTable.objects.count() == 1


def upload(book):
    out = BytesIO()
    book.save(out)
    return SimpleUploadedFile("近三年.xlsx", out.getvalue())


def test_bad_cells_of_the_grid_are_marked_and_nothing_is_saved(audit, client):
    data = {"version": "0", "r0-kind": "energy", "r0-item": "电", "r0-unit": "度", "r0-y2021": "多"}
    answer = client.post(reverse("phases:edit-years", args=[audit.pk]), data)
    assert answer.status_code == 422
    assert "cell-wrong" in answer.content.decode()
    assert not YearTable.objects.exists()


def test_nonsense_in_an_address_is_not_found(audit, client):
    address = reverse("phases:years", args=[audit.pk])
    assert client.get(address, {"version": "²"}).status_code == 404
    assert client.get(reverse("phases:phase", args=[audit.pk, 99])).status_code == 404
