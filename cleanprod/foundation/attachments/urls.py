"""Routes of uploads in pieces."""

from django.urls import path

from cleanprod.foundation.attachments import views

app_name = "attachments"
urlpatterns = [
    path("uploads/", views.open_upload, name="open"),
    path("uploads/<slug:token>/", views.upload, name="upload"),
    path("uploads/<slug:token>/finish/", views.finish, name="finish"),
]
