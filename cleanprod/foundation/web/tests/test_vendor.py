"""What we ship of others is what the manifest says, and a first page stays light."""

import gzip
import json

from cleanprod.foundation.web.vendor import LIBRARIES, MANIFEST, PLACE, digest

OWN = PLACE.parent / "web"
# Quality figure 9: a first page of at most 300 KB compressed.
FIRST_PAGE = [
    PLACE / "tabler/tabler.min.css",
    PLACE / "tabler-icons/icons.svg",
    PLACE / "htmx/htmx.min.js",
    OWN / "cleanprod.css",
    OWN / "cleanprod.js",
    OWN / "mark.svg",
]
LIMIT = 150_000


LINES = json.loads(MANIFEST.read_text(encoding="utf-8"))


def test_every_file_has_the_digest_of_the_manifest():
    there = {
        str(file.relative_to(PLACE)): digest(file)
        for file in PLACE.rglob("*")
        if file.is_file() and file != MANIFEST
    }
    assert {name: sha for line in LINES for name, sha in line["files"].items()} == there


def test_the_manifest_names_pinned_versions_and_licences():
    told = [(line["name"], line["version"], line["licence"]) for line in LINES]
    assert told == [(one.package, one.version, one.licence) for one in LIBRARIES]
    assert all((PLACE / one.folder / "LICENSE").exists() for one in LIBRARIES)


def test_no_shipped_file_asks_for_a_source_map():
    assert all(b"sourceMappingURL=" not in file.read_bytes() for file in PLACE.rglob("*.min.*"))


def test_a_first_page_stays_light():
    weight = sum(len(gzip.compress(file.read_bytes())) for file in FIRST_PAGE)
    assert weight < LIMIT
