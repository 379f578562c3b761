"""Who calls the API: the person that a bearer token belongs to, or whoever knows a hook's address."""

from django.conf import settings
from django_tenants.utils import get_public_schema_name
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, NotFound
from rest_framework.request import Request

from accounts.models import User
from audit.services import Actor
from dispatch.connection import tenant_connection
from gateway.limits import address_of, count
from gateway.models import ApiToken, Hook
from gateway.services import hook_find, token_find, used


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer csk_…`. Bound by host as well: a token is looked up in its host's tenant only.

    Another tenant's token is told the same as no token's (401): nobody learns that it exists.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2 or tenant_connection().schema_name == get_public_schema_name():
            raise AuthenticationFailed("The Authorization header must be `Bearer <token>`.")
        token = token_find(words[1].decode("latin-1"))
        if token is None:
            _count_failure(request)
            raise AuthenticationFailed("This token is not known here, has expired or was revoked.")
        count("token", str(token.pk), settings.COUNTERSIGN.api_rate_per_minute)
        used(token)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HookAuthentication(BaseAuthentication):
    """The token in the address `hooks/<token>`; one that leads nowhere is not found, like any other address."""

    def authenticate(self, request: Request) -> tuple[Hook, Hook]:
        hook = hook_find(request.parser_context["kwargs"]["token"])
        if hook is None:
            _count_failure(request)
            raise NotFound
        count("hook", str(hook.pk), settings.COUNTERSIGN.hook_rate_per_minute)
        used(hook)
        return hook, hook


def _count_failure(request: Request) -> None:
    """Whoever guesses is answered 429 after a while; a valid token from the same address still comes in."""
    count("failed", address_of(request), settings.COUNTERSIGN.api_failures_per_minute)


def caller(request: Request) -> tuple[User, ApiToken]:
    """The person and the token of an authenticated request."""
    token = request.auth
    assert isinstance(token, ApiToken)
    return token.person, token


def hook_of(request: Request) -> Hook:
    """The inbound webhook that was posted to."""
    assert isinstance(request.auth, Hook)
    return request.auth


def actor_of(request: Request) -> Actor:
    """The actor of an API request: the token acting as its person, or the hook, behind which nobody is known."""
    if isinstance(request.auth, Hook):
        return Actor("hook", str(request.auth.pk), request.auth.name)
    _, token = caller(request)
    return Actor("token", str(token.pk), f"{token.person} ({token.name})", person=token.person_id)
