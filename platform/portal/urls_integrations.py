"""Settings for those who connect other systems: API tokens and webhooks."""

from django.urls import path

from portal.views import tokens, webhooks

urlpatterns = [
    path("tokens/", tokens.tokens_page, name="settings_tokens"),
    path("tokens/<uuid:token_id>/revoke/", tokens.token_revoke_post, name="settings_token_revoke"),
    path("webhooks/", webhooks.webhooks_page, name="settings_webhooks"),
    path("webhooks/<uuid:endpoint_id>/", webhooks.webhook_page, name="settings_webhook"),
    path("webhooks/<uuid:endpoint_id>/test/", webhooks.webhook_test_post, name="settings_webhook_test"),
    path("webhooks/<uuid:endpoint_id>/switch/", webhooks.webhook_switch_post, name="settings_webhook_switch"),
    path("webhooks/<uuid:endpoint_id>/delete/", webhooks.webhook_delete_post, name="settings_webhook_delete"),
    path(
        "webhooks/<uuid:endpoint_id>/<uuid:delivery_id>/resend/",
        webhooks.webhook_resend_post,
        name="settings_webhook_resend",
    ),
    path("hooks/<uuid:hook_id>/revoke/", webhooks.hook_revoke_post, name="settings_hook_revoke"),
]
