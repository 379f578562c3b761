"""Every method of every API view asks for a scope and for a right that some role has."""

from typing import Any

import pytest
from rest_framework.views import APIView

from accounts.roles import ROLES
from gateway.scopes import SCOPES
from portal.api.urls import urlpatterns

# Whose answer is about the token itself, or the same for everybody.
FREE = {"Me", "DefinitionSchema"}
# Whose address is the right to post to it.
OPEN = {"HookPost"}
METHODS = ("get", "post", "put", "patch", "delete")


def offered() -> list[tuple[type[APIView], str]]:
    callbacks: list[Any] = [pattern.callback for pattern in urlpatterns]
    views = {callback.view_class for callback in callbacks}
    found = [(view, method) for view in views for method in METHODS if hasattr(view, method)]
    return sorted(found, key=lambda one: (one[0].__name__, one[1]))


@pytest.mark.parametrize(
    ("view", "method"), [pytest.param(*each, id=f"{each[0].__name__} {each[1]}") for each in offered()]
)
def test_a_method_asks_for_a_scope_and_a_right(view: type[APIView], method: str) -> None:
    if view.__name__ in OPEN:
        assert method == "post"
        return
    if view.__name__ in FREE:
        assert method == "get"
        return
    right = view.rights.get(method.upper())  # type: ignore[attr-defined]
    assert right in ROLES["owner"]
    resource, by_method = view.resource, view.scope_by_method  # type: ignore[attr-defined]
    assert by_method.get(method.upper(), f"{resource}:{'read' if method == 'get' else 'write'}") in SCOPES


@pytest.mark.parametrize("view", sorted({view for view, _ in offered()}, key=str))
def test_nobody_is_let_in_without_a_token_by_a_view_of_its_own_mind(view: Any) -> None:
    if view.__name__ in OPEN:
        assert {each.__name__ for each in view.authentication_classes} == {"HookAuthentication"}
        return
    names = {each.__name__ for each in view.authentication_classes}
    assert names == {"TokenAuthentication"}
    assert {each.__name__ for each in view.permission_classes} == {"HasScope"}
