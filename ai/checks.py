"""Settings under which no model can be asked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register()
def key_for_the_vendor(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """AI_PROVIDER=anthropic without a key: every call would fall back to the offline provider."""
    env = settings.COUNTERSIGN
    if env.ai_provider != "anthropic" or env.anthropic_api_key:
        return []
    return [
        checks.Warning(
            "AI_PROVIDER is anthropic, and ANTHROPIC_API_KEY is not set: every answer is worked out offline.",
            hint="Set ANTHROPIC_API_KEY, or AI_PROVIDER=local.",
            id="ai.W001",
        )
    ]
