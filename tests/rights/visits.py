"""One visit of a route: asked, judged by its status alone, and taken back."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from tenants.selectors import tenant_context
from tests.rights.routes import Route
from tests.rights.table import Rule
from tests.rights.world import World, as_operator

ALLOWED, REFUSED, SIGNED_OUT, ABSENT, NO_METHOD = "allowed", "refused", "signed out", "absent", "no such method"
BASE = settings.COUNTERSIGN.base_domain


def outcome(answer: Any) -> str:
    """What an answer means to the one who asked."""
    status = answer.status_code
    assert status < 500, f"answered {status}"
    leads_to = urlsplit(answer.headers.get("Location", ""))
    # Signing out leads there too, but comes back to no page afterwards.
    if status == 401 or (leads_to.path in (settings.LOGIN_URL, "/admin/login/") and "next=" in leads_to.query):
        return SIGNED_OUT
    return {403: REFUSED, 404: ABSENT, 405: NO_METHOD}.get(status, ALLOWED)


class Visitor:
    """Someone at a host: with a session of `person`, with a token, or signed out."""

    def __init__(self, host: str, *, person: Any = None, schema: str = "", token: str = "", csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=csrf, raise_request_exception=False, headers={"host": host})
        if person is not None:
            with tenant_context(schema) if schema else as_operator():
                self.client.force_login(person)
        self.headers = {"authorization": f"Bearer {token}"} if token else {}

    def visit(self, world: World, route: Route, method: str) -> Any:
        """The answer; whatever was written is rolled back. Counted attempts are forgotten where there are too many."""
        answer = self._once(world, route, method)
        if answer.status_code == 429:
            cache.clear()
            answer = self._once(world, route, method)
        return answer

    def _once(self, world: World, route: Route, method: str) -> Any:
        given: Any = world.sent.get(f"{method} {route.path}", {})
        query = world.asked.get(route.path, {})
        kind = {"content_type": "application/json"} if route.section == "api" and method != "GET" else {}
        cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        with transaction.atomic():
            answer = getattr(self.client, method.lower())(
                world.url(route), query if method == "GET" else given, headers=self.headers, **kind
            )
            answer.read = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        self.client.cookies = SimpleCookie(cookies)  # a session that was renewed is gone with the rest
        return answer


def fault(rule: Rule, role: str, answer: Any) -> str:
    """What is wrong with an answer to `role`; empty where nothing is."""
    try:
        got = outcome(answer)
    except AssertionError as error:
        return f"{rule.method} {rule.path} as {role}: {error}"
    if role in rule.roles:
        wanted: tuple[str, ...] = (ALLOWED,)
    elif role == "signed out":
        wanted = (SIGNED_OUT,)
    elif "admin" in rule.section or rule.section == "public host":
        wanted = (REFUSED, SIGNED_OUT, ABSENT)  # whoever is no staff signs in as somebody else
    else:
        wanted = (REFUSED,)
    if got in wanted:
        return ""
    return f"{rule.method} {rule.path} as {role}: {got} ({answer.status_code}), the table says {' or '.join(wanted)}"
