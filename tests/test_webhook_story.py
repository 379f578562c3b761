"""An integrator hears of a proposal that was decided, and of what came of it."""

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from approvals.services import approval_decide
from audit.services import Actor
from conftest import Cast
from notify.services import endpoint_add
from tenants.selectors import tenant_context
from tests.story import Asked, person


def test_the_story_is_told_as_it_happens(
    asked: Asked, cast: Cast, work: Callable[[], None], httpserver: HTTPServer, settings: Any
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})
    told: list[str] = []

    def take(request: Request) -> Response:
        told.append(json.loads(request.get_data())["type"])
        return Response(status=204)

    httpserver.expect_request("/hook").respond_with_handler(take)
    types = ["approval.decided", "effect.done"]
    endpoint_add(url=httpserver.url_for("/hook"), types=types, actor=Actor.system("tests"))
    digest = asked.approval.digest
    approval_decide(approval_id=asked.approval.id, decision="approve", digest=digest, actor=person(cast.bob))
    work()
    assert set(told) == set(types)
    assert told.count("approval.decided") == 1
    assert told.count("effect.done") >= 2


def test_of_which_kind_the_reason_of_a_rejection_is_its_own_integrator_hears_and_no_other(
    asked: Asked, cast: Cast, work: Callable[[], None], httpserver: HTTPServer, settings: Any
) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update={"webhooks_allow_loopback": True})
    told: list[tuple[str, dict[str, Any]]] = []

    def take(request: Request) -> Response:
        told.append((request.path, json.loads(request.get_data())["data"]))
        return Response(status=204)

    for slug in ("acacia", "harbour"):
        httpserver.expect_request(f"/{slug}").respond_with_handler(take)
        with tenant_context(slug):
            endpoint_add(url=httpserver.url_for(f"/{slug}"), types=["approval.decided"], actor=Actor.system("tests"))
    approval_decide(
        approval_id=asked.approval.id, decision="reject", digest=asked.approval.digest, rejection="wrong_facts",
        comment="She sold it.", actor=person(cast.bob),
    )  # fmt: skip
    work()
    (path, data) = told.pop()
    assert told == []
    assert path == "/acacia"
    assert data == {
        "approval": str(asked.approval.id), "run": str(asked.run.id), "status": "rejected",
        "digest": asked.approval.digest, "rejection": "wrong_facts",
    }  # fmt: skip
