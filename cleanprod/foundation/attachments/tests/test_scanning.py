import io
from types import SimpleNamespace
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cleanprod.foundation.attachments import actions, quarantine, uploads
from cleanprod.foundation.attachments.models import File, Scan, Upload
from cleanprod.foundation.attachments.tests import servers
from cleanprod.foundation.trail.models import Entry
from cleanprod.kernel.errors import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
BY = SimpleNamespace(person_id=7, person_name="李四", office_id=3, office_name="佛山市局")
GOOD = b"%PDF-1.7\n" + b"x" * 100
BAD = b"%PDF-1.7\n" + servers.OWN


@pytest.fixture(scope="module")
def daemon(tmp_path_factory):
    with servers.clamd(tmp_path_factory.mktemp("clamd"), largest="4M") as address:
        yield address


@pytest.fixture
def scanner(daemon, settings):
    settings.SCANNER = daemon


@pytest.fixture
def silent(settings):
    settings.SCANNER = ("127.0.0.1", servers.free_port())


@pytest.fixture(autouse=True)
def nothing_waits():
    quarantine.write_lines()
    yield
    quarantine.write_lines()


def zipped(content):
    box = io.BytesIO()
    with ZipFile(box, "w", ZIP_DEFLATED) as package:
        package.writestr("里面.com", content)
    return box.getvalue()


def files_in(folder):
    return [one for one in folder.rglob("*") if one.is_file()]


@pytest.mark.usefixtures("scanner")
def test_a_harmless_file_is_kept_as_scanned_with_the_time():
    file = actions.store(GOOD, "报告.pdf", by=BY)
    assert (file.scan, file.get_scan_display()) == (Scan.CLEAN.value, "已扫描")
    assert file.scanned_at is not None


@pytest.mark.usefixtures("scanner")
@pytest.mark.parametrize("content", [servers.EICAR, zipped(servers.EICAR), BAD])
def test_an_infected_file_is_refused_and_kept_nowhere_but_in_the_trail(content, folder):
    with pytest.raises(quarantine.Infected, match="未通过病毒扫描.*没有保存"), transaction.atomic():
        actions.store(content, "中毒.pdf", by=BY)
    assert files_in(folder) == []
    assert not File.objects.exists()
    quarantine.write_lines()
    line = Entry.objects.get(act="file:refuse")
    assert (line.label, line.person_name) == ("中毒.pdf", "李四")
    assert line.after["found"].split(".")[0] in {"Eicar-Test", "Own-Test"}


@pytest.mark.usefixtures("scanner")
def test_an_infected_upload_in_pieces_is_removed_at_once(folder):
    upload = uploads.open_upload("中毒.pdf", len(BAD), by=BY)
    uploads.add_piece(upload, 0, io.BytesIO(BAD), size=len(BAD))
    with pytest.raises(quarantine.Infected):
        uploads.finish(upload, by=BY)
    assert files_in(folder) == []
    with pytest.raises(Refused, match="未通过病毒扫描"):
        uploads.keep_uploaded(upload.token, by=BY)
    quarantine.write_lines()
    assert Entry.objects.filter(act="file:refuse").count() == 1
    assert Upload.objects.get().file is None


@pytest.mark.usefixtures("scanner")
def test_a_form_with_an_infected_file_is_answered_and_remembered(client, cast, settings):
    settings.ROOT_URLCONF = "tests.upload_page"
    client.force_login(cast.people["red-star"])
    answer = client.post("/try/", {"report": SimpleUploadedFile("中毒.pdf", BAD)})
    assert answer.status_code == 422
    assert "没有保存" in answer.content.decode()
    line = Entry.objects.get(act="file:refuse")
    assert (line.person_name, line.label) == (cast["red-star"].person_name, "中毒.pdf")


@pytest.mark.usefixtures("scanner")
def test_a_file_above_the_limit_of_the_scanner_says_so():
    file = actions.store(bytes(6 * 1024 * 1024), "大.bin", by=BY)
    assert Scan(file.scan).label == "未扫描（超过扫描上限）"


def test_without_a_scanner_a_file_is_kept_as_not_scanned(settings):
    settings.SCANNER = None
    assert actions.store(BAD, "报告.pdf", by=BY).get_scan_display() == "未扫描"
    assert actions.scan_waiting() == 0


@pytest.mark.usefixtures("silent")
def test_while_the_scanner_is_silent_a_persons_file_is_attached_to_nothing(folder):
    with pytest.raises(actions.Unscanned, match="没有保存，请稍后再提交"):
        actions.store(SimpleUploadedFile("报告.pdf", GOOD), "报告.pdf", by=BY)
    assert not File.objects.exists()
    assert files_in(folder) == []


@pytest.mark.usefixtures("silent")
def test_an_upload_waits_for_its_scan_and_need_not_come_again(settings, daemon):
    upload = uploads.open_upload("报告.pdf", len(GOOD), by=BY)
    uploads.add_piece(upload, 0, io.BytesIO(GOOD), size=len(GOOD))
    assert uploads.finish(upload, by=BY).scan == Scan.NONE.value
    with pytest.raises(actions.Unscanned, match="不必重新上传"):
        uploads.keep_uploaded(upload.token, by=BY)
    assert not File.objects.exists()
    settings.SCANNER = daemon
    file = uploads.keep_uploaded(upload.token, by=BY)
    assert file.scan == Scan.CLEAN.value
    assert uploads.keep_uploaded(upload.token, by=BY) == file


@pytest.mark.usefixtures("silent")
def test_what_the_platform_made_while_the_scanner_was_silent_is_scanned_later(settings, daemon):
    good, bad = actions.store(GOOD, "好.pdf", by=BY), actions.store(BAD, "坏.pdf", by=BY)
    assert {good.scan, bad.scan} == {Scan.NONE.value}
    assert actions.scan_waiting() == 0
    settings.SCANNER = daemon
    assert actions.scan_waiting() == 2
    assert actions.scan_waiting() == 0
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.scan, bad.scan) == (Scan.CLEAN.value, Scan.BAD.value)
    assert good.scanned_at
    assert Entry.objects.get(act="file:block").label == "坏.pdf"
    actions.open_file(good).close()
    with pytest.raises(Refused, match="已停止使用"):
        actions.open_file(bad)
