"""Settings, API tokens and Webhooks: secrets are shown once, and each page does what its words say."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import person_add
from audit.services import Actor
from conftest import Cast, Person
from gateway.services import token_create, token_find
from notify.selectors import deliveries, endpoints
from notify.services import endpoint_add, webhook_tell
from tenants.selectors import tenant_context
from tests.pages import signed_in

pytestmark = pytest.mark.usefixtures("db")
TESTS = Actor.system("tests")
TOKENS, WEBHOOKS = "/settings/tokens/", "/settings/webhooks/"
NOBODY = "00000000-0000-7000-8000-000000000000"


def person(role: str) -> Client:
    """A new person of acacia with that role, signed in."""
    with tenant_context("acacia"):
        made = person_add(email=f"a-{role}@acacia.example", name=role.title(), role=role, password=None, actor=TESTS)
    return signed_in(Person(made, f"a-{role}@acacia.example", role.title(), ""))


def made(answered: Any) -> str:
    """The secret that an answer shows."""
    found = re.search(r'id="made">([^<]+)<', answered.content.decode())
    assert found, answered.content.decode()
    return found[1]


def works(token: str, slug: str = "acacia") -> bool:
    with tenant_context(slug):
        return token_find(token) is not None


# --- API tokens -----------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_works_until_it_is_revoked(cast: Cast) -> None:
    bob = signed_in(cast.bob)
    answered = bob.post(TOKENS, {"name": "Sync", "scopes": ["contacts:read"], "ends": "30"})
    token = made(answered)
    assert "no-store" in answered["cache-control"]
    assert works(token)
    listed = bob.get(TOKENS).content.decode()
    assert token not in listed
    assert token[:10] in listed
    with tenant_context("acacia"):
        row = token_find(token)
    assert row is not None
    assert row.expires_at is not None
    assert (row.person_id, row.scopes, round((row.expires_at - row.created_at) / timedelta(days=1))) == (
        cast.bob.id,
        ["contacts:read"],
        30,
    )
    assert bob.post(f"{TOKENS}{row.pk}/revoke/", follow=True).status_code == 200
    assert not works(token)


def test_what_is_missing_is_said_at_its_field_and_what_was_typed_stays(cast: Cast) -> None:
    answered = signed_in(cast.bob).post(TOKENS, {"name": "Sync & Co", "ends": "365"})
    page = answered.content.decode()
    assert answered.status_code == 422
    assert 'id="scopes-error">Choose at least one.' in page
    assert 'value="Sync &amp; Co"' in page
    assert '<option value="365" selected>' in page


@pytest.mark.parametrize("wrong", [{"scopes": ["everything"]}, {"ends": "-1"}, {"name": ""}, {"name": "x" * 101}])
def test_what_cannot_be_is_refused(cast: Cast, wrong: dict[str, Any]) -> None:
    given = {"name": "Sync", "scopes": ["contacts:read"], "ends": ""} | wrong
    assert signed_in(cast.bob).post(TOKENS, given).status_code == 422


def test_one_sees_ones_own_and_an_owner_all_of_the_tenant(cast: Cast) -> None:
    with tenant_context("acacia"):
        token_create(person=cast.alice.id, name="Token of Alice", scopes=["runs:read"], actor=TESTS)
        row = token_find(token_create(person=cast.bob.id, name="Token of Bob", scopes=["runs:read"], actor=TESTS))
        other = token_find(cast.alice.token)
    assert row is not None
    assert other is not None
    bob, olive = signed_in(cast.bob), person("owner")
    page = bob.get(TOKENS).content.decode()
    assert "Token of Bob" in page
    assert "Token of Alice" not in page
    assert bob.post(f"{TOKENS}{other.pk}/revoke/").status_code == 403
    assert works(cast.alice.token)
    page = olive.get(TOKENS).content.decode()
    assert "Token of Bob" in page
    assert "Token of Alice" in page
    assert olive.post(f"{TOKENS}{row.pk}/revoke/").status_code == 302
    assert signed_in(cast.charlie, "harbour").post(f"{TOKENS}{other.pk}/revoke/").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "auditor"])
def test_whoever_does_not_act_has_no_tokens(role: str) -> None:
    client = person(role)
    assert client.get(TOKENS).status_code == 403
    assert client.post(TOKENS, {"name": "x", "scopes": ["runs:read"]}).status_code == 403


# --- webhooks -------------------------------------------------------------------------------------


def test_a_webhook_is_added_tested_switched_and_deleted() -> None:
    olive = person("owner")
    answered = olive.post(WEBHOOKS, {"kind": "out", "url": "https://example.com/in?a=1", "types": ["run.failed"]})
    secret = made(answered)
    assert secret.startswith("whsec_")
    listed = olive.get(WEBHOOKS).content.decode()
    assert "https://example.com/in?a=1" in listed
    assert secret not in listed
    with tenant_context("acacia"):
        endpoint = endpoints().get()
    path = f"{WEBHOOKS}{endpoint.pk}/"
    assert "On its way" not in olive.get(path).content.decode()
    olive.post(f"{path}test/")
    with tenant_context("acacia"):
        delivery = deliveries(endpoint=endpoint.pk).get()
    assert "webhook.test" in olive.get(path).content.decode()
    assert "on its way" in olive.get(path).content.decode()
    olive.post(f"{path}switch/", {"on": "false"})
    page = olive.post(f"{path}test/", follow=True).content.decode()
    assert "switched off" in page
    assert "Send a test" not in page
    assert olive.post(f"{path}{delivery.pk}/resend/").status_code == 302
    olive.post(f"{path}switch/", {"on": "true"})
    assert "Send a test" in olive.get(path).content.decode()
    assert olive.post(f"{path}delete/").status_code == 302
    assert olive.get(path).status_code == 404


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"url": "http://example.com/", "types": ["run.failed"]}, 'id="url-error">The address must begin with https'),
        ({"url": "https://example.com/<b>"}, 'id="types-error">Choose at least one.'),
        ({"types": ["run.failed"]}, 'id="url-error">Where is it to be sent?'),
    ],
)
def test_a_webhook_that_cannot_be_is_refused_at_its_field(given: dict[str, Any], error: str) -> None:
    answered = person("owner").post(WEBHOOKS, {"kind": "out"} | given)
    page = answered.content.decode()
    assert answered.status_code == 422
    assert error in page
    assert "<b>" not in page.split("<main")[1].replace("<b class", "")
    if "types" in given:
        assert re.search(r'value="run.failed" checked', page)


def test_an_address_to_post_to_is_made_shown_once_and_revoked() -> None:
    olive = person("owner")
    address = made(olive.post(WEBHOOKS, {"kind": "in", "name": "website_form"}))
    path = address.partition("localhost")[2]
    outside = Client(headers={"host": "acacia.localhost"})
    assert outside.post(path, {}, content_type="application/json").status_code == 202
    page = olive.get(WEBHOOKS).content.decode()
    assert address not in page
    hook = re.search(r"/settings/hooks/([0-9a-f-]+)/revoke/", page)
    assert hook
    assert olive.post(hook[0]).status_code == 302
    assert outside.post(path, {}, content_type="application/json").status_code == 404
    assert olive.post(WEBHOOKS, {"kind": "in", "name": "No Good"}).status_code == 422


def test_webhooks_are_the_owners_and_of_one_tenant(cast: Cast) -> None:
    with tenant_context("acacia"):
        endpoint = endpoint_add(url="https://example.com/", types=["run.failed"], actor=TESTS).id
    alice, charlie = signed_in(cast.alice), signed_in(cast.charlie, "harbour")
    assert alice.get(WEBHOOKS).status_code == 403
    assert "https://example.com/" not in charlie.get(WEBHOOKS).content.decode()
    for path in ("", "test/", "switch/", "delete/", f"{NOBODY}/resend/"):
        send = charlie.get if path == "" else charlie.post
        assert send(f"{WEBHOOKS}{endpoint}/{path}").status_code == 404
        send = alice.get if path == "" else alice.post
        assert send(f"{WEBHOOKS}{endpoint}/{path}").status_code == 403


def test_what_an_integrator_answers_is_shown_as_text() -> None:
    olive = person("owner")
    with tenant_context("acacia"):
        endpoint = endpoint_add(url="https://example.com/", types=["run.failed"], actor=TESTS).id
        webhook_tell(type="run.failed", data={"run": "<script>"})
        deliveries(endpoint=endpoint).update(status="failed", answer_status=500, answer="<script>alert(1)</script>")
    page = olive.get(f"{WEBHOOKS}{endpoint}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "Send again" in page


def test_many_rows_cost_no_more_queries_than_few(cast: Cast) -> None:
    olive = person("owner")
    with tenant_context("acacia"):
        endpoint = endpoint_add(url="https://example.com/", types=["run.failed"], actor=TESTS).id

    def queries() -> list[int]:
        counts = []
        for path in (TOKENS, WEBHOOKS, f"{WEBHOOKS}{endpoint}/"):
            with CaptureQueriesContext(connection) as counted:
                assert olive.get(path).status_code == 200
            counts.append(len(counted))
        return counts

    queries()
    few = queries()
    with tenant_context("acacia"):
        for number in range(30):
            who = (cast.alice, cast.bob)[number % 2].id
            token_create(person=who, name=f"Token {number}", scopes=["runs:read"], actor=TESTS)
            webhook_tell(type="run.failed", data={})
        for _ in range(5):
            endpoint_add(url="https://example.com/", types=["run.waiting"], actor=TESTS)
    assert queries() == few
    assert max(few) < 20
