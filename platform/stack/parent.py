"""The process that started us, such as make: when it ends, or wants to, so do we."""

import os
import signal
from pathlib import Path


class Parent:
    """The parent at the time of the call."""

    def __init__(self) -> None:
        self._pid = os.getppid()
        self._interrupted_before = self._interrupted()

    def leaves(self) -> bool:
        """Whether it has ended, or was interrupted and waits for us."""
        return os.getppid() != self._pid or (self._interrupted() and not self._interrupted_before)

    def _interrupted(self) -> bool:
        """Whether it is inside its handler of SIGINT (Linux only).

        Make that gets a SIGINT which did not come from a terminal neither hands it on nor ends: it
        waits in its handler for us. While a handler runs its signal is blocked.
        """
        try:
            status = Path(f"/proc/{self._pid}/status").read_text()
        except OSError:
            return False
        blocked = next((line.split()[1] for line in status.splitlines() if line.startswith("SigBlk:")), "0")
        return bool(int(blocked, 16) >> (signal.SIGINT - 1) & 1)
