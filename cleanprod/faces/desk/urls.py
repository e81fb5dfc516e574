"""Routes of the slice."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
