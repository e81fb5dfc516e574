"""Shape and wording of what is typed into a periodic report."""

from django import forms


class RemarkForm(forms.Form):
    """The part that no record tells."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label="存在问题和下一步打算", required=False, max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}), help_text="每段一行；其余内容由记录自动填入",
    )  # fmt: skip

    def remark(self) -> str:
        """Return the text with plain line ends."""
        return str(self.cleaned_data["text"]).replace("\r\n", "\n")
