"""API tokens in the tenant's admin: shown once, revoked at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from accounts.services import person_add
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from gateway.services import token_find
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")
TOKENS = "/admin/gateway/apitoken/"


class Admin:
    """The owner at her admin. A request leaves the tenant when it ends; this enters it again."""

    def __init__(self, person: Any) -> None:
        self.client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"})
        self.client.force_login(get_user_model().objects.get(pk=person))

    def get(self, path: str, **query: str) -> Any:
        with tenant_context("acacia"):
            return self.client.get(path, query)

    def post(self, path: str, **sent: Any) -> Any:
        with tenant_context("acacia"):
            return self.client.post(path, sent)


@pytest.fixture
def admin() -> Admin:
    tests = Actor.system("tests")
    return Admin(person_add(email="olive@example.com", name="Olive", role="owner", password=None, actor=tests))


def test_a_new_token_is_ones_own_and_shown_once(admin: Admin) -> None:
    answer = admin.post(f"{TOKENS}add/", name="CRM import", scopes=["contacts:read", "contacts:write"])
    token = answer.context["token"]
    assert token in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert token not in str(answer.cookies), "a message after a redirect would have put it into a cookie"
    row = token_find(token)
    assert row is not None
    assert (row.name, row.person.name, row.scopes) == ("CRM import", "Olive", ["contacts:read", "contacts:write"])
    for page in (TOKENS, f"{TOKENS}{row.pk}/change/", f"{TOKENS}{row.pk}/history/"):
        assert token not in admin.get(page).content.decode()
    (entry,) = entries(target=f"token:{row.pk}")
    assert (entry.body["event"], entry.body["actor"]) == ("token.created", f"person:{row.person_id}")
    assert token not in entry.text


def test_a_token_needs_scopes_that_there_are_and_an_end_to_come(admin: Admin) -> None:
    past = timezone.now() - timedelta(days=1)
    sent = {"name": "x", "scopes": ["everything:write"], "expires_at_0": f"{past:%Y-%m-%d}", "expires_at_1": "10:00"}
    form = admin.post(f"{TOKENS}add/", **sent).context["adminform"].form
    assert set(form.errors) == {"scopes", "expires_at"}


def test_a_token_can_end_by_itself(admin: Admin) -> None:
    sent = {"name": "x", "scopes": ["runs:read"], "expires_at_0": "2099-06-01", "expires_at_1": "10:00"}
    row = token_find(admin.post(f"{TOKENS}add/", **sent).context["token"])
    assert row is not None
    assert row.expires_at is not None
    assert row.expires_at.year == 2099


def test_a_revoked_token_is_useless_at_once(admin: Admin, cast: Cast) -> None:
    row = token_find(cast.bob.token)
    assert row is not None
    action = {"action": "revoke", "_selected_action": [str(row.pk)], "index": "0"}
    admin.post(TOKENS, **action)
    assert token_find(cast.bob.token) is None
    assert row.pk in [token.pk for token in admin.get(TOKENS, state="ended").context["cl"].result_list]
    assert row.pk not in [token.pk for token in admin.get(TOKENS, state="valid").context["cl"].result_list]
    admin.post(TOKENS, **action)
    assert [entry.body["event"] for entry in entries(target=f"token:{row.pk}", event="token.revoked")] == [
        "token.revoked"
    ]


def test_who_manages_no_tokens_sees_none(cast: Cast) -> None:
    bob = Admin(cast.bob.id)
    for page in (TOKENS, f"{TOKENS}add/"):
        assert bob.get(page).status_code == 403
