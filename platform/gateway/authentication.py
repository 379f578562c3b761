"""Who calls the API: the person that a bearer token belongs to."""

from django_tenants.utils import get_public_schema_name
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from audit.services import Actor
from dispatch.connection import tenant_connection
from gateway.models import ApiToken
from gateway.services import token_find


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
            raise AuthenticationFailed("This token is not known here, has expired or was revoked.")
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def caller(request: Request) -> tuple[User, ApiToken]:
    """The person and the token of an authenticated request."""
    token = request.auth
    assert isinstance(token, ApiToken)
    return token.person, token


def actor_of(request: Request) -> Actor:
    """The actor of an API request: the token, acting as its person."""
    _, token = caller(request)
    return Actor("token", str(token.pk), f"{token.person} ({token.name})", person=token.person_id)
