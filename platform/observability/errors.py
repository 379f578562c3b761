"""Error reports to Sentry, when SENTRY_DSN is set; never with mail, prompts, answers or form data."""

from typing import Any, cast

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.types import Event, Hint

from observability.logs import without_tokens

# Whose errors say what was sent or answered: of them the name of the error is told, and not its words.
WORDY = ("anthropic", "pydantic")
# The vendor's client is asked under a breaker, and each failure is handled and counted: none is news of its own.
HANDLED = "anthropic"


def configure() -> None:
    """Start Sentry when a DSN is given."""
    if settings.SENTRY_DSN:
        sentry_sdk.init(
            dsn=settings.SENTRY_DSN,
            send_default_pii=False,
            include_local_variables=False,  # frames hold customers' text
            max_request_body_size="never",
            before_send=_tag,
        )


def _tag(event: Event, hint: Hint) -> Event | None:
    thrown = (event.get("exception") or {}).get("values") or []
    if any((error.get("mechanism") or {}).get("type") == HANDLED for error in thrown):
        return None
    for error in thrown:
        # A database names the row in the lines after the first.
        wordy = str(error.get("module") or "").startswith(WORDY)
        error["value"] = "…" if wordy else str(error.get("value") or "").partition("\n")[0]
    bound: dict[str, Any] = structlog.contextvars.get_contextvars()
    event.setdefault("tags", {}).update({k: str(bound[k]) for k in ("tenant", "run", "step") if k in bound})
    event.pop("extra", None)
    # Not only in its address: where the person came from, and what was logged before, name addresses too.
    return cast(Event, _masked(event))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_tokens(value)
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
