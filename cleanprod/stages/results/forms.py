"""Shape and wording of what is typed about batches of results, objections and certificates."""

from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.results.rules import Counting, Verdict

_TEXT = {"rows": 5}


class DraftForm(forms.Form):
    """What a batch is called, and whom the public reaches."""

    year = forms.IntegerField(
        label="年度", min_value=2000, max_value=2100, help_text="结论日期所在年度"
    )
    title = forms.CharField(
        label="标题", max_length=200, help_text="如“佛山市2023年第一批清洁生产审核验收结果”"
    )
    joint = forms.BooleanField(
        label="两部门联合公布", required=False,
        help_text="同市另一部门牵头的结果也列入，公布前由其会签",
    )  # fmt: skip
    contact = forms.CharField(
        label="受理异议的联系人、电话", max_length=200, help_text="公示期间对外显示，填写办公电话"
    )


class PublicityForm(forms.Form):
    """From when, for how long."""

    first = forms.DateField(label="公示首日", widget=DayInput())
    days = forms.IntegerField(label="公示天数", min_value=1, max_value=60)
    counting = forms.ChoiceField(label="天数算法", choices=Counting.choices)


class AnnounceForm(forms.Form):
    """The paper that announces the batch."""

    document_number = forms.CharField(label="文号", max_length=60)
    on = forms.DateField(label="公布日期", widget=DayInput())
    scan = PaperField(label="公布文件扫描件", required=False)


class CertifyForm(forms.Form):
    """How the certificates are numbered."""

    head = forms.CharField(label="证书编号字头", max_length=40, help_text="如“佛清证2023-”")
    first = forms.IntegerField(label="起始序号", min_value=1, max_value=999_999, initial=1)


class ObjectionForm(forms.Form):
    """What somebody objects to, and how they can be reached."""

    text = forms.CharField(
        label="异议内容", max_length=2000, widget=forms.Textarea(attrs=_TEXT),
        help_text="写明事实和依据；请不要填写他人的个人信息",
    )  # fmt: skip
    name = forms.CharField(
        label="异议人（姓名或单位名称）", max_length=100, help_text="只有牵头部门可以看到"
    )
    contact = forms.CharField(
        label="联系方式", max_length=200, help_text="电话或电子邮箱，只有牵头部门可以看到"
    )

    field_order = ("line", "text", "name", "contact")

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **more: Any) -> None:
        """Offer the firms of the batch."""
        super().__init__(*args, **more)
        self.fields["line"] = forms.ChoiceField(
            label="针对的企业", required=False, choices=[("", "整批公示"), *lines]
        )
        self.order_fields(self.field_order)


class AnswerForm(forms.Form):
    """What became of an objection."""

    verdict = forms.ChoiceField(
        label="处理结果", choices=Verdict.choices, widget=forms.RadioSelect()
    )
    text = forms.CharField(
        label="答复内容", max_length=2000, widget=forms.Textarea(attrs=_TEXT),
        help_text="异议人凭受理编号和查询码可以看到",
    )  # fmt: skip


class LookForm(forms.Form):
    """Number and code of an objection."""

    number = forms.CharField(label="受理编号", max_length=20)
    code = forms.CharField(label="查询码", max_length=20)
