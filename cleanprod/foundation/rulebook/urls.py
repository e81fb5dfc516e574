"""Routes of the working-day table."""

from django.urls import path

from cleanprod.foundation.rulebook import views

app_name = "rulebook"
urlpatterns = [
    path("days/", views.days, name="days"),
    path("days/drop/", views.drop, name="days-drop"),
    path("days/load/", views.load, name="days-load"),
]
