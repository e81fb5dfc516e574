"""Routes of registration, contacts, changes, wishes and engagements."""

from django.urls import path

from cleanprod.stages.registration import claim_pages, contact_pages

app_name = "registration"
urlpatterns = [
    path("", claim_pages.claim, name="claim"),
    path("lists/<int:batch_id>/codes/", claim_pages.codes, name="codes"),
    path("lists/<int:batch_id>/codes/issue/", claim_pages.issue, name="issue"),
    path("contacts/", contact_pages.contacts, name="contacts"),
    path("contacts/<int:membership_id>/<slug:act>/", contact_pages.act, name="contact-act"),
    path("invitations/<int:code_id>/void/", contact_pages.void, name="void"),
]
