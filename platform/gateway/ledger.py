"""What API tokens and inbound webhooks leave in the ledger."""

from uuid import UUID

from audit.registry import register
from audit.related import MOST, belongings
from gateway.models import ApiToken

register("token.created", "An API token was created", {"prefix", "scopes"})
register("token.revoked", "An API token was revoked", {"prefix"})
register("hook.created", "An inbound webhook was created", {"name", "prefix"})
register("hook.revoked", "An inbound webhook was revoked", {"name", "prefix"})


@belongings("person")
def tokens_of(person: UUID) -> list[str]:
    """The API tokens that act, or acted, as a person."""
    tokens = ApiToken.objects.filter(person=person).order_by("-pk").values_list("pk", flat=True)
    return [f"token:{token}" for token in tokens[:MOST]]
