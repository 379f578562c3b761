"""The one error of this package."""


class StackError(Exception):
    """What a person reads, in one line, when the stack cannot start, go on or be reached."""
