import hashlib
import io
import os
from types import SimpleNamespace
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cleanprod.foundation.attachments import actions
from cleanprod.foundation.attachments.models import File, Scan
from cleanprod.foundation.attachments.responses import download
from cleanprod.kernel.errors import Refused
from tests.workbooks import workbook

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
BY = SimpleNamespace(person_id=7, person_name="李四", office_id=3, office_name="佛山市局")
PDF = b"%PDF-1.7\n" + b"x" * 100


def content_of(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_stored_under_its_fingerprint_with_who_brought_it(folder):
    file = actions.store(PDF, "报告.pdf", by=BY)
    fingerprint = hashlib.sha256(PDF).hexdigest()
    assert (file.sha256, file.size, file.name) == (fingerprint, len(PDF), "报告.pdf")
    assert file.content_type == "application/pdf"
    assert (file.person_id, file.person_name, file.office_id) == (7, "李四", 3)
    assert Scan(file.scan).label == "未扫描"
    assert file.path == f"{fingerprint[:2]}/{fingerprint[2:4]}/{fingerprint}"
    with actions.open_file(file) as stream:
        assert stream.read() == PDF
    assert actions.verify(file)
    assert File.objects.get(pk=file.pk).stored_at


def test_files_and_folders_are_open_to_nobody_else(folder):
    file = actions.store(PDF, "报告.pdf", by=BY)
    path = folder / file.path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_the_same_content_lies_on_disk_once_and_keeps_each_name(folder):
    first = actions.store(PDF, "报告.pdf", by=BY)
    second = actions.store(io.BytesIO(PDF), "报告（修订）.pdf", by=BY)
    assert len(content_of(folder)) == 1
    assert (first.path, first.name) == (second.path, "报告.pdf")
    assert second.name == "报告（修订）.pdf"


def test_storing_the_same_content_again_mends_a_damaged_copy(folder):
    file = actions.store(PDF, "报告.pdf", by=BY)
    (folder / file.path).write_bytes(b"damaged")
    assert not actions.verify(file)
    actions.store(PDF, "报告.pdf", by=BY)
    assert actions.verify(file)


def test_an_upload_that_was_read_before_is_stored_whole():
    upload = SimpleUploadedFile("名单.pdf", PDF)
    upload.read()
    assert actions.store(upload, upload.name, by=BY).size == len(PDF)


def test_a_stream_of_single_bytes_is_known_all_the_same():
    class Slow(io.BytesIO):
        def read(self, size=-1):
            return super().read(1)

    assert actions.store(Slow(PDF), "x", by=BY).content_type == "application/pdf"


def test_a_workbook_is_known_though_its_name_says_nothing():
    file = actions.store(workbook(("序号", "企业名称")), "名单", by=BY)
    assert file.content_type.endswith("spreadsheetml.sheet")


def test_a_zip_is_no_workbook_because_its_name_says_so():
    box = io.BytesIO()
    with ZipFile(box, "w") as package:
        package.writestr("xl.txt", "xl/workbook.xml")
    assert actions.store(box.getvalue(), "名单.xlsx", by=BY).content_type == "application/zip"
    broken = actions.store(b"PK\x03\x04 broken", "名单.xlsx", by=BY)
    assert broken.content_type == "application/octet-stream"


def test_text_is_csv_when_name_or_sender_says_so():
    text = "序号,企业\n".encode("gb18030")
    assert actions.store(text, "名单.csv", by=BY).content_type == "text/csv"
    assert actions.store(text, "名单", by=BY, declared_type="text/csv").content_type == "text/csv"
    assert actions.store(text, "x", by=BY, declared_type="text/html").content_type == "text/plain"


def test_a_failure_in_the_middle_leaves_nothing_behind(folder):
    class Torn(io.BytesIO):
        def read(self, size=-1):
            raise OSError("the line broke")

    with pytest.raises(OSError, match="broke"):
        actions.store(Torn(), "x", by=BY)
    assert content_of(folder) == []
    assert not File.objects.exists()


def test_an_empty_file_is_stored():
    file = actions.store(b"", "空.txt", by=BY)
    assert (file.size, actions.verify(file)) == (0, True)


def test_content_gone_from_disk_is_told_in_words(folder):
    file = actions.store(PDF, "报告.pdf", by=BY)
    os.unlink(folder / file.path)
    assert not actions.verify(file)
    with pytest.raises(Refused, match="报告.pdf"):
        actions.open_file(file)


def test_a_download_is_never_shown_inline_and_keeps_its_chinese_name():
    file = actions.store(b"<html><script>alert(1)</script>", '名单"1".html', by=BY)
    response = download(file)
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%90%8D")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "text/plain"
    assert response["Cache-Control"] == "private, no-store"
    assert int(response["Content-Length"]) == file.size
    assert b"".join(response.streaming_content).startswith(b"<html>")
    response.close()
