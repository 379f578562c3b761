"""One stream of lines from many processes, each with the name of who said it."""

import os
import sys
import threading
from collections import deque
from typing import TextIO

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_MOST_WAITING = 20_000
_LAST_SECONDS = 2.0


class Output:
    """Writes lines in a thread of its own, so that a reader who stops reading stops nobody else.

    When too many lines wait the oldest are dropped; when nobody reads any more they all are.
    """

    def __init__(self, stream: TextIO = sys.stdout, *, width: int = 11) -> None:
        self._stream = stream
        self._width = width
        self._coloured = stream.isatty() and not os.environ.get("NO_COLOR")
        self._colours: dict[str, int] = {}
        self._lines: deque[str] = deque(maxlen=_MOST_WAITING)
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="output", daemon=True)
        self._thread.start()

    def line(self, name: str, text: str) -> None:
        """Write one line that `name` said."""
        prefix = f"{name:<{self._width}}|"
        if self._coloured:
            colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
            prefix = f"\033[{colour}m{prefix}\033[0m"
        with self._changed:
            self._lines.append(f"{prefix} {text}\n")
            self._changed.notify()

    def close(self) -> None:
        """Write what still waits, for a moment at most."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(_LAST_SECONDS)

    def _write(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._lines or self._closing)
                if not self._lines:
                    return
                text = "".join(self._lines)
                self._lines.clear()
            try:
                self._stream.write(text)
                self._stream.flush()
            except (OSError, ValueError):
                continue  # the terminal or pipe is gone; the stack goes on
