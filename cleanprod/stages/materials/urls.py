"""Routes of the materials of a round."""

from django.urls import path

from cleanprod.stages.materials import views

app_name = "materials"
urlpatterns = [
    path("", views.board, name="board"),
    path("rounds/<int:pk>/", views.checklist, name="checklist"),
    path("rounds/<int:pk>/<slug:key>/", views.item, name="item"),
    path("rounds/<int:pk>/<slug:key>/table/", views.keep, name="keep"),
    path("rounds/<int:pk>/<slug:key>/print.pdf", views.print_paper, name="print"),
    path("rounds/<int:pk>/versions/<int:version>/file/", views.file, name="file"),
    path(
        "rounds/<int:pk>/versions/<int:version>/changes/<slug:file_format>/",
        views.changes,
        name="changes",
    ),
    path("rounds/<int:pk>/versions/<int:version>/withdraw/", views.withdraw, name="withdraw"),
]
