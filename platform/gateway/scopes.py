"""What a token may be used for: `<resource>:read`, `<resource>:write`, and `approvals:decide`."""

# resource -> what people call it
RESOURCES = {
    "events": "events",
    "messages": "mail",
    "runs": "runs",
    "approvals": "proposals",
    "automation": "the automation switch",
    "workflows": "workflows",
    "contacts": "customers",
    "listings": "listings",
    "enquiries": "enquiries",
    "tasks": "tasks",
    "appointments": "appointments",
    "knowledge": "what replies may quote",
    "ai": "calls of models",
    "audit": "the ledger",
    "erasures": "erasing customers",
    "webhooks": "webhooks sent by us",
    "hooks": "webhooks sent to us",
}
SCOPES = frozenset(
    {f"{resource}:{verb}" for resource in RESOURCES for verb in ("read", "write")} | {"approvals:decide"}
)
