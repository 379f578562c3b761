"""Places at which a test can kill or stop a worker. In production they do nothing.

`claimed` (a worker has taken a row), `before_effect` and `after_effect` (a step's or an action's work, or the
handing over of a mail), `before_commit` and `after_commit` (of what came of it). The `name` is the handler's, the
step kind's or the action's.
"""

import os
import signal
from typing import Literal

from django.conf import settings

Point = Literal["claimed", "before_effect", "after_effect", "before_commit", "after_commit"]

_orders = settings.COUNTERSIGN.crash_points


def reached(point: Point, name: str) -> None:
    """Die here, if the folder that CRASH_POINTS names has a file `<point>:<name>`.

    The file is renamed to `<point>:<name>.<pid>`, so that each order kills one process, once. It may hold the name
    of another signal, such as SIGSTOP.
    """
    if _orders is None:
        return
    order = _orders / f"{point}:{name}"
    try:
        taken = order.rename(f"{order}.{os.getpid()}")
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.Signals[taken.read_text() or "SIGKILL"])
