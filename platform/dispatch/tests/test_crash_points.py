"""Crash points kill where they are told to, once for each order, and otherwise do nothing."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CODE = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from dispatch.crash_points import reached
reached("before_commit", "tests.other")
print("alive", flush=True)
reached("before_commit", "tests.work")
print("still alive", flush=True)
"""


def run(**environment: str) -> subprocess.CompletedProcess[str]:
    paths = f"{ROOT}{os.pathsep}{ROOT / 'platform'}"
    return subprocess.run(
        [sys.executable, "-c", CODE],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_an_order_kills_one_process_at_its_point_and_is_used_up(tmp_path: Path) -> None:
    (tmp_path / "before_commit:tests.work").touch()
    killed = run(CRASH_POINTS=str(tmp_path), DEBUG="true")
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert killed.stdout == "alive\n"
    [used] = tmp_path.iterdir()
    assert used.name.startswith("before_commit:tests.work.")
    assert run(CRASH_POINTS=str(tmp_path), DEBUG="true").stdout == "alive\nstill alive\n"


@pytest.mark.parametrize("debug", ["", "false"])
def test_a_production_server_refuses_to_be_told(tmp_path: Path, debug: str) -> None:
    refused = run(CRASH_POINTS=str(tmp_path), DEBUG=debug)
    assert refused.returncode == 1
    assert "CRASH_POINTS must not be set without DEBUG" in refused.stderr
