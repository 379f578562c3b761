"""What API tokens and inbound webhooks leave in the ledger."""

from audit.registry import register

register("token.created", "An API token was created", {"prefix", "scopes"})
register("token.revoked", "An API token was revoked", {"prefix"})
register("hook.created", "An inbound webhook was created", {"name", "prefix"})
register("hook.revoked", "An inbound webhook was revoked", {"name", "prefix"})
