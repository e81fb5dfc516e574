"""Routes of publications."""

from django.urls import path

from cleanprod.stages.disclosures import boards, public_pages, views

app_name = "disclosures"
urlpatterns = [
    path("", boards.board, name="board"),
    path("workbook/", boards.workbook, name="workbook"),
    path("mine/", views.mine, name="mine"),
    path("public/", public_pages.publications, name="public"),
    path("public/<int:pk>/", public_pages.publication, name="public-round"),
    path("<int:pk>/", views.round_page, name="round"),
    path("<int:pk>/<str:kind>/", views.edit, name="edit"),
    path("editions/<int:pk>/", views.edition, name="edition"),
    path("editions/<int:pk>/proof/", views.proof, name="proof"),
    path("editions/<int:pk>/<str:act>/", views.judge, name="judge"),
]
