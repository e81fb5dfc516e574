"""Routes of uploads in pieces."""

from django.urls import path

from cleanprod.foundation.attachments import views

app_name = "attachments"
urlpatterns = [
    path("uploads/", views.open_upload, name="open"),
    path("uploads/<uuid:token>/", views.upload, name="upload"),
    path("uploads/<uuid:token>/finish/", views.finish, name="finish"),
]
