"""Routes of targets and list imports."""

from django.urls import path

from cleanprod.stages.programme import views

app_name = "programme"
urlpatterns = [
    path("targets/", views.targets, name="targets"),
    path("import/", views.import_list, name="import"),
    path("import/commit/", views.commit, name="commit"),
    path("import/template/", views.template, name="template"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
    path("lists/<int:pk>/workbook/", views.workbook, name="workbook"),
    path("lists/<int:pk>/finish/", views.finish, name="finish"),
    path("lists/<int:pk>/reopen/", views.reopen, name="reopen"),
    path("overlaps/", views.overlaps, name="overlaps"),
    path("overlaps/<int:pk>/reopen/", views.reopen_settlement, name="reopen_settlement"),
]
