"""The stack's workers: killed in mid-run, and one of our own that asks a model which cannot be trusted."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from django.conf import settings

from portal.prove.outside import ASKS, Line, NotProved, Outside, until
from stack.environment import ROOT
from stack.environment import read as stack_settings
from stack.layout import Layout
from stack.leftovers import MARK
from stack.programs import countersign
from stack.state import read

TRIES = 6
STAND_IN = "tests.vendor"


@dataclass(frozen=True)
class Died:
    """A run whose worker was killed: who had written, and how far it had come."""

    sender: str
    run: str
    where: str


def killed(acacia: Outside) -> Died:
    """Kill the workers in the middle of a run."""
    for _ in range(TRIES):
        sender = acacia.write(ASKS)
        begun = until(lambda sender=sender: acacia.run_of(sender), "the run", pause=0.02)  # type: ignore[misc]
        for pid in _workers("ai", "runs"):
            os.killpg(os.getpgid(pid), signal.SIGKILL)
        left = acacia.get(f"runs/{begun['id']}")
        if left["status"] in ("queued", "running"):
            done = [step["key"] for step in left["steps"] if step["status"] == "succeeded"]
            return Died(sender, begun["id"], f"after {done[-1]}" if done else "before its first step was done")
        acacia.decide(acacia.proposal(sender), "reject")
    raise NotProved(f"each of {TRIES} runs was done before its worker was killed")


def taken_over(acacia: Outside, died: Died) -> Line:
    """Another worker goes on once the dead one's lease is over."""
    acacia.decide(acacia.proposal(died.sender), "approve")
    run = until(
        lambda: (found := acacia.get(f"runs/{died.run}"))["status"] not in ("running", "waiting") and found,
        "the end of the run",
    )
    replies = acacia.replies(run["id"])
    return Line(
        "SIGKILL to the workers in mid-run",
        (run["status"], len(replies)) == ("succeeded", 1),
        f"{died.where}; another goes on when the lease is over: run {run['status']}, {len(replies)} reply",
    )


class Model:
    """The stand-in for the model's vendor, told what to do."""

    def __init__(self, url: str) -> None:
        self.url = url

    def play(self, scenario: str) -> None:
        """From now on it does this."""
        told = json.dumps({"name": scenario}).encode()
        urllib.request.urlopen(f"{self.url}/__scenario", told, timeout=10).close()  # noqa: S310 - our own address


@contextmanager
def stand_in_model() -> Iterator[Model]:
    """A model that does as it is told, in a process of its own, and a worker that asks it.

    The stack's own AI worker, which asks the vendor or works offline, rests meanwhile: it gets no mail to work on.
    """
    if not (ROOT / "tests" / "vendor").is_dir():
        raise NotProved("the stand-in for the model's vendor is not here: run this in a checkout")
    marked = os.environ | {MARK: str(_state().get("mark", ""))}
    vendor = subprocess.Popen(
        [sys.executable, "-m", STAND_IN, "--port", "0"],
        cwd=ROOT, env=marked, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert vendor.stdout is not None
        url = vendor.stdout.readline().rpartition(" on ")[2].partition(" ")[0]
        if not url.startswith("http"):
            raise NotProved("the stand-in for the model's vendor did not start")
        with _resting("ai"), _worker("ai", marked, url):
            yield Model(url)
    finally:
        _end(vendor)


@contextmanager
def _resting(name: str) -> Iterator[None]:
    """Have a worker of the stack rest; it goes on however this ends, SIGTERM included."""
    pids = [os.getpgid(pid) for pid in _workers(name)]

    def leave(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    former = signal.signal(signal.SIGTERM, leave)
    for pid in pids:
        os.killpg(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.killpg(pid, signal.SIGCONT)
        signal.signal(signal.SIGTERM, former)


@contextmanager
def _worker(name: str, environment: dict[str, str], url: str) -> Iterator[None]:
    """The same program as the stack's, which asks the model at `url`."""
    program = next(one for one in countersign(stack_settings(os.environ)).served if one.name == name)
    asks = {"AI_PROVIDER": "anthropic", "ANTHROPIC_API_KEY": "stand-in", "ANTHROPIC_BASE_URL": url}
    worker = subprocess.Popen(
        program.command, cwd=ROOT, env=environment | asks, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        _end(worker)


def _end(process: "subprocess.Popen[Any]") -> None:
    """Ask it to end, and make it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _state() -> dict[str, Any]:
    return read(Layout(settings.COUNTERSIGN.data_dir.resolve()).state) or {}


def _workers(*names: str) -> list[int]:
    pids = [process["pid"] for process in _state().get("processes", []) if process["name"] in names]
    if not pids:
        raise NotProved("the workers are not this stack's: they cannot be killed from here")
    return [pid for pid in pids if pid]
