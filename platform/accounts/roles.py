"""Roles are groups; this is the one list of what each may do.

Rights are named as Django's permissions are, "<app>.<codename>". A role holds everything that the
roles it includes hold.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

OWNER = "owner"
AUDITOR = "auditor"
RECORDS = ("contact", "listing", "enquiry", "task", "appointment")
VIEW = {
    "mail.view_message",
    "mail.view_thread",
    *(f"crm.view_{kind}" for kind in RECORDS),
    "knowledge.view_document",
    "ai.view_forbiddentopic",
    "workflows.view_automation",
    "workflows.view_run",
    "workflows.view_event",
    "workflows.view_workflow",
    "workflows.view_workflowversion",
    "approvals.view_approval",
}
AUDIT = {"audit.view_entry", "ai.view_call", "ai.view_budget", "ai.view_routeversion", "evaluation.view_evaluation"}
AGENT = {
    "evaluation.add_goldencase",
    "approvals.change_approval",
    "approvals.decide_approval",
    "workflows.add_event",
    "mail.add_message",
    "mail.change_thread",
    *(
        f"crm.{verb}_{kind}"
        for verb in ("add", "change")
        for kind in ("contact", "listing", "enquiry", "task", "appointment")
    ),
    "gateway.own_apitoken",
}
MANAGE = {
    "evaluation.view_goldencase",
    "evaluation.change_goldencase",
    "evaluation.add_evaluation",
    "ai.change_budget",
    "ai.read_calltext",
    "workflows.change_automation",
    "workflows.change_workflow",
    "workflows.add_workflowversion",
    "workflows.change_run",
    "mail.view_rawmessage",
    "accounts.view_user",
    *(f"crm.delete_{kind}" for kind in RECORDS),
    *(f"ai.{verb}_phrase" for verb in ("view", "add", "change", "delete")),
    *(f"ai.{verb}_forbiddentopic" for verb in ("add", "change", "delete")),
    *(f"knowledge.{verb}_document" for verb in ("add", "change")),
}
OWN = {
    "evaluation.export_goldencase",
    "ai.add_routeversion",
    "workflows.view_erasure",
    "workflows.add_erasure",
    *(f"accounts.{verb}_user" for verb in ("add", "change")),
    *(f"gateway.{verb}_apitoken" for verb in ("view", "add", "change")),
    *(f"gateway.{verb}_hook" for verb in ("view", "add", "change")),
    *(f"notify.{verb}_endpoint" for verb in ("view", "add", "change", "delete")),
}

# What an operator may who reads in a workspace for support; a role of nobody's.
SUPPORT = frozenset(VIEW | {"audit.view_entry"})

ROLES: dict[str, set[str]] = {
    OWNER: VIEW | AUDIT | AGENT | MANAGE | OWN,
    "manager": VIEW | AUDIT | AGENT | MANAGE,
    "agent": VIEW | AGENT | {"audit.view_entry"},
    AUDITOR: VIEW | AUDIT,
    "viewer": VIEW,
}
# A step that asks for a role is answered by that role or one that stands above it.
RANK = ["viewer", "agent", "manager", "owner"]


def groups_sync() -> None:
    """Make the groups of the current schema hold exactly the rights of ROLES."""
    wanted = {right for rights in ROLES.values() for right in rights}
    query = Q()
    for right in wanted:
        app, codename = right.split(".")
        query |= Q(content_type__app_label=app, codename=codename)
    found = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.filter(query).select_related()}
    if missing := wanted - set(found):
        raise LookupError(f"no such rights: {', '.join(sorted(missing))}")
    for role, rights in ROLES.items():
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set([found[right] for right in rights])


def stands_for(role: str, wanted: str) -> bool:
    """Whether someone of `role` may act where `wanted` is asked for."""
    return role == wanted or (role in RANK and wanted in RANK and RANK.index(role) >= RANK.index(wanted))
