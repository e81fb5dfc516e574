"""Routes of the check, declarations and submissions."""

from django.urls import path

from cleanprod.stages.submissions import views

app_name = "submissions"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("rounds/<int:pk>/", views.check, name="check"),
    path("rounds/<int:pk>/declare/", views.declare, name="declare"),
    path("rounds/<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/", views.submission, name="submission"),
    path("<int:pk>/receipt.pdf", views.receipt, name="receipt"),
    path("<int:pk>/return/", views.send_back, name="return"),
]
