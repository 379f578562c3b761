"""What must hold besides the crash matrix: told thrice, undone, stopped and continued, poisoned, flooded."""

import os
import signal
import smtplib
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from audit.services import Actor
from dispatch.leases import LEASE_SECONDS
from dispatch.services import MAX_ATTEMPTS
from tenants.selectors import current, tenant_context
from tests.chaos.cases import RECORDS, Office, Verdict
from tests.chaos.world import World, until
from workflows.services import event_receive, undo_plan_make, undo_plan_start, version_activate, version_publish

WORKERS = 3
AT_ONCE = 20
# Where a worker is stopped: before a checkpoint, inside a transaction, between the intent of a mail and the mail.
STOPS = ("after_effect:ai.draft_reply", "before_commit:rest", "before_commit:actions", "before_effect:smtp")
# Both end by themselves; the first has one step, which the orders make deadly, the second skips its only one.
POISON = "name: poison\non: {event: chaos.poison}\nsteps:\n  - {key: match, do: crm.match, needs: []}\n"
GOOD = (
    "name: good\non: {event: chaos.good}\nsteps:\n"
    '  - {key: task, do: crm.create_task, needs: [], when: "event.wanted == true", with: {title: Never}}\n'
)
CLAIMS = """
CREATE TABLE public.chaos_claims (tenant text, queue text, handler text, subject text, began timestamptz, ended timestamptz);
CREATE FUNCTION public.chaos_claimed() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    INSERT INTO public.chaos_claims VALUES (NEW.tenant, NEW.queue, NEW.handler, NEW.subject, statement_timestamp(), clock_timestamp());
    RETURN NEW;
END $$;
CREATE TRIGGER chaos_claimed AFTER UPDATE OF fence ON public.dispatch_work FOR EACH ROW
    WHEN (NEW.fence <> OLD.fence) EXECUTE FUNCTION public.chaos_claimed();
"""


def scenarios(world: World, *, mails: int) -> bool:
    """All of them, one after another; raises AssertionError where one does not hold."""
    world.idle_in_transaction("3s")
    office = Office(world)
    world.workers("workers", "runs,ai,notify", WORKERS, app="tests.chaos.thrice")
    world.program("scheduler", "manage.py scheduler")
    world.program("smtp", "manage.py smtp")
    for scenario in (thrice, undone, stopped, poisoned, partial(flooded, mails=mails)):
        began = time.monotonic()
        told = scenario(world, office)
        print(f"{told} ({time.monotonic() - began:.0f} s)", flush=True)
    office.close()
    return True


def thrice(world: World, office: Office) -> str:
    """Every message is delivered three times: each mail by SMTP, and each wake-up of the workers."""
    letters = [office.letter() for _ in range(6)]
    with tenant_context(office.tenant):
        to = current().inbound_address

    def deliver(message: EmailMessage) -> None:
        def once() -> bool:
            with suppress(ConnectionRefusedError):
                with smtplib.SMTP("127.0.0.1", int(world.environment["SMTP_PORT"]), timeout=120) as client:
                    client.send_message(message, to_addrs=[to])
                return True
            return False

        assert until(once, 120)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(deliver, [message for _, message in letters * 3]))
    stored = office.rows("SELECT id, from_email FROM mail_message WHERE direction = 'in'")
    assert len(stored) == len(letters), stored
    office.cases = {row["from_email"]: str(row["id"]) for row in stored}
    assert office.rest(300), "not all came to their end"
    [runs] = office.rows("SELECT count(*) AS n FROM workflows_run")
    assert runs["n"] == len(letters), runs
    return f"{len(letters)} mails and all wake-ups delivered three times: {_kept(office.judge())}"


def stopped(world: World, office: Office) -> str:
    """A worker that is stopped past its lease and continued commits nothing more; another has done its work."""
    office.cases = {}
    for point in STOPS:
        refused = _refused(world)
        office.write()
        world.order(point, "SIGSTOP")
        met: list[tuple[str, int]] = []
        while not met:
            office.approve_all()
            met = world.carried_out()
        pid = met[0][1]
        try:
            assert office.rest(300), f"{point}: nobody took over"
        finally:
            os.kill(pid, signal.SIGCONT)
        assert until(lambda refused=refused: _refused(world) > refused, 120), f"{point}: it was not too late"  # type: ignore[misc]
    # Who was stopped before the mail finds it settled as unknown, and does not send it any more.
    assert len(_replies(world, office)) < len(STOPS), _replies(world, office)
    verdict = _kept(office.judge())
    assert verdict.ended["unknown"] >= 1, verdict.ended
    return f"stopped past the lease at {len(STOPS)} points and continued, each came too late: {verdict}"


def undone(world: World, office: Office) -> str:
    """What runs did is undone by workers that are killed at every point of it: all of it, and once."""
    effects = [f"{when}_effect:undo.{action}" for action in RECORDS for when in ("before", "after")]
    points = ["claimed:workflows.undo", "before_commit:undo", "after_commit:undo", *effects]
    runs = [row["id"] for row in office.rows("SELECT id FROM workflows_run WHERE status = 'succeeded' ORDER BY id")]
    killed: list[str] = []
    with tenant_context(office.tenant):
        for run, mine in zip(runs, [points[number :: len(runs)] for number in range(len(runs))], strict=True):
            plan = undo_plan_make(runs=[run], actor=office.approver)
            [row] = office.rows("SELECT digest FROM workflows_undoplan WHERE id = %s", [plan])
            for point in mine:
                world.order(point)
            undo_plan_start(plan=plan, digest=row["digest"], actor=office.approver)
            ended = "SELECT 1 FROM workflows_undoplan WHERE id = %s AND status IN ('done', 'incomplete', 'paused')"
            assert until(lambda plan=plan, ended=ended: bool(office.rows(ended, [plan])), 200), mine  # type: ignore[misc]
            killed += [point for point, _ in world.carried_out()]
    assert sorted(killed) == sorted(points), set(points) - set(killed)
    plans = office.rows("SELECT status, results FROM workflows_undoplan")
    assert {row["status"] for row in plans} == {"done"}, plans
    left = office.rows(
        "SELECT action, status, count(*) AS n FROM workflows_effect WHERE action <> 'mail.send_reply'"
        " AND run_id = ANY(%s) AND status <> 'undone' GROUP BY 1, 2",
        [runs],
    )
    assert not left, left
    for table in ("crm_task", "crm_appointment", "crm_enquiry"):
        [row] = office.rows(f"SELECT count(*) AS n FROM {table} WHERE contact_id IN (SELECT id FROM crm_contact"
                            " WHERE email LIKE 'customer-%%')")  # fmt: skip
        assert row["n"] == 0, (table, row)
    twice = office.rows(
        "SELECT body->>'event' AS event, count(*) AS n FROM audit_entry WHERE body->>'event' IN ('effect.undone',"
        " 'run.undone', 'run.undo_incomplete', 'correction.drafted') GROUP BY 1, body->>'target' HAVING count(*) > 1"
    )
    assert not twice, twice
    [drafts] = office.rows("SELECT count(*) AS n FROM workflows_correction")
    assert drafts["n"] == len(runs), drafts
    return (
        f"{len(runs)} runs undone by workers killed at {len(killed)} points: all of it, once, a correction drafted each"
    )


def poisoned(world: World, office: Office) -> str:
    """Work that kills every worker is parked after its limit, and slows nobody."""
    tests = Actor.system("tests")
    with tenant_context(office.tenant):
        for slug, source in (("poison", POISON), ("good", GOOD)):
            made = version_publish(source=source, actor=tests)
            version_activate(slug=slug, number=made.number, actor=tests)

    good: list[UUID] = []
    deaths: list[int] = []
    with tenant_context(office.tenant):
        [poison] = event_receive(type="chaos.poison", data={}, actor=tests).runs
    world.order("before_effect:crm.match")
    while not _ended(office, [poison]):
        for point, pid in world.carried_out():
            deaths.append(pid)
            world.order(point)
        if len(good) - _ended(office, good) < AT_ONCE:
            with tenant_context(office.tenant):
                good += event_receive(type="chaos.good", data={}, actor=tests).runs
    world.withdraw("before_effect:crm.match")
    assert until(lambda: _ended(office, good) == len(good), 200), "the good work was not done"
    [run] = office.rows("SELECT status, cause, started_at, finished_at FROM workflows_run WHERE id = %s", [poison])
    assert (run["status"], run["cause"]) == ("failed", "worker"), run
    assert MAX_ATTEMPTS <= len(deaths) <= MAX_ATTEMPTS + 1, deaths
    [beside] = office.rows(
        "SELECT count(*) AS n, count(*) FILTER (WHERE extract(epoch FROM gap) > %(lease)s) AS stood, percentile_cont(0.95) WITHIN GROUP (ORDER BY took)"
        " AS p95 FROM (SELECT finished_at - lag(finished_at, 1, %(from)s) OVER (ORDER BY finished_at) AS gap,"
        " extract(epoch FROM finished_at - created_at) AS took FROM workflows_run WHERE id = ANY(%(good)s)"
        " AND status = 'succeeded' AND finished_at BETWEEN %(from)s AND %(to)s) done",
        {"good": good, "from": run["started_at"], "to": run["finished_at"], "lease": LEASE_SECONDS},
    )
    # If they waited for the leases of the dead, they would each time; a busy machine stands still for once.
    assert beside["n"] > 20 and beside["stood"] <= 1, (beside, len(deaths))
    return (
        f"poisoned work was parked after {len(deaths)} deaths; meanwhile {beside['n']} good runs ended, p95"
        f" {beside['p95']:.2f} s, and {beside['stood']} times none for as long as the lease"
    )


def flooded(world: World, office: Office, *, mails: int, others: int = 20) -> str:
    """A flood of mails for one tenant: once another's is due, no claim of the flood begins before its own."""
    world.tenant("quiet")
    quiet = Office(world, tenant="quiet")
    quiet.owner.execute(CLAIMS)
    with tenant_context(office.tenant), ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: office.write(), range(mails)))
    due: dict[str, datetime] = {}
    parsed = "SELECT subject, began, ended FROM public.chaos_claims WHERE tenant = 'quiet' AND handler = 'mail.parse'"
    for number in range(others):
        due[quiet.cases[quiet.write()]] = timezone.now()
        # One after another: those of a tenant that has more than its turns wait for each other too.
        assert until(lambda number=number: len(quiet.rows(parsed)) > number, 120), "the other tenant starves"  # type: ignore[misc]
    [left] = quiet.rows("SELECT count(*) AS n FROM public.dispatch_work WHERE tenant = %s", [office.tenant])
    between: list[int] = []
    waits: list[float] = []
    for row in quiet.rows(parsed):
        [n] = quiet.rows(
            "SELECT count(*) AS n FROM public.chaos_claims WHERE queue = 'runs' AND tenant = %s AND ended > %s"
            " AND ended < %s",
            [office.tenant, due[row["subject"]], row["began"]],
        )
        between.append(n["n"])
        waits.append((row["ended"] - due[row["subject"]]).total_seconds())
    assert left["n"] > mails / 10, "the flood was over too soon to prove anything"
    assert max(between) <= WORKERS, between  # those that had begun
    return (
        f"{mails} mails of one tenant, {left['n']} rows still waiting at the end: between due and claim of {others}"
        f" mails of another at most {max(between)} claims of the flood ({WORKERS} workers), longest wait"
        f" {max(waits) * 1000:.0f} ms"
    )


def _kept(verdict: Verdict) -> Verdict:
    assert not verdict.broken, verdict.broken
    return verdict


def _ended(office: Office, runs: list[Any]) -> int:
    [row] = office.rows(
        "SELECT count(*) AS n FROM workflows_run WHERE id = ANY(%s) AND status IN ('succeeded', 'failed')", [runs]
    )
    return int(row["n"])


def _refused(world: World) -> int:
    """How often a worker came too late until now: its lease was over, its transaction ended, its mail settled."""
    signs = ('"lease_lost"', "idle-in-transaction", "ReplyRefused")
    return sum(any(sign in line for sign in signs) for line in list(world.log))


def _replies(world: World, office: Office) -> list[str]:
    sent = [address for _, recipients, _ in list(world.mails.taken) for address in recipients]
    return [address for address in sent if address in office.cases]
