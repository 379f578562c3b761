"""The demo: two agencies with people and records, and a customer's email sent to one of them."""

import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.selectors import person_by_email
from accounts.services import person_add, person_password_set
from approvals.selectors import approvals
from audit.selectors import story, views
from audit.services import Actor
from crm.services import activity_install, samples_install
from knowledge.services import documents_install
from mail.selectors import MessageView, message_list
from notify.addresses import workspace_url
from portal.onboarding import tenant_onboard
from tenants.errors import NoSuchTenant
from tenants.selectors import TenantInfo, tenant_by_slug, tenant_context
from workflows.packs import Pack, pack_get
from workflows.selectors import run_get, runs

PACK = "real_estate"
PASSWORD = "countersign-demo"  # noqa: S105 - the demo's own, printed at every start
WAIT_SECONDS = 90.0


def _pack() -> Pack:
    pack = pack_get(PACK)
    assert pack is not None
    return pack


def _agencies() -> Iterator[dict[str, Any]]:
    for path in sorted((_pack().folder / "demo").glob("*.yaml")):
        yield yaml.safe_load(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Login:
    """Someone of the demo."""

    tenant: str
    host: str
    email: str
    role: str


def seed() -> list[Login]:
    """Make the demo's agencies where they are missing, with people and samples; as the database's owner."""
    logins = []
    for agency in _agencies():
        about = agency["tenant"]
        owner = next(person for person in agency["people"] if person["role"] == "owner")
        try:
            tenant = tenant_by_slug(about["slug"])
        except NoSuchTenant:
            tenant = tenant_onboard(**about, owner_email=owner["email"], pack=PACK).tenant
        with tenant_context(tenant.schema), transaction.atomic():
            _people(agency["people"])
            today = timezone.now().astimezone(tenant.timezone).date()
            samples_install(agency, today, tenant.timezone)
            activity_install(agency, today, tenant.timezone)
            documents_install(agency.get("knowledge", ()), actor=Actor.system("samples"))
        logins += [Login(tenant.name, tenant.host, p["email"], p["role"]) for p in agency["people"]]
    return logins


def _people(people: list[dict[str, str]]) -> None:
    actor = Actor.system("demo")
    for person in people:
        known = person_by_email(person["email"])
        if known is None:
            person_add(**person, password=PASSWORD, actor=actor)
        else:
            person_password_set(person=known.id, name=person["name"], password=PASSWORD, actor=actor)


def sample_mail(name: str, tenant: TenantInfo) -> tuple[str, bytes]:
    """A sample email to a tenant, sent now: its Message-ID and its bytes."""
    text = (_pack().folder / "demo" / "mails" / f"{name}.eml").read_text(encoding="utf-8")
    message_id = make_msgid(domain="example.com")
    now = datetime.now(tenant.timezone)
    for key, value in (("to", tenant.inbound_address), ("date", format_datetime(now)), ("message_id", message_id)):
        text = text.replace("{{" + key + "}}", value)
    return message_id, text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def sample_names() -> list[str]:
    """The sample emails that there are."""
    return sorted(path.stem for path in Path(_pack().folder / "demo" / "mails").glob("*.eml"))


@dataclass(frozen=True)
class Arrived:
    """How a sample email's run went: the approval that waits, if any. Automatic mail has no run."""

    run: UUID | None
    status: str
    approval: UUID | None


def push(name: str, slug: str, tell: Callable[[float, str], None]) -> Arrived:
    """Send a sample email by SMTP and tell of its run, with the seconds since 250, until it waits or ends.

    Raises TimeoutError, OSError and smtplib.SMTPException.
    """
    tenant = tenant_by_slug(slug)
    message_id, content = sample_mail(name, tenant)
    with smtplib.SMTP("127.0.0.1", settings.COUNTERSIGN.smtp_port, timeout=10) as client:
        client.sendmail("georgia.papadopoulos@example.com", [tenant.inbound_address], content)
    sent = time.monotonic()
    tell(0.0, f"250 OK: mail for {tenant.inbound_address} stored")
    with tenant_context(tenant.schema):
        return _follow(message_id.strip("<>"), sent, tell)


def _follow(message_id: str, sent: float, tell: Callable[[float, str], None]) -> Arrived:
    told: set[UUID] = set()
    run: UUID | None = None
    while time.monotonic() - sent < WAIT_SECONDS:
        if run is None:
            message = _message(message_id)
            run = _run_of(message) if message else None
            if message and message.automatic and message.status == "parsed":
                tell(time.monotonic() - sent, f"It is automatic mail ({', '.join(message.flags)}): stored and shown")
                return Arrived(None, "not started", None)
        if run is not None:
            for entry in views(story(run)):
                if entry.id not in told:
                    told.add(entry.id)
                    step = entry.data.get("step")
                    tell(time.monotonic() - sent, entry.sentence + (f": {step}" if step else ""))
            found = run_get(run)
            assert found is not None
            waiting = approvals(run=run, status="pending").first()
            if found.status in ("succeeded", "failed", "cancelled") or (found.status == "waiting" and waiting):
                return Arrived(run, found.status, waiting.pk if waiting else None)
        time.sleep(0.05)
    raise TimeoutError(f"the run had not come to rest after {WAIT_SECONDS:.0f} s")


def _message(message_id: str) -> MessageView | None:
    arrived = message_list(direction="in", limit=20).items
    return next((message for message in arrived if message.message_id.strip("<>") == message_id), None)


def _run_of(message: MessageView) -> UUID | None:
    found = runs(thread=str(message.thread)).first() if message.thread else None
    return found.pk if found else None


def link(path: str) -> str:
    """The address of a page of the current tenant."""
    return workspace_url(path)
