"""Routes of a round's own acts."""

from django.urls import path

from cleanprod.stages.audits import views

app_name = "audits"
urlpatterns = [
    path("lists/<int:batch_id>/publish/", views.publish, name="publish"),
    path("<int:pk>/register/", views.register, name="register"),
    path("<int:pk>/plan/", views.plan, name="plan"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/facts/<int:fact_id>/withdraw/", views.withdraw, name="withdraw"),
]
