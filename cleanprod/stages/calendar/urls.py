"""Routes of the year's work calendar."""

from django.urls import path

from cleanprod.stages.calendar import views

app_name = "calendar"
urlpatterns = [
    path("", views.year_page, name="year"),
    path("cities/", views.board, name="board"),
    path("<int:year>/<slug:key>/confirm/", views.confirm, name="confirm"),
    path("confirmations/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
