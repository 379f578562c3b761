"""The ledger in the admin: read, searched, never written."""

from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.services import person_change
from audit.services import Actor
from conftest import Cast
from gateway.services import token_create, token_find
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("in_acacia")
LEDGER = "/admin/audit/entry/"


class Admin:
    """Alice at her admin. A request leaves the tenant when it ends; this enters it again."""

    def __init__(self, person: Any) -> None:
        self.client = Client(headers={"host": f"acacia.{settings.COUNTERSIGN.base_domain}"})
        self.client.force_login(get_user_model().objects.get(pk=person))

    def get(self, path: str = LEDGER, **query: str) -> Any:
        with tenant_context("acacia"):
            return self.client.get(path, query)

    def rows(self, **query: str) -> list[dict[str, Any]]:
        return [entry.body for entry in self.get(**query).context["cl"].result_list]


@pytest.fixture
def admin(cast: Cast) -> Admin:
    alice = Actor("person", str(cast.alice.id), "Alice", person=cast.alice.id)
    person_change(person=cast.bob.id, fields={"name": "Robert"}, actor=alice)
    return Admin(cast.alice.id)


def test_the_newest_entry_comes_first_with_its_sentence_and_its_actors_name(admin: Admin) -> None:
    page = admin.get()
    assert page.context["cl"].result_list[0].body["event"] == "person.changed"
    assert "A person&#x27;s account was changed" in page.content.decode()
    assert ">Alice</a>" in page.content.decode()


def test_entries_are_found_by_event_target_actor_and_run(admin: Admin, cast: Cast) -> None:
    bob, alice = f"person:{cast.bob.id}", f"person:{cast.alice.id}"
    assert {row["event"] for row in admin.rows(event="person.changed")} == {"person.changed"}
    assert {row["target"] for row in admin.rows(target=bob)} == {bob}
    assert {row["actor"] for row in admin.rows(actor=alice)} == {alice}
    assert admin.rows(run="01a20952-2779-754b-83cb-c3c13c165857") == []
    assert {row["event"] for row in admin.rows(q="person.changed")} == {"person.changed"}
    assert admin.rows(q="nothing.like.it") == []


def test_what_belongs_to_somebody_is_found_with_them_and_events_by_their_kind(admin: Admin, cast: Cast) -> None:
    bob = f"person:{cast.bob.id}"
    key = token_create(person=cast.bob.id, name="of Bob", scopes=["audit:read"], actor=Actor.system("tests"))
    token = token_find(key)
    assert token is not None
    acts = Actor("token", str(token.pk), "Bob (of Bob)", person=cast.bob.id)
    person_change(person=cast.alice.id, fields={"name": "Alicia"}, actor=acts)
    assert f"token:{token.pk}" in {row["target"] for row in admin.rows(about=bob)}
    assert {row["target"] for row in admin.rows(target=bob)} == {bob}
    assert {row["actor"] for row in admin.rows(actor=bob)} == {acts.key}
    found = admin.rows(q=bob)
    assert {bob, f"person:{cast.alice.id}"} <= {row["target"] for row in found}
    assert {row["event"].partition(".")[0] for row in admin.rows(event="person.*")} == {"person"}
    assert len({row["event"] for row in admin.rows(q="token.*")}) == 1
    assert admin.rows(days="1", target=bob) == admin.rows(target=bob)
    assert admin.rows(days="1", run="01a20952-2779-754b-83cb-c3c13c165857") == []


def test_an_entry_is_shown_in_full_and_cannot_be_changed(admin: Admin, cast: Cast) -> None:
    entry = admin.get().context["cl"].result_list[0]
    page = admin.get(f"{LEDGER}{entry.pk}/change/")
    assert not page.context["has_change_permission"]
    assert "{&quot;fields&quot;:[&quot;name&quot;]}" in page.content.decode()
    for verb in ("add", f"{entry.pk}/delete"):
        assert admin.get(f"{LEDGER}{verb}/").status_code == 403
    with tenant_context("acacia"):
        assert admin.client.post(f"{LEDGER}{entry.pk}/change/", {"text": "{}"}).status_code == 403


def test_the_list_needs_no_query_per_entry(admin: Admin, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            admin.get()
        return len(seen)

    admin.get()
    few = queries()
    for number in range(10):
        person_change(person=cast.bob.id, fields={"name": str(number)}, actor=Actor.system(f"part {number}"))
    assert queries() == few
