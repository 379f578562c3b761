"""GET me: whose token this is."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from gateway.models import ApiToken
from portal.api.base import View
from portal.api.shapes import MeShape
from tenants.selectors import current


class Me(View):
    @extend_schema(responses=MeShape)
    def get(self, request: Request) -> Response:
        """The tenant, and what the token may be used for."""
        tenant, token, person = current(), request.auth, request.user
        assert isinstance(token, ApiToken)
        assert isinstance(person, User)
        return Response(
            {
                "tenant": {"slug": tenant.slug, "name": tenant.name},
                "token": {"name": token.name, "scopes": token.scopes},
                "person": {"id": str(person.pk), "name": person.name, "role": person.role},
            }
        )
