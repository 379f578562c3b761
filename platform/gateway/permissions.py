"""What a call may do: the token's scope and the person's right must both allow it."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:  # views import the default permission, this module
    from rest_framework.views import APIView


class HasScope(BasePermission):
    """A view names its `resource`, and per method the person's right in `rights`.

    `scope_by_method` overrides the scope, as for deciding an approval.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        from gateway.models import ApiToken

        token = request.auth
        if not isinstance(token, ApiToken):
            return False
        method = request.method or ""
        right = getattr(view, "rights", {}).get("GET" if method in ("HEAD", "OPTIONS") else method)
        if right and not token.person.has_perm(right):
            self.message = f"{token.person} lacks the right {right}."
            return False
        resource = getattr(view, "resource", None)
        if resource is None:
            return True  # about the token itself
        scope = getattr(view, "scope_by_method", {}).get(method)
        scope = scope or f"{resource}:{'read' if method in SAFE_METHODS else 'write'}"
        self.message = f"This token lacks the scope {scope}."
        return scope in token.scopes
