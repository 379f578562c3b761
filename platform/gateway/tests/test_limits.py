"""Rate limits: of a token, of whoever guesses; and nobody is refused because the cache is away."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import Cast
from gateway.models import ApiToken
from gateway.services import token_find
from tenants.selectors import tenant_context

pytestmark = pytest.mark.usefixtures("committed")
WRONG = "csk_" + "0" * 32 + "a0f292d0"


@pytest.fixture(autouse=True)
def nothing_counted() -> None:
    cache.clear()


def limit(settings: Any, **limits: int) -> None:
    settings.COUNTERSIGN = settings.COUNTERSIGN.model_copy(update=limits)


def me(token: str, slug: str = "acacia", **more: str) -> Any:
    headers = {"host": f"{slug}.localhost", "authorization": f"Bearer {token}"}
    return Client(headers=headers, **more).get("/api/v1/me")  # type: ignore[arg-type]


def test_a_token_that_asks_too_often_is_told_when_to_come_back(cast: Cast, settings: Any) -> None:
    limit(settings, api_rate_per_minute=3)
    answers = [me(cast.bob.token) for _ in range(10)]  # the minute may end once in between
    assert answers[0].status_code == 200
    refused = [answered for answered in answers if answered.status_code != 200]
    assert len(refused) >= 4
    for answered in refused:
        assert answered.status_code == 429
        assert answered["content-type"] == "application/problem+json"
        assert answered.json()["type"] == "urn:countersign:problem:throttled"
        assert 1 <= int(answered["retry-after"]) <= 60
    assert me(cast.alice.token).status_code == 200
    assert me(cast.charlie.token, "harbour").status_code == 200


def test_whoever_guesses_is_refused_but_nobody_else_at_that_address(cast: Cast, settings: Any) -> None:
    limit(settings, api_failures_per_minute=2)
    answers = [me(WRONG).status_code for _ in range(8)]
    assert answers[0] == 401
    assert set(answers) == {401, 429}
    assert me(WRONG, REMOTE_ADDR="192.0.2.7").status_code == 401
    assert me(cast.bob.token).status_code == 200


def test_without_the_cache_everybody_passes(cast: Cast, settings: Any) -> None:
    limit(settings, api_rate_per_minute=1, api_failures_per_minute=1)
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}}
    assert [me(cast.bob.token).status_code for _ in range(4)] == [200] * 4
    assert [me(WRONG).status_code for _ in range(4)] == [401] * 4


def test_the_last_use_of_a_token_is_known_to_the_minute(cast: Cast) -> None:
    with tenant_context("acacia"):
        ApiToken.objects.update(last_used_at=None)
    me(cast.bob.token)
    with tenant_context("acacia"):
        first = token_find(cast.bob.token)
    me(cast.bob.token)
    with tenant_context("acacia"):
        second = token_find(cast.bob.token)
    assert first is not None
    assert second is not None
    assert first.last_used_at is not None
    assert second.last_used_at == first.last_used_at
