"""What documents refuse, each with the sentence that a person reads."""

from collections.abc import Mapping
from uuid import UUID


class KnowledgeRefused(Exception):
    """The base of all refusals; nothing was written."""


class Invalid(KnowledgeRefused, ValueError):
    """`faults`: field -> sentence."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {fault}" for field, fault in sorted(faults.items())))
        self.faults = dict(faults)


class Missing(KnowledgeRefused, LookupError):
    """No such document."""

    def __init__(self, document: UUID | str) -> None:
        super().__init__(f"There is no document {document}.")
        self.id = str(document)


class ChangedMeanwhile(KnowledgeRefused):
    """Someone has changed the document since it was read; `found` is its revision now."""

    def __init__(self, found: int) -> None:
        super().__init__("Someone changed this document meanwhile.")
        self.found = found
