"""The processes that a system works with: held while others are measured, and what they use."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from benchmarks.engine.statistics import SESSION, numbers_of, pids


class Workers:
    """Processes of one system, each the leader of a session that holds all it starts."""

    def __init__(self, commands: Sequence[Sequence[str]], environment: Mapping[str, str], log: Path) -> None:
        self._log = log.open("ab")
        self.processes = [
            subprocess.Popen(
                command,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )
            for command in commands
        ]

    def tell(self, number: int, line: str) -> None:
        """Write a line to the standard input of one of them."""
        pipe = self.processes[number].stdin
        assert pipe is not None
        pipe.write(line.encode() + b"\n")
        pipe.flush()

    def hold(self) -> None:
        """Stop all of them where they are."""
        self._signal(signal.SIGSTOP)

    def go(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def check(self) -> None:
        """Raises RuntimeError when one has ended."""
        if any(process.poll() is not None for process in self.processes):
            raise RuntimeError(f"a worker ended; the end of {self._log.name}:\n{_tail(Path(str(self._log.name)))}")

    def stop(self) -> None:
        """End them all."""
        self.go()
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._log.close()

    def pids(self) -> set[int]:
        """All processes of their sessions."""
        sessions = {process.pid for process in self.processes}
        return {pid for pid in pids() if numbers_of(pid)[SESSION] in sessions}

    def megabytes(self) -> float:
        """Memory that is theirs: what they share with each other counts once (PSS)."""
        return sum(_pss(pid) for pid in self.pids()) / 1024

    def _signal(self, number: int) -> None:
        for process in self.processes:
            if process.poll() is None:
                os.killpg(process.pid, number)


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _tail(path: Path) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-15:])
