"""What a token may be used for: `<resource>:read`, `<resource>:write`, and `approvals:decide`."""

RESOURCES = (
    "events",
    "messages",
    "runs",
    "approvals",
    "automation",
    "workflows",
    "contacts",
    "listings",
    "enquiries",
    "tasks",
    "appointments",
    "ai",
    "audit",
    "webhooks",
    "hooks",
)
SCOPES = frozenset(
    {f"{resource}:{verb}" for resource in RESOURCES for verb in ("read", "write")} | {"approvals:decide"}
)
