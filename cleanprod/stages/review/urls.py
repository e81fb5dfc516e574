"""Routes of results and completion."""

from django.urls import path

from cleanprod.stages.review import views

app_name = "review"
urlpatterns = [
    path("rounds/<int:pk>/result/", views.result, name="result"),
    path("facts/<int:fact_id>/evidence/", views.evidence, name="evidence"),
    path("results/", views.results, name="results"),
    path("results/commit/", views.results_commit, name="results-commit"),
    path("completions/", views.completions, name="completions"),
    path("completions/confirm/", views.complete, name="complete"),
    path("migrate/", views.migrate, name="migrate"),
    path("migrate/commit/", views.migrate_commit, name="migrate-commit"),
    path("templates/<slug:kind>/", views.template, name="template"),
    path("receipts/<slug:kind>/<int:pk>/", views.receipt, name="receipt"),
]
