"""The web process, as a server loads it, and the start of every other."""

import os
import subprocess
import sys


def test_what_is_loaded_is_not_walked_by_the_collector_in_the_middle_of_a_request() -> None:
    ask = "import config.wsgi, gc; print(gc.get_freeze_count() > 10 * len(gc.get_objects()))"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout.split() == ["True"], done.stderr


def test_garbage_is_collected_again_once_all_is_loaded_and_not_looked_for_in_that() -> None:
    ask = "import django, gc; django.setup(); print(gc.isenabled(), gc.get_freeze_count() > 10 * len(gc.get_objects()))"
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, env=env, check=False
    )
    assert done.stdout.split() == ["True", "True"], done.stderr
