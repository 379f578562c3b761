"""What is refused about people, each with the sentence that they read."""


class PersonRefused(Exception):
    """A change that is refused; `sentence` is for people."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NoSuchPerson(LookupError):
    """Nobody of this workspace has this id or address."""


class StillHere(PersonRefused):
    """Somebody who can still sign in is not erased."""

    def __init__(self) -> None:
        super().__init__("They can still sign in: have an owner deactivate them first.")


class LastOwner(PersonRefused):
    """A workspace would be left without an owner who can sign in."""

    def __init__(self) -> None:
        super().__init__("This is the last active owner: make somebody else an owner first.")


class InvitationUnknown(Exception):
    """No invitation of this workspace has this id."""


class InvitationGone(PersonRefused):
    """An invitation that nobody can take up or change any more."""

    def __init__(self) -> None:
        super().__init__("This invitation was taken up or withdrawn meanwhile.")
