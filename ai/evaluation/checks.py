"""A prompt that has changed under the version that it had: what was measured of it says nothing any more."""

from __future__ import annotations

from typing import Any

from django.core import checks

from ai.prompts import prompt_digest
from ai.purposes import PURPOSES
from ai.purposes.pinned import PINNED


@checks.register()
def prompts_have_their_versions(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Each purpose's prompt is the one that is pinned for its version."""
    return [
        checks.Error(
            f"The prompt of {purpose.name} is not the one of {purpose.prompt_version}.",
            hint=f"Raise its version, and pin {prompt_digest(purpose)} for it in ai/purposes/pinned.py.",
            id="ai.E001",
        )
        for purpose in PURPOSES.values()
        if PINNED.get(purpose.prompt_version) != prompt_digest(purpose)
    ]
