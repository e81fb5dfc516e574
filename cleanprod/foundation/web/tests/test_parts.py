"""Every part is used by a sample page, and every page is whole HTML without inline code."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cleanprod.foundation.web.tests.pages import SAMPLES
from cleanprod.foundation.web.vendor import ALSO_NAMED, ICONS

PACKAGE = Path(__file__).parents[3]
PARTS = (Path(__file__).parents[1] / "jinja2/web/components.html").read_text(encoding="utf-8")
INNER = {"required_mark", "field_help", "field_errors", "button_class"}
BY_OTHERS = {"icon", "crumbs", "field", "form_errors", "keep", "both"}  # on pages of slices
VOID = {"meta", "link", "img", "input", "br", "path", "use", "rect", "hr"}
pytestmark = pytest.mark.django_db


class Nesting(HTMLParser):
    """Check that tags close in order, ids are unique and nothing is inline."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.wrong = [], set(), []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.wrong.append(f"inline {name} on {tag}")
            if name == "id":
                if value in self.ids:
                    self.wrong.append(f"id {value} twice")
                self.ids.add(value)
        if tag == "script" and not dict(attrs).get("src"):
            self.wrong.append("inline script")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"</{tag}> out of order at {self.getpos()}")


@pytest.mark.parametrize("name", ["dashboard", "form", "annex", "sign_in"])
def test_sample_pages_are_whole_and_without_inline_code(client, name):
    reader = Nesting()
    reader.feed(client.get(f"/sample/{name}").content.decode())
    assert reader.wrong == []
    assert reader.open == []


def test_every_part_stands_on_a_sample_page():
    names = set(re.findall(r"macro (\w+)\(", PARTS)) - INNER - BY_OTHERS
    samples = "".join(file.read_text(encoding="utf-8") for file in SAMPLES.iterdir())
    assert {name for name in names if f"ui.{name}(" not in samples} == set()


def test_every_part_says_what_it_takes():
    for name in set(re.findall(r"macro (\w+)\(", PARTS)) - INNER:
        assert f"{{# {name}(" in PARTS, name


def test_every_icon_that_a_page_names_is_in_the_sprite():
    known = set(ICONS) | set(ALSO_NAMED)
    named = set()
    for file in PACKAGE.glob("*/*/jinja2/**/*.html"):
        text = file.read_text(encoding="utf-8")
        named |= set(re.findall(r"(?:ui\.icon\(|icon_name=)\"([a-z0-9-]+)\"", text))
    assert named - known == set()


def test_the_frame_stands_without_menu_and_without_a_person(client):
    page = client.get("/sample/sign_in").content.decode()
    assert "跳到正文" in page
    assert "演示数据 · 业务日期 2023年9月28日" in page
    assert "side-nav" not in page


def test_large_type_is_drawn_by_the_server(client):
    client.cookies["large_type"] = "1"
    assert 'class="large-type"' in client.get("/sample/form").content.decode()


def test_the_form_tells_what_is_wrong_where(client):
    page = client.get("/sample/form").content.decode()
    assert 'href="#id_number"' in page
    assert 'aria-describedby="id_day_help id_day_error"' in page
    assert 'aria-invalid="true"' in page
