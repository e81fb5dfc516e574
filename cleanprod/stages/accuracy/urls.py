"""Routes of accuracy."""

from django.urls import path

from cleanprod.stages.accuracy import views

app_name = "accuracy"
urlpatterns = [
    path("", views.board, name="board"),
    path("draw/", views.draw, name="draw"),
    path("workbook/", views.workbook, name="workbook"),
    path("lost/", views.lost, name="lost"),
    path("mine/", views.mine, name="mine"),
    path("samples/<int:pk>/", views.sample, name="sample"),
    path("samples/<int:pk>/frame/", views.frame, name="frame"),
    path("samples/<int:pk>/freeze/", views.freeze, name="freeze"),
    path("items/<int:pk>/", views.item, name="item"),
    path("items/<int:pk>/check/", views.check, name="check"),
    path("items/<int:pk>/contest/", views.contest, name="contest"),
    path("items/<int:pk>/decide/", views.decide, name="decide"),
    path("items/<int:pk>/evidence/", views.evidence, name="evidence"),
]
