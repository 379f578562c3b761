"""What can happen to a request: each scenario makes one HTTP response, or none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.vendor import lies
from tests.vendor.answers import honest


@dataclass(frozen=True)
class Response:
    """One response. `cut` sends only that many bytes of the body and hangs up; `stall` sends nothing at all;
    `trickle` a byte now and then, without an end."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    cut: int | None = None
    stall: bool = False
    trickle: bool = False


# What the server says of a request's beginning: `written` to its cache, or `read` from it.
CACHE = "_cache"
Scenario = Callable[[dict[str, Any]], Response]


def message(
    request: dict[str, Any], text: str, *, stop_reason: str = "end_turn", model: str | None = None, **usage: int
) -> Response:
    """A message of the API. Tokens are counted as a quarter of the characters; of the system prompt they are written to
    the cache or read from it where the server says so.
    """
    system, turns = (len(json.dumps(part)) // 4 for part in (request.get("system", ""), request["messages"]))
    kept = request.get(CACHE)
    used = {
        "input_tokens": turns if kept else system + turns, "output_tokens": len(text) // 4 + 1,
        "cache_creation_input_tokens": system if kept == "written" else 0,
        "cache_read_input_tokens": system if kept == "read" else 0, **usage,
    }  # fmt: skip
    body = {
        "id": "msg_standin", "type": "message", "role": "assistant", "model": model or request["model"],
        "content": [{"type": "text", "text": text}] if text else [], "stop_reason": stop_reason,
        "stop_sequence": None, "usage": used,
    }  # fmt: skip
    return Response(body=json.dumps(body).encode())


def failed(status: int, kind: str, *, details: dict[str, Any] | None = None, **headers: str) -> Response:
    """An error as the API words it."""
    error: dict[str, Any] = {"type": kind, "message": f"The stand-in was told to fail with {status}."}
    if details:
        error["details"] = details
    body = {"type": "error", "error": error, "request_id": "req_standin"}
    return Response(
        status, json.dumps(body).encode(), {name.replace("_", "-"): value for name, value in headers.items()}
    )


def saying(what: Callable[[dict[str, Any]], dict[str, Any]]) -> Scenario:
    """Answers with what a function works out from the request."""
    return lambda request: message(request, json.dumps(what(request), ensure_ascii=False))


def _truncated(request: dict[str, Any]) -> Response:
    said = json.dumps(honest(request))
    return message(request, said[: len(said) // 2])


def _disconnect(request: dict[str, Any]) -> Response:
    whole = message(request, json.dumps(honest(request)))
    return Response(whole.status, whole.body, cut=len(whole.body) // 2)


def _huge(request: dict[str, Any]) -> Response:
    said = honest(request)
    said["summary" if "summary" in said else "text" if "text" in said else "reason"] = "x" * 2_000_000
    return message(request, json.dumps(said))


def _cached(request: dict[str, Any]) -> Response:
    return message(
        request, json.dumps(honest(request)), input_tokens=1_000, output_tokens=200,
        cache_creation_input_tokens=3_000, cache_read_input_tokens=5_000,
    )  # fmt: skip


def _thinks_to_the_end(request: dict[str, Any]) -> Response:
    """The dearest answer that there can be: all that the request allows it, and its prompt as long as its bytes."""
    prompt = json.dumps([request["system"], request["messages"], request["output_config"]], ensure_ascii=False)
    return message(
        request, json.dumps(honest(request)), input_tokens=0, output_tokens=request["max_tokens"],
        cache_creation_input_tokens=len(prompt.encode()),
    )  # fmt: skip


def _echo(request: dict[str, Any]) -> Response:
    """A refusal that says again what it was sent."""
    error = {"type": "invalid_request_error", "message": f"messages.0: {request['messages'][0]['content']}"}
    body = {"type": "error", "error": error, "request_id": "req_standin"}
    return Response(400, json.dumps(body, ensure_ascii=False).encode())


SPEND_LIMIT = {"error_code": "enforced_spend_limit_reached"}

SCENARIOS: dict[str, Scenario] = {
    "answer": saying(honest),
    "cached": _cached,
    "thinks_to_the_end": _thinks_to_the_end,
    "served_other": lambda request: message(request, json.dumps(honest(request)), model="claude-haiku-4-5"),
    # it fails
    "stall": lambda _: Response(stall=True),
    "trickle": lambda _: Response(trickle=True),
    "rate_limit": lambda _: failed(429, "rate_limit_error"),
    "rate_limit_wait": lambda _: failed(429, "rate_limit_error", retry_after="7"),
    "rate_limit_hour": lambda _: failed(429, "rate_limit_error", retry_after="3600"),
    "spend_limit": lambda _: failed(429, "rate_limit_error", details=SPEND_LIMIT),
    "server_error": lambda _: failed(500, "api_error"),
    "overloaded": lambda _: failed(529, "overloaded_error"),
    "bad_key": lambda _: failed(401, "authentication_error"),
    "no_credit": lambda _: failed(402, "billing_error"),
    "forbidden": lambda _: failed(403, "permission_error"),
    "no_such_model": lambda _: failed(404, "not_found_error"),
    "echo": _echo,
    "too_large": lambda _: failed(413, "invalid_request_error"),
    "empty_body": lambda _: Response(),
    "html": lambda _: Response(200, b"<html>Bad gateway</html>", content_type="text/html"),
    "no_usage": lambda request: Response(body=json.dumps({"type": "message", "content": [], "model": "x"}).encode()),
    "disconnect": _disconnect,
    # it answers badly
    "truncated_json": _truncated,
    "wrong_shape": lambda request: message(request, json.dumps({"answer": 42})),
    "not_json": lambda request: message(request, "Sure! Here is what I would do."),
    "empty_answer": lambda request: message(request, ""),
    "max_tokens": lambda request: message(request, '{"intent": "insp', stop_reason="max_tokens"),
    "context_window": lambda request: message(request, "", stop_reason="model_context_window_exceeded"),
    "refusal": lambda request: message(request, "", stop_reason="refusal"),
    "huge": _huge,
    # it lies
    "false_quote": saying(lies.false_quote),
    "invented_price": saying(lies.invented_price),
    "no_claim": saying(lies.no_claim),
    "empty_promise": saying(lies.empty_promise),
    "invented_fact": saying(lies.invented_fact),
    "obey": saying(lies.obey),
}
