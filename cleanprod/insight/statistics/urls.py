"""Routes of the slice."""

from django.urls import URLPattern

app_name = "statistics"
urlpatterns: list[URLPattern] = []
