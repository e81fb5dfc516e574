import pytest

from cleanprod.foundation.web.storage import StaticStorage


def test_without_a_manifest_plain_names_are_served(tmp_path):
    assert StaticStorage(location=tmp_path).stored_name("web/a.css") == "web/a.css"


def test_with_a_manifest_a_missing_file_is_an_error(tmp_path):
    storage = StaticStorage(location=tmp_path)
    storage.hashed_files = {"web/a.css": "web/a.123.css"}
    assert storage.stored_name("web/a.css") == "web/a.123.css"
    with pytest.raises(ValueError, match="manifest"):
        storage.stored_name("web/b.css")
