"""/api/v1/"""

from django.urls import URLPattern, path

from portal.api.ai import Budgets, CallDetail, Calls, UsageReport
from portal.api.approvals import (
    ApprovalAnswer,
    ApprovalAsk,
    ApprovalClaim,
    ApprovalDecide,
    ApprovalDelegate,
    ApprovalDetail,
    ApprovalEdit,
    ApprovalRenew,
    Approvals,
    ApprovalsDecide,
    ApprovalTakeBack,
)
from portal.api.automation import AutomationSwitch
from portal.api.conversations import (
    ConversationAssign,
    ConversationDetail,
    ConversationGiveBack,
    ConversationNotes,
    ConversationReply,
    Conversations,
    ConversationTakeOver,
)
from portal.api.effects import EffectResolve
from portal.api.erasures import ContactErase
from portal.api.events import EventDetail, Events
from portal.api.hooks import HookPost, HookRevoke, Hooks
from portal.api.knowledge import Knowledge, KnowledgeDetail, KnowledgeVersions
from portal.api.ledger import EntryProof, Ledger, LedgerExport, LedgerKeys, LedgerVerifier, LedgerVerify
from portal.api.me import Me
from portal.api.messages import MessageDetail, Messages
from portal.api.quality import QualityReport
from portal.api.records import RESOURCES, record_views
from portal.api.runs import RunAgain, RunCancel, RunDetail, RunRetry, Runs, RunsRetry
from portal.api.topics import TopicDetail, Topics
from portal.api.undo import (
    EffectUndo,
    RunUndoPlan,
    UndoPlanDetail,
    UndoPlanPause,
    UndoPlanResume,
    UndoPlanStart,
)
from portal.api.webhooks import Deliveries, DeliveryResend, WebhookDetail, Webhooks, WebhookTest
from portal.api.workflows import (
    DefinitionSchema,
    VersionActivate,
    VersionDetail,
    VersionRollback,
    Versions,
    WorkflowDetail,
    Workflows,
)

urlpatterns: list[URLPattern] = [
    path("me", Me.as_view()),
    path("events", Events.as_view()),
    path("events/<uuid:id>", EventDetail.as_view()),
    path("messages", Messages.as_view()),
    path("messages/<uuid:id>", MessageDetail.as_view()),
    path("conversations", Conversations.as_view()),
    path("conversations/<uuid:id>", ConversationDetail.as_view()),
    path("conversations/<uuid:id>/reply", ConversationReply.as_view()),
    path("conversations/<uuid:id>/take-over", ConversationTakeOver.as_view()),
    path("conversations/<uuid:id>/give-back", ConversationGiveBack.as_view()),
    path("conversations/<uuid:id>/notes", ConversationNotes.as_view()),
    path("conversations/<uuid:id>/assign", ConversationAssign.as_view()),
    path("runs", Runs.as_view()),
    path("runs/<uuid:id>", RunDetail.as_view()),
    path("runs/retry", RunsRetry.as_view()),
    path("runs/<uuid:id>/cancel", RunCancel.as_view()),
    path("runs/<uuid:id>/retry", RunRetry.as_view()),
    path("runs/<uuid:id>/again", RunAgain.as_view()),
    path("runs/<uuid:id>/undo-plan", RunUndoPlan.as_view()),
    path("undo-plans/<uuid:id>", UndoPlanDetail.as_view()),
    path("undo-plans/<uuid:id>/start", UndoPlanStart.as_view()),
    path("undo-plans/<uuid:id>/pause", UndoPlanPause.as_view()),
    path("undo-plans/<uuid:id>/resume", UndoPlanResume.as_view()),
    path("effects/<uuid:id>/undo", EffectUndo.as_view()),
    path("effects/<uuid:id>/resolve", EffectResolve.as_view()),
    path("approvals", Approvals.as_view()),
    path("approvals/decide", ApprovalsDecide.as_view()),
    path("approvals/<uuid:id>", ApprovalDetail.as_view()),
    path("approvals/<uuid:id>/edit", ApprovalEdit.as_view()),
    path("approvals/<uuid:id>/decide", ApprovalDecide.as_view()),
    path("approvals/<uuid:id>/claim", ApprovalClaim.as_view()),
    path("approvals/<uuid:id>/ask", ApprovalAsk.as_view()),
    path("approvals/<uuid:id>/answer", ApprovalAnswer.as_view()),
    path("approvals/<uuid:id>/delegate", ApprovalDelegate.as_view()),
    path("approvals/<uuid:id>/renew", ApprovalRenew.as_view()),
    path("approvals/<uuid:id>/take-back", ApprovalTakeBack.as_view()),
    path("automation", AutomationSwitch.as_view()),
    path("workflows", Workflows.as_view()),
    path("workflows/<slug:slug>", WorkflowDetail.as_view()),
    path("workflows/<slug:slug>/versions", Versions.as_view()),
    path("workflows/<slug:slug>/versions/<int:number>", VersionDetail.as_view()),
    path("workflows/<slug:slug>/versions/<int:number>/activate", VersionActivate.as_view()),
    path("workflows/<slug:slug>/versions/<int:number>/rollback", VersionRollback.as_view()),
    path("schemas/workflow.json", DefinitionSchema.as_view()),
    path("webhooks", Webhooks.as_view()),
    path("webhooks/<uuid:id>", WebhookDetail.as_view()),
    path("webhooks/<uuid:id>/test", WebhookTest.as_view()),
    path("webhooks/<uuid:id>/deliveries", Deliveries.as_view()),
    path("webhooks/<uuid:id>/deliveries/<uuid:delivery>/resend", DeliveryResend.as_view()),
    path("hooks", Hooks.as_view()),
    path("hooks/<uuid:id>/revoke", HookRevoke.as_view()),
    path("hooks/<str:token>", HookPost.as_view()),
    path("knowledge", Knowledge.as_view()),
    path("knowledge/<uuid:id>", KnowledgeDetail.as_view()),
    path("knowledge/<uuid:id>/versions", KnowledgeVersions.as_view()),
    path("ai/budgets", Budgets.as_view()),
    path("ai/calls", Calls.as_view()),
    path("ai/calls/<uuid:id>", CallDetail.as_view()),
    path("ai/quality", QualityReport.as_view()),
    path("ai/topics", Topics.as_view()),
    path("ai/topics/<uuid:id>", TopicDetail.as_view()),
    path("ai/usage", UsageReport.as_view()),
    path("audit", Ledger.as_view()),
    path("audit/export", LedgerExport.as_view()),
    path("audit/verify", LedgerVerify.as_view()),
    path("audit/verifier", LedgerVerifier.as_view()),
    path("audit/keys", LedgerKeys.as_view()),
    path("audit/<uuid:id>/proof", EntryProof.as_view()),
    path("contacts/<uuid:id>/erase", ContactErase.as_view()),
]
for resource in RESOURCES:
    many, one = record_views(resource)
    urlpatterns += [path(resource.name, many.as_view()), path(f"{resource.name}/<uuid:id>", one.as_view())]
