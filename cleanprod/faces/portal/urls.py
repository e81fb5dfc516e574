"""Routes that everybody may open."""

from django.urls import path

from cleanprod.faces.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("public/lists/", views.lists, name="lists"),
    path("public/lists/<int:pk>/", views.list_page, name="list"),
    path("verify/", views.verify, name="verify"),
    path("verify/file/", views.compare, name="compare"),
    path("health/", views.health, name="health"),
]
