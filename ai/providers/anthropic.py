"""Anthropic's Messages API, with the answer's shape as a JSON schema. The model holds no tools."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

import anthropic
import httpx2
from anthropic import OpenTelemetryOptions
from anthropic.types import Message, MessageParam, TextBlockParam
from pydantic import BaseModel

from ai.errors import AIError, NotRetryable, Retryable, SpendLimit, StopsRoute
from ai.prompts import prompt_for, repair_turn
from ai.providers.base import Prepared, Repair, Reply
from ai.providers.deadline import deadline, within_deadlines
from ai.purposes import Purpose
from ai.purposes.base import schema_of
from ai.routes import Hop
from ai.usage import Usage

SPEND_LIMITS = frozenset(
    {
        "enforced_spend_limit_reached",
        "contract_spend_limit_reached",
        "linked_organization_spend_limit_reached",
    }
)


# What the vendor counts beyond our bytes: the frame of the turns and its own words about the schema.
VENDORS_OWN_TOKENS = 1_000
# Its spans tell of tokens and models and never what was asked and answered, whatever the environment says; the vendor
# is told nothing of our traces.
TRACED: OpenTelemetryOptions = {"propagation": False, "traces": {"content_mode": "metadata_only"}}
NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


class AnthropicProvider:
    """Asks the vendor once; trying again belongs to the step that asked."""

    name = "anthropic"
    priced = True

    def __init__(self, *, api_key: str, base_url: str | None = None) -> None:
        self._client = _client(api_key, base_url)
        self.address = base_url or ""

    def prepare(self, *, purpose: Purpose, inputs: BaseModel, repair: Repair | None, warm: bool = False) -> Prepared:
        """See Provider. Marked is the end of what all emails of a tenant share; the vendor keeps what stands before it,
        the schema included, for five minutes after it was last read. What is too short for that it just reads.
        """
        prompt = prompt_for(purpose, inputs)
        turns: list[MessageParam] = [{"role": "user", "content": prompt.user}]
        if repair is not None:
            if repair.answer.strip():
                turns.append({"role": "assistant", "content": repair.answer})
                turns.append({"role": "user", "content": repair_turn(repair.findings)})
            else:
                turns = [{"role": "user", "content": f"{prompt.user}\n\n{repair_turn(repair.findings)}"}]
        system: list[TextBlockParam] = [
            {"type": "text", "text": prompt.instructions},
            {"type": "text", "text": prompt.settings},
        ]
        if warm:
            system[-1]["cache_control"] = {"type": "ephemeral"}
        return Request(self._client, system, turns, _schema_of(purpose.narrow(inputs)))


@dataclass(frozen=True)
class Request:
    """One request, ready to be sent once."""

    client: anthropic.Anthropic
    system: list[TextBlockParam]
    turns: list[MessageParam]
    schema: dict[str, Any]

    @property
    def tokens_at_most(self) -> int:
        """No token is made of less than a byte, so that the bytes of all that is sent are a bound of its tokens; to
        them comes what the vendor lays around the turns and the schema.
        """
        sent = (self.system, self.turns, self.schema)
        return len(json.dumps(sent, ensure_ascii=False).encode()) + VENDORS_OWN_TOKENS

    @property
    def prompt(self) -> str:
        system = "\n\n".join(block["text"] for block in self.system)
        return json.dumps({"system": system, "turns": self.turns}, ensure_ascii=False)

    def answer(self, *, hop: Hop, max_tokens: int) -> Reply:
        """Raises Retryable or NotRetryable; refusals and cut-off answers come back as a Reply."""
        try:
            with deadline(hop.timeout_seconds):
                message = self.client.messages.create(
                    model=hop.model,
                    max_tokens=max_tokens,
                    system=self.system,
                    messages=self.turns,
                    output_config={"effort": hop.effort, "format": {"type": "json_schema", "schema": self.schema}},
                    timeout=hop.timeout_seconds,
                )
        except anthropic.APIError as error:
            raise _named(error) from error
        except ValueError as error:
            raise _unreadable() from error
        return _reply(message, hop)


@lru_cache(maxsize=4)
def _client(api_key: str, base_url: str | None) -> anthropic.Anthropic:
    """One client, and so one pool of connections, for all calls of this process. Each call says its own timeout."""
    client = anthropic.Anthropic(api_key=api_key, base_url=base_url, max_retries=0, open_telemetry=TRACED)
    within_deadlines(client._client)
    return client


@lru_cache(maxsize=256)
def _schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a result as the vendor takes it."""
    return anthropic.transform_schema(schema_of(model))


def _reply(message: object, hop: Hop) -> Reply:
    """The SDK builds a Message from whatever came, so what we rely on is looked at here."""
    if not isinstance(message, Message) or not isinstance(getattr(message, "content", None), list):
        raise _unreadable()
    used = message.usage
    if used is None:
        raise Retryable("The vendor's answer does not say what it used.", code="unreadable", charged=True)
    written = used.cache_creation_input_tokens or 0
    long_lived = used.cache_creation.ephemeral_1h_input_tokens if used.cache_creation else 0
    return Reply(
        text="".join(block.text for block in message.content if block.type == "text"),
        model_served=message.model or hop.model,
        stop_reason=message.stop_reason or "",
        usage=Usage(
            input=used.input_tokens or 0,
            output=used.output_tokens or 0,
            cache_write_5m=max(written - long_lived, 0),
            cache_write_1h=long_lived,
            cache_read=used.cache_read_input_tokens or 0,
        ),
        request_id=message._request_id or "",
    )


def _unreadable() -> Retryable:
    return Retryable("The vendor's answer could not be read.", code="unreadable", charged=True)


def _named(error: anthropic.APIError) -> AIError:
    """The vendor's error as one of ours: what happens next depends on the class alone.

    What was answered with an error costs nothing. What was broken off after it was sent may have been answered.
    """
    if isinstance(error.__cause__, NEVER_SENT):
        return Retryable("The vendor cannot be reached.", code="connection")
    if isinstance(error, anthropic.APITimeoutError):
        return Retryable("The model took too long to answer.", code="timeout", charged=True)
    if isinstance(error, anthropic.APIConnectionError):
        return Retryable("The connection to the vendor broke.", code="connection", charged=True)
    if not isinstance(error, anthropic.APIStatusError):
        return _unreadable()
    status = error.status_code
    if error.error_code in SPEND_LIMITS:
        return SpendLimit("The spend limit at the vendor is reached.")
    if status == 429:
        return Retryable("The vendor's rate limit is reached.", code="rate_limit", retry_after=_wait(error))
    if status == 529:
        return Retryable("The model is overloaded (529).", code="overloaded", retry_after=_wait(error))
    if status in (408, 409) or status >= 500:
        return Retryable(f"The vendor failed ({status}).", code="vendor_failed", retry_after=_wait(error))
    if status == 401:
        return StopsRoute("The vendor does not know our key (401).", code="bad_key")
    if status == 402 or error.type == "billing_error":
        return StopsRoute("The account at the vendor cannot pay (402).", code="billing")
    return NotRetryable(f"The vendor refused the request ({status}).", code="request_refused")


def _wait(error: anthropic.APIStatusError) -> float | None:
    """Seconds that the vendor asks to wait, from `retry-after` in either of its forms."""
    asked = error.response.headers.get("retry-after", "").strip()
    try:
        return float(asked)
    except ValueError:
        pass
    try:
        return (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
