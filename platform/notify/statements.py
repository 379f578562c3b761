"""What a statement that a floor above composes may ask of webhooks."""

from collections.abc import Iterable

from dispatch.statements import Fragment


def nobody_asked(types: Iterable[str]) -> Fragment:
    """The condition that no endpoint asked for any of these types."""
    return Fragment(
        "NOT EXISTS (SELECT 1 FROM notify_endpoint WHERE enabled AND types ?| %(told_types)s::text[])",
        {"told_types": sorted(set(types))},
    )
