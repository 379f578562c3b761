"""What the ledger and its moves refuse."""


class UnknownEvent(LookupError):
    """The event's name, or a field of its data, was not registered."""


class IllegalMove(Exception):
    """The table of moves has no such arrow."""


class MovedMeanwhile(Exception):
    """The row was no longer in the state that the move starts from."""
