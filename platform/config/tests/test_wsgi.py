"""The web process, as a server loads it."""

import subprocess
import sys


def test_what_is_loaded_is_not_walked_by_the_collector_in_the_middle_of_a_request() -> None:
    ask = "import config.wsgi, gc; print(gc.get_freeze_count() > 10 * len(gc.get_objects()))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["True"], done.stderr
