"""Several proposals decided together: each was shown in full, and each has its own decision, entry and answer."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.selectors import ApprovalView, approval_get, approvals, view_of
from audit.selectors import entries
from conftest import Cast
from tenants.selectors import tenant_context
from tests.pages import signed_in
from tests.story import Asked, mail, receive

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
PAGE = "/inbox/together/"


@pytest.fixture
def three(asked: Asked, work: Any) -> list[ApprovalView]:
    """Three customers have written."""
    for name in ("Tom", "Ines"):
        receive(mail(sender=f"{name} <{name.lower()}@example.com>"))
    work()
    return [view_of(row) for row in approvals(status="pending")]


def chosen(*views: ApprovalView) -> list[str]:
    return [f"{view.id}:{view.digest}" for view in views]


def statuses(views: list[ApprovalView]) -> list[str]:
    with tenant_context("acacia"):
        return [approval_get(view.id).status for view in views]


def test_what_is_ticked_is_read_in_full_and_then_decided_each_by_itself(three: list[ApprovalView], cast: Cast) -> None:
    bob = signed_in(cast.bob)
    assert bob.get("/inbox/").content.decode().count("data-tick") == 3
    page = bob.get(PAGE, {"id": [str(view.id) for view in three]}).content.decode()
    for view, value in zip(three, chosen(*three), strict=True):
        assert f'value="{value}"' in page
        assert view.document["reply"]["to"][0] in page
    assert page.count("Approve what is ticked") == 1
    signed_in(cast.alice).post(f"/approvals/{three[1].id}/decide/", {"decision": "reject", "digest": three[1].digest})
    told = bob.post(PAGE, {"decision": "approve", "chosen": chosen(*three), "comment": "Fine"}).content.decode()
    assert told.count("Left as it is.") == 1
    assert "Alice decided" in told
    assert statuses(three) == ["approved", "rejected", "approved"]
    with tenant_context("acacia"):
        for view in (three[0], three[2]):
            assert len(entries(target=f"approval:{view.id}", event="approval.approved")) == 1
            assert approval_get(view.id).decisions[0].comment == "Fine"


def test_what_was_not_shown_is_not_decided(three: list[ApprovalView], cast: Cast) -> None:
    bob = signed_in(cast.bob)
    first, second, third = three
    for wrong, words in (
        ([], "Nothing was chosen"),
        (["nonsense"], "This names no proposal"),
        (chosen(first, first), "named twice"),
        ([f"{first.id}:"], "has changed since you saw it"),
        ([f"{first.id}:{second.digest}"], "has changed since you saw it"),
        (["01a20952-2779-754b-83cb-c3c13c165857:x"], "There is no such approval"),
        (chosen(*[third] * 21), "At most 20"),
    ):
        assert words in bob.post(PAGE, {"decision": "approve", "chosen": wrong}).content.decode()
    assert bob.post(PAGE, {"decision": "explode", "chosen": chosen(first)}).status_code == 404
    assert bob.get(PAGE, {"id": "nonsense"}).status_code == 404
    assert "Nothing is ticked." in bob.get(PAGE).content.decode()
    assert statuses(three) == ["pending"] * 3


def test_the_api_decides_several_and_tells_of_each(three: list[ApprovalView], cast: Cast, client: Any) -> None:
    given = [{"id": str(three[0].id), "digest": three[0].digest}, {"id": str(three[1].id), "digest": "0" * 64}]

    def post(key: str) -> Any:
        return client.post(
            "/api/v1/approvals/decide",
            {"decision": "approve", "approvals": given},
            content_type="application/json",
            headers={
                "host": "acacia.localhost",
                "authorization": f"Bearer {cast.bob.token}",
                "idempotency-key": key,
            },
        )

    answer = post("one")
    assert answer.status_code == 200, answer.content
    assert [(told["status"], told["error"]) for told in answer.json()["results"]] == [
        ("approved", None),
        (None, "wrong-digest"),
    ]
    assert post("one").json() == answer.json()
    assert [told["error"] for told in post("two").json()["results"]] == ["already-decided", "wrong-digest"]
    assert statuses(three) == ["approved", "pending", "pending"]
    given.clear()
    none = post("three")
    assert (none.status_code, none.json()["type"].endswith(":invalid-choice")) == (422, True)


def test_three_cost_as_many_queries_as_one(three: list[ApprovalView], cast: Cast) -> None:
    bob, cost = signed_in(cast.bob), []
    for views in (three[:1], three):
        given = {"id": [str(view.id) for view in views]}
        bob.get(PAGE, given)
        with CaptureQueriesContext(connection) as asked_of:
            bob.get(PAGE, given)
        cost.append(len(asked_of))
    assert cost[0] == cost[1] < 20
