"""Routes of sittings, scoring and score sheets."""

from django.urls import path

from cleanprod.stages.scoring import views

app_name = "scoring"
urlpatterns = [
    path("", views.sittings, name="sittings"),
    path("sheets/<slug:key>/", views.sheet, name="sheet"),
    path("rounds/<int:pk>/open/", views.open_page, name="open"),
    path("<int:pk>/", views.sitting, name="sitting"),
    path("<int:pk>/score/", views.score, name="score"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/opinion/<slug:file_format>/", views.opinion, name="opinion"),
    path("<int:pk>/summary/<slug:file_format>/", views.summary, name="summary"),
]
