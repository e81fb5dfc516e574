"""The field of a scan: what it takes, what it refuses, and in which words."""

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from cleanprod.foundation.attachments.forms import PaperField


def form_of(name, content, most=1024 * 1024):
    class ScanForm(forms.Form):
        scan = PaperField(label="扫描件", help_text="加盖公章", most=most)

    return ScanForm({}, {"scan": SimpleUploadedFile(name, content)} if name else {})


@pytest.mark.parametrize("content", [b"%PDF-1.4 x", b"\xff\xd8\xff\xe0x", b"\x89PNG\r\n\x1a\nx"])
def test_a_paper_or_a_picture_passes_whatever_it_is_called(content):
    form = form_of("扫描.bin", content)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["scan"].read() == content  # from its beginning


@pytest.mark.parametrize("content", [b"PK\x03\x04 docx", b"MZ\x90", b"words", b"<svg/>"])
def test_another_kind_is_refused_by_its_content(content):
    (said,) = form_of("意见.pdf", content).errors["scan"]
    assert said == "“意见.pdf”不是 PDF、JPG 或 PNG 文件，请扫描或另存为 PDF 后上传"


def test_a_file_that_is_too_large_is_refused_before_it_is_read():
    (said,) = form_of("意见.pdf", b"%PDF-" + b"x" * 1024 * 1024).errors["scan"]
    assert said == "“意见.pdf”太大，不能超过1 MB，请压缩或分页扫描后上传"


def test_kinds_and_size_stand_beside_the_field():
    form = form_of("", b"")
    assert form.fields["scan"].help_text == "加盖公章；PDF、JPG 或 PNG，不超过1 MB"
    assert 'accept="application/pdf,image/jpeg,image/png"' in str(form["scan"])
    assert form.errors["scan"]
