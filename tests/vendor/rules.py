"""What the real API refuses, as far as our requests could break it."""

from __future__ import annotations

from typing import Any

MODELS = frozenset({"claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-sonnet-5", "claude-haiku-4-5"})
REFUSED_KEYWORDS = frozenset(
    {"minimum", "maximum", "minLength", "maxLength", "pattern", "maxItems", "default", "uniqueItems", "oneOf"}
)


def fault_of(request: dict[str, Any]) -> str | None:
    """Why this request is refused with 400, or None."""
    if request.get("model") not in MODELS:
        return f"model: {request.get('model')} is not a model"
    if "temperature" in request:
        return "temperature: not accepted by this model"
    if not isinstance(request.get("max_tokens"), int) or not 1 <= request["max_tokens"] <= 128_000:
        return "max_tokens: must be between 1 and 128000"
    if "tools" in request:
        return "tools: our requests hold none"
    messages = request.get("messages") or [{}]
    if messages[0].get("role") != "user" or messages[-1].get("role") != "user":
        return "messages: must begin and end with the user"
    if any(not turn.get("content") for turn in messages):
        return "messages: text content blocks must be non-empty"
    schema = request.get("output_config", {}).get("format", {}).get("schema")
    return _schema_fault(schema) if isinstance(schema, dict) else "output_config.format: missing"


def _schema_fault(node: object) -> str | None:
    if isinstance(node, list):
        return next((fault for item in node if (fault := _schema_fault(item))), None)
    if not isinstance(node, dict):
        return None
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        return "output_config.format.schema: additionalProperties must be false"
    for key, value in node.items():
        if key in ("properties", "$defs"):
            fault = _schema_fault(list(value.values()))
        elif key in REFUSED_KEYWORDS:
            fault = f"output_config.format.schema: {key} is not supported"
        else:
            fault = _schema_fault(value) if key not in ("enum", "required", "const") else None
        if fault:
            return fault
    return None
