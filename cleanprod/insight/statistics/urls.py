"""Routes of the figures and official tables."""

from django.urls import path

from cleanprod.insight.statistics import (
    desk_views,
    effect_views,
    outline_views,
    public_views,
    record_views,
    views,
)

app_name = "statistics"
urlpatterns = [
    path("desk/", desk_views.desk, name="desk"),
    path("by/<slug:name>/", desk_views.breakdown, name="breakdown"),
    path("effects/by/<slug:name>/", effect_views.effects, name="effects"),
    path("effects/records/<slug:figure>/", effect_views.records, name="effect-records"),
    path("unfinished/", record_views.unfinished, name="unfinished"),
    path("outline/", outline_views.page, name="outline"),
    path("outline/withdraw/", outline_views.withdraw, name="outline-withdraw"),
    path("public/", public_views.public, name="public"),
    path("public/<int:pk>/", public_views.table, name="public-table"),
    path("disclosures/", public_views.disclosures, name="disclosures"),
    path("disclosures/<int:pk>/", public_views.disclosure, name="disclosure"),
    path("disclosures/<int:pk>/withdraw/", public_views.withdraw, name="withdraw"),
    path("disclosures/new/<slug:name>/", public_views.disclose, name="disclose"),
    path("discrepancies/", views.discrepancies, name="discrepancies"),
    path("records/<slug:figure>/", record_views.records, name="records"),
    path("<slug:name>/", views.report, name="report"),
]
