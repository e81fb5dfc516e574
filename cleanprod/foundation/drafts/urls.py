"""The route of drafts."""

from django.urls import path

from cleanprod.foundation.drafts import views

app_name = "drafts"
urlpatterns = [path("", views.draft, name="draft")]
