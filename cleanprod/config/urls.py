"""The map of all routes, slice by slice."""

from django.urls import include, path

urlpatterns = [
    path("", include("cleanprod.faces.portal.urls")),
    path("", include("cleanprod.faces.desk.urls")),
    path("accounts/", include("cleanprod.foundation.accounts.urls")),
    path("files/", include("cleanprod.foundation.attachments.urls")),
    path("drafts/", include("cleanprod.foundation.drafts.urls")),
    path("organisations/", include("cleanprod.foundation.organisations.urls")),
    path("rules/", include("cleanprod.foundation.rulebook.urls")),
    path("programme/", include("cleanprod.stages.programme.urls")),
    path("calendar/", include("cleanprod.stages.calendar.urls")),
    path("candidates/", include("cleanprod.stages.candidates.urls")),
    path("dispatch/", include("cleanprod.stages.dispatch.urls")),
    path("measures/", include("cleanprod.stages.measures.urls")),
    path("materials/", include("cleanprod.stages.materials.urls")),
    path("submissions/", include("cleanprod.stages.submissions.urls")),
    path("disclosures/", include("cleanprod.stages.disclosures.urls")),
    path("notices/", include("cleanprod.stages.notices.urls")),
    path("experts/", include("cleanprod.stages.experts.urls")),
    path("phases/", include("cleanprod.stages.phases.urls")),
    path("planning/", include("cleanprod.stages.planning.urls")),
    path("audits/", include("cleanprod.stages.audits.urls")),
    path("performance/", include("cleanprod.stages.performance.urls")),
    path("registration/", include("cleanprod.stages.registration.urls")),
    path("scoring/", include("cleanprod.stages.scoring.urls")),
    path("accuracy/", include("cleanprod.stages.accuracy.urls")),
    path("hearings/", include("cleanprod.stages.hearings.urls")),
    path("remarks/", include("cleanprod.stages.remarks.urls")),
    path("results/", include("cleanprod.stages.results.urls")),
    path("review/", include("cleanprod.stages.review.urls")),
    path("reports/", include("cleanprod.insight.yearly.urls")),
    path("bulletins/", include("cleanprod.insight.bulletins.urls")),
    path("statistics/", include("cleanprod.insight.statistics.urls")),
]

handler400 = "cleanprod.foundation.web.errors.bad_request"
handler403 = "cleanprod.foundation.web.errors.forbidden"
handler404 = "cleanprod.foundation.web.errors.not_found"
handler500 = "cleanprod.foundation.web.errors.broken"
