"""Shape and wording of what administrators type about organisations and people."""

from typing import Any

from django import forms
from django.db.models import Q

from cleanprod.foundation.organisations.models import Organisation
from cleanprod.foundation.organisations.rules import Kind, Role
from cleanprod.kernel import credit_code
from cleanprod.kernel.names import comparable


class PersonForm(forms.Form):
    """A new account in an organisation."""

    username = forms.CharField(label="账号", max_length=64, help_text="登录用，建议用姓名拼音")
    name = forms.CharField(label="姓名", max_length=64)
    email = forms.EmailField(label="电子邮箱", required=False, help_text="用于接收提醒和找回密码")
    role = forms.ChoiceField(label="角色", required=False)

    def __init__(self, *args: object, roles: list[Role], **kwargs: object) -> None:
        """Offer the roles that the organisation leaves open; none hides the field."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if roles:
            self.fields["role"] = forms.ChoiceField(
                label="角色", choices=[(role.value, role.label) for role in roles]
            )
        else:
            del self.fields["role"]


class OrganisationForm(forms.Form):
    """A consultancy, a support body or another office that no list brings."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[
            (kind.value, kind.label)
            for kind in (Kind.CONSULTANCY, Kind.SUPPORT, Kind.POOL, Kind.OPERATOR)
        ],
    )
    name = forms.CharField(label="名称", max_length=200)
    code = forms.CharField(label="统一社会信用代码", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse an organisation of this kind that is entered already."""
        cleaned = super().clean() or {}
        code = credit_code.normalise(cleaned.get("code", ""))
        name = comparable(cleaned.get("name", ""))
        same = Organisation.objects.filter(kind=cleaned.get("kind", ""), merged_into=None)
        held = same.filter(Q(code=code) if code else Q(code="", comparable=name)).first()
        if held is not None:
            self.add_error("code" if code else "name", f"该机构已登记：{held.name}")
        return cleaned


class ReasonForm(forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class PhoneForm(forms.Form):
    """The phone of an office."""

    phone = forms.RegexField(
        r"^[0-9+（）()、， \-转]+$", label="办公电话", max_length=40, required=False,
        help_text="本部门牵头的企业可以看到，如：0757-83380000",
        error_messages={"invalid": "请填写电话号码，如：0757-83380000"},
    )  # fmt: skip
