"""Routes of the periodic reports."""

from django.urls import path

from cleanprod.insight.yearly import views

app_name = "yearly"
urlpatterns = [
    path("", views.report, name="report"),
    path("paper/<slug:shape>/", views.paper, name="paper"),
]
