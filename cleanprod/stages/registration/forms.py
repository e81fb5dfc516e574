"""Shape and wording of what visitors, enterprises and departments type."""

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.validators import RegexValidator

from cleanprod.foundation.accounts.forms import RULES_HELP
from cleanprod.foundation.accounts.models import Person
from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.engine import clock
from cleanprod.foundation.territory import queries as territory
from cleanprod.foundation.web.forms import DayInput
from cleanprod.kernel import credit_code
from cleanprod.stages.registration.asking import Asker, Wanted
from cleanprod.stages.registration.changes import Told
from cleanprod.stages.registration.engaging import Terms
from cleanprod.stages.registration.rules import ChangeKind, Scope

PHONE = RegexValidator(r"^\+?[0-9][0-9 \-]{5,19}$", "请填写电话号码，如 13800000000")
_PASSWORD = {"autocomplete": "new-password"}


class ClaimForm(forms.Form):
    """The two codes of the letter, and the account to be made."""

    firm = forms.CharField(
        label="统一社会信用代码", max_length=200,
        help_text="18位，见注册告知函；没有代码的单位填写名单上的企业全称",
    )  # fmt: skip
    code = forms.CharField(
        label="认领码或邀请码", max_length=40, help_text="16位，如 ABCD-2345-EFGH-6789，横线可不填",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )  # fmt: skip
    name = forms.CharField(
        label="姓名", max_length=64, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label="手机", max_length=32, validators=[PHONE],
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    email = forms.EmailField(
        label="电子邮箱", help_text="用于接收提醒和自助找回密码",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    username = forms.CharField(
        label="登录账号", max_length=64, help_text="以后登录用，可以填手机号",
        validators=[UnicodeUsernameValidator(message="账号只能包含文字、数字和 @ . + - _")],
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )  # fmt: skip
    password1 = forms.CharField(
        label="密码", help_text=RULES_HELP, strip=False,
        widget=forms.PasswordInput(attrs=_PASSWORD, render_value=False),
    )  # fmt: skip
    password2 = forms.CharField(
        label="再次输入密码", strip=False,
        widget=forms.PasswordInput(attrs=_PASSWORD, render_value=False),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Hold the password to the rules of all accounts."""
        cleaned = super().clean() or {}
        first, second = cleaned.get("password1"), cleaned.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致")
        if first:
            person = Person(
                username=cleaned.get("username", ""), name=cleaned.get("name", ""),
                email=cleaned.get("email", ""),
            )  # fmt: skip
            try:
                validate_password(first, person)
            except forms.ValidationError as error:
                self.add_error("password1", error)
        return cleaned


def counties() -> list[Any]:
    """Return all counties of the province under their cities, for a select."""
    offered: list[Any] = [("", "请选择")]
    for city in territory.cities(settings.PROVINCE_CODE):
        below = [(one.code, one.name) for one in territory.below(city.code) if one.official]
        offered.append((city.name, below or [(city.code, city.name)]))
    return offered


class AskerForm(forms.Form):
    """Who asks, for forms that a visitor fills in."""

    name = forms.CharField(label="姓名", max_length=64)
    phone = forms.CharField(label="手机", max_length=32, validators=[PHONE])
    email = forms.EmailField(label="电子邮箱", required=False)

    def asker(self) -> Asker:
        """Return who asks."""
        said = self.cleaned_data
        return Asker(said["name"], said["phone"], said["email"])


class ResetForm(AskerForm):
    """A sealed letter instead of the lost accounts."""

    code = forms.CharField(label="统一社会信用代码", max_length=40)
    firm = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照一致")
    explanation = forms.CharField(
        label="情况说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：原联系人离职，无法登录",
    )  # fmt: skip
    paper = PaperField(label="授权书扫描件", help_text="加盖公章，写明授权谁办理")
    field_order = ("code", "firm", "name", "phone", "email", "explanation", "paper")


class WishForm(AskerForm):
    """What an unlisted enterprise says of itself."""

    firm = forms.CharField(label="企业名称", max_length=200, help_text="与营业执照一致")
    code = forms.CharField(label="统一社会信用代码", max_length=40, help_text="18位")
    county = forms.ChoiceField(label="所在县区", choices=counties)
    address = forms.CharField(label="地址", max_length=300, required=False)
    industry = forms.CharField(label="行业代码", max_length=8, help_text="GB/T 4754-2017，如 3360")
    explanation = forms.CharField(
        label="申请理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = (
        "firm", "code", "county", "address", "industry", "name", "phone", "email", "explanation",
    )  # fmt: skip

    def clean_industry(self) -> str:
        """Return the code of a known trade."""
        found = territory.nearest_industry(self.cleaned_data["industry"])
        if found is None:
            raise forms.ValidationError("未找到该行业代码，请按 GB/T 4754-2017 填写")
        return found.code

    def clean_code(self) -> str:
        """Return a credit code whose check sign is right."""
        code = credit_code.normalise(self.cleaned_data["code"])
        verdict = credit_code.inspect(code)
        if verdict.kind is not credit_code.Kind.VALID:
            raise forms.ValidationError(verdict.problem or "请填写18位统一社会信用代码")
        return code

    def wanted(self) -> Wanted:
        """Return what the enterprise says of itself."""
        said = self.cleaned_data
        place = territory.region(said["county"])
        if place is None:
            raise forms.ValidationError("请选择县区")
        return Wanted(
            said["firm"], said["code"], place, said["industry"], said["address"],
            said["explanation"],
        )  # fmt: skip


class ChangeForm(forms.Form):
    """What changed with an enterprise."""

    kind = forms.ChoiceField(label="变更事项", choices=ChangeKind.choices)
    happened_on = forms.DateField(label="发生日期", widget=DayInput())
    name = forms.CharField(
        label="新名称", max_length=200, required=False, help_text="更名的填写，与新营业执照一致"
    )
    county = forms.ChoiceField(
        label="迁入县区", choices=counties, required=False, help_text="迁移的选择"
    )
    into = forms.CharField(
        label="并入企业的统一社会信用代码", max_length=40, required=False, help_text="合并的填写"
    )
    explanation = forms.CharField(
        label="说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = PaperField(label="证明材料", help_text="如登记机关的变更通知书")

    def clean_happened_on(self) -> date:
        """Return a day that is not to come."""
        day: date = self.cleaned_data["happened_on"]
        if day > clock.today():
            raise forms.ValidationError("发生日期不能晚于今天")
        return day

    def clean(self) -> dict[str, Any]:
        """Ask for what belongs to the kind."""
        cleaned = super().clean() or {}
        asked = {"rename": ("name", "更名应填写新名称"), "move": ("county", "迁移应选择迁入县区"),
                 "merge": ("into", "合并应填写并入企业的代码")}  # fmt: skip
        field, told = asked.get(cleaned.get("kind", ""), ("", ""))
        if field and not cleaned.get(field):
            self.add_error(field, told)
        return cleaned

    def told(self) -> Told:
        """Return what was told."""
        said = self.cleaned_data
        return Told(
            ChangeKind(said["kind"]), said["happened_on"], said["explanation"],
            name=said["name"], place=territory.region(said["county"]) if said["county"] else None,
            into_code=said["into"],
        )  # fmt: skip


class TakeForm(forms.Form):
    """Into which list in preparation an accepted wish goes."""

    batch = forms.ChoiceField(label="纳入名单")
    separate = forms.BooleanField(
        label="确认是另一家企业（名称或代码与已有企业相近，已核对）", required=False
    )

    def __init__(self, *args: Any, batches: list[tuple[int, str]], **more: Any) -> None:
        """Offer the lists of the own department that are in preparation."""
        super().__init__(*args, **more)
        self.fields["batch"].choices = batches  # type: ignore[attr-defined]


class InviteForm(forms.Form):
    """Whom the first contact invites."""

    name = forms.CharField(label="姓名", max_length=64)
    reached = forms.CharField(
        label="手机或电子邮箱", max_length=100, help_text="邀请码由您自己转告，这里只作登记"
    )


class AnswerForm(forms.Form):
    """The receipt of a request, and whose it is."""

    receipt = forms.CharField(label="受理编号", max_length=20, help_text="如 2023-000123-K7")
    code = forms.CharField(label="统一社会信用代码", max_length=40)


class EngageForm(forms.Form):
    """Which consultancy an enterprise engages, for what and for how long."""

    consultancy = forms.TypedChoiceField(label="咨询机构", coerce=int)
    scope = forms.ChoiceField(
        label="范围", choices=Scope.choices, widget=forms.RadioSelect(),
        help_text="提交的材料由企业负责；委托随时可以撤销",
    )  # fmt: skip
    begins_on = forms.DateField(label="起", widget=DayInput())
    ends_on = forms.DateField(label="止", widget=DayInput())

    def __init__(self, *args: Any, offices: list[tuple[int, str]], **more: Any) -> None:
        """Offer the registered consultancies."""
        super().__init__(*args, **more)
        self.fields["consultancy"].choices = [("", "请选择"), *offices]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for an end that is not before the beginning."""
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("begins_on"), cleaned.get("ends_on")
        if begins and ends and ends < begins:
            self.add_error("ends_on", "止日不能早于起日")
        return cleaned

    def terms(self) -> Terms:
        """Return what was agreed."""
        said = self.cleaned_data
        return Terms(said["consultancy"], Scope(said["scope"]), said["begins_on"], said["ends_on"])
