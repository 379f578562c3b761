"""The pieces of the story that tests tell: samples, a customer's mail, the proposal that comes of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import make_msgid
from functools import cache
from typing import Any
from uuid import UUID

import yaml
from django.utils import timezone

from approvals.binding import bound
from approvals.models import Approval
from approvals.selectors import ApprovalView, approval_get, approvals
from audit.services import Actor
from crm.samples import samples_install
from mail.services import message_receive
from tenants.selectors import current
from workflows.packs import pack_get
from workflows.selectors import RunView, run_get, runs

SATURDAY = 5
CUSTOMER = "georgia.papadopoulos@example.com"
ASKS = """Hi there,

We saw 14 Wattle Street in Marrickville online and would love to have a look. Are you open this Saturday?
Any time before noon suits us both.

Two questions: is the studio out the back council approved, and what are the rates per quarter?

Best to call me on 0491 570 156 after 4 pm.

Thanks,
Georgia
"""


def samples(slug: str = "acacia") -> None:
    """Give the current tenant the demo's listings and contacts."""
    zone = current().timezone
    samples_install(_demo(slug), timezone.now().astimezone(zone).date(), zone)


@cache
def _demo(slug: str) -> dict[str, Any]:
    """What the demo's file says, read once a process: reading it takes as long as storing it."""
    pack = pack_get("real_estate")
    assert pack is not None
    found: dict[str, Any] = yaml.safe_load((pack.folder / "demo" / f"{slug}.yaml").read_text())
    return found


def asks() -> str:
    """What she writes. On a Saturday she names the next one: that is when the demo's houses are open."""
    today = timezone.now().astimezone(current().timezone).date()
    if today.weekday() != SATURDAY:
        return ASKS
    following = today + timedelta(days=7)
    return ASKS.replace("this Saturday", f"on {following.day} {following:%B}")


def mail(text: str | None = None, *, subject: str = "Inspection at 14 Wattle Street", **headers: str) -> EmailMessage:
    """A customer's mail to the current tenant."""
    message = EmailMessage()
    message["From"] = headers.pop("sender", f"Georgia Papadopoulos <{CUSTOMER}>")
    message["To"] = current().inbound_address
    message["Subject"] = subject
    message["Message-ID"] = make_msgid(domain="example.com")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(asks() if text is None else text)
    return message


def receive(message: EmailMessage) -> UUID:
    """Take in a mail as the SMTP receiver does; returns its id."""
    received = message_receive(
        raw=message.as_bytes(),
        envelope_from=CUSTOMER,
        recipient=current().inbound_address,
        peer="127.0.0.1",
    )
    return received.id


@dataclass(frozen=True)
class Asked:
    """A run that waits for a person."""

    run: RunView
    approval: ApprovalView


def waiting() -> Asked:
    """The newest run's proposal, which must be pending."""
    run = runs().first()
    assert run is not None, "no run was started"
    shown = run_get(run.pk)
    assert shown is not None
    assert shown.status == "waiting", (shown.status, shown.error, shown.steps)
    found = approvals(run=run.pk, status="pending").first()
    assert found is not None, shown.steps
    return Asked(shown, approval_get(found.pk))


def person(who: object) -> Actor:
    """Someone of the cast, as the one who acts."""
    return Actor("person", str(who.id), who.name, person=who.id)  # type: ignore[attr-defined]


def rebound(asked: Asked, **values: object) -> ApprovalView:
    """The proposal as it would be with other values in its columns, and so with another digest."""
    approval = Approval.objects.get(pk=asked.approval.id)
    for name, value in values.items():
        setattr(approval, name, value)
    approval.digest = bound(approval)
    approval.save()
    return approval_get(approval.pk)


def two_must_approve(asked: Asked) -> ApprovalView:
    """The proposal as it would be if its workflow asked for two."""
    return rebound(asked, required_approvers=2)


def due_now(owner: object, at: datetime | None = None) -> None:
    """Let everything that waits for its time be due: the rows, and what they tell of."""
    execute = owner.execute  # type: ignore[attr-defined]
    execute("UPDATE public.dispatch_work SET due_at = now() - interval '1 second' WHERE leased_until IS NULL")
    for schema in ("acacia", "harbour"):
        execute(f"UPDATE {schema}.workflows_effect SET due_at = now() - interval '1 second' WHERE status = 'held'")
        execute(f"UPDATE {schema}.mail_message SET release_at = now() - interval '1 second' WHERE status = 'held'")
