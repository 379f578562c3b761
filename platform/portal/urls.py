"""The pages of a tenant's workspace."""

from django.conf import settings
from django.urls import include, path

from portal.views import (
    approvals,
    automation,
    effects,
    failed_runs,
    hands,
    inbound,
    joining,
    ledger,
    mail,
    retrying,
    runs,
    search,
    session,
    styleguide,
    support,
    today,
    together,
    undo,
    workflows,
)
from portal.views.records import pages as records

app_name = "portal"

urlpatterns = [
    path("", today.today_page, name="today"),
    path("sign-out/", session.SignOut.as_view(), name="sign_out"),
    path("join/<str:token>/", joining.join, name="join"),
    path("settings/", include("portal.urls_people")),
    path("inbox/", approvals.inbox, name="inbox"),
    path("inbox/together/", together.together_page, name="together"),
    path("inbox/arrivals/", approvals.arrivals, name="inbox_arrivals"),
    path("approvals/<uuid:approval_id>/", approvals.approval_page, name="approval"),
    path("approvals/<uuid:approval_id>/edit/", approvals.approval_edit_page, name="approval_edit"),
    path("approvals/<uuid:approval_id>/decide/", approvals.approval_decide_post, name="approval_decide"),
    path("approvals/<uuid:approval_id>/hands/", hands.hands_post, name="approval_hands"),
    path("runs/", runs.run_list_page, name="runs"),
    path("runs/retry/", failed_runs.runs_retry_page, name="runs_retry"),
    path("runs/<uuid:run_id>/", runs.run_page, name="run"),
    path("runs/<uuid:run_id>/retry/", retrying.run_retry_page, name="run_retry"),
    path("runs/<uuid:run_id>/again/", runs.run_again_post, name="run_again"),
    path("runs/<uuid:run_id>/cancel/", runs.run_cancel_post, name="run_cancel"),
    path("runs/<uuid:run_id>/undo/", undo.run_undo_post, name="run_undo"),
    path("undo-plans/<uuid:plan_id>/", undo.undo_plan_page, name="undo_plan"),
    path("undo-plans/<uuid:plan_id>/again/", undo.undo_plan_again_post, name="undo_plan_again"),
    path("undo-plans/<uuid:plan_id>/start/", undo.undo_plan_start_post, name="undo_plan_start"),
    path("undo-plans/<uuid:plan_id>/pause/", undo.undo_plan_pause_post, name="undo_plan_pause"),
    path("undo-plans/<uuid:plan_id>/resume/", undo.undo_plan_resume_post, name="undo_plan_resume"),
    path("effects/<uuid:effect_id>/undo/", undo.effect_undo_post, name="effect_undo"),
    path("effects/<uuid:effect_id>/resolve/", effects.effect_resolve_post, name="effect_resolve"),
    path("", include("portal.urls_conversations")),
    path("outbox/", mail.outbox_page, name="outbox"),
    path("workflows/", workflows.workflow_list_page, name="workflows"),
    path("workflows/<slug:slug>/", workflows.workflow_page, name="workflow"),
    path("workflows/<slug:slug>/switch/", workflows.workflow_switch_post, name="workflow_switch"),
    path(
        "workflows/<slug:slug>/versions/<int:number>/activate/",
        workflows.version_activate_post,
        name="version_activate",
    ),
    path(
        "workflows/<slug:slug>/versions/<int:number>/rollback/",
        workflows.version_rollback_post,
        name="version_rollback",
    ),
    *records.paths(),
    path("search/", search.search_page, name="search"),
    path("ledger/", ledger.ledger_page, name="ledger"),
    path("support/leave/", support.support_leave, name="support_leave"),
    path("support/<str:token>/", support.support_enter_page, name="support_enter"),
    path("settings/inbound/", inbound.inbound_page, name="settings_inbound"),
    path("settings/support/", support.support_page, name="settings_support"),
    path("settings/support/<uuid:access_id>/end/", support.support_end_post, name="support_end"),
    path("settings/automation/", automation.automation_page, name="settings_automation"),
    path("settings/", include("portal.urls_integrations")),
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
