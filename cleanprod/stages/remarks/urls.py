"""Routes of remarks."""

from django.urls import path

from cleanprod.stages.remarks import views

app_name = "remarks"
urlpatterns = [
    path("", views.board, name="board"),
    path("rounds/<int:pk>/", views.of_round, name="round"),
    path("rounds/<int:pk>/<slug:step>/<slug:shape>/", views.paper, name="paper"),
    path("replies/<int:pk>/file/", views.file, name="file"),
    path("<int:pk>/", views.remark, name="remark"),
    path("<int:pk>/check/", views.check, name="check"),
    path("<int:pk>/drop/", views.drop, name="drop"),
]
