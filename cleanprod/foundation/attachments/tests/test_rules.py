import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanprod.foundation.attachments.rules import (
    HEAD,
    LONGEST_NAME,
    ZIP,
    clean_name,
    kind_of_package,
    narrow,
    sniff,
)

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(8)


@pytest.mark.parametrize(
    "head, kind",
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n\0", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (OLE, "application/vnd.ms-office"),
        (b"PK\x03\x04", "application/zip"),
        ("序号,企业名称\n".encode(), "text/plain"),
        ("\ufeff序号,企业名称\n".encode(), "text/plain"),
        ("序号,企业名称\n".encode("gb18030"), "text/plain"),
        (b"<html><script>", "text/plain"),
        (b"MZ\x90\x00\x03", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_a_file_is_known_by_its_first_bytes(head, kind):
    assert sniff(head) == kind


@pytest.mark.parametrize("shift", range(3))
def test_text_is_known_though_the_last_sign_is_cut(shift):
    assert sniff((b"a" * shift + "清".encode() * HEAD)[:HEAD]) == "text/plain"


@pytest.mark.parametrize(
    "names, end",
    [
        (["[Content_Types].xml", "xl/workbook.xml"], "spreadsheetml.sheet"),
        (["word/document.xml"], "wordprocessingml.document"),
        (["xl/workbook.xml", "xl/vbaProject.bin"], "sheet.macroEnabled.12"),
        (["photo.jpg"], "zip"),
    ],
)
def test_a_package_is_known_by_the_names_in_it(names, end):
    assert kind_of_package(names).endswith(end)


def test_ending_and_declaration_only_tell_like_things_apart():
    old = sniff(OLE)
    assert narrow(old, "名单.XLS") == "application/vnd.ms-excel"
    assert narrow(old, "名单", "application/msword") == "application/msword"
    assert narrow(old, "名单", "text/html") == old
    assert narrow("text/plain", "名单.csv") == "text/csv"
    assert narrow("text/plain", "名单", "text/csv; charset=gbk") == "text/csv"
    assert narrow("text/plain", "x.html", "text/html") == "text/plain"
    assert narrow(ZIP, "x.xlsx", "text/csv") == ZIP


@pytest.mark.parametrize(
    "given_name, kept",
    [
        ("名单（第一批）.xlsx", "名单（第一批）.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\李四\\名单.xls", "名单.xls"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("名\x00单.pdf", "名单.pdf"),
        ("报告\u202exslx.exe", "报告xslx.exe"),
        ("...隐藏.pdf", "隐藏.pdf"),
        ("尾点.pdf. .", "尾点.pdf"),
        ("", "未命名"),
        ("文件夹/", "未命名"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
        ("无" * 300, "无" * 150),
    ],
)
def test_a_name_keeps_its_words_and_loses_what_does_harm(given_name, kept):
    assert clean_name(given_name) == kept


@given(st.text() | st.text(alphabet="a. 长/", min_size=140, max_size=170))
def test_any_name_becomes_a_harmless_one_and_stays_so(name):
    kept = clean_name(name)
    assert 0 < len(kept) <= LONGEST_NAME
    assert not set(kept) & set("/\\\0\r\n")
    assert not kept.startswith(".")
    assert clean_name(kept) == kept
