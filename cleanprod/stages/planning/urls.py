"""Routes of the year's papers and their filings."""

from django.urls import path

from cleanprod.stages.planning import views

app_name = "planning"
urlpatterns = [
    path("", views.plans, name="plans"),
    path("start/", views.start, name="start"),
    path("filings/", views.filings, name="filings"),
    path("filings/<int:pk>/", views.filing, name="filing"),
    path("file/<slug:kind>/<int:pk>/", views.file, name="file"),
    path("<int:pk>/", views.plan, name="plan"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/agree/", views.agree, name="agree"),
    path("<int:pk>/revise/", views.revise, name="revise"),
    path("<int:pk>/publish/", views.publish, name="publish"),
    path("<int:pk>/paper/<slug:shape>/", views.paper, name="paper"),
]
