"""Idempotency-Key: what is sent twice is done once, whatever happens in between."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.test import Client

from conftest import Cast, Person

pytestmark = pytest.mark.usefixtures("committed")
Owner = psycopg.Connection[Any]


def send(who: Person, path: str, body: Any, key: str | None = "k-1", slug: str = "acacia") -> Any:
    """A POST with an Idempotency-Key."""
    headers = {"host": f"{slug}.localhost", "authorization": f"Bearer {who.token}"}
    if key is not None:
        headers["idempotency-key"] = key
    client = Client(headers=headers, raise_request_exception=False)
    return client.post(f"/api/v1/{path}", body, content_type="application/json")


def contacts(owner: Owner) -> int:
    found = owner.execute("SELECT count(*) FROM acacia.crm_contact").fetchone()
    assert found is not None
    return int(found[0])


def name(answered: Any) -> str:
    return str(answered.json()["type"]).removeprefix("urn:countersign:problem:")


def test_the_same_again_gets_the_first_answer_and_nothing_is_done_twice(cast: Cast, owner: Owner) -> None:
    first = send(cast.bob, "contacts", {"name": "Theo"})
    again = send(cast.bob, "contacts", {"name": "Theo"})
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["etag"] == again["etag"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert contacts(owner) == 1


def test_without_a_key_each_is_one_of_its_own(cast: Cast, owner: Owner) -> None:
    for _ in range(2):
        assert send(cast.bob, "contacts", {"name": "Theo"}, key=None).status_code == 201
    assert contacts(owner) == 2


def test_another_body_is_refused(cast: Cast, owner: Owner) -> None:
    send(cast.bob, "contacts", {"name": "Theo"})
    other = send(cast.bob, "contacts", {"name": "Thea"})
    assert (other.status_code, name(other)) == (422, "idempotency-key-reused")
    assert contacts(owner) == 1


def test_a_key_is_of_one_person_one_path_and_one_tenant(cast: Cast) -> None:
    made = [
        send(cast.bob, "contacts", {"name": "Theo"}),
        send(cast.alice, "contacts", {"name": "Theo"}),
        send(cast.charlie, "contacts", {"name": "Theo"}, slug="harbour"),
    ]
    assert len({answered.json()["id"] for answered in made}) == 3
    assert send(cast.bob, "events", {"type": "note.made"}).status_code == 202


def test_a_refusal_is_an_answer_too(cast: Cast, owner: Owner) -> None:
    send(cast.bob, "contacts", {"name": "Theo", "email": "theo@example.com"}, key="first")
    refused = send(cast.bob, "contacts", {"name": "Thea", "email": "theo@example.com"})
    owner.execute("DELETE FROM acacia.crm_contact")
    again = send(cast.bob, "contacts", {"name": "Thea", "email": "theo@example.com"})
    assert (refused.status_code, again.status_code) == (409, 409)
    assert refused.json() == again.json()
    assert again["content-type"] == "application/problem+json"
    assert contacts(owner) == 0


def test_of_many_at_once_one_does_the_work(cast: Cast, owner: Owner, at_once: Callable[..., list[Any]]) -> None:
    for turn in range(3):
        act = lambda: send(cast.bob, "contacts", {"name": "Theo"}, key=f"turn-{turn}")  # noqa: B023, E731
        answers = at_once(*[act] * 6)
        assert {answered.status_code for answered in answers} <= {201, 409}, answers
        assert all(name(answered) == "idempotency-key-in-use" for answered in answers if answered.status_code == 409)
        assert len({answered.content for answered in answers if answered.status_code == 201}) == 1
        assert contacts(owner) == turn + 1
        assert act().status_code == 201
        assert contacts(owner) == turn + 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "ü", "a\tb"])
def test_a_malformed_key_is_refused(cast: Cast, owner: Owner, key: str) -> None:
    assert send(cast.bob, "contacts", {"name": "Theo"}, key=key).status_code == 400
    assert contacts(owner) == 0


def test_while_the_first_is_worked_on_the_second_is_asked_to_wait(cast: Cast, owner: Owner) -> None:
    send(cast.bob, "contacts", {"name": "Theo"})
    owner.execute("UPDATE acacia.gateway_keptanswer SET status = NULL, answer = ''")
    second = send(cast.bob, "contacts", {"name": "Theo"})
    assert (second.status_code, name(second), second["retry-after"]) == (409, "idempotency-key-in-use", "1")


def test_a_key_whose_process_died_is_free_again(cast: Cast, owner: Owner) -> None:
    send(cast.bob, "contacts", {"name": "Theo"})
    # As it is left by a process that was killed: claimed, nothing done.
    owner.execute("DELETE FROM acacia.crm_contact")
    owner.execute("UPDATE acacia.gateway_keptanswer SET status = NULL, answer = '', busy_until = now()")
    assert send(cast.bob, "contacts", {"name": "Thea"}).status_code == 422
    assert send(cast.bob, "contacts", {"name": "Theo"}).status_code == 201
    assert contacts(owner) == 1


def test_whoever_was_overtaken_has_done_nothing(cast: Cast, owner: Owner, at_once: Callable[..., list[Any]]) -> None:
    """The first waits for a lock so long that its key is taken over; when it goes on, it must not count."""
    with psycopg.connect(owner.info.dsn, password=owner.info.password) as blocker:
        blocker.execute("LOCK TABLE acacia.crm_contact IN EXCLUSIVE MODE")

        def overtake() -> Any:
            while True:
                left = "UPDATE acacia.gateway_keptanswer SET busy_until = now() - interval '1 s' WHERE status IS NULL"
                if owner.execute(left).rowcount:
                    break
            owner.execute("UPDATE acacia.gateway_keptanswer SET attempt = gen_random_uuid()")
            blocker.rollback()

        first, _ = at_once(lambda: send(cast.bob, "contacts", {"name": "Theo"}), overtake)
    assert (first.status_code, name(first)) == (409, "idempotency-key-in-use")
    assert contacts(owner) == 0
    assert send(cast.bob, "contacts", {"name": "Theo"}).status_code == 201


def test_a_fault_of_ours_is_not_kept(cast: Cast, owner: Owner) -> None:
    owner.execute("ALTER TABLE acacia.crm_contact RENAME TO crm_contact_away")
    try:
        assert send(cast.bob, "contacts", {"name": "Theo"}).status_code == 500
    finally:
        owner.execute("ALTER TABLE acacia.crm_contact_away RENAME TO crm_contact")
    assert send(cast.bob, "contacts", {"name": "Theo"}).status_code == 201


def test_what_is_older_than_a_day_is_forgotten_when_the_tenant_writes(cast: Cast, owner: Owner) -> None:
    send(cast.bob, "contacts", {"name": "Theo"})
    owner.execute("UPDATE acacia.gateway_keptanswer SET created_at = now() - interval '25 hours'")
    assert send(cast.bob, "contacts", {"name": "Thea"}).status_code == 201
    assert owner.execute("SELECT count(*) FROM acacia.gateway_keptanswer").fetchone() == (1,)


def test_a_secret_in_an_answer_is_not_readable_in_the_database(cast: Cast, owner: Owner) -> None:
    made = send(cast.charlie, "hooks", {"name": "website_form"}, slug="harbour")
    token = made.json()["address"].rsplit("/")[-1]
    stored = str(owner.execute("SELECT * FROM harbour.gateway_keptanswer").fetchall())
    stored += str(owner.execute("SELECT * FROM harbour.gateway_hook").fetchall())
    assert token not in stored
    again = send(cast.charlie, "hooks", {"name": "website_form"}, slug="harbour")
    assert again.json() == made.json()
