"""Versions of records as ETags: what nobody has read is overwritten by nobody."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from portal.tests.test_api import Api


class Call(Api):
    """An API client that sends headers of its own."""

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        more = {} if body is None else {"data": body, "content_type": "application/json"}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send: Callable[..., Any] = getattr(Client(raise_request_exception=False), method)
        return send(f"/api/v1/{path}", headers=self.headers | named, **more)


@pytest.fixture
def call(committed: None, cast: Cast) -> Call:
    return Call(cast.bob)


@pytest.fixture
def path(call: Call) -> str:
    made = call.post("contacts", {"name": "Theo"})
    assert made["etag"] == '"1"'
    return f"contacts/{made.json()['id']}"


def test_a_record_is_told_with_its_version_and_not_told_again_while_it_is_that(call: Call, path: str) -> None:
    assert call.send("get", path)["etag"] == '"1"'
    same = call.send("get", path, if_none_match='W/"9", "1"')
    assert (same.status_code, same.content, same["etag"]) == (304, b"", '"1"')
    assert call.send("get", path, if_none_match='W/"1"').status_code == 304, "as a proxy marks what it compresses"
    assert call.send("get", path, if_none_match="*").status_code == 200
    assert call.send("get", path, if_none_match='"2"').status_code == 200


def test_a_change_of_the_version_that_was_read_is_made_and_answers_the_next(call: Call, path: str) -> None:
    changed = call.send("patch", path, {"phone": "0491 570 157"}, if_match='"1"')
    assert (changed.status_code, changed["etag"], changed.json()["version"]) == (200, '"2"', 2)


def test_a_change_of_another_version_is_refused_with_the_one_there_is(call: Call, path: str) -> None:
    call.patch(path, {"phone": "0491 570 157"})
    for stale in ('"1"', 'W/"2"', '"x", "7"'):
        refused = call.send("patch", path, {"phone": "0491 570 158"}, if_match=stale)
        assert (refused.status_code, refused["etag"]) == (412, '"2"')
        assert refused.json()["type"] == "urn:countersign:problem:precondition-failed"
    assert call.get(path).json()["phone"] == "0491 570 157"


@pytest.mark.parametrize("malformed", ["1", "", "nonsense", '"1'])
def test_a_version_that_is_no_etag_is_refused(call: Call, path: str, malformed: str) -> None:
    assert call.send("patch", path, {"name": "x"}, if_match=malformed).status_code == 400


def test_without_a_version_or_for_any_the_last_write_wins(call: Call, path: str) -> None:
    assert call.patch(path, {"name": "Theodor"}).status_code == 200
    assert call.send("patch", path, {"name": "Theo"}, if_match="*").status_code == 200
    assert call.get(path).json()["name"] == "Theo"


def test_of_two_who_read_the_same_version_one_writes(call: Call, path: str, at_once: Any) -> None:
    def write(name: str) -> Callable[[], int]:
        return lambda: int(call.send("patch", path, {"name": name}, if_match='"1"').status_code)

    assert sorted(at_once(*[write(f"Theo {number}") for number in range(6)])) == [200, 412, 412, 412, 412, 412]
    assert call.get(path).json()["version"] == 2
