"""Routes of reviews."""

from django.urls import path

from cleanprod.stages.hearings import deviation_pages, outcome_pages, views

app_name = "hearings"
urlpatterns = [
    path("", views.board, name="board"),
    path("deviations/", deviation_pages.deviations, name="deviations"),
    path("rounds/<int:pk>/", views.of_round, name="round"),
    path("rounds/<int:pk>/mode/", views.mode, name="mode"),
    path("photos/<int:pk>/", outcome_pages.photo, name="photo"),
    path("<int:pk>/scans/<slug:kind>/", outcome_pages.scan, name="scan"),
    path("<int:pk>/", views.hearing, name="hearing"),
    path("<int:pk>/schedule/", views.schedule, name="schedule"),
    path("<int:pk>/open/", views.open_page, name="open"),
    path("<int:pk>/conclude/", outcome_pages.conclude, name="conclude"),
    path("<int:pk>/enter/", outcome_pages.enter, name="enter"),
    path("<int:pk>/minutes/<slug:file_format>/", outcome_pages.minutes, name="minutes"),
    path("<int:pk>/summary/<slug:file_format>/", outcome_pages.summary, name="summary"),
    path("<int:pk>/visit/", outcome_pages.visit, name="visit"),
    path("<int:pk>/settle/<slug:act>/", outcome_pages.settle, name="settle"),
    path("<int:pk>/act/<slug:act>/", views.act, name="act"),
]
