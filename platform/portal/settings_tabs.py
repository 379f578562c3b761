"""The pages of the settings, in the order their tabs are shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tab:
    """One page of the settings; without `right` everybody has it."""

    key: str
    label: str
    url_name: str
    right: str = ""


TABS: tuple[Tab, ...] = (
    Tab("account", "Your account", "portal:settings_account"),
    Tab("notices", "Notices", "portal:settings_notices", "approvals.view_approval"),
    Tab("people", "People", "portal:settings_people", "accounts.view_user"),
    Tab("approvers", "Who approves", "portal:settings_approvers", "workflows.view_workflow"),
    Tab("automation", "Automation", "portal:settings_automation", "workflows.view_automation"),
    Tab("models", "AI models", "portal:settings_models", "ai.view_routeversion"),
    Tab("topics", "Forbidden topics", "portal:settings_topics", "ai.view_forbiddentopic"),
    Tab("evaluation", "Evaluation", "portal:settings_evaluation", "evaluation.view_evaluation"),
    Tab("spending", "AI spending", "portal:settings_spending", "ai.view_budget"),
    Tab("inbound", "Inbound address", "portal:settings_inbound", "mail.view_thread"),
    Tab("support", "Support access", "portal:settings_support", "accounts.change_user"),
    Tab("tokens", "API tokens", "portal:settings_tokens", "gateway.own_apitoken"),
    Tab("webhooks", "Webhooks", "portal:settings_webhooks", "notify.view_endpoint"),
)


def tabs_for(user: object) -> list[Tab]:
    """The settings that this person may open."""
    may = getattr(user, "has_perm", lambda right: False)
    return [tab for tab in TABS if not tab.right or may(tab.right)]
