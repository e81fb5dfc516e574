import io
import os
from types import SimpleNamespace
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from django.core.files.storage import default_storage
from django.utils.module_loading import import_string

from cleanprod.config import env, files
from cleanprod.config.env import Misconfigured
from cleanprod.foundation.attachments import actions, uploads
from cleanprod.foundation.attachments.responses import download
from cleanprod.foundation.attachments.rules import SMALLEST_PIECE
from cleanprod.foundation.attachments.tests import servers
from cleanprod.kernel.errors import Refused

pytestmark = pytest.mark.django_db
BY = SimpleNamespace(person_id=7, person_name="李四", office_id=3, office_name="佛山市局")
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("s3")
    with servers.s3(folder) as address:
        yield address, folder / servers.BUCKET


def made(monkeypatch, address, folder, secret=servers.SECRET):
    said = {
        "BUCKET": servers.BUCKET, "ENDPOINT": address, "KEY": servers.KEY, "SECRET": secret,
        "PREFIX": uuid4().hex,
    }  # fmt: skip
    for name, value in said.items():
        monkeypatch.setenv(f"CLEANPROD_S3_{name}", value)
    settings = files.storage(folder)
    return import_string(settings["BACKEND"])(**settings["OPTIONS"]), said["PREFIX"]


@pytest.fixture
def bucket(server, monkeypatch, settings, tmp_path):
    """Let the files of a test lie in a bucket of a real server; yield the folder behind it."""
    address, folder = server
    settings.FILE_DRAFTS = tmp_path / "drafts"
    storage, prefix = made(monkeypatch, address, tmp_path)
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    return folder / prefix


def test_a_file_lies_in_the_bucket_and_nowhere_else(bucket, settings):
    file = actions.store(PDF, "报告.pdf", by=BY)
    assert (bucket / file.path).read_bytes() == PDF
    assert list(settings.FILE_DRAFTS.iterdir()) == []
    with actions.open_file(file) as stream:
        assert stream.read() == PDF
    assert actions.verify(file)
    again = actions.store(PDF, "报告（修订）.pdf", by=BY)
    assert again.path == file.path
    response = download(file)
    assert b"".join(response.streaming_content) == PDF
    response.close()


def test_a_file_of_many_parts_comes_back_as_it_went(bucket):
    content = os.urandom(12 * 1024 * 1024 + 1)
    file = actions.store(content, "大文件.zip", by=BY)
    with actions.open_file(file) as stream:
        assert stream.read() == content


def test_what_is_gone_from_the_bucket_is_told_in_words(bucket):
    file = actions.store(PDF, "报告.pdf", by=BY)
    default_storage.delete(file.path)
    assert not (bucket / file.path).exists()
    assert not actions.verify(file)
    with pytest.raises(Refused, match="报告.pdf"):
        actions.open_file(file)


def test_an_upload_goes_through_the_bucket_piece_by_piece(
    bucket, django_capture_on_commit_callbacks
):
    content = PDF + os.urandom(SMALLEST_PIECE)
    upload = uploads.open_upload("报告.pdf", len(content), by=BY)
    offset = 0
    for piece in (content[:SMALLEST_PIECE], content[SMALLEST_PIECE:]):
        offset = uploads.add_piece(upload, offset, io.BytesIO(piece), size=len(piece))
    pieces = lambda: [one for one in bucket.rglob("uploads/**/0*") if one.is_file()]  # noqa: E731
    assert len(pieces()) == 2
    with django_capture_on_commit_callbacks(execute=True):
        file = uploads.keep_uploaded(upload.token, by=BY)
    with actions.open_file(file) as stream:
        assert stream.read() == content
    assert not pieces()


def test_a_wrong_key_is_refused_by_the_server(server, monkeypatch, settings, tmp_path):
    settings.FILE_DRAFTS = tmp_path
    storage, _ = made(monkeypatch, server[0], tmp_path, secret="wrong")
    monkeypatch.setattr(default_storage, "_wrapped", storage)
    with pytest.raises(ClientError):
        actions.store(PDF, "报告.pdf", by=BY)


def test_without_a_bucket_files_lie_in_the_home(monkeypatch, tmp_path):
    monkeypatch.delenv("CLEANPROD_S3_BUCKET", raising=False)
    assert files.storage(tmp_path)["OPTIONS"]["location"] == tmp_path


def test_a_key_without_its_secret_is_a_mistake(monkeypatch, tmp_path):
    monkeypatch.setenv("CLEANPROD_S3_BUCKET", "files")
    monkeypatch.setenv("CLEANPROD_S3_KEY", "one")
    monkeypatch.delenv("CLEANPROD_S3_SECRET", raising=False)
    with pytest.raises(Misconfigured, match="SECRET"):
        files.storage(tmp_path)


def test_the_address_of_the_scanner_is_read_with_care(monkeypatch):
    for said, read in (
        ("", None), ("/run/clamd.ctl", "/run/clamd.ctl"), ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("[::1]:3310", ("::1", 3310)),
    ):  # fmt: skip
        monkeypatch.setenv("CLEANPROD_CLAMD", said)
        assert env.address("CLEANPROD_CLAMD") == read
    for wrong in ("clamd", "clamd:", ":3310", "clamd:70000"):
        monkeypatch.setenv("CLEANPROD_CLAMD", wrong)
        with pytest.raises(Misconfigured, match="CLEANPROD_CLAMD"):
            env.address("CLEANPROD_CLAMD")
