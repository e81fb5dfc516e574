import hashlib
import io
import json
import os
import tracemalloc
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cleanprod.foundation.attachments import actions, shelf, uploads
from cleanprod.foundation.attachments.models import File, Upload
from cleanprod.foundation.attachments.rules import LARGEST_PIECE, PIECE, SMALLEST_PIECE
from cleanprod.foundation.engine import clock
from cleanprod.kernel.errors import Refused
from tests.browser import axe, sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
BY = SimpleNamespace(person_id=7, person_name="李四", office_id=3, office_name="佛山市局")
CONTENT = b"%PDF-1.7\n" + os.urandom(2 * SMALLEST_PIECE)


BREAKING = """
const whole = window.fetch;
window.sent = [];
window.fetch = (address, options) => {
  if (!options || options.method !== "PATCH") return whole(address, options);
  window.sent.push(Number(options.headers["Upload-Offset"]));
  if (window.sent.length === 2) return Promise.reject(new TypeError("the line broke"));
  return whole(address, options);
};
"""


class Endless(io.RawIOBase):
    """So many bytes, made as they are read."""

    def __init__(self, size):
        self.left = size

    def read(self, size=-1):
        chunk = bytes(min(size, self.left))
        self.left -= len(chunk)
        return chunk


def send(upload, offset, content, **more):
    return uploads.add_piece(upload, offset, io.BytesIO(content), size=len(content), **more)


def opened(content=CONTENT, by=BY):
    return uploads.open_upload("../报告.pdf", len(content), by=by)


def files_in(folder):
    return [one for one in folder.rglob("*") if one.is_file()]


def test_a_file_comes_in_pieces_and_is_kept_once(folder, django_capture_on_commit_callbacks):
    upload = opened()
    assert send(upload, 0, CONTENT[:SMALLEST_PIECE]) == SMALLEST_PIECE
    assert send(upload, SMALLEST_PIECE, CONTENT[SMALLEST_PIECE:]) == len(CONTENT)
    fingerprint = hashlib.sha256(CONTENT).hexdigest()
    assert uploads.finish(upload, by=BY, sha256=fingerprint).sha256 == fingerprint
    with django_capture_on_commit_callbacks(execute=True):
        file = uploads.keep_uploaded(str(upload.token), by=BY)
    assert (file.name, file.size, file.sha256) == ("报告.pdf", len(CONTENT), fingerprint)
    assert file.content_type == "application/pdf"
    assert uploads.keep_uploaded(upload.token, by=BY) == file
    assert File.objects.count() == 1
    assert files_in(folder) == [folder / file.path]


def test_a_piece_at_a_wrong_place_is_told_where_to_go_on():
    upload = opened()
    send(upload, 0, CONTENT[:SMALLEST_PIECE])
    for offset in (0, 2 * SMALLEST_PIECE):
        with pytest.raises(uploads.WrongPlace, match=str(SMALLEST_PIECE)) as told:
            send(upload, offset, CONTENT[offset : offset + SMALLEST_PIECE])
        assert told.value.received == SMALLEST_PIECE
    with pytest.raises(uploads.WrongPlace):
        uploads.finish(upload, by=BY)


def test_a_torn_or_changed_piece_is_not_taken(folder):
    upload = opened()
    with pytest.raises(Refused, match="没有传完整"):
        uploads.add_piece(upload, 0, io.BytesIO(b"x"), size=SMALLEST_PIECE)
    with pytest.raises(Refused, match="没有传完整"):
        send(upload, 0, CONTENT[:SMALLEST_PIECE], digest="0" * 64)
    assert files_in(folder) == []
    upload.refresh_from_db()
    assert upload.received == 0


def test_pieces_have_bounds():
    upload = opened()
    for size, said in ((1, "太短"), (len(CONTENT) + 1, "比文件长")):
        with pytest.raises(Refused, match=said):
            uploads.add_piece(upload, 0, Endless(size), size=size)
    large = uploads.open_upload("x.zip", 3 * LARGEST_PIECE, by=BY)
    with pytest.raises(Refused, match="8 MB"):
        uploads.add_piece(large, 0, Endless(LARGEST_PIECE + 1), size=LARGEST_PIECE + 1)


def test_a_file_above_the_limit_is_refused_before_it_is_sent(settings):
    assert settings.UPLOAD_MAX_BYTES == 200 * 1024 * 1024
    with pytest.raises(Refused, match="200 MB"):
        uploads.open_upload("x.zip", settings.UPLOAD_MAX_BYTES + 1, by=BY)
    with pytest.raises(Refused, match="空的"):
        uploads.open_upload("x.zip", 0, by=BY)


def test_nobody_keeps_more_than_a_few_uploads_open():
    for _ in range(uploads.MOST_OPEN):
        opened()
    with pytest.raises(Refused, match="20个"):
        opened()


def test_an_upload_belongs_to_one_person_for_one_organisation():
    upload = opened()
    for other in ({"person_id": 8}, {"office_id": 4}, {"office_id": None}):
        stranger = SimpleNamespace(**(vars(BY) | other))
        assert uploads.find(upload.token, by=stranger) is None
        with pytest.raises(Refused, match="重新上传"):
            uploads.keep_uploaded(upload.token, by=stranger)
    with pytest.raises(Refused, match="重新上传"):
        uploads.keep_uploaded("nonsense", by=BY)


def test_a_fingerprint_that_differs_is_refused():
    upload = opened(b"a")
    send(upload, 0, b"a")
    with pytest.raises(Refused, match="发生变化"):
        uploads.finish(upload, by=BY, sha256="0" * 64)


def test_a_day_later_an_upload_is_gone_and_a_kept_file_is_not(folder):
    kept_one, lost = opened(b"kept"), opened(b"lost")
    send(kept_one, 0, b"kept")
    send(lost, 0, b"lost")
    file = uploads.keep_uploaded(kept_one.token, by=BY)
    assert uploads.expire() == 0
    Upload.objects.update(opened_at=clock.now() - uploads.KEPT_FOR - timedelta(minutes=1))
    stray = folder / f"{shelf.DRAFT}left"
    stray.write_bytes(b"x")
    os.utime(stray, (0, 0))
    assert uploads.find(lost.token, by=BY) is None
    assert uploads.expire() == 3
    assert not Upload.objects.exists()
    assert files_in(folder) == [folder / file.path]
    assert actions.verify(file)


def test_memory_stays_flat_over_sixty_megabytes():
    size = 60 * 1024 * 1024
    upload = uploads.open_upload("大.zip", size, by=BY)
    tracemalloc.start()
    for offset in range(0, size, PIECE):
        uploads.add_piece(upload, offset, Endless(PIECE), size=PIECE)
    file = uploads.keep_uploaded(upload.token, by=BY)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert file.size == size
    assert most < PIECE


# --- by its addresses


@pytest.fixture
def firm(client, cast):
    client.force_login(cast.people["red-star"])
    return client


def said(response):
    return json.loads(response.content)


def patch(client, state, content, offset, digest=""):
    headers = {"Upload-Offset": str(offset), "Upload-Digest": digest}
    return client.patch(
        state["address"], content, content_type="application/octet-stream", headers=headers
    )


def test_the_addresses_take_a_file_and_answer_in_chinese(firm):
    data = {"name": "报告.pdf", "size": str(len(CONTENT)), "type": "application/pdf"}
    answer = firm.post(reverse("attachments:open"), data)
    assert answer.status_code == 200
    state = said(answer)
    first = CONTENT[:SMALLEST_PIECE]
    digest = hashlib.sha256(first).hexdigest()
    assert said(patch(firm, state, first, 0, digest))["offset"] == SMALLEST_PIECE
    replay = patch(firm, state, first, 0, digest)
    assert (replay.status_code, said(replay)["offset"]) == (409, SMALLEST_PIECE)
    assert "应从第" in said(replay)["message"]
    assert said(firm.get(state["address"]))["offset"] == SMALLEST_PIECE
    early = firm.post(f"{state['address']}finish/")
    assert early.status_code == 409
    patch(firm, state, CONTENT[SMALLEST_PIECE:], SMALLEST_PIECE)
    done = said(firm.post(f"{state['address']}finish/"))
    assert (done["finished"], done["scan"]) == (True, "未扫描")
    assert done["sha256"] == hashlib.sha256(CONTENT).hexdigest()


def test_others_and_visitors_find_no_upload(firm, cast, client):
    state = said(firm.post(reverse("attachments:open"), {"name": "a", "size": "10"}))
    client.force_login(cast.people["blue-sea"])
    assert client.get(state["address"]).status_code == 404
    assert patch(client, state, b"0123456789", 0).status_code == 404
    assert client.post(f"{state['address']}finish/").status_code == 404
    client.logout()
    assert client.get(state["address"]).status_code == 302


@pytest.mark.parametrize("size", ["", "-1", "0", "x", "9" * 17])
def test_a_nonsense_size_is_refused(firm, size):
    answer = firm.post(reverse("attachments:open"), {"name": "a", "size": size})
    assert answer.status_code == 422
    assert said(answer)["message"]


def test_a_piece_without_a_place_is_a_bad_request(firm):
    state = said(firm.post(reverse("attachments:open"), {"name": "a", "size": "10"}))
    answer = firm.patch(state["address"], b"x", content_type="application/octet-stream")
    assert answer.status_code == 400


def test_a_form_without_the_script_gives_the_same_file(firm, settings):
    settings.ROOT_URLCONF = "tests.upload_page"
    answer = firm.post("/try/", {"report": SimpleUploadedFile("报告.pdf", CONTENT)})
    assert hashlib.sha256(CONTENT).hexdigest() in answer.content.decode()
    assert "kept" not in firm.post("/try/", {}).content.decode()


def test_in_a_browser_a_broken_connection_costs_one_piece(site, page, cast, settings, tmp_path):
    settings.ROOT_URLCONF = "tests.upload_page"
    chosen = tmp_path / "审核报告.pdf"
    content = b"%PDF-1.7\n" + os.urandom(2 * PIECE)
    chosen.write_bytes(content)
    page.add_init_script(BREAKING)
    sign_in(page, site, cast.people["red-star"])
    page.goto(f"{site}/try/")
    page.set_input_files("#id_report", chosen)
    page.get_by_text("已上传：审核报告.pdf").wait_for(timeout=20_000)
    assert page.evaluate("window.sent") == [0, PIECE, PIECE, 2 * PIECE]
    page.get_by_role("button", name="提交").click()
    page.locator("#kept").wait_for()
    assert hashlib.sha256(content).hexdigest() in page.locator("#kept").inner_text()
    page.set_viewport_size({"width": 360, "height": 740})
    page.set_input_files("#id_report", chosen)
    page.get_by_text("已上传：审核报告.pdf").wait_for(timeout=20_000)
    assert axe(page) == []


def test_in_a_browser_a_file_chosen_before_the_script_came_is_sent_too(
    site, page, cast, settings, tmp_path
):
    settings.ROOT_URLCONF = "tests.upload_page"
    chosen = tmp_path / "报告.pdf"
    chosen.write_bytes(b"%PDF-1.7\n")
    sign_in(page, site, cast.people["red-star"])
    late = []
    page.route("**/web/upload*.js", lambda route: late.append(route))
    page.goto(f"{site}/try/", wait_until="commit")
    page.set_input_files("#id_report", chosen)
    late.pop().continue_()
    page.get_by_text("已上传：报告.pdf").wait_for(timeout=20_000)
