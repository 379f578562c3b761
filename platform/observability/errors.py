"""Error reports to Sentry, when SENTRY_DSN is set; never with mail, prompts or form data."""

from typing import Any, cast

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
    # Not only in its address: where the person came from, and what was logged before, name addresses too.
    return cast(Event, _masked(event))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return without_tokens(value)
    if isinstance(value, dict):
        return {name: _masked(item) for name, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
