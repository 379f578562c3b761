"""Inbound webhooks: an address that makes events, as unguessable and as revocable as a token."""

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.roles import OWNER, groups_sync
from audit.selectors import entries
from audit.services import Actor
from conftest import Cast, Person
from tenants.selectors import tenant_context
from workflows.services import version_activate, version_publish

pytestmark = pytest.mark.usefixtures("db")
STARTS = """
name: website-form
on: {event: hook.website_form, when: "event.budget > 500000"}
steps:
  - {key: match, do: crm.match, with: {facts: "${event}"}}
"""


def call(who: Person, method: str, path: str, body: Any = None) -> Any:
    headers = {"host": "harbour.localhost", "authorization": f"Bearer {who.token}"}
    more = {} if body is None else {"data": body, "content_type": "application/json"}
    return getattr(Client(headers=headers), method)(f"/api/v1/{path}", **more)


def post(address: str, body: Any, kind: str = "application/json", host: str = "harbour.localhost") -> Any:
    """Post as the outside does: with nothing but the address."""
    path = address.partition("localhost")[2]
    return Client(headers={"host": host}, raise_request_exception=False).post(path, body, content_type=kind)


@pytest.fixture
def hook(cast: Cast) -> dict[str, Any]:
    made = call(cast.charlie, "post", "hooks", {"name": "website_form"})
    assert made.status_code == 201, made.content
    return dict(made.json())


def test_what_is_posted_becomes_an_event_and_starts_what_it_fits(cast: Cast, hook: dict[str, Any]) -> None:
    with tenant_context("harbour"):
        published = version_publish(source=STARTS, actor=Actor.system("tests"))
        version_activate(slug=published.workflow, number=published.number, actor=Actor.system("tests"))
    small = post(hook["address"], {"budget": 1, "type": "other"})
    large = post(hook["address"], {"budget": 900_000})
    assert (small.status_code, small.json()["type"], small.json()["runs"]) == (202, "hook.website_form", [])
    assert len(large.json()["runs"]) == 1
    event = call(cast.charlie, "get", f"events/{large.json()['id']}").json()
    assert event["data"] == {"budget": 900_000}
    with tenant_context("harbour"):
        told = entries(event="event.received", target=f"event:{event['id']}").get()
        assert told.body["actor"] == f"hook:{hook['id']}"


def test_its_address_is_shown_once_and_its_use_is_seen(cast: Cast, hook: dict[str, Any]) -> None:
    post(hook["address"], {})
    (listed,) = call(cast.charlie, "get", "hooks").json()["results"]
    assert "address" not in listed
    assert listed["event"] == "hook.website_form"
    assert hook["address"].rpartition("/")[2].startswith(listed["prefix"])
    assert listed["last_used_at"]


def test_a_revoked_one_is_not_there_any_more(cast: Cast, hook: dict[str, Any]) -> None:
    assert call(cast.charlie, "post", f"hooks/{hook['id']}/revoke").json()["revoked_at"]
    assert post(hook["address"], {}).status_code == 404


def test_another_tenants_is_not_there_either(hook: dict[str, Any]) -> None:
    assert post(hook["address"], {}, host="acacia.localhost").status_code == 404


def test_one_that_is_wrong_in_a_letter_leads_nowhere(hook: dict[str, Any]) -> None:
    *right, last = hook["address"]
    assert post("".join(right) + ("0" if last != "0" else "1"), {}).status_code == 404


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("[1]", "application/json", 400),
        ('"x"', "application/json", 400),
        ("{", "application/json", 400),
        ("a=1", "application/x-www-form-urlencoded", 415),
        (json.dumps({"x": "y" * 256 * 1024}), "application/json", 413),
    ],
)
def test_what_cannot_be_an_event_is_refused(hook: dict[str, Any], body: str, kind: str, status: int) -> None:
    refused = post(hook["address"], body, kind)
    assert (refused.status_code, refused["content-type"]) == (status, "application/problem+json")


def test_it_takes_only_so_much_a_minute(hook: dict[str, Any], settings: Any) -> None:
    cache.clear()
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"hook_rate_per_minute": 2})
    assert {post(hook["address"], {}).status_code for _ in range(6)} == {202, 429}


@pytest.mark.parametrize("name", ["", "Website", "a-b", "1a", "x" * 41])
def test_a_name_that_can_be_no_event_is_refused(cast: Cast, name: str) -> None:
    assert call(cast.charlie, "post", "hooks", {"name": name}).status_code == 400


def test_only_an_owner_makes_them(cast: Cast) -> None:
    from django.contrib.auth.models import Group

    from accounts.models import User

    with tenant_context("harbour"):
        groups_sync()
        User.objects.get(pk=cast.charlie.id).groups.set([Group.objects.get(name="manager")])
    assert call(cast.charlie, "post", "hooks", {"name": "x"}).status_code == 403
    with tenant_context("harbour"):
        User.objects.get(pk=cast.charlie.id).groups.set([Group.objects.get(name=OWNER)])
