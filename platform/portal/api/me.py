"""GET me: whose token this is."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.authentication import caller
from portal.api.base import View
from portal.api.shapes.workspace import MeShape
from tenants.selectors import current


class Me(View):
    @extend_schema(responses=MeShape)
    def get(self, request: Request) -> Response:
        """The tenant, and what the token may be used for."""
        tenant, (person, token) = current(), caller(request)
        return Response(
            {
                "tenant": {"slug": tenant.slug, "name": tenant.name},
                "token": {"name": token.name, "scopes": token.scopes},
                "person": {"id": str(person.pk), "name": person.name, "role": person.role},
            }
        )
