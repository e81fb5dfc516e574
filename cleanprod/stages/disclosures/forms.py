"""Shape and wording of what is typed into a publication."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from cleanprod.foundation.attachments.forms import PaperField
from cleanprod.foundation.web.forms import DayInput
from cleanprod.stages.disclosures.actions import Told
from cleanprod.stages.disclosures.models import Edition, Publication
from cleanprod.stages.disclosures.rules import Cell, Field, Kind, Way

_SECRET, _WHY = "secret-", "why-"
_LONGEST = 2000
_REASON = 500


class PublicationForm(forms.Form):
    """The fields of one kind; whether they suffice the act decides, so that drafts may be short."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, *args: Any, offered: Sequence[Field], kind: Kind, again: bool, **more: Any
    ) -> None:
        """Offer the fields that somebody types; of results each may be withheld."""
        super().__init__(*args, **more)
        self.offered = [one for one in offered if not one.fixed]
        self.withholds = kind is Kind.RESULTS
        for one in self.offered:
            self.fields[one.key] = _field(one)
            if self.withholds:
                self.fields[_SECRET + one.key] = forms.BooleanField(
                    label=f"“{one.label}”涉及商业秘密，不向公众公开", required=False
                )
                self.fields[_WHY + one.key] = forms.CharField(
                    label=f"“{one.label}”不公开的理由", max_length=_REASON, required=False,
                    help_text="主管部门可见，公众不可见",
                )  # fmt: skip
        if kind is Kind.CATEGORY:
            self._add_proof()
        if again:
            self.fields["reason"] = forms.CharField(
                label="更正或修改的理由", max_length=_REASON, required=False,
                widget=forms.Textarea(attrs={"rows": 2}), help_text="随新的一版公开",
            )  # fmt: skip

    def _add_proof(self) -> None:
        self.fields["way"] = forms.ChoiceField(
            label="公布方式", choices=[("", "请选择"), *Way.choices()], required=False
        )
        self.fields["where"] = forms.CharField(
            label="媒体、网站或地点名称", max_length=200, required=False
        )
        self.fields["since"] = forms.DateField(
            label="公布起始日期", widget=DayInput(), required=False
        )
        self.fields["link"] = forms.URLField(
            label="公布的网址", max_length=500, required=False, assume_scheme="https",
            help_text="没有网址的，上传截图或扫描件",
            error_messages={"invalid": "请填写完整的网址，如 https://www.example.com/gongbu"},
        )  # fmt: skip
        self.fields["proof"] = PaperField(
            label="公布证明", required=False, help_text="重新提交时不上传的，沿用上一版的证明"
        )

    def texts(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return one version of the form by the labels of its fields, for people to compare."""
        found = {}
        for name, field in self.fields.items():
            if isinstance(field, forms.FileField) or name == "seen":
                continue
            value = values.get(name)
            ticked = isinstance(field, forms.BooleanField)
            found[str(field.label)] = ("是" if value else "") if ticked else str(value or "")
        return found

    def told(self) -> Told:
        """Return what was typed."""
        said = self.cleaned_data
        cells = {
            one.key: Cell(
                one.key, one.title, str(said.get(one.key, "")).strip(),
                bool(said.get(_SECRET + one.key)),
                str(said.get(_WHY + one.key, "")).strip() if said.get(_SECRET + one.key) else "",
            )
            for one in self.offered
        }  # fmt: skip
        return Told(
            cells, said["seen"], said.get("way", ""), said.get("where", ""), said.get("link", ""),
            said.get("since"), said.get("reason", ""),
        )  # fmt: skip


def _field(one: Field) -> forms.CharField:
    attrs: dict[str, Any] = {"rows": one.rows} if one.rows > 1 else {}
    if one.number:
        attrs["inputmode"] = "decimal"
    widget = forms.Textarea(attrs) if one.rows > 1 else forms.TextInput(attrs)
    return forms.CharField(
        label=one.title, max_length=_LONGEST if one.rows > 1 else 300, required=False,
        widget=widget, help_text=one.help or ("" if one.required else "可不填"),
    )  # fmt: skip


def initial(
    publication: Publication | None, edition: Edition | None, known: Mapping[str, str]
) -> dict[str, Any]:
    """Return what a form begins with: the draft, else the current version, else what is known."""
    seen = {"seen": publication.revision if publication else 0}
    draft = publication.draft if publication else {}
    if draft:
        cells = [Cell(**one) for one in draft["cells"].values()]
        rest = {key: draft[key] for key in ("way", "link", "since", "reason")}
        return seen | _typed(cells) | rest | {"where": draft["place"]}
    if edition is not None:
        proof = {"way": edition.way, "link": edition.link, "since": edition.since}
        return seen | _typed(edition.told) | proof | {"where": edition.place}
    return seen | dict(known)


def _typed(cells: Sequence[Cell]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in cells:
        found |= {one.key: one.value, _SECRET + one.key: one.secret, _WHY + one.key: one.why}
    return found
