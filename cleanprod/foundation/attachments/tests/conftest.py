import pytest
from django.core.files.storage import FileSystemStorage, default_storage


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Keep the files of a test in its own folder."""
    own = FileSystemStorage(location=tmp_path / "files", file_permissions_mode=0o600)
    monkeypatch.setattr(default_storage, "_wrapped", own)
    return tmp_path / "files"
