"""How long an official waits in a real browser for a list of 2,000 rows."""

from time import monotonic

from django.urls import reverse

from cleanprod.stages.programme.models import Entry
from tests.browser import sign_in
from tests.flow import firms
from tests.workbooks import list_book

ROWS = 2_000
PATIENCE = 10.0  # seconds for the preview, and again for the commit


def test_two_thousand_rows_are_previewed_and_taken_in_within_patience(cast, site, page):
    sign_in(page, site, cast.people["foshan-ecology"])
    page.goto(site + reverse("programme:import"))
    page.get_by_label("年度").fill("2022")
    page.get_by_label("批次").fill("1")
    page.get_by_label("名单工作簿").set_input_files(
        {
            "name": "名单.xlsx",
            "mimeType": "application/octet-stream",
            "buffer": list_book(*firms(ROWS)),
        }
    )
    began = monotonic()
    page.get_by_role("button", name="上传并预检").click()
    page.get_by_role("button", name="确认导入").wait_for()
    preview = monotonic() - began
    began = monotonic()
    page.get_by_role("button", name="确认导入").click()
    page.get_by_role("button", name="确认导入").wait_for(state="detached")
    commit = monotonic() - began
    assert Entry.objects.count() == ROWS
    assert preview <= PATIENCE
    assert commit <= PATIENCE
