"""Routes of the official tables."""

from django.urls import path

from cleanprod.insight.statistics import views

app_name = "statistics"
urlpatterns = [
    path("discrepancies/", views.discrepancies, name="discrepancies"),
    path("records/<slug:figure>/", views.records, name="records"),
    path("<slug:name>/", views.report, name="report"),
]
