"""What is refused when people decide, each with the sentence that they read."""

from collections.abc import Mapping
from typing import Any


class Refused(Exception):
    """A decision or an edit that is refused; `sentence` is for people, `name` for programs."""

    name = "refused"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchApproval(Refused):
    name = "not-found"


class WrongDigest(Refused):
    """The digest is not the one of what stands there now."""

    name = "wrong-digest"


class AlreadyDecided(Refused):
    """The proposal waits for nobody any more."""

    name = "already-decided"


class Stale(Refused):
    """A fact that the proposal rests on is no longer what it was; `stale` says which."""

    name = "stale"

    def __init__(self, sentence: str, stale: list[dict[str, Any]]) -> None:
        super().__init__(sentence)
        self.stale = stale


class Unsupported(Refused):
    """A sentence has no source: it cannot be approved, only edited or removed."""

    name = "unsupported"


class NothingHeld(Refused):
    """No reply of this proposal is held, so that there is nothing to take back."""

    name = "nothing-held"


class TooLate(Refused):
    """What was to be taken back has left, is leaving, or was taken back before."""

    name = "too-late"


class NotAllowed(Refused):
    name = "not-allowed"


class AlreadyClaimed(Refused):
    """Somebody else is on it."""

    name = "already-claimed"


class NotAsked(Refused):
    """No colleague is asked about it, so there is nothing to answer or take back."""

    name = "not-asked"


class NoSuchColleague(Refused):
    """Whom somebody wants to ask or to give it to cannot be; or what they say to them is empty."""

    name = "no-such-colleague"

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(sentence)
        self.path = path


class InvalidEdit(Refused):
    """An edit names an unknown step or field, or values that its input model refuses; `faults` are all, by path."""

    name = "invalid-edit"

    def __init__(self, path: str, sentence: str, faults: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.path = path
        self.faults = faults or {path: sentence}


class InvalidRejection(Refused):
    """Why something was rejected is none of the reasons there are, or it was not rejected."""

    name = "invalid-rejection"


class InvalidChoice(Refused):
    """Of several that were to be decided together, the list itself is none."""

    name = "invalid-choice"
