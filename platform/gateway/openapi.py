"""How the API describes itself: bearer tokens, and problems as the errors of each operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "gateway.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token (csk_…) of this tenant."}


PROBLEMS = {
    "400": "The request is malformed.",
    "401": "No valid token.",
    "403": "Not allowed.",
    "404": "Not found.",
}


class Schema(AutoSchema):
    """drf-spectacular's schema with the errors that every operation can answer."""

    def get_operation_id(self) -> str:
        """The view's name and the method: `ApprovalDecide_post`."""
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problems = {
            "400": "The request is malformed.",
            "401": "No valid token.",
            "403": "Not allowed.",
            "404": "Not found.",
        }
        for status, text in problems.items():
            bodies.setdefault(
                status,
                self._get_response_for_code(  # type: ignore[no-untyped-call]
                    OpenApiResponse(ProblemSerializer, description=text), status, ["application/problem+json"]
                ),
            )
        return bodies
