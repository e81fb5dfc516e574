"""The form field of a paper: a scan, a screenshot, a picture."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from cleanprod.foundation.attachments.rules import HEAD, MOST_OF_PAPER, PAPERS, in_megabytes, sniff


class PaperField(forms.FileField):
    """A PDF or a picture of bounded size, judged by its content and not by its name."""

    def __init__(self, *, most: int = MOST_OF_PAPER, help_text: str = "", **kwargs: Any) -> None:
        """Tell kinds and size after what the form says of the paper; `most` is in bytes."""
        limits = f"PDF、JPG 或 PNG，不超过{in_megabytes(most)}"
        super().__init__(
            help_text=f"{help_text}；{limits}" if help_text else limits,
            widget=forms.FileInput(attrs={"accept": ",".join(PAPERS)}),
            **kwargs,
        )
        self.most = most

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Refuse a file that is too large, or of another kind whatever its name says."""
        upload = super().clean(data, initial)
        if not isinstance(upload, UploadedFile):
            return upload
        if (upload.size or 0) > self.most:
            raise forms.ValidationError(
                f"“{upload.name}”太大，不能超过{in_megabytes(self.most)}，请压缩或分页扫描后上传"
            )
        head = upload.read(HEAD)
        upload.seek(0)
        if sniff(head) not in PAPERS:
            raise forms.ValidationError(
                f"“{upload.name}”不是 PDF、JPG 或 PNG 文件，请扫描或另存为 PDF 后上传"
            )
        return upload
