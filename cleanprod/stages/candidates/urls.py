"""Routes of candidates, key enterprises and the proposal."""

from django.urls import path

from cleanprod.stages.candidates import candidate_pages, key_pages, survey_pages, views

app_name = "candidates"
urlpatterns = [
    path("proposal/", views.proposal, name="proposal"),
    path("due/", views.due, name="due"),
    path("coverage/", views.coverage, name="coverage"),
    path("coverage/<slug:level>/<slug:figure>/", views.coverage_records, name="coverage-records"),
    path("survey/", candidate_pages.survey, name="survey"),
    path("survey/close/", candidate_pages.close, name="close"),
    path("survey/reopen/", candidate_pages.reopen, name="reopen"),
    path("survey/report/", candidate_pages.report, name="report"),
    path("survey/import/", survey_pages.import_candidates, name="survey-import"),
    path("survey/import/commit/", survey_pages.commit, name="survey-commit"),
    path("survey/import/template/", survey_pages.template, name="survey-template"),
    path("survey/receipts/<int:pk>/", survey_pages.receipt, name="survey-receipt"),
    path("pick/", candidate_pages.pick, name="pick"),
    path("new/", candidate_pages.new, name="new"),
    path("<int:pk>/", candidate_pages.candidate, name="candidate"),
    path("<int:pk>/edit/", candidate_pages.edit, name="edit"),
    path("<int:pk>/withdraw/", candidate_pages.withdraw, name="withdraw"),
    path("<int:pk>/decline/", candidate_pages.decline, name="decline"),
    path("<int:pk>/restore/", candidate_pages.restore, name="restore"),
    path("<int:pk>/evidence/", candidate_pages.evidence, name="evidence"),
    path("keys/", key_pages.keys, name="keys"),
    path("keys/import/", key_pages.import_keys, name="keys-import"),
    path("keys/import/commit/", key_pages.commit, name="keys-commit"),
    path("keys/import/template/", key_pages.template, name="keys-template"),
    path("keys/receipts/<int:pk>/", key_pages.receipt, name="keys-receipt"),
]
