"""Make the pictures of the README: load the demo province in a home of its own, look, go away.

make screenshots
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser import PHONE, chromium_program

IMAGES = Path(__file__).parent.parent / "docs" / "images"
DESK = {"width": 1280, "height": 800}
PATIENCE = 600  # seconds for the province to load

# Name, who looks (none: a visitor), at which address, in which window, how high.
PICTURES = (
    ("portal", "", "/", DESK),
    ("home", "province-industry", "/desk/", DESK),
    ("province-desk", "province-industry",
     "/statistics/desk/?year=2022&as_of=2023-02-22", {"width": 1280, "height": 1180}),
    ("platform-use", "province-industry",
     "/statistics/platform-use/?year=2022&as_of=2023-02-22", {"width": 1280, "height": 1100}),
    ("records", "province-industry",
     "/statistics/records/not_completed/?year=2022&as_of=2023-02-22&city=440600", DESK),
    ("data-check", "province-industry", "/bulletins/checks/2/", DESK),
    ("list", "city-440600-ecology", "/lists/", DESK),
    ("enterprise-phone", "enterprise-demo", "/desk/", PHONE),
)  # fmt: skip

# The papers of the demo in the order in which it drafts them.
PAPERS = {1: "bulletin", 2: "progress-bulletin", 3: "half-year-brief"}


def main() -> None:
    """Write every picture into docs/images."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with demo() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_program(),
            args=["--no-sandbox", "--disable-dev-shm-usage", "--lang=zh-CN"],
        )
        for name, person, address, size in PICTURES:
            take(browser, site, name, person, address, size)
        print_papers(browser, site)
        browser.close()


def sign_in(browser: Browser, site: str, person: str, size: dict[str, int]) -> BrowserContext:
    """Return a window in which a person of the demo has signed in by the demo's button."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    if not person:
        return context
    page = context.new_page()
    page.goto(site + "/accounts/login/")
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    answer = context.request.post(
        f"{site}/accounts/demo/{person}",
        form={"csrfmiddlewaretoken": token},
        headers={"Referer": site},
    )
    if not answer.ok:
        raise SystemExit(f"{person} could not sign in: {answer.status}.")
    page.close()
    return context


def print_papers(browser: Browser, site: str) -> None:
    """Write the pages of each paper of the demo, as its PDF has them, side by side."""
    context = sign_in(browser, site, "province-industry", {"width": 1500, "height": 700})
    page = context.new_page()
    for number, name in PAPERS.items():
        content = context.request.get(f"{site}/bulletins/{number}/paper/pdf/").body()
        pictures = [
            f'<img src="data:image/png;base64,{b64encode(one).decode()}">'
            for one in pages_of(content)
        ]
        page.set_content(
            "<style>body{margin:12px;background:#8a8f94;display:flex;flex-wrap:wrap;gap:12px}"
            f"img{{height:580px;background:#fff}}</style>{''.join(pictures)}"
        )
        page.screenshot(path=IMAGES / f"{name}.png", full_page=True)
        sys.stderr.write(f"{name}\n")
    context.close()


def pages_of(content: bytes) -> list[bytes]:
    """Return the pages of a PDF as pictures."""
    with tempfile.TemporaryDirectory(prefix="cleanprod-") as folder:
        paper = Path(folder) / "paper.pdf"
        paper.write_bytes(content)
        subprocess.run(["pdftoppm", "-r", "50", "-png", paper, paper.with_suffix("")], check=True)
        return [one.read_bytes() for one in sorted(Path(folder).glob("*.png"))]


def take(
    browser: Browser, site: str, name: str, person: str, address: str, size: dict[str, int]
) -> None:
    """Sign in by the demo's button, open the page, write docs/images/NAME.png."""
    context = sign_in(browser, site, person, size)
    page = context.new_page()
    answer = page.goto(site + address, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{address} answered {answer and answer.status}.")
    page.screenshot(path=IMAGES / f"{name}.png")
    sys.stderr.write(f"{name}\n")
    context.close()


@contextmanager
def demo() -> Iterator[str]:
    """Serve the demo province from a temporary home; yield its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="cleanprod-") as home:
        command = [sys.executable, "-m", "cleanprod", "demo", "--port", str(port)]
        environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        server = subprocess.Popen(command, env=environment | {"CLEANPROD_HOME": home})
        try:
            wait_for(f"http://127.0.0.1:{port}/health/", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)


def wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    """Return when the address answers; give up when the server ended."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit(f"The demo ended with {server.returncode}.")
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise SystemExit("The demo did not answer in time.")


if __name__ == "__main__":
    main()
