"""Customers who write, the colleague who approves, and what must be true of each of them in the end."""

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from uuid import uuid4

import psycopg
from django.db import connection
from psycopg import sql
from psycopg.rows import dict_row

from approvals.errors import Refused
from approvals.selectors import approval_get, approvals
from approvals.services import approval_decide, approval_renew
from audit.services import Actor
from tenants.selectors import tenant_context
from tests.chaos.world import TENANT, World, until
from tests.story import mail, receive, samples
from workflows.packs import pack_get
from workflows.services import version_activate, version_publish

UNDONE = ("undone", "undo_incomplete")  # the latter where the reply had left
ENDED = ("succeeded", "failed", "cancelled", *UNDONE)
FIRST = '  - {key: understand, do: ai.understand,  with: {message: "${event.message}"}, retry: {attempts: 4}}'
BESIDE = '  - {key: beside, do: ai.understand, needs: [], with: {message: "${event.message}"}, retry: {attempts: 4}}'
# What each action adds for a customer.
RECORDS = {
    "crm.upsert_enquiry": ("crm_contact", "crm_enquiry"),
    "crm.create_task": ("crm_task",),
    "crm.book_appointment": ("crm_appointment",),
}


@dataclass
class Verdict:
    """What became of all cases: how many ended how, and each broken promise in words."""

    ended: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    promises: Counter[str] = field(default_factory=Counter)

    def breaks(self, promise: str, words: str) -> None:
        self.promises[promise] += 1
        self.broken.append(f"{promise}: {words}")

    def __add__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.ended + other.ended, self.broken + other.broken, self.promises + other.promises)

    def __str__(self) -> str:
        counted = ", ".join(f"{n} {what}" for what, n in sorted(self.ended.items()))
        names = ("lost", "duplicate", "ghost", "unflagged")
        return f"{counted}; " + ", ".join(f"{self.promises[name]} {name}" for name in names)


class Office:
    """The tenant whose customers write, seen from outside."""

    def __init__(self, world: World, *, tenant: str = TENANT, hold: str = "0s") -> None:
        self.world = world
        self.tenant = tenant
        self.cases: dict[str, str] = {}
        self.owner = psycopg.connect(world.environment["DATABASE_OWNER_URL"], autocommit=True, row_factory=dict_row)
        [person] = self.rows("SELECT id, name FROM accounts_user WHERE email = %s", [f"owner@{tenant}.example"])
        self.approver = Actor("person", str(person["id"]), person["name"], person=person["id"])
        pack = pack_get("real_estate")
        assert pack is not None
        source = (pack.folder / "property-enquiry.yaml").read_text().replace("hold: 10s", f"hold: {hold}")
        # A step beside the first one, so that there are branches to kill.
        source = source.replace(FIRST, f"{BESIDE}\n{FIRST.replace('with:', 'needs: [], with:')}")
        source = source.replace("[understand, match]", "[understand, match, beside]")
        with tenant_context(self.tenant):
            samples("acacia")
            made = version_publish(source=source, actor=self.approver)
            version_activate(slug="property-enquiry", number=made.number, actor=self.approver)

    def rows(self, statement: str, given: Any = ()) -> list[dict[str, Any]]:
        """What the tenant's tables hold, read as the database's owner."""
        if self.owner.closed or self.owner.broken:
            self.owner = psycopg.connect(
                self.world.environment["DATABASE_OWNER_URL"], autocommit=True, row_factory=dict_row
            )
        self.owner.execute(sql.SQL("SET search_path TO {}, public").format(sql.Identifier(self.tenant)))
        return self.owner.execute(statement.encode(), given).fetchall()

    def write(self) -> str:
        """A new customer writes; returns their address."""
        address, message = self.letter()
        with tenant_context(self.tenant):
            self.cases[address] = str(receive(message))
        return address

    def letter(self) -> tuple[str, EmailMessage]:
        """A new customer's address and mail, which nobody has received."""
        address = f"customer-{uuid4().hex[:12]}@example.com"
        with tenant_context(self.tenant):
            return address, mail(sender=f"Georgia Papadopoulos <{address}>")

    def approve_all(self) -> int:
        """Approve whatever waits; how many that were."""
        approved = 0
        with tenant_context(self.tenant):
            for row in approvals(status="stale"):
                with suppress(Refused):
                    approval_renew(approval_id=row.pk, actor=self.approver)
            for row in approvals(status="pending"):
                shown = approval_get(row.pk)
                with suppress(Refused):
                    approval_decide(approval_id=shown.id, decision="approve", digest=shown.digest, actor=self.approver)
                    approved += 1
        return approved

    def open(self) -> int:
        """How many cases have not come to their end."""
        ended = self.rows(
            "SELECT count(*) AS n FROM workflows_run r JOIN workflows_event e ON e.id = r.event_id"
            " WHERE e.data->>'message' = ANY(%s) AND r.status = ANY(%s)",
            [list(self.cases.values()), list(ENDED)],
        )
        return len(self.cases) - int(ended[0]["n"])

    def rest(self, seconds: float) -> bool:
        """Approve what waits until every case has come to its end; whether that was within so many seconds."""
        return until(lambda: self.approve_all() == 0 and self.open() == 0, seconds, every=0.2)

    def judge(self) -> Verdict:
        """What became of all cases, held against what was promised."""
        verdict = Verdict()
        runs = {row["message"]: row for row in self.rows(
            "SELECT e.data->>'message' AS message, r.id, r.status, r.error FROM workflows_run r"
            " JOIN workflows_event e ON e.id = r.event_id"
        )}  # fmt: skip
        effects: dict[Any, list[dict[str, Any]]] = {}
        for row in self.rows("SELECT run_id, action, status FROM workflows_effect"):
            effects.setdefault(row["run_id"], []).append(row)
        records = self._records()
        taken = Counter(address for _, recipients, _ in list(self.world.mails.taken) for address in recipients)
        for address, message in self.cases.items():
            run = runs.get(message)
            if run is None or run["status"] not in ENDED:
                verdict.breaks("lost", f"{address}: {run['status'] if run else 'no run'}")
                continue
            self._judge_one(verdict, address, run, effects.get(run["id"], []), records, taken[address])
        for row in self._told_twice():
            verdict.breaks("duplicate", f"{row['n']} entries {row['event']} of {row['target']}")
        return verdict

    def _judge_one(
        self,
        verdict: Verdict,
        address: str,
        run: dict[str, Any],
        effects: list[dict[str, Any]],
        records: dict[tuple[str, str], int],
        mails: int,
    ) -> None:
        for action, tables in RECORDS.items():
            done = sum(effect["action"] == action and effect["status"] == "done" for effect in effects)
            for table in tables:
                found = records.get((table, address), 0)
                if found > 1:
                    verdict.breaks("duplicate", f"{address}: {found} rows of {table}")
                elif found < done:
                    verdict.breaks("lost", f"{address}: {action} is told to be done, {table} has nothing")
                elif found > done:
                    verdict.breaks("ghost", f"{address}: {table} has a row, {action} is not told to be done")
        reply = next((effect["status"] for effect in effects if effect["action"] == "mail.send_reply"), "none")
        if mails > 1:
            verdict.breaks("duplicate", f"{address} got {mails} replies")
        if mails and reply not in ("done", "unknown"):
            verdict.breaks("ghost", f"{address} got a reply that is told to be {reply}")
        if not mails and reply == "done":
            verdict.breaks("lost", f"{address} got no reply, which is told to be done")
        if reply == "unknown":
            verdict.ended["unknown"] += 1
            if run["status"] != "failed" or "Nobody knows" not in run["error"]:
                verdict.breaks("unflagged", f"{address}: {run['status']} {run['error']}")
        elif run["status"] == "succeeded":
            verdict.ended["succeeded"] += 1
        elif run["status"] in UNDONE:
            verdict.ended["undone"] += 1
            for effect in effects:
                if effect["action"] in RECORDS and effect["status"] != "undone":
                    verdict.breaks(
                        "lost", f"{address}: {effect['action']} is {effect['status']} in a run that is undone"
                    )
        else:
            verdict.breaks("ghost" if mails else "lost", f"{address}: {run['status']}: {run['error']}")

    def _records(self) -> dict[tuple[str, str], int]:
        found = {}
        for table in {table for tables in RECORDS.values() for table in tables}:
            join = "" if table == "crm_contact" else f"JOIN {table} r ON r.contact_id = c.id"
            for row in self.rows(f"SELECT c.email, count(*) AS n FROM crm_contact c {join} GROUP BY c.email"):
                found[table, row["email"]] = int(row["n"])
        return found

    def _told_twice(self) -> list[dict[str, Any]]:
        """What the ledger says happened more than once, of all that happens once."""
        return self.rows(
            "SELECT body->>'event' AS event, body->>'target' AS target, count(*) AS n FROM audit_entry"
            " WHERE body->>'event' IN ('step.succeeded', 'step.skipped', 'effect.done', 'effect.held',"
            " 'effect.intended', 'effect.unknown', 'run.succeeded', 'run.failed', 'reply.sent', 'approval.executed',"
            " 'mail.parsed', 'crm.record_created', 'effect.undone', 'run.undone', 'run.undo_incomplete',"
            " 'correction.drafted', 'evaluation.done') GROUP BY 1, 2 HAVING count(*) > 1"
        )

    def close(self) -> None:
        """Leave the database alone."""
        self.owner.close()
        connection.close()
