"""What the records refuse, each with the sentence that a person reads."""

from collections.abc import Mapping
from uuid import UUID

from crm.values import JSON


class RecordRefused(Exception):
    """The base of all refusals; nothing was written."""


class UnknownKind(RecordRefused, LookupError):
    def __init__(self, kind: str) -> None:
        super().__init__(f"There is no kind of record called {kind}.")
        self.kind = kind


class Missing(RecordRefused, LookupError):
    """No such record (any more)."""

    def __init__(self, kind: str, record: UUID | str) -> None:
        super().__init__(f"There is no {kind} {record}.")
        self.kind, self.id = kind, str(record)


class Invalid(RecordRefused, ValueError):
    """`faults`: field -> sentence."""

    def __init__(self, kind: str, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(f"{field}: {fault}" for field, fault in sorted(faults.items())))
        self.kind, self.faults = kind, dict(faults)


class Taken(RecordRefused):
    """Another record holds what only one can have, such as an email address."""

    def __init__(self, kind: str, constraint: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind, self.constraint = kind, constraint


class Changed(RecordRefused):
    """A field no longer holds what the change starts from."""

    def __init__(self, kind: str, record: UUID | str, field: str, was: JSON, is_: JSON) -> None:
        super().__init__(f"The {field} of the {kind} was changed meanwhile.")
        self.kind, self.id, self.field, self.was, self.is_ = kind, str(record), field, was, is_


class VersionConflict(RecordRefused):
    """Someone wrote the record since it was read."""

    def __init__(self, kind: str, record: UUID | str, expected: int, found: int) -> None:
        super().__init__(f"The {kind} was changed meanwhile: it is at version {found}, not {expected}.")
        self.kind, self.id, self.expected, self.found = kind, str(record), expected, found


class Referred(RecordRefused):
    """Other records refer to the one that was to go; `by`: "<kind>:<id>" each."""

    def __init__(self, kind: str, record: UUID | str, by: tuple[str, ...]) -> None:
        super().__init__(f"The {kind} cannot be deleted while other records refer to it: {', '.join(by)}.")
        self.kind, self.id, self.by = kind, str(record), by
