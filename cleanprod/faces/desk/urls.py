"""Routes of the signed-in person's own pages."""

from django.urls import path

from cleanprod.faces.desk import board, views

app_name = "desk"
urlpatterns = [
    path("desk/", views.home, name="home"),
    path("lists/", views.lists, name="lists"),
    path("lists/<int:pk>/", views.list_page, name="list"),
    path("rounds/", board.rounds, name="rounds"),
    path("rounds/export.<slug:file_format>", board.export, name="rounds-file"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/history/", views.history, name="history"),
    path("inbox/", views.inbox, name="inbox"),
    path("inbox/<int:pk>/read/", views.read, name="read"),
    path("rules/", views.rules, name="rules"),
    path("trail/", views.trail_page, name="trail"),
]
