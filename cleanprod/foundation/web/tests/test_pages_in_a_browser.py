"""The look of the product in a real browser: no violation of A or AA, no sideways scroll."""

import os
from pathlib import Path

import pytest

from tests.browser import PHONE, WIDE, axe, sideways

SHOTS = os.environ.get("CLEANPROD_SHOTS")


def shoot(page, name, full_page=True):
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=full_page)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", ["dashboard", "form", "annex", "sign_in"])
def test_sample_pages_are_usable_by_everybody(site, page, name, size):
    page.set_viewport_size(size)
    page.goto(f"{site}/sample/{name}")
    shoot(page, f"{name}-{size['width']}")
    assert axe(page) == []
    assert sideways(page) <= 0


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_large_type_stays_on_and_fits(site, page, size):
    page.set_viewport_size(size)
    page.goto(f"{site}/sample/dashboard")
    page.get_by_role("button", name="大字版").click()
    page.reload()
    assert page.locator("html.large-type").count() == 1
    shoot(page, f"large-{size['width']}")
    assert axe(page) == []
    assert sideways(page) <= 0


def test_the_menu_of_a_phone_opens_and_closes_by_keyboard(site, page):
    page.set_viewport_size(PHONE)
    page.goto(f"{site}/sample/dashboard")
    link = page.get_by_role("link", name="审核进展")
    assert not link.is_visible()
    page.get_by_role("button", name="菜单").press("Enter")
    assert link.is_visible()
    shoot(page, "nav-360", full_page=False)
    assert axe(page) == []
    page.keyboard.press("Escape")
    assert not link.is_visible()


def test_what_opens_is_usable_too(site, page):
    page.goto(f"{site}/sample/form")
    page.get_by_text("取消本轮").first.click()
    page.locator(".who > summary").click()
    shoot(page, "open-1280", full_page=False)
    assert axe(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="查看示例").click()
    shoot(page, "dialog-1280", full_page=False)
    assert axe(page) == []


def test_the_first_key_leads_past_the_frame(site, page):
    page.goto(f"{site}/sample/dashboard")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_a_table_that_fits_keeps_its_head_in_sight(site, page):
    page.goto(f"{site}/sample/annex")
    page.mouse.wheel(0, 600)
    page.wait_for_function("window.scrollY > 100")
    head = page.locator("thead tr").last.locator("th").first.bounding_box()
    assert 0 < head["y"] < 100


def test_on_paper_only_the_matter_is_left(site, page):
    page.emulate_media(media="print")
    page.goto(f"{site}/sample/annex")
    shoot(page, "print")
    assert not page.locator(".topbar").is_visible()
    assert not page.locator(".side-nav").is_visible()
    assert page.locator("table").is_visible()


def test_a_form_is_sent_once(site, page):
    page.goto(f"{site}/sample/sign_in")
    page.evaluate(
        """() => {
            window.sent = 0;
            document.addEventListener("submit", (event) => {
                if (!event.defaultPrevented) window.sent += 1;
                event.preventDefault();
            });
        }"""
    )
    page.fill("#id_login", "a")
    page.fill("#id_password", "b")
    page.get_by_role("button", name="登录").dblclick()
    assert page.evaluate("window.sent") == 1
