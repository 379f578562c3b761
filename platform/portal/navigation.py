"""The side bar: where a person can go, in the order it is shown."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page in the side bar. `section` marks it as the current one; without `right` everybody sees it."""

    section: str
    label: str
    icon: str
    url_name: str
    right: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under one heading; the first group and the last have none."""

    heading: str
    entries: tuple[Entry, ...]


NAVIGATION = (
    Group(
        "",
        (
            Entry("today", "Today", "sun", "portal:today", "workflows.view_run"),
            Entry("inbox", "Inbox", "inbox", "portal:inbox", "approvals.view_approval"),
            Entry("conversations", "Conversations", "mail", "portal:conversations", "mail.view_thread"),
            Entry("runs", "Runs", "list-tree", "portal:runs", "workflows.view_run"),
        ),
    ),
    Group(
        "Records",
        (
            Entry("customers", "Customers", "users", "portal:customers", "crm.view_contact"),
            Entry("listings", "Listings", "house", "portal:listings", "crm.view_listing"),
            Entry("enquiries", "Enquiries", "message-circle-question-mark", "portal:enquiries", "crm.view_enquiry"),
            Entry("tasks", "Tasks", "list-checks", "portal:tasks", "crm.view_task"),
            Entry("calendar", "Calendar", "calendar", "portal:calendar", "crm.view_appointment"),
        ),
    ),
    Group(
        "Automation",
        (
            Entry("knowledge", "Knowledge", "book-open", "portal:documents", "knowledge.view_document"),
            Entry("workflows", "Workflows", "workflow", "portal:workflows", "workflows.view_workflow"),
            Entry("quality", "Quality and cost", "chart-line", "portal:quality", "ai.view_call"),
            Entry("ledger", "Ledger", "scroll-text", "portal:ledger", "audit.view_entry"),
        ),
    ),
    Group("", (Entry("settings", "Settings", "settings", "portal:settings"),)),
)


def navigation_for(user: object) -> list[Group]:
    """The groups that hold something for this person, with what they may open."""
    may = getattr(user, "has_perm", lambda right: False)
    groups = [
        Group(group.heading, tuple(entry for entry in group.entries if not entry.right or may(entry.right)))
        for group in NAVIGATION
    ]
    return [group for group in groups if group.entries]
