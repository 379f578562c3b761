"""A worker that measures is killed at every point: what was measured stays, and nothing is paid for twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Sum

from ai.evaluation.comparing import figures, scores_in
from ai.evaluation.selectors import evaluation_get
from ai.evaluation.services import evaluation_start
from ai.evaluation.tests.examples import HAIKU, TESTS, examples
from ai.models import Call
from tenants.selectors import tenant_context
from tests.vendor import Vendor

# A worker for each line that it is told, and of each how it ended; forked, since Django takes seconds to begin.
WORKERS = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from dispatch.worker import run_next
from tenants.selectors import public_context
for _ in sys.stdin:
    worker = os.fork()
    if not worker:
        with public_context():
            while run_next("ai"):
                pass
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]), flush=True)
"""
POINTS = ("before_effect", "after_effect", "before_commit", "after_commit")


@pytest.mark.usefixtures("in_committed_acacia")
def test_a_worker_that_is_killed_at_any_point_is_followed_by_one_that_pays_for_nothing_again(
    with_vendor: Vendor, owner: Any, app_url: str, tmp_path: Path
) -> None:
    examples(3)
    started = evaluation_start(purpose="understand", hops=[HAIKU], actor=TESTS)
    for point in POINTS:
        (tmp_path / f"{point}:evaluation").touch()
    root = Path(__file__).resolve().parents[3]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{root}{os.pathsep}{root / 'platform'}",
        "DATABASE_URL": app_url,
        "CRASH_POINTS": str(tmp_path),
        "DEBUG": "true",
        "AI_PROVIDER": "auto",
        "ANTHROPIC_API_KEY": "sk-test",
        "ANTHROPIC_BASE_URL": with_vendor.url,
    }
    ends: list[int] = []
    measured: list[int] = []
    with subprocess.Popen(
        [sys.executable, "-c", WORKERS], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as workers:
        assert workers.stdin is not None
        assert workers.stdout is not None
        while len(ends) <= len(POINTS):
            print(file=workers.stdin, flush=True)
            ends.append(int(workers.stdout.readline()))
            with tenant_context("acacia"):
                measured.append(evaluation_get(started).measured)
            owner.execute("UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'")
        workers.stdin.close()
    assert ends == [-signal.SIGKILL] * len(POINTS) + [0]
    assert measured == [0, 0, 0, 1, 3]
    assert len(with_vendor.requests) == 3
    with tenant_context("acacia"):
        found = evaluation_get(started)
        assert (found.status, found.measured) == ("done", 3)
        assert found.cost_usd == Call.objects.aggregate(sum=Sum("cost_usd"))["sum"] > Decimal(0)
        assert [figure.total for figure in figures("understand", scores_in(started))] == [3, 3]
