"""Routes of the figures and official tables."""

from django.urls import path

from cleanprod.insight.statistics import desk_views, record_views, views

app_name = "statistics"
urlpatterns = [
    path("desk/", desk_views.desk, name="desk"),
    path("by/<slug:name>/", desk_views.breakdown, name="breakdown"),
    path("unfinished/", record_views.unfinished, name="unfinished"),
    path("discrepancies/", views.discrepancies, name="discrepancies"),
    path("records/<slug:figure>/", record_views.records, name="records"),
    path("<slug:name>/", views.report, name="report"),
]
