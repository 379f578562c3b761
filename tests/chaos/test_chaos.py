"""A small part of `make chaos`: real services and workers, killed at named points, and held to what was promised."""

import re
import subprocess
import sys

import pytest

from tests.chaos.matrix import points
from tests.chaos.world import ROOT

pytestmark = [pytest.mark.xdist_group("chaos"), pytest.mark.timeout(900)]


def chaos(*words: str) -> str:
    """What `python -m tests.chaos` says; it must say that all was kept."""
    done = subprocess.run([sys.executable, "-m", "tests.chaos", *words], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_workers_killed_at_every_named_point_lose_nothing_and_do_nothing_twice() -> None:
    kills = len(points())
    assert kills >= 60
    said = chaos("matrix", "--kills", str(kills), "--seed", "1", "--minutes", "12")
    killed = re.findall(r"^ *\d+ (\S+) +killed \d+", said, re.MULTILINE)
    assert sorted(killed) == sorted(points())  # every point once before any comes again
    assert "0 lost, 0 duplicate, 0 ghost, 0 unflagged" in said


def test_what_is_told_thrice_undone_stopped_poisoned_or_flooded_comes_out_right() -> None:
    said = chaos("scenarios", "--mails", "200")
    assert len(said.splitlines()) == 5, said
