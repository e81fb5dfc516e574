"""Score sheets of the province: loaded from a file, tried on the past, put in force by two."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused
from cleanprod.stages.audits.models import Round
from cleanprod.stages.scoring import queries, rules, sheet_acts, sheet_books, shipped_sheets
from cleanprod.stages.scoring.models import ScoreSheet
from cleanprod.stages.scoring.rules import Purpose, SheetState
from tests import flow, world
from tests.flow import LEAD, firms, listed

FIRST, SECOND = "province-industry", "province-ecology"
SHIPPED = shipped_sheets.bodies()["acceptance-2018"]


def changed_book(*changes):
    """Return the shipped sheet as a workbook with cells changed: sheet, cell, value."""
    book = openpyxl.load_workbook(BytesIO(sheet_books.workbook(rules.sheet_of(SHIPPED))))
    for name, cell, value in (("评分表", "B2", "acceptance-gd"), *changes):
        book[name][cell] = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_goes_to_a_workbook_and_back_unchanged():
    for body in shipped_sheets.bodies().values():
        sheet = rules.sheet_of(body)
        again = sheet_books.read(sheet_books.workbook(sheet), "表.xlsx")
        assert rules.sheet_of(again) == sheet


@pytest.mark.parametrize(
    "changes, rule, place",
    [
        ([("评分表", "B4", None)], "缺少“名称”", ("评分表", "B4")),
        ([("评分表", "B8", "也许")], "“已核实”应填写是或否", ("评分表", "B8")),
        ([("评分项目", "D2", None)], "缺少“满分”", ("评分项目", "D2")),
        ([("评分项目", "D1", "分值")], "没有找到表头", ("评分项目", "A1")),
        ([("评分项目", "E3", "资金")], "“关注重点”应为过程规范性", ("评分项目", "E3")),
    ],
)
def test_each_mistake_in_a_workbook_names_its_cell(changes, rule, place):
    with pytest.raises(sheet_books.BadBook) as bad:
        sheet_books.read(changed_book(*changes), "表.xlsx")
    said = [(one.sheet, one.cell) for one in bad.value.findings if rule in one.rule]
    assert said == [place]


def test_a_workbook_of_before_without_the_focus_is_taken():
    old = sheet_books.read(changed_book(("评分项目", "E1", None)), "表.xlsx")
    assert {one.focus for one in rules.sheet_of(old).items} == {None}


def test_all_mistakes_come_at_once_and_nothing_else_is_taken():
    wrong = changed_book(("评分项目", "D2", 50), ("评分表", "B9", 75))
    with pytest.raises(sheet_books.BadBook) as bad:
        sheet_books.read(wrong, "表.xlsx")
    assert len(bad.value.findings) == 2
    for content, name in ((b"nonsense", "a.json"), (b"[1]", "a.json"), (b"PK..", "a.xlsx")):
        with pytest.raises(sheet_books.BadBook):
            sheet_books.read(content, name)


@pytest.mark.django_db
def test_two_people_of_the_province_put_a_sheet_in_force(cast):
    kept = flow.score_sheet(cast, "gd-2023", effective_from="2023-06-01")
    assert flow.score_sheet(cast, "gd-2023", effective_from="2023-06-01").pk == kept.pk
    with pytest.raises(Conflict):
        flow.score_sheet(cast, "gd-2023", effective_from="2023-07-01")
    with pytest.raises(NotAllowed, match="由另一人复核"):
        sheet_acts.consent(kept.pk, by=cast[FIRST])
    assert queries.body_on(Purpose.ACCEPTANCE, world.TODAY)["key"] == "acceptance-2018"
    sheet_acts.consent(kept.pk, by=cast[SECOND])
    assert queries.body_on(Purpose.ACCEPTANCE, date(2023, 6, 1))["key"] == "gd-2023"
    assert queries.body_on(Purpose.ACCEPTANCE, date(2023, 5, 31))["key"] == "acceptance-2018"
    with pytest.raises(Refused, match="没有可用的验收评分表"):
        queries.body_on(Purpose.ACCEPTANCE, date(2017, 1, 1))
    sheet_acts.withdraw(kept.pk, reason="文件修订", by=cast[FIRST])
    assert queries.body_on(Purpose.ACCEPTANCE, world.TODAY)["key"] == "acceptance-2018"
    acts = Entry.objects.filter(subject=f"sheet:{kept.pk}").order_by("pk")
    assert [one.act for one in acts] == ["sheet:load", "sheet:consent", "sheet:withdraw"]


@pytest.mark.django_db
def test_nobody_but_the_province_loads_a_sheet(cast):
    for name in (LEAD, "red-star", "expert"):
        with pytest.raises(NotAllowed):
            flow.score_sheet(cast, "own", by=name)
    with pytest.raises(Refused, match="平台自带"):
        flow.score_sheet(cast, "acceptance-2018")
    assert not ScoreSheet.objects.exists()


@pytest.mark.django_db
def test_a_sheet_is_tried_on_past_sittings_and_changes_none(cast):
    listed(cast, firms(1))
    Round.objects.update(county=world.NANHAI, enterprise=cast.offices["red-star"])
    held = flow.sitting(cast, Round.objects.get(), by=LEAD)
    flow.scored(cast, held)
    done = flow.confirmed(cast, held, by=LEAD)
    assert done.passes
    bands = [
        {"start": "0", "above": False, "meaning": "不合格", "passes": False},
        {"start": "99", "above": False, "meaning": "合格", "passes": True},
    ]
    strict = flow.score_sheet(cast, "strict", pass_mark="99", bands=bands)
    seen = queries.replay(rules.sheet_of(strict.body))
    assert (seen.sittings, seen.told) == (1, 1)
    ((sitting, outcome),) = seen.changed
    assert (sitting.pk, outcome.passes) == (held.pk, False)
    sections = [{"title": "一", "items": [{"number": "1", "text": "甲", "maximum": "100"}]}]
    other = flow.score_sheet(cast, "other", sections=sections)
    seen = queries.replay(rules.sheet_of(other.body))
    assert (seen.sittings, seen.told, seen.changed) == (1, 0, [])
    done.refresh_from_db()
    assert (done.passes, done.state) == (True, "confirmed")


@pytest.mark.django_db
def test_the_pages_lead_from_the_file_to_the_consent(cast):
    first, second = Client(), Client()
    first.force_login(cast.people[FIRST])
    second.force_login(cast.people[SECOND])
    load = reverse("scoring:sheet-load")
    assert first.post(load).status_code == 422
    bad = SimpleUploadedFile("表.xlsx", changed_book(("评分项目", "D2", None)))
    refused = first.post(load, {"file": bad})
    assert refused.status_code == 422
    assert "D2" in refused.content.decode()
    good = SimpleUploadedFile("表.xlsx", changed_book())
    page = first.post(load, {"file": good}, follow=True).content.decode()
    assert "由另一人复核" in page
    consent = reverse("scoring:sheet-consent", args=["acceptance-gd"])
    assert first.post(consent).status_code in (403, 409)
    assert (
        "对已审定会议的影响"
        in second.get(reverse("scoring:sheet", args=["acceptance-gd"])).content.decode()
    )
    assert second.post(consent).status_code == 302
    assert ScoreSheet.objects.get().state == SheetState.IN_FORCE
