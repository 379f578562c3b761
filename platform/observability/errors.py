"""Error reports to Sentry, when SENTRY_DSN is set; never with mail, prompts or form data."""

from typing import Any

import sentry_sdk
import structlog
from django.conf import settings
from sentry_sdk.types import Event, Hint

from observability.logs import without_tokens


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
    bound: dict[str, Any] = structlog.contextvars.get_contextvars()
    event.setdefault("tags", {}).update({k: str(bound[k]) for k in ("tenant", "run", "step") if k in bound})
    event.pop("extra", None)
    if url := event.get("request", {}).get("url"):
        event["request"]["url"] = without_tokens(str(url))
    return event
