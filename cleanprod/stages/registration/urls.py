"""Routes of registration, contacts, changes, wishes and engagements."""

from django.urls import path

from cleanprod.stages.registration import (
    change_pages,
    claim_pages,
    consultancy_pages,
    contact_pages,
    request_pages,
    visitor_pages,
)

app_name = "registration"
urlpatterns = [
    path("", claim_pages.claim, name="claim"),
    path("lost/", visitor_pages.lost, name="lost"),
    path("wish/", visitor_pages.wish, name="wish"),
    path("answer/", visitor_pages.answer, name="answer"),
    path("lists/<int:batch_id>/codes/", claim_pages.codes, name="codes"),
    path("lists/<int:batch_id>/codes/issue/", claim_pages.issue, name="issue"),
    path("contacts/", contact_pages.contacts, name="contacts"),
    path("contacts/<int:membership_id>/<slug:act>/", contact_pages.act, name="contact-act"),
    path("invitations/<int:code_id>/void/", contact_pages.void, name="void"),
    path("changes/", change_pages.index, name="changes"),
    path("changes/new/", change_pages.new, name="new-change"),
    path("changes/<int:pk>/", change_pages.change, name="change"),
    path("changes/<int:pk>/evidence/", change_pages.evidence, name="change-evidence"),
    path("changes/<int:pk>/<slug:act>/", change_pages.act, name="change-act"),
    path("rounds/<int:round_id>/", consultancy_pages.engaged, name="engaged"),
    path("rounds/<int:round_id>/engagements/", consultancy_pages.engagements, name="engagements"),
    path("engagements/<int:pk>/revoke/", consultancy_pages.revoke, name="revoke"),
    path("board/", consultancy_pages.board, name="board"),
    path("consultancies/", consultancy_pages.consultancies, name="consultancies"),
    path("consultancies/<int:pk>/", consultancy_pages.consultancy, name="consultancy"),
    path("resets/", request_pages.resets, name="resets"),
    path("resets/<int:pk>/", request_pages.reset, name="reset"),
    path("resets/<int:pk>/paper/", request_pages.reset_paper, name="reset-paper"),
    path("resets/<int:pk>/<slug:act>/", request_pages.reset_act, name="reset-act"),
    path("wishes/", request_pages.wishes, name="wishes"),
    path("wishes/<int:pk>/", request_pages.wish, name="wish-page"),
    path("wishes/<int:pk>/<slug:act>/", request_pages.wish_act, name="wish-act"),
]
