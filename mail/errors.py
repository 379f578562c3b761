"""What mail refuses, in the sentence a person reads."""


class MailRefused(Exception):
    """Something that this app does not do."""


class NotAMessage(MailRefused):
    """The bytes are no mail: empty, too large, or without any header."""


class NoSuchMessage(MailRefused):
    """This tenant has no message with that id."""


class NoSuchThread(MailRefused):
    """This tenant has no conversation with that id."""


class ThreadRefused(MailRefused):
    """Something that cannot be done with a conversation now."""


class ReplyRefused(MailRefused):
    """A reply that cannot be written as asked."""


class ReplyAlreadyHeld(ReplyRefused):
    """Another reply of the conversation is held; only one may wait at a time."""
