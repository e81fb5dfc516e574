"""Routes of the slice."""

from django.urls import URLPattern

app_name = "review"
urlpatterns: list[URLPattern] = []
