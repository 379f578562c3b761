"""What API tokens leave in the ledger."""

from audit.registry import register

register("token.created", "An API token was created", {"prefix", "scopes"})
register("token.revoked", "An API token was revoked", {"prefix"})
