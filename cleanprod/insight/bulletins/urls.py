"""Routes of data checks, snapshots and bulletins."""

from django.urls import path

from cleanprod.insight.bulletins import bulletin_pages, check_pages, snapshot_pages

app_name = "bulletins"
urlpatterns = [
    path("", bulletin_pages.home, name="home"),
    path("<int:pk>/", bulletin_pages.bulletin, name="bulletin"),
    path("<int:pk>/edit/", bulletin_pages.edit, name="edit"),
    path("<int:pk>/finish/", bulletin_pages.finish, name="finish"),
    path("<int:pk>/reopen/", bulletin_pages.reopen, name="reopen"),
    path("<int:pk>/issue/", bulletin_pages.issue, name="issue"),
    path("<int:pk>/scan/", bulletin_pages.scan, name="scan"),
    path("<int:pk>/scan/add/", bulletin_pages.add_scan, name="add-scan"),
    path("<int:pk>/paper/<slug:file_format>/", bulletin_pages.paper, name="paper"),
    path("snapshots/", snapshot_pages.snapshots, name="snapshots"),
    path("snapshots/<int:pk>/", snapshot_pages.snapshot, name="snapshot"),
    path("snapshots/<int:pk>/cells/<slug:figure>/", snapshot_pages.cell, name="cell"),
    path("snapshots/<int:pk>/changes/", snapshot_pages.changes, name="changes"),
    path("snapshots/<int:pk>/draft/", bulletin_pages.draft, name="draft"),
    path("checks/", check_pages.checks, name="checks"),
    path("checks/<int:pk>/", check_pages.check, name="check"),
    path("checks/<int:pk>/urge/", check_pages.urge, name="urge"),
    path("checks/<int:pk>/close/", check_pages.close, name="close"),
    path("checks/<int:pk>/answer/<int:opinion>/", check_pages.answer, name="answer"),
]
