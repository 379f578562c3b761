"""How the API describes itself: bearer tokens, and problems as the errors of each operation."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


class FaultSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a request, and where."""

    path = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error (RFC 9457). `errors` says what is wrong where."""

    type = serializers.CharField(help_text="`urn:countersign:problem:<name>`; the names are listed in the reference.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = FaultSerializer(many=True, required=False)  # type: ignore[assignment]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "gateway.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "An API token (csk_…) of this tenant."}


PROBLEMS = {
    "400": "The request is malformed; `errors` says where.",
    "401": "No valid token.",
    "403": "Not allowed.",
    "404": "Not found.",
    "406": "JSON is the only answer.",
    "429": "Too many requests; try again after `Retry-After` seconds.",
}
PROBLEMS_OF_A_BODY = {
    "409": "It does not fit what is there now.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "The request is understood, but cannot be carried out; `errors` says why.",
}
RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, "header", response=["429"], required=True, description="Seconds to wait."
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "header",
    description="The same key and body within 24 hours: the first answer again, and nothing done twice.",
)


class Schema(AutoSchema):
    """drf-spectacular's schema with the errors that every operation can answer."""

    def get_operation_id(self) -> str:
        """The view's name and the method: `ApprovalDecide_post`."""
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def get_override_parameters(self) -> list[Any]:
        """What every operation takes and gives in headers."""
        more = [IDEMPOTENCY_KEY] if self.method == "POST" else []
        return [*super().get_override_parameters(), RETRY_AFTER, *more]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        problems = PROBLEMS | (PROBLEMS_OF_A_BODY if self.method in ("POST", "PUT", "PATCH") else {})
        for status, text in problems.items():
            bodies.setdefault(
                status,
                self._get_response_for_code(  # type: ignore[no-untyped-call]
                    OpenApiResponse(ProblemSerializer, description=text), status, ["application/problem+json"]
                ),
            )
        return bodies
