"""Routes of sittings, scoring and score sheets."""

from django.urls import path

from cleanprod.stages.scoring import sheet_pages, views

app_name = "scoring"
urlpatterns = [
    path("", views.sittings, name="sittings"),
    path("sheets/", sheet_pages.sheets, name="sheets"),
    path("sheets/load/", sheet_pages.load, name="sheet-load"),
    path("sheets/load/template/", sheet_pages.template, name="sheet-template"),
    path("sheets/<slug:key>/", sheet_pages.sheet, name="sheet"),
    path("sheets/<slug:key>/workbook/", sheet_pages.book, name="sheet-book"),
    path("sheets/<slug:key>/consent/", sheet_pages.consent, name="sheet-consent"),
    path("sheets/<slug:key>/withdraw/", sheet_pages.withdraw, name="sheet-withdraw"),
    path("<int:pk>/", views.sitting, name="sitting"),
    path("<int:pk>/score/", views.score, name="score"),
    path("<int:pk>/agree/", views.agree, name="agree"),
    path("<int:pk>/return/", views.give_back, name="return"),
    path("<int:pk>/confirm/", views.confirm, name="confirm"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/opinion/<slug:file_format>/", views.opinion, name="opinion"),
    path("<int:pk>/summary/<slug:file_format>/", views.summary, name="summary"),
]
