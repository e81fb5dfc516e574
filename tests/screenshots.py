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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

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
    ("list", "city-440600-ecology", "/lists/", DESK),
    ("enterprise-phone", "enterprise-demo", "/desk/", PHONE),
)  # fmt: skip


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
        browser.close()


def take(
    browser: Browser, site: str, name: str, person: str, address: str, size: dict[str, int]
) -> None:
    """Sign in by the demo's button, open the page, write docs/images/NAME.png."""
    context = browser.new_context(viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    if person:
        page.goto(site + "/accounts/login/")
        token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
        answer = context.request.post(
            f"{site}/accounts/demo/{person}",
            form={"csrfmiddlewaretoken": token},
            headers={"Referer": site},
        )
        if not answer.ok:
            raise SystemExit(f"{person} could not sign in: {answer.status}.")
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
