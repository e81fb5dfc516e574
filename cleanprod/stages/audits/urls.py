"""Routes of a round's own acts."""

from django.urls import path

from cleanprod.stages.audits import amending_views, carrying_views, views

app_name = "audits"
urlpatterns = [
    path("lists/<int:batch_id>/publish/", views.publish, name="publish"),
    path("lists/<int:batch_id>/amend/", amending_views.choose, name="amend"),
    path("lists/<int:batch_id>/amend/notice/", amending_views.word, name="amend-notice"),
    path("lists/<int:batch_id>/amend/preview/", amending_views.preview, name="amend-preview"),
    path("lists/<int:batch_id>/amend/discard/", amending_views.discard, name="amend-discard"),
    path(
        "lists/<int:batch_id>/amendments/<int:number>/", amending_views.amendment, name="amendment"
    ),
    path("carry/", carrying_views.carry, name="carry"),
    path("<int:pk>/register/", views.register, name="register"),
    path("<int:pk>/equate/", views.equate, name="equate"),
    path("<int:pk>/rename/", views.rename, name="rename"),
    path("<int:pk>/facts/<int:fact_id>/withdraw/", views.withdraw, name="withdraw"),
]
