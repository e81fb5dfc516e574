"""Routes of dispatches: those who ask, those who answer."""

from django.urls import path

from cleanprod.stages.dispatch import answer_pages, views

app_name = "dispatch"
urlpatterns = [
    path("", views.home, name="home"),
    path("new/", views.new, name="new"),
    path("overdue/", views.overdue, name="overdue"),
    path("answers/<int:pk>/", answer_pages.answers, name="answers"),
    path("answers/<int:pk>/hand-in/", answer_pages.hand_in, name="hand-in"),
    path("answers/<int:pk>/list.xlsx", answer_pages.workbook_page, name="workbook"),
    path("answers/<int:pk>/import/", answer_pages.take, name="import"),
    path("rows/<int:pk>/", answer_pages.row, name="row"),
    path("rows/<int:pk>/return/", answer_pages.give_back, name="return"),
    path("<int:pk>/", views.dispatch, name="dispatch"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/pick/", views.pick, name="pick"),
    path("<int:pk>/letter/<slug:file_format>/", views.letter, name="letter"),
    path("<int:pk>/summary.xlsx", views.summary, name="summary"),
    path("<int:pk>/<slug:verb>/", views.act, name="act"),
]
