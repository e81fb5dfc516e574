"""Routes of batches of results; those under `public/` everybody may open."""

from django.urls import path

from cleanprod.stages.results import public_pages, views

app_name = "results"
urlpatterns = [
    path("", views.board, name="board"),
    path("new/", views.new, name="new"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/firms/", views.firms, name="firms"),
    path("<int:pk>/publicity/", views.publicise, name="publicise"),
    path("<int:pk>/cosign/", views.cosign, name="cosign"),
    path("<int:pk>/announce/", views.announce, name="announce"),
    path("<int:pk>/report/", views.report, name="report"),
    path("<int:pk>/stop/", views.stop, name="stop"),
    path("<int:pk>/certificates/", views.certify, name="certify"),
    path("<int:pk>/paper/<slug:file_format>/", views.paper, name="paper"),
    path("<int:pk>/workbook/", views.workbook, name="workbook"),
    path("<int:pk>/scan/", views.scan, name="scan"),
    path("objections/", views.objections, name="objections"),
    path("objections/<int:pk>/", views.objection, name="objection"),
    path("certificates/<int:pk>/<slug:file_format>/", views.certificate, name="certificate"),
    path("public/", public_pages.batches, name="public"),
    path("public/<int:pk>/", public_pages.batch, name="public-batch"),
    path("public/<int:pk>/workbook/", public_pages.workbook, name="public-workbook"),
    path("public/<int:pk>/object/", public_pages.object_to, name="object"),
    path("public/answer/", public_pages.answer, name="answer"),
]
