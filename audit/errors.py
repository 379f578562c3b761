"""What the ledger and its moves refuse."""

from datetime import timedelta


class UnknownEvent(LookupError):
    """The event's name, or a field of its data, was not registered."""


class IllegalMove(Exception):
    """The table of moves has no such arrow."""


class MovedMeanwhile(Exception):
    """The row was no longer in the state that the move starts from."""


class NoSigningKey(Exception):
    """The key that signs heads of the ledger is not there, or is none."""


class NoHeads(Exception):
    """A file that should hold heads of the ledger cannot be read, or holds something else."""


class WatermarkHeld(Exception):
    """Entries wait to be sealed for minutes, since a transaction somewhere on the server has been open for as long."""

    def __init__(self, held: timedelta) -> None:
        super().__init__(
            f"entries have waited to be sealed for {held.total_seconds() / 60:.0f} minutes: a transaction is open"
            " somewhere on the database server (pg_stat_activity, by backend_xid and xact_start, shows whose)"
        )


class VerificationUnderWay(Exception):
    """The ledger is being verified already, by somebody else."""


class NotSealed(Exception):
    """There is no proof of an entry that has no place in the sealed ledger."""
