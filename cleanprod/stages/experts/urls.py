"""Routes of the pool of experts, of panels and of seats."""

from django.urls import path

from cleanprod.stages.experts import own_pages, panel_pages, pool_pages, seat_pages

app_name = "experts"
urlpatterns = [
    path("register/", pool_pages.register, name="register"),
    path("application/", pool_pages.application, name="application"),
    path("pool/", pool_pages.pool, name="pool"),
    path("pool/<int:pk>/", pool_pages.expert, name="expert"),
    path("pool/<int:pk>/confirm/", pool_pages.confirm, name="confirm"),
    path("pool/<int:pk>/edit/", pool_pages.edit, name="edit"),
    path("pool/<int:pk>/contact/", pool_pages.contact, name="contact"),
    path("pool/<int:pk>/<slug:act>/", pool_pages.decide, name="decide"),
    path("certificates/<int:pk>/", pool_pages.certificate, name="certificate"),
    path("mine/", own_pages.mine, name="mine"),
    path("mine/profile/", own_pages.profile, name="profile"),
    path("mine/leave/", own_pages.leave, name="leave"),
    path("mine/declare/", own_pages.declare, name="declare"),
    path("mine/ties/<int:pk>/", own_pages.end_tie, name="end-tie"),
    path("mine/absence/", own_pages.absence, name="absence"),
    path("mine/certificates/", own_pages.certificates, name="certificates"),
    path("seats/<int:pk>/answer/", own_pages.answer, name="answer"),
    path("seats/<int:pk>/settle/", seat_pages.settle, name="settle"),
    path("seats/<int:pk>/release/", seat_pages.release, name="release"),
    path("seats/<int:pk>/fee/", seat_pages.fee, name="fee"),
    path("seats/<int:pk>/letter/<slug:shape>/", seat_pages.letter, name="letter"),
    path("panels/", panel_pages.panels, name="panels"),
    path("panels/new/", panel_pages.form_panel, name="form"),
    path("panels/<int:pk>/", panel_pages.panel, name="panel"),
    path("panels/<int:pk>/draw/", panel_pages.draw, name="draw"),
    path("panels/<int:pk>/replace/", panel_pages.replace, name="replace"),
    path("panels/<int:pk>/invite/", seat_pages.invite, name="invite"),
    path("panels/<int:pk>/reschedule/", panel_pages.reschedule, name="reschedule"),
    path("panels/<int:pk>/open/", panel_pages.open_meeting, name="open"),
    path("panels/<int:pk>/cancel/", panel_pages.cancel, name="cancel"),
    path("panels/<int:pk>/overturn/", seat_pages.overturn, name="overturn"),
    path("panels/<int:pk>/fees/", seat_pages.fees, name="fees"),
    path("panels/<int:pk>/notice/<slug:shape>/", seat_pages.notice, name="notice"),
    path("draws/<int:pk>/", panel_pages.record, name="record"),
    path("rounds/<int:pk>/", seat_pages.of_round, name="round"),
]
