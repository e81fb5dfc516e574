"""Routes of plans, starts, phases and the tables of three years."""

from django.urls import path

from cleanprod.stages.phases import plan_pages, views, year_pages

app_name = "phases"
urlpatterns = [
    path("<int:pk>/plan/", plan_pages.plan, name="plan"),
    path("<int:pk>/plan/edit/", plan_pages.edit, name="edit-plan"),
    path("<int:pk>/plan/keep/", plan_pages.keep, name="keep"),
    path("<int:pk>/plan/discard/", plan_pages.discard, name="discard"),
    path("<int:pk>/plan/remark/", plan_pages.remark, name="remark"),
    path("<int:pk>/start/", views.start, name="start"),
    path("<int:pk>/", views.course, name="course"),
    path("<int:pk>/mode/", views.mode, name="mode"),
    path("<int:pk>/phases/<int:number>/", views.phase, name="phase"),
    path("<int:pk>/years/", year_pages.years, name="years"),
    path("<int:pk>/years/edit/", year_pages.edit, name="edit-years"),
    path("<int:pk>/years/tables.xlsx", year_pages.export, name="export-years"),
    path("<int:pk>/years/import/", year_pages.take, name="import-years"),
]
