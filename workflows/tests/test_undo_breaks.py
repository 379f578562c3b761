"""Undo while workers die, people pause it and rights go: nothing is lost, nothing is undone twice."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit.selectors import entries
from audit.services import Actor
from conftest import Cast
from crm.selectors import appointment_list, contact_by_email
from dispatch.leases import Lease
from dispatch.worker import run_next
from tenants.selectors import public_context, tenant_context
from tests.pages import signed_in
from tests.story import CUSTOMER, Asked, person
from workflows.engine import undo_work
from workflows.errors import (
    NotPausable,
)
from workflows.models import UndoPlan
from workflows.selectors import troubles
from workflows.services import (
    undo_plan_pause,
    undo_plan_resume,
)
from workflows.tests.deeds import Deeds
from workflows.tests.undoing import begin, effects, made, status

pytestmark = pytest.mark.usefixtures("in_committed_acacia")
Work = Callable[[], None]


def test_who_loses_the_right_meanwhile_undoes_nothing_more(
    done: Asked, cast: Cast, dora: Actor, work: Work, owner: Any
) -> None:
    plan = made([done.run.id], dora)
    begin(plan, dora)
    owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE id = %s", [dora.person])
    work()
    plan.refresh_from_db()
    assert (plan.status, plan.position) == ("paused", 0)
    assert "may not undo runs any more" in plan.error
    undo_plan_resume(plan=plan.pk, actor=person(cast.alice))
    work()
    assert contact_by_email(CUSTOMER) is None


def test_an_undo_is_paused_between_two_effects_and_goes_on_there(done: Asked, cast: Cast, work: Work) -> None:
    plan = made([done.run.id], cast.alice)
    with pytest.raises(NotPausable):
        undo_plan_pause(plan=plan.pk, actor=person(cast.alice))
    begin(plan, cast.alice)
    undo_plan_pause(plan=plan.pk, actor=person(cast.alice))
    work()
    assert (status(done.run.id), appointment_list().items != ()) == ("undoing", True)
    undo_plan_resume(plan=plan.pk, actor=person(cast.alice))
    with pytest.raises(NotPausable):
        undo_plan_resume(plan=plan.pk, actor=person(cast.alice))
    work()
    plan.refresh_from_db()
    assert (plan.status, plan.position, contact_by_email(CUSTOMER)) == ("done", 4, None)


class Died(BaseException):
    """A worker that is no more."""


# What a worker does in each of its transactions, the first thing and the last ones.
DEATHS = (
    (Lease, "hold"),
    (undo_work, "_take_back"),
    (UndoPlan, "save"),
    (undo_work, "_end_run"),
    (undo_work, "_end"),
)


def test_a_worker_that_dies_anywhere_is_taken_over_and_each_thing_is_undone_once(
    deeds: Deeds, cast: Cast, work: Work, owner: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = dies_at = 0

    def dying(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*args: Any, **kwargs: Any) -> Any:
            nonlocal done
            answer = act(*args, **kwargs)
            done += 1
            if done == dies_at:
                raise Died
            return answer

        return acts

    def live() -> None:
        with monkeypatch.context() as patch:
            for owns, name in DEATHS:
                patch.setattr(owns, name, dying(getattr(owns, name)))
            while True:
                try:
                    return work()
                except Died:
                    owner.execute(
                        "UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'"
                    )

    while dies_at <= done:
        done, dies_at = 0, dies_at + 1
        customer = f"customer{dies_at}@example.com"
        run = deeds.run(deeds.enquiry(customer), deeds.task("Ring"), deeds.task("Write"))
        plan = made([run], cast.alice)
        begin(plan, cast.alice)
        live()
        plan.refresh_from_db()
        assert (plan.status, plan.position, plan.results, status(run)) == ("done", 3, [], "undone"), dies_at
        assert set(effects(run).values()) == {"undone"}
        assert contact_by_email(customer) is None
        undone = [entry for entry in entries(run=str(run)) if entry.body["event"] == "effect.undone"]
        assert len(undone) == 3
    assert dies_at > 12


WORKER = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
from dispatch.worker import run_next
from tenants.selectors import public_context
with public_context():
    while run_next("runs"):
        pass
"""
POINTS = ("before_effect", "after_effect", "before_commit", "after_commit")


def test_a_process_that_is_killed_with_sigkill_at_any_point_loses_nothing_of_an_undo(
    deeds: Deeds, cast: Cast, owner: Any, app_url: str, tmp_path: Path
) -> None:
    run = deeds.run(deeds.enquiry("one@example.com"), *(deeds.task(title) for title in POINTS))
    plan = made([run], cast.alice)
    begin(plan, cast.alice)
    for point in POINTS:
        (tmp_path / f"{point}:undo").touch()
    root = Path(__file__).resolve().parents[2]
    paths = {"PYTHONPATH": f"{root}{os.pathsep}{root / 'platform'}", "DATABASE_URL": app_url}
    more = {"CRASH_POINTS": str(tmp_path), "DEBUG": "true"}
    ends: list[int] = []
    while not ends or ends[-1] != 0:
        worker = subprocess.run(
            [sys.executable, "-c", WORKER], env={**os.environ, **paths, **more}, timeout=120, check=False
        )
        ends.append(worker.returncode)
        assert len(ends) <= 5, ends
        owner.execute("UPDATE public.dispatch_work SET leased_until = NULL, due_at = now() - interval '1 second'")
    assert ends == [-signal.SIGKILL] * 4 + [0]
    plan.refresh_from_db()
    assert (plan.status, plan.position, plan.results, status(run)) == ("done", 5, [], "undone")
    undone = [entry for entry in entries(run=str(run)) if entry.body["event"] == "effect.undone"]
    assert (len(undone), contact_by_email("one@example.com")) == (5, None)


def test_an_undo_that_breaks_off_again_and_again_rests_where_people_see_it(
    deeds: Deeds, cast: Cast, owner: Any, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    run = deeds.run(deeds.task("Ring"))
    plan = made([run], cast.alice)
    begin(plan, cast.alice)

    def breaks(*_: Any, **__: Any) -> None:
        raise OSError("no disk")

    with monkeypatch.context() as patch:
        patch.setattr("workflows.engine.undo_work._take_back", breaks)
        for _ in range(5):
            owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second'")
            with public_context():
                run_next("runs")
    plan.refresh_from_db()
    assert (plan.status, status(run)) == ("paused", "undoing")
    assert plan.error == "It broke off again and again: no disk"
    [trouble] = troubles(since=plan.created_at, limit=5)
    assert (trouble.run, trouble.undo, trouble.error) == (run, plan.pk, plan.error)
    assert "An undo broke off" in signed_in(cast.alice).get("/").content.decode()
    with tenant_context("acacia"):
        undo_plan_resume(plan=plan.pk, actor=person(cast.alice))
        assert troubles(since=plan.created_at, limit=5) == []
        owner.execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second'")
        work()
        assert status(run) == "undone"
