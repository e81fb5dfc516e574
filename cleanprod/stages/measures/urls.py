"""Routes of performance sheets."""

from django.urls import path

from cleanprod.stages.measures import border_pages, level_pages, views, working_pages, year_pages

app_name = "measures"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("template.xlsx", views.template, name="template"),
    path("border/", border_pages.border, name="border"),
    path("rounds/<int:pk>/", views.sheet, name="sheet"),
    path("rounds/<int:pk>/edit/", views.edit, name="edit"),
    path("rounds/<int:pk>/account/", views.account, name="account"),
    path("rounds/<int:pk>/economics/", views.economics, name="economics"),
    path("rounds/<int:pk>/sheet.xlsx", views.export, name="export"),
    path("rounds/<int:pk>/import/", views.take, name="import"),
    path("rounds/<int:pk>/years/", year_pages.years, name="years"),
    path("rounds/<int:pk>/years/edit/", year_pages.edit, name="years-edit"),
    path("rounds/<int:pk>/years.xlsx", year_pages.workbook, name="years-workbook"),
    path("rounds/<int:pk>/level/", level_pages.level, name="level"),
    path("rounds/<int:pk>/workings/", working_pages.workings, name="workings"),
    path("rounds/<int:pk>/workings/new/", working_pages.new, name="workings-new"),
    path("rounds/<int:pk>/workings/remove/", working_pages.remove, name="workings-remove"),
    path("rounds/<int:pk>/workings/adopt/", working_pages.adopt, name="workings-adopt"),
    path("rounds/<int:pk>/keep/<slug:page>/", views.keep, name="keep"),
    path("rounds/<int:pk>/explain/", views.explain, name="explain"),
    path("rounds/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("rounds/<int:pk>/reopen/", views.reopen, name="reopen"),
]
