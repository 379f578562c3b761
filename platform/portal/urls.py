"""The pages of a tenant's workspace."""

from django.conf import settings
from django.urls import include, path

from portal.views import approvals, joining, ledger, mail, runs, search, session, styleguide, today
from portal.views.records import pages as records

app_name = "portal"

urlpatterns = [
    path("", today.today_page, name="today"),
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
    *records.paths(),
    path("search/", search.search_page, name="search"),
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("settings/", include("portal.urls_integrations")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
