"""Routes of plans, starts and phases."""

from django.urls import path

from cleanprod.stages.phases import plan_pages, views

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
]
