"""Routes of written notices, service, urging and first checks."""

from django.urls import path

from cleanprod.stages.notices import extension_pages, urging_pages, views

app_name = "notices"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("lists/<int:pk>/", views.listing, name="listing"),
    path("lists/<int:pk>/notices.pdf", views.together, name="together"),
    path("lists/<int:pk>/service.xlsx", views.workbook, name="workbook"),
    path("serve/", views.serve, name="serve"),
    path("services/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("services/<int:pk>/scan/", views.scan, name="scan"),
    path("owed/", urging_pages.owed, name="owed"),
    path("urge/", urging_pages.urge, name="urge"),
    path("rounds/<int:pk>/check/", urging_pages.check, name="check"),
    path("rounds/<int:pk>/duties/<int:duty>/extend/", extension_pages.ask, name="ask"),
    path("extensions/", extension_pages.extensions, name="extensions"),
    path("extensions/<int:pk>/", extension_pages.extension, name="extension"),
    path("extensions/<int:pk>/evidence/", extension_pages.evidence, name="extension-evidence"),
    path("extensions/<int:pk>/<slug:act>/", extension_pages.reply, name="reply"),
    path("<int:pk>/", views.notice, name="notice"),
    path("<int:pk>/paper/<slug:file_format>/", views.paper, name="paper"),
]
