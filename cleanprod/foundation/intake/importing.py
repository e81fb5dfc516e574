"""The three pages of an import - upload, preview, commit - for which a slice tells the rest."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse

from cleanprod.foundation.attachments.models import File
from cleanprod.foundation.intake import pages, uploads
from cleanprod.foundation.intake.actions import Taken
from cleanprod.foundation.intake.matching import Decision, choices
from cleanprod.foundation.intake.models import Receipt
from cleanprod.foundation.intake.rules import Outcome, Report, RowOutcome, Table, Template
from cleanprod.foundation.organisations.rules import Standing
from cleanprod.kernel.errors import Conflict, NotAllowed, Refused

Facts = Mapping[str, Any]
Key = TypeVar("Key", contravariant=True)


class Assessed(Protocol):
    """All rows judged, nothing stored."""

    @property
    def report(self) -> Report:
        """Return the counts and findings."""
        ...

    @property
    def judged(self) -> Sequence[Any]:
        """Return the judged rows."""
        ...

    def outcomes(self) -> list[RowOutcome]:
        """Return one line a row for the receipt."""
        ...


class Take(Protocol[Key]):
    """An act that stores the good rows of a table for a key."""

    def __call__(
        self,
        table: Table,
        key: Key,
        /,
        *,
        file: File,
        by: Standing,
        decisions: Mapping[int, Decision],
        consent: bool,
    ) -> Taken:
        """Store them, with a receipt."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of one import say: `title` and `lead` above, `label` at the file."""

    title: str
    lead: str
    eyebrow: str
    label: str


@dataclass(frozen=True, slots=True)
class Import(Generic[Key]):
    """One kind of import: its template, its acts, its routes.

    `facts` are what the upload form said, `key` makes of them for what the workbook is. `assess`
    judges the rows, `take` stores them with the decisions made on the preview, `subject` says in
    words for what the workbook is, `city` whose it is.
    """

    template: Template
    key: Callable[[Facts, Standing], Key]
    assess: Callable[[Table, Key], Assessed]
    take: Take[Key]
    upload_route: str
    commit_route: str
    receipt_address: Callable[[Receipt], str]
    blank_address: Callable[[], str]
    subject: Callable[[Facts, Standing], str] = lambda _facts, _by: ""
    city: Callable[[Standing], str] = lambda by: by.city
    preview_page: str = "intake/preview.html"

    def upload(
        self, request: HttpRequest, words: Words, *, by: Standing, form: Form | None = None
    ) -> HttpResponseBase:
        """Take a workbook and show, before anything is stored, what importing it would do."""
        again = pages.asked_again(request, self.template, by=by)
        if again is not None:
            return self._preview(request, *again, by=by)
        error, asked = "", request.method == "POST"
        upload = request.FILES.get("workbook")
        if asked and upload is None:
            error = "请选择要导入的工作簿"
        if upload is not None and (form is None or form.is_valid()):
            facts = form.cleaned_data if form is not None else {}
            return self._preview(request, uploads.keep(upload, by=by), facts, by=by)
        context = {
            "words": words,
            "form": form,
            "error": error,
            "limits": limits(),
            "blank": self.blank_address(),
            "receipts": pages.receipts(request, self.template.name, by=by),
            "receipt_address": self.receipt_address,
        }
        wrong = error or (form is not None and form.errors)
        return render(request, "intake/upload.html", context, status=422 if wrong else 200)

    def commit(self, request: HttpRequest, *, by: Standing) -> HttpResponseBase:
        """Import what the preview showed, with the decisions made on it."""
        file, facts = uploads.redeem(self.template.name, request.POST.get("ticket", ""), by)
        table = self._opened(request, file, facts, by)
        if isinstance(table, HttpResponse):
            return table
        decisions, consent = pages.decisions(request), "consent" in request.POST
        try:
            taken = self.take(
                table, self.key(facts, by), file=file, by=by, decisions=decisions, consent=consent
            )
        except (NotAllowed, Conflict):
            raise
        except Refused as refusal:
            return self._show(request, table, file, facts, by, str(refusal))
        messages.success(request, said(taken.report))
        return redirect(self.receipt_address(taken.receipt))

    def _opened(
        self, request: HttpRequest, file: File, facts: Facts, by: Standing
    ) -> Table | HttpResponse:
        return pages.opened(
            request, file, self.template, by=by, city=self.city(by), facts=facts,
            receipt_address=self.receipt_address,
        )  # fmt: skip

    def _preview(
        self, request: HttpRequest, file: File, facts: Facts, *, by: Standing
    ) -> HttpResponseBase:
        table = self._opened(request, file, facts, by)
        if isinstance(table, HttpResponse):
            return table
        return self._show(request, table, file, facts, by)

    def _show(
        self, request: HttpRequest, table: Table, file: File, facts: Facts, by: Standing,
        error: str = "",
    ) -> HttpResponseBase:  # fmt: skip
        assessed = self.assess(table, self.key(facts, by))
        report = assessed.report
        if pages.wants_marked(request):
            return pages.marked_workbook(file, report.findings)
        context = pages.preview(
            table, file, facts, assessed.outcomes(), report, by=by, city=self.city(by)
        )
        receipt = context["receipt"]
        context |= {
            "subject": self.subject(facts, by),
            "again": reverse(self.upload_route),
            "commit": reverse(self.commit_route),
            "receipt_address": self.receipt_address(receipt) if receipt else "",
            "judged": assessed.judged,
            "undecided": [one for one in assessed.judged if one.outcome is Outcome.TO_DECIDE],
            "choices_of": choices,
            "typed": request.POST,
            "error": error,
        }
        return render(request, self.preview_page, context, status=422 if error else 200)


def limits() -> str:
    """Return in words what an import page takes."""
    size = settings.INTAKE_MAX_BYTES // (1024 * 1024)
    return f".xlsx、.xls 或 .csv，最多{settings.INTAKE_MAX_ROWS:,}行、{size} MB"


def said(report: Report) -> str:
    """Return in one line what an import did."""
    changed = f"、变更{report.changed}家" if report.changed else ""
    left = f"、待决定{report.to_decide}行" if report.to_decide else ""
    return (
        f"{report.state.label}：新增{report.created}家{changed}、一致{report.matched}家；"
        f"不予导入{report.refused}行{left}"
    )
