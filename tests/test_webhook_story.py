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
