"""The pages of a tenant's workspace."""

from django.urls import include, path
from django.views.generic import RedirectView

from portal.views import approvals, joining, ledger, mail, runs, session

app_name = "portal"

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="portal:inbox"), name="start"),
    path("sign-out/", session.SignOut.as_view(), name="sign_out"),
    path("join/<str:token>/", joining.join, name="join"),
    path("settings/", include("portal.urls_people")),
    path("inbox/", approvals.inbox, name="inbox"),
    path("approvals/<uuid:approval_id>/", approvals.approval_page, name="approval"),
    path("approvals/<uuid:approval_id>/edit/", approvals.approval_edit_page, name="approval_edit"),
    path("approvals/<uuid:approval_id>/decide/", approvals.approval_decide_post, name="approval_decide"),
    path("runs/", runs.run_list_page, name="runs"),
    path("runs/<uuid:run_id>/", runs.run_page, name="run"),
    path("outbox/", mail.outbox_page, name="outbox"),
    path("ledger/", ledger.ledger_page, name="ledger"),
]
