"""Routes of the indicator systems."""

from django.urls import path

from cleanprod.stages.performance import views

app_name = "performance"
urlpatterns = [
    path("systems/", views.systems, name="systems"),
    path("systems/load/", views.load_page, name="load"),
    path("systems/load/template/", views.load_template, name="load-template"),
    path("systems/<int:pk>/", views.system, name="system"),
    path("systems/<int:pk>/file/<slug:shape>/", views.file, name="system-file"),
    path("systems/<int:pk>/blank/<slug:shape>/", views.blank, name="blank"),
    path("systems/<int:pk>/trial/", views.trial, name="trial"),
    path("systems/<int:pk>/put/", views.put_in_force, name="put"),
    path("systems/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
]
