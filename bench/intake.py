"""Intake speed by the pages themselves: preview, commit, the report of a bad workbook.

Run: .venv/bin/python -m bench.intake [--rows 2000 20000] [--errors 500]
Goal: 2,000 rows previewed within 10 s and committed within 10 s; 20,000 rows both within 120 s;
findings and marked copy of a workbook of 5 MB with 500 errors within 5 s. The floor is
python-calamine reading the same file in the same run. The pages are asked twice: by the test
client, and in Chromium from the click to the page being there, on the same machine.
"""

import argparse
import html
import os
import random
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from bench.ground import clocked, database, peak_mib, save
from bench.publish import HEAD, cast, clear, make_book

SECONDS = {2_000: (10, 10, 20), 20_000: (120, 120, 120)}  # preview, commit, both
_SIZE = 5_000_000
_BAD_ROWS = 15_000


def floor(book: bytes) -> float:
    """Return the seconds that the parser alone takes to give every cell."""
    from python_calamine import CalamineWorkbook

    start = time.perf_counter()
    for _ in CalamineWorkbook.from_filelike(BytesIO(book)).get_sheet_by_index(0).iter_rows():
        pass
    return round(time.perf_counter() - start, 3)


def by_pages(rows: int) -> dict[str, Any]:
    """Upload, preview and commit a clean list as an official does; return the seconds."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.urls import reverse

    from cleanprod.stages.programme.models import Entry

    client, book = signed_in(), make_book(rows)
    seconds: dict[str, float] = {"floor": floor(book)}
    upload = SimpleUploadedFile("名单.xlsx", book)
    with clocked(seconds, "preview"):
        asked = {"year": 2022, "number": 1, "workbook": upload}
        page = client.post(reverse("programme:import"), asked).content.decode()
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)
    if ticket is None:
        raise SystemExit("the preview has no ticket")
    with clocked(seconds, "commit"):
        answer = client.post(
            reverse("programme:commit"), {"ticket": html.unescape(ticket.group(1))}
        )
    if answer.status_code != 302 or Entry.objects.count() != rows:
        raise SystemExit(f"{Entry.objects.count()} entries of {rows}: {answer.status_code}")
    return judged(rows, seconds)


def judged(rows: int, seconds: dict[str, float]) -> dict[str, Any]:
    """Return the seconds with how they stand to the goal and to the floor."""
    preview, commit = seconds["preview"], seconds["commit"]
    goal = SECONDS.get(rows, (120, 120, 120))
    good = preview <= goal[0] and commit <= goal[1] and preview + commit <= goal[2]
    over = round((preview + commit) / seconds["floor"], 1)
    return {"rows": rows, **seconds, "both_over_floor": over, "within_goal": good}


def signed_in() -> Any:
    """Return a test client signed in as the one official of an empty database."""
    from django.test import Client

    from cleanprod.foundation.accounts.models import Person

    clear()
    cast()
    # The way through the one-time code is no part of this measurement.
    Person.objects.update(needs_code=False)
    client = Client()
    client.force_login(Person.objects.get(username="bench"))
    return client


@contextmanager
def browser() -> Iterator[Any]:
    """Serve the platform on a port of its own; give an official's page in headless Chromium."""
    from django.conf import settings
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.core.handlers.wsgi import WSGIHandler
    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.test.testcases import QuietWSGIRequestHandler
    from playwright.sync_api import sync_playwright

    cookie = signed_in().cookies[settings.SESSION_COOKIE_NAME]
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    server.set_app(StaticFilesHandler(WSGIHandler()))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = f"http://127.0.0.1:{server.server_port}"
    # Playwright runs an event loop in this thread, where Django would refuse the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        page = chromium.new_page(base_url=site, viewport={"width": 1280, "height": 800})
        page.set_default_timeout(180_000)
        page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": site}])
        yield page
        chromium.close()
    server.shutdown()
    server.server_close()


def upload(page: Any, book: bytes) -> None:
    """Choose a workbook on the import page; nothing is sent yet."""
    from django.urls import reverse

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    page.goto(reverse("programme:import"))
    page.get_by_label("年度").fill("2022")
    page.get_by_label("名单工作簿").set_input_files(
        {"name": "名单.xlsx", "mimeType": kind, "buffer": book}
    )


def press(page: Any, name: str) -> None:
    """Press a button and wait until the next page is there, pictures and styles too."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name).click()


def in_browser(rows: int) -> dict[str, Any]:
    """Do by hand what `by_pages` does; return the seconds from each click to the next page."""
    from cleanprod.stages.programme.models import Entry

    book = make_book(rows)
    seconds: dict[str, float] = {"floor": floor(book)}
    with browser() as page:
        upload(page, book)
        with clocked(seconds, "preview"):
            press(page, "上传并预检")
        with clocked(seconds, "commit"):
            press(page, "确认导入")
        if Entry.objects.count() != rows:
            raise SystemExit(f"{Entry.objects.count()} entries of {rows}: {page.url}")
    return judged(rows, seconds)


def findings_in_browser(errors: int) -> dict[str, Any]:
    """Upload the workbook with errors by hand; return the seconds until its findings are shown."""
    book = bad_book(_BAD_ROWS, errors)
    seconds: dict[str, float] = {"floor": floor(book)}
    with browser() as page:
        upload(page, book)
        with clocked(seconds, "findings"):
            press(page, "上传并预检")
        if not page.get_by_text("不在可填内容之内").count():
            raise SystemExit(f"no findings on {page.url}")
    return {**seconds, "within_goal": seconds["findings"] <= 5}


def bad_book(rows: int, errors: int) -> bytes:
    """Return a list of about 5 MB in which that many rows have an error each."""
    from xlsxwriter import Workbook

    dice = random.Random(3)  # noqa: S311 - the same file in every run
    out = BytesIO()
    book = Workbook(out, {"constant_memory": True})
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, HEAD)
    every = rows // errors
    for n in range(1, rows + 1):
        note = "".join(chr(dice.randrange(0x4E00, 0x9FA0)) for _ in range(130))
        wrong = n % every == 0 and n // every <= errors
        sheet.write_row(
            n, 0,
            (n, f"佛山第{n}电镀有限公司", "", "佛山市", "南海区", f"工业大道{n}号", "3360",
             "半强制" if wrong else "强制性", "双有", "生态环境", "", "", note),
        )  # fmt: skip
    book.close()
    return out.getvalue()


def report(errors: int) -> dict[str, Any]:
    """Find every error of a big workbook and write its marked copy; return the seconds."""
    from django.conf import settings

    from cleanprod.foundation.intake.marked import marked_copy
    from cleanprod.foundation.intake.reading import read
    from cleanprod.kernel.finding import Level
    from cleanprod.stages.programme.template import LIST

    book = bad_book(_BAD_ROWS, errors)
    seconds: dict[str, float] = {"floor": floor(book)}
    with clocked(seconds, "findings"):
        table = read(
            book, LIST, max_rows=settings.INTAKE_MAX_ROWS, max_bytes=settings.INTAKE_MAX_BYTES
        )
    with clocked(seconds, "marked_copy"):
        copy = marked_copy(book, table.findings)
    found = sum(finding.level is Level.BLOCK for finding in table.findings)
    if found != errors:
        raise SystemExit(f"{found} errors found of {errors}")
    took = seconds["findings"] + seconds["marked_copy"]
    return {
        "rows": _BAD_ROWS, "errors": errors, "megabytes": round(len(book) / 1e6, 1),
        "megabytes_of_the_copy": round(len(copy) / 1e6, 1), **seconds,
        "within_goal": took <= 5 and len(book) >= 0.9 * _SIZE,
    }  # fmt: skip


def main() -> None:
    """Measure and say whether the goals hold."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--rows", type=int, nargs="+", default=sorted(SECONDS))
    reader.add_argument("--errors", type=int, default=500)
    asked = reader.parse_args()
    result: dict[str, Any] = {}
    with database():
        for rows in asked.rows:
            result[f"list of {rows} rows"] = by_pages(rows)
            result[f"list of {rows} rows in the browser"] = in_browser(rows)
        result["workbook with errors in the browser"] = findings_in_browser(asked.errors)
    result["workbook with errors"] = report(asked.errors)
    result["peak_mib"] = peak_mib()
    save("intake", result)


if __name__ == "__main__":
    main()
