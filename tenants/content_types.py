"""Content types have ids of their own in each schema, and Django remembers them once for all threads."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections


class BySchema(dict[Any, Any]):
    """Django's memory of content types (by database), kept apart by the schema that the asking thread is in.

    django-tenants empties it at each switch; a thread in another schema may fill it again a moment later.
    """

    def __getitem__(self, using: str) -> dict[Any, ContentType]:
        found: dict[Any, ContentType] = super().__getitem__(_place(using))
        return found

    def setdefault(self, using: str, default: Any = None) -> Any:
        return super().setdefault(_place(using), default)


def _place(using: str) -> tuple[str, str]:
    return using, str(getattr(connections[using], "schema_name", ""))


def keep_apart() -> None:
    """Have Django use such a memory from now on."""
    ContentType.objects._cache = BySchema()  # type: ignore[attr-defined]
