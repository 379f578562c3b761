"""The pages of a tenant's workspace."""

from django.conf import settings
from django.urls import include, path

from portal.views import approvals, joining, ledger, mail, runs, session, styleguide, today, tokens, webhooks

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
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("settings/tokens/", tokens.tokens_page, name="settings_tokens"),
    path("settings/tokens/<uuid:token_id>/revoke/", tokens.token_revoke_post, name="settings_token_revoke"),
    path("settings/webhooks/", webhooks.webhooks_page, name="settings_webhooks"),
    path("settings/webhooks/<uuid:endpoint_id>/", webhooks.webhook_page, name="settings_webhook"),
    path("settings/webhooks/<uuid:endpoint_id>/test/", webhooks.webhook_test_post, name="settings_webhook_test"),
    path("settings/webhooks/<uuid:endpoint_id>/switch/", webhooks.webhook_switch_post, name="settings_webhook_switch"),
    path("settings/webhooks/<uuid:endpoint_id>/delete/", webhooks.webhook_delete_post, name="settings_webhook_delete"),
    path(
        "settings/webhooks/<uuid:endpoint_id>/<uuid:delivery_id>/resend/",
        webhooks.webhook_resend_post,
        name="settings_webhook_resend",
    ),
    path("settings/hooks/<uuid:hook_id>/revoke/", webhooks.hook_revoke_post, name="settings_hook_revoke"),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
